package policy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Policies gives commands to policies and answers questions about them. Policies are
// issued by their applications.
type Policies struct {
	run command.Runner
	cfg Config
}

func newPolicies(r command.Runner, cfg Config) *Policies { return &Policies{r, cfg} }

var policyLife = &command.Life[Policy, PolicyState, PolicyEvent]{
	Kind: "policy", Machine: PolicyLife,
	Guards: map[string]func(*command.Unit, *Policy) error{
		"inception_reached": func(u *command.Unit, p *Policy) error {
			if u.Now().Before(p.From) {
				return fmt.Errorf("cover begins on %s", p.Begins)
			}
			return nil
		},
		"term_over": func(u *command.Unit, p *Policy) error {
			if u.Now().Before(p.To) {
				return fmt.Errorf("cover lasts until %s", p.Ends)
			}
			return nil
		},
		"receipt_unsigned": func(_ *command.Unit, p *Policy) error {
			if p.ReceiptSigned != 0 {
				return fmt.Errorf("signed on %s already", p.ReceiptSigned)
			}
			return nil
		},
		"cooling_off_open": coolingOffOpen,
	},
}

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
		Event: policyIssue,
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
				PolicyID: p.ID, Number: 1, Event: policyIssue, Effective: p.From, Recorded: u.Now(), Content: content,
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

type policyCall = command.Call[Policy, PolicyEvent]

func (s *Policies) fire(ctx context.Context, id kernel.ID, c policyCall, opts []kernel.Option) (Policy, error) {
	return command.Fire(ctx, s.run, policyLife, id, c, opts...)
}

// Activate puts a policy in force whose inception has come.
func (s *Policies) Activate(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Policy, error) {
	return s.fire(ctx, id, policyCall{Event: policyActivate}, opts)
}

// Expire ends a policy whose term is over.
func (s *Policies) Expire(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Policy, error) {
	return s.fire(ctx, id, policyCall{Event: policyExpire}, opts)
}

// AcknowledgeReceipt records the day on which the policyholder signed for the policy
// (回执签收); the cooling-off period counts from the day after. The day lies between the
// conclusion of the contract and today.
func (s *Policies) AcknowledgeReceipt(ctx context.Context, id kernel.ID, signedOn kernel.Date, opts ...kernel.Option) (Policy, error) {
	return s.fire(ctx, id, policyCall{
		Event: policyAcknowledge, Input: signedOn,
		Check: func(f *kernel.FieldErrors) {
			if signedOn == 0 {
				f.Add("signed_on", "required", "the day is needed")
			}
			kernel.CheckDate(f, "signed_on", signedOn)
		},
		Guard: func(u *command.Unit, p *Policy) error {
			if signedOn > today(u.Now(), p.Zone) || signedOn < today(p.FormedAt, p.Zone) {
				return kernel.Invalid("signed_on", "range", "between the conclusion of the contract and today")
			}
			return nil
		},
		Apply: func(u *command.Unit, p *Policy) error {
			p.ReceiptSigned, p.CoolingOffTo = signedOn, signedOn.AddDays(int(p.CoolingOffDays))
			u.Fact("signed_on", signedOn.String())
			return nil
		},
	}, opts)
}

// ReceivePremium records premium that came in. It pays the instalments in their order;
// what is left over stays visible as unallocated. The same reference again is a
// [kernel.DuplicateError].
func (s *Policies) ReceivePremium(ctx context.Context, id kernel.ID, in ReceiptForm, opts ...kernel.Option) (Policy, error) {
	return s.fire(ctx, id, policyCall{
		Event: policyReceive, Input: in, Check: in.check,
		Guard: func(u *command.Unit, p *Policy) error {
			if err := in.in(p.Currency, u.Now()); err != nil {
				return err
			}
			q := ofPolicy(p.ID)
			q.Where = append(q.Where, storage.Col[kernel.Ref]("reference").Eq(in.Reference))
			r, err := storage.One[PolicyReceipt](u, q)
			if err == nil && r != nil {
				err = &kernel.DuplicateError{Kind: "receipt", Candidates: []kernel.ID{r.ID}, Certain: true}
			}
			return err
		},
		Apply: func(u *command.Unit, p *Policy) error {
			due, err := instalmentsOf(u, p.ID)
			if err != nil {
				return err
			}
			r := &PolicyReceipt{PolicyID: p.ID, Reference: in.Reference, Money: in.money(p.Holder, u.Now())}
			for i := range due {
				use := decimal.Min(due[i].Unpaid(), r.Unallocated())
				if !use.IsPositive() {
					continue
				}
				due[i].Paid, r.Allocated = due[i].Paid.Add(use), r.Allocated.Add(use)
				if err := u.Save(&due[i]); err != nil {
					return err
				}
			}
			u.Fact("amount", r.Amount)
			u.Fact("allocated", r.Allocated)
			u.Fact("reference", string(r.Reference))
			return u.Insert(r)
		},
	}, opts)
}

const colPolicy = storage.Col[kernel.ID]("policy_id")

func ofPolicy(id kernel.ID) storage.Query {
	return storage.Query{Where: []storage.Cond{colPolicy.Eq(id)}}
}

func instalmentsOf(tx storage.Tx, id kernel.ID) ([]Instalment, error) {
	q := ofPolicy(id)
	q.Order = []storage.Order{storage.Col[int64]("number").Asc()}
	return storage.Find[Instalment](tx, q)
}
