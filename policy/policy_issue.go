package policy

import (
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// issue makes the policy of an application, with the first instalment paid so far, and
// activates it when its inception has come.
func (s *Policies) issue(u *command.Unit, a *Application, product *Product, insured []InsuredForm, paid decimal.Decimal) (Policy, error) {
	ctx, r := u.Context(), u.Runner()
	p, err := newPolicy(u.Now(), a, product)
	if err != nil {
		return Policy{}, err
	}
	content := newContent(p, a, product, insured)
	parts, err := instalments(a.Premium, a.Currency, a.PayMode.Instalments(a.Term))
	if err != nil {
		return Policy{}, err
	}
	issued, err := command.Create(ctx, r, policyLife, command.Creation[Policy, PolicyEvent]{
		Event: EventIssue,
		Build: func(u *command.Unit) (_ *Policy, err error) {
			p.Number, err = number.Next(u, s.cfg.Numbers, "policy", "P")
			u.Fact("number", p.Number)
			u.Fact("product", p.ProductCode)
			u.Fact("premium", p.Premium)
			u.Fact("from", p.From)
			u.Fact("to", p.To)
			return p, err
		},
		Then: func(u *command.Unit, p *Policy) error {
			recs := []storage.Record{&Terms{
				PolicyID: p.ID, Number: 1, Event: EventIssue, Effective: p.From, Recorded: u.Now(), Content: content,
			}}
			for i, amount := range parts {
				due := p.Begins.AddMonths(i * modeMonths[p.PayMode])
				recs = append(recs, &Instalment{PolicyID: p.ID, Number: int64(i + 1), DueOn: due, Amount: amount, Paid: decimal.Zero})
			}
			recs[1].(*Instalment).Paid = paid
			return u.Insert(append(recs, newParties(p, &content)...)...)
		},
	})
	if err != nil || issued.From.After(u.Now()) {
		return issued, err
	}
	return command.Fire(ctx, r, policyLife, issued.ID, command.Call[Policy, PolicyEvent]{Event: policyActivate})
}

func newPolicy(now time.Time, a *Application, product *Product) (*Policy, error) {
	loc, err := location(a.Zone)
	if err != nil {
		return nil, kernel.Invalid("zone", "unknown", "not a time zone")
	}
	d := &product.Design
	p := &Policy{
		ApplicationID: a.ID, ProductID: product.ID, ProductCode: product.Code, Edition: product.Edition,
		Line: product.Line, Group: d.Group, Holder: a.Holder, Channel: a.Channel, Producer: a.Producer,
		Currency: a.Currency, SumInsured: a.SumInsured, Premium: a.Premium, PayMode: a.PayMode, Zone: a.Zone,
		CoolingOffDays: int64(d.CoolingOffDays), CoolingOffFee: d.CoolingOffFee, GraceDays: int64(d.GraceDays),
		FormedAt: now, Begins: a.Inception,
	}
	p.Branch = a.Branch
	day := kernel.DateOf(now.In(loc))
	if p.Begins == 0 {
		p.Begins = day
	}
	p.Ends = a.Term.End(p.Begins)
	p.From, p.To = kernel.Instant(p.Begins.In(loc)), kernel.Instant(p.Ends.In(loc))
	// Nobody buys cover for this morning, unless the product backdates.
	if p.Begins == day && d.BackdateDays == 0 {
		p.From = now
	}
	return p, nil
}

func newContent(p *Policy, a *Application, product *Product, insured []InsuredForm) Content {
	loc, _ := location(p.Zone) // was checked when the policy was made
	c := Content{
		From: p.From, To: p.To, Holder: p.Holder, Beneficiaries: a.Beneficiaries,
		SumInsured: p.SumInsured, Premium: p.Premium, Loading: a.Loading,
	}
	for _, i := range insured {
		c.Insured = append(c.Insured, InsuredPerson{i.Party, i.Relation, i.Class})
	}
	for _, it := range a.Items {
		d := product.Design.coverage(it.Coverage)
		waiting := p.From
		if d.WaitingDays > 0 {
			waiting = kernel.Instant(p.Begins.AddDays(d.WaitingDays).In(loc))
		}
		granted := *d
		granted.Limit, granted.Exclusions = it.SumInsured, slices.Concat(d.Exclusions, a.Excluded)
		c.Coverages = append(c.Coverages, CoverageTerms{granted, waiting})
	}
	return c
}

func newParties(p *Policy, c *Content) []storage.Record {
	var out []storage.Record
	byRef := map[kernel.Ref]*Party{}
	at := func(ref kernel.Ref) *Party {
		if byRef[ref] == nil {
			byRef[ref] = &Party{PolicyID: p.ID, Ref: ref, Branch: p.Branch}
			out = append(out, byRef[ref])
		}
		return byRef[ref]
	}
	at(c.Holder).Holder = true
	for _, i := range c.Insured {
		at(i.Party).Insured = true
	}
	for _, b := range c.Beneficiaries {
		at(b.Party).Beneficiary = true
	}
	return out
}
