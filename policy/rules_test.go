package policy_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// What the rules object to, one by one.
func TestRules(t *testing.T) {
	t.Parallel()
	child := policy.InsuredForm{Party: "c-child", Relation: policy.Child, Birth: kernel.NewDate(2015, 1, 1)}
	grown := policy.InsuredForm{Party: "c-child", Relation: policy.Child, Birth: kernel.NewDate(2000, 1, 1)}
	worker := policy.InsuredForm{Party: "c-worker", Relation: policy.Employment, Birth: kernel.NewDate(2000, 1, 1), Consent: true, BeneficiaryConsent: true}
	friend := policy.InsuredForm{Party: "c-friend", Relation: policy.Other, Birth: kernel.NewDate(2000, 1, 1)}
	self := zhang().Insured[0]
	to := func(p policy.Relation) []policy.Beneficiary {
		return []policy.Beneficiary{{Share: kernel.Share{Party: "c-boss", Order: 1}, Relation: p}}
	}
	with := func(p policy.InsuredForm, change func(*policy.InsuredForm)) policy.InsuredForm { change(&p); return p }
	for _, tt := range []struct {
		name          string
		insured       policy.InsuredForm
		beneficiaries []policy.Beneficiary
		sum           string
		want          []string
	}{
		{name: "oneself", insured: self},
		{name: "oneself with a beneficiary", insured: self, beneficiaries: to(policy.Other)},
		{name: "a child under age", insured: child, beneficiaries: to(policy.Parent)},
		{name: "a child of 17", insured: with(grown, func(p *policy.InsuredForm) { p.Birth = day.AddYears(-18) + 1 })},
		{name: "a child on its 18th birthday", insured: with(grown, func(p *policy.InsuredForm) { p.Birth = day.AddYears(-18) }), want: []string{policy.RuleConsent}},
		{name: "a grown child", insured: grown, want: []string{policy.RuleConsent}},
		{name: "a grown child who agreed", insured: with(grown, func(p *policy.InsuredForm) { p.Consent = true })},
		{name: "a grown child and its beneficiary", insured: with(grown, func(p *policy.InsuredForm) { p.Consent = true }), beneficiaries: to(policy.Spouse), want: []string{policy.RuleBeneficiary}},
		{name: "a worker for the boss", insured: worker, beneficiaries: to(policy.Other), want: []string{policy.RuleBeneficiary}},
		{name: "a worker for the spouse", insured: worker, beneficiaries: to(policy.Spouse)},
		{name: "a friend", insured: friend, want: []string{policy.RuleConsent, policy.RuleInterest}},
		{name: "a friend who agreed", insured: with(friend, func(p *policy.InsuredForm) { p.Consent = true })},
		{name: "too old", insured: with(self, func(p *policy.InsuredForm) { p.Birth = kernel.NewDate(1960, 11, 22) }), want: []string{policy.RuleAge}},
		{name: "just young enough", insured: with(self, func(p *policy.InsuredForm) { p.Birth = kernel.NewDate(1960, 11, 23) })},
		{name: "too much", insured: self, sum: "3000000.01", want: []string{policy.RuleSum}},
		{name: "just not too much", insured: self, sum: "3000000"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := inMemory()
			w.sell(t, accident())
			form := zhang()
			form.Insured, form.Beneficiaries = []policy.InsuredForm{tt.insured}, tt.beneficiaries
			if tt.sum != "" {
				form.Items[0].SumInsured = yuan(tt.sum)
			}
			a := must(w.Applications.Draft(agent, form))(t)
			must(w.Applications.Submit(agent, a.ID))(t)
			var got []string
			for _, o := range must(w.Applications.Folder(agent, a.ID))(t).Objections {
				got = append(got, o.Rule)
			}
			slices.Sort(got)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Property is insured by whoever says what interest he has in it (Insurance Law 12).
func TestPropertyNeedsInterest(t *testing.T) {
	t.Parallel()
	w := inMemory()
	d := policy.Design{
		Code: "FIRE", Name: name("Fire", "火险"), Line: kernel.Property, Currency: "USD", OnCredit: true,
		Coverages: []policy.Coverage{{Code: "FIRE", Name: name("Fire", "火灾"), Calculator: "indemnity", Basis: policy.SumInsured}},
		Terms:     []policy.Term{{Years: 1}}, PayModes: []policy.PayMode{policy.Single},
		Rates: []policy.Rate{{Coverage: "FIRE", PerMille: yuan("0.12345678")}}, Description: described,
	}
	w.sell(t, d)
	// Dollars are decided by managers only: the others' authority is in yuan.
	form := policy.Form{Product: "FIRE", Holder: "c-mill", Items: []policy.Item{{Coverage: "FIRE", SumInsured: yuan("1000000")}}}
	refused(w.Applications.IssueDirect(owner, policy.Direct{Form: form}))(t, kernel.ErrState, policy.RuleInterest)
	form.Interest = "owner"
	refused(w.Applications.IssueDirect(agent, policy.Direct{Form: form}))(t, kernel.ErrForbidden)
	p := must(w.Applications.IssueDirect(owner, policy.Direct{Form: form}))(t)
	if p.Currency != "USD" || !p.Premium.Equal(yuan("123.46")) {
		t.Errorf("premium %s %s", p.Premium, p.Currency)
	}
	refused(w.Policies.ReceivePremium(cashier, p.ID, policy.ReceiptForm{Reference: "r", Amount: yuan("1"), Currency: kernel.CNY}))(t, kernel.ErrInvalid)
}

// While somebody rates an application, somebody else edits it: the premium of the old form
// is not taken for the new one.
func TestEditedWhileRated(t *testing.T) {
	t.Parallel()
	slow := &slowRater{}
	w := newWorld(memory.New(), policy.Config{Rater: slow})
	w.sell(t, accident())
	a := must(w.Applications.Draft(agent, zhang()))(t)
	slow.meanwhile = func() {
		slow.meanwhile = nil
		form := zhang()
		form.Items[0].SumInsured = yuan("900000")
		must(w.Applications.Edit(agent, a.ID, form))(t)
	}
	refused(w.Applications.Submit(agent, a.ID))(t, kernel.ErrConflict)
	a = must(w.Applications.Submit(agent, a.ID))(t)
	if !a.Premium.Equal(yuan("1160.5")) {
		t.Errorf("premium %s", a.Premium)
	}
}

type slowRater struct{ meanwhile func() }

func (r *slowRater) Rate(ctx context.Context, in policy.RatingRequest) (policy.Quote, error) {
	if r.meanwhile != nil {
		r.meanwhile()
	}
	return policy.TableRater{}.Rate(ctx, in)
}

// A rater that answers nonsense is not believed.
func TestNonsenseOfARater(t *testing.T) {
	t.Parallel()
	for name, q := range map[string]policy.Quote{
		"negative":    {Premium: yuan("-1")},
		"fractions":   {Premium: yuan("1.001")},
		"wrong total": {Premium: yuan("2"), Items: []policy.QuoteItem{{Premium: yuan("1")}}},
		"monstrous":   {Premium: decimal.New(1, 1<<30)},
	} {
		w := newWorld(memory.New(), policy.Config{Rater: constant(q)})
		w.sell(t, accident())
		a := must(w.Applications.Draft(agent, zhang()))(t)
		if _, err := w.Applications.Submit(agent, a.ID); !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

type constant policy.Quote

func (c constant) Rate(context.Context, policy.RatingRequest) (policy.Quote, error) {
	return policy.Quote(c), nil
}

// Nothing that is known of a person stands readable in the store.
func TestPersonalDataIsSealed(t *testing.T) {
	t.Parallel()
	w := inMemory()
	d := accident()
	d.Questions = []string{"illness"}
	w.sell(t, d)
	form := zhang()
	form.Agreement = secret("No parachutes.")
	form.Disclosures = []policy.DisclosureForm{{Question: "illness", Answer: secret("Asthma.")}}
	a := must(w.Applications.Draft(agent, form))(t)
	must(w.Applications.Withdraw(agent, a.ID, policy.Grounds{Reason: secret("He is moving abroad.")}))(t)
	f := must(w.Applications.Folder(agent, a.ID))(t)
	for what, s := range map[string]privacy.Secret{
		"agreement": f.Application.Agreement, "birth": f.Insured[0].Birth, "answer": f.Disclosures[0].Answer,
		"file name": f.Documents[0].FileName, "reason": must(w.Applications.History(agent, a.ID))(t)[1].Reason,
	} {
		if !s.IsSealed() {
			t.Errorf("%s is not sealed", what)
		}
	}
	if err := w.store.View(owner, func(tx *storage.GuardTx) error {
		plain, err := tx.Open(&f.Insured[0])
		if plain["birth"] != "1990-05-01" {
			t.Errorf("the birth date opens as %q", plain["birth"])
		}
		return err
	}); err != nil {
		t.Error(err)
	}
}
