package policy_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage/memory"
)

// A form that is wrong in every place is told so in every place, and nothing is written.
func TestFaultyForm(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		d := accident()
		d.Channels = []string{"counter"}
		w.sell(t, d)
		form := policy.Form{
			Product: "ACC", Currency: "USD", Channel: "web", Branch: "b\x00", Producer: kernel.Ref(strings.Repeat("p", 1<<20)),
			Holder: "c-\x00", Inception: kernel.NewDate(0, 1, 1), Zone: "Mars/Olympus", PayMode: "barter", Term: policy.Term{Years: 2},
			Insured: []policy.InsuredForm{
				{Party: "c-1", Birth: kernel.NewDate(9999, 12, 31), Gender: "x"},
				{Party: "c-1", Relation: policy.Self},
			},
			Beneficiaries: []policy.Beneficiary{
				{Share: kernel.Share{Party: "c-2", Order: 1, Weight: 50}}, {Share: kernel.Share{Party: "c-3", Order: 1}},
				{Share: kernel.Share{Party: "c-4", Order: 3}}, {Share: kernel.Share{Party: "c-4", Order: 0, Weight: -1}},
			},
			Items: []policy.Item{
				{Coverage: "DEATH", SumInsured: yuan("-1")}, {Coverage: "FLOOD", SumInsured: yuan("1.00001")},
				{Coverage: "MED", SumInsured: yuan("5")}, {Coverage: "MED"},
			},
			Agreement:   secret("\x00"),
			Disclosures: []policy.DisclosureForm{{Insured: "c-9", Question: "smoker", Answer: secret(strings.Repeat("a", 1<<20))}},
			Documents:   []policy.DocumentForm{{Kind: "", Size: -1, SHA256: "zz", FileName: secret("\x01")}},
		}
		want := []string{
			"currency", "channel", "branch", "producer", "holder", "inception", "zone", "pay_mode", "term",
			"insured[0].birth", "insured[0].gender", "insured[1].party", "insured[1].relation",
			"beneficiaries[1].weight", "beneficiaries[2].order", "beneficiaries[3].order", "beneficiaries[3].weight",
			"items[0].sum_insured", "items[1].coverage", "items[1].sum_insured", "items[2].sum_insured", "items[3].coverage",
			"agreement", "disclosures[0].insured", "disclosures[0].question", "disclosures[0].answer",
			"documents[0].kind", "documents[0].size", "documents[0].sha256", "documents[0].file_name",
		}
		_, draftErr := w.Applications.Draft(agent, form)
		_, directErr := w.Applications.IssueDirect(agent, policy.Direct{Form: form})
		for _, err := range []error{draftErr, directErr} {
			got := faults(t, err)
			for _, path := range want {
				if got[path] == "" {
					t.Errorf("%s is not told", path)
				}
			}
			if len(err.Error()) > 10_000 || strings.ContainsAny(err.Error(), "\x00\x01") {
				t.Error("the error repeats the input")
			}
		}
		if n := count[policy.Application](t, w); n != 0 {
			t.Errorf("%d applications were written", n)
		}
	})
}

// Numbers with a billion digits are refused before anything computes with them.
func TestMonstrousNumbers(t *testing.T) {
	t.Parallel()
	w := inMemory()
	w.sell(t, accident())
	monster := decimal.New(1, 1<<30)
	form := zhang()
	form.Items[0].SumInsured = monster
	done := make(chan struct{})
	go func() {
		defer close(done)
		refused(w.Applications.Draft(agent, form, kernel.Key("k")))(t, kernel.ErrInvalid)
		refused(w.Applications.IssueDirect(agent, policy.Direct{Form: form}, kernel.Key("k")))(t, kernel.ErrInvalid)
		in := policy.Direct{Form: zhang(), Receipts: []policy.ReceiptForm{{Reference: "r", Amount: monster}}}
		refused(w.Applications.IssueDirect(agent, in, kernel.Key("k")))(t, kernel.ErrInvalid)
		d := accident()
		d.Rates[0].PerMille, d.Coverages[0].MaxSum, d.CoolingOffFee = monster, monster, monster
		refused(w.Products.Publish(manager, d, kernel.Key("k")))(t, kernel.ErrInvalid)
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("still computing")
	}
}

// customers is a host's archive: some people, and how often it was asked.
type customers struct {
	people map[kernel.Ref]policy.Customer
	asked  int
	down   error
}

func (c *customers) Customer(_ context.Context, ref kernel.Ref) (policy.Customer, error) {
	c.asked++
	if c.down != nil {
		return policy.Customer{}, c.down
	}
	p, ok := c.people[ref]
	if !ok {
		return p, kernel.ErrNotFound
	}
	return p, nil
}

// Birth dates come from the archive where the form is silent; who is not in it cannot
// apply, and what contradicts it is told.
func TestCustomersAreAsked(t *testing.T) {
	t.Parallel()
	archive := &customers{people: map[kernel.Ref]policy.Customer{"c-zhang": {Birth: kernel.NewDate(1980, 1, 1), Gender: policy.Male}}}
	w := newWorld(memory.New(), policy.Config{Customers: archive})
	w.sell(t, accident())
	form := zhang()
	form.Insured = nil
	p := w.insured(t, form, paid("1255.50")) // 46 years: 2.35 per mille
	if !p.Premium.Equal(yuan("1255.5")) || archive.asked != 1 {
		t.Errorf("premium %s, asked %d times", p.Premium, archive.asked)
	}
	_, err := w.Applications.Draft(agent, zhang())
	if diff := cmp.Diff(map[string]string{"insured[0].birth": "conflict"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	form.Holder = "c-nobody"
	_, err = w.Applications.IssueDirect(agent, policy.Direct{Form: form})
	if diff := cmp.Diff(map[string]string{"holder": "unknown", "insured[0].party": "unknown"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	archive.down = errors.New("archive is down")
	refused(w.Applications.IssueDirect(agent, policy.Direct{Form: zhang()}))(t, archive.down)
}

// Without an archive the birth date must be given when rates go by age.
func TestBirthDateIsNeeded(t *testing.T) {
	t.Parallel()
	w := inMemory()
	w.sell(t, accident())
	form := zhang()
	form.Insured = nil
	_, err := w.Applications.IssueDirect(agent, policy.Direct{Form: form})
	if diff := cmp.Diff(map[string]string{"insured[0].birth": "required"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
}

// flat is a host's rating engine.
type flat struct{ calls *int }

func (r flat) Rate(_ context.Context, in policy.RatingRequest) (policy.Quote, error) {
	*r.calls++
	if in.Risks[0].Class == "stunt" {
		return policy.Quote{}, kernel.Invalid("risks[0].class", "rate", "not insurable")
	}
	return policy.Quote{Premium: yuan("99.99")}, nil
}

// A host plugs in its own rating; a product then needs no table.
func TestOwnRater(t *testing.T) {
	t.Parallel()
	calls := 0
	w := newWorld(memory.New(), policy.Config{Rater: flat{&calls}})
	d := accident()
	d.Rates = nil
	w.sell(t, d)
	if p := w.insured(t, zhang(), paid("99.99")); !p.Premium.Equal(yuan("99.99")) || calls != 1 {
		t.Errorf("premium %s after %d calls", p.Premium, calls)
	}
	form := zhang()
	form.Insured[0].Class = "stunt"
	_, err := w.Applications.IssueDirect(agent, policy.Direct{Form: form})
	if faults(t, err)["insured[0].class"] != "rate" {
		t.Errorf("got %v", err)
	}
}

// A draft may be incomplete. What is missing is told beforehand, and at once on Submit.
func TestIncompleteForm(t *testing.T) {
	t.Parallel()
	w := inMemory()
	d := accident()
	d.Terms = append(d.Terms, policy.Term{Months: 6})
	w.sell(t, d)
	a := must(w.Applications.Draft(agent, policy.Form{Product: "ACC", Holder: "c-zhang"}))(t)
	want := map[string]string{"term": "required", "pay_mode": "required", "items": "required"}
	_, err := w.Applications.Submit(agent, a.ID)
	if diff := cmp.Diff(want, faults(t, err)); diff != "" || !errors.Is(err, kernel.ErrState) {
		t.Error(err, diff)
	}
	for _, no := range must(w.Applications.Allowed(agent, a.ID))(t).WhyNot {
		if no.Event == "Submit" && !strings.Contains(no.Reason, "pay_mode") {
			t.Error("why not:", no.Reason)
		}
	}
	form := zhang()
	form.Term = policy.Term{Months: 6}
	form.Items[0].SumInsured = decimal.Zero
	must(w.Applications.Edit(agent, a.ID, form))(t)
	_, err = w.Applications.Submit(agent, a.ID)
	if diff := cmp.Diff(map[string]string{"items[0].sum_insured": "required"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	refused(w.Applications.Edit(agent, a.ID, policy.Form{Product: "ACC", Holder: "c-zhang", Branch: "north"}))(t, kernel.ErrInvalid, "branch")
	must(w.Applications.Edit(agent, a.ID, zhang()))(t)
	refused(w.Applications.Submit(agent, a.ID))(t, kernel.ErrInvalid, "term")
}

// What is optional is covered only when it is asked for; what is fixed and belongs to the
// product, always.
func TestOptionalCoverage(t *testing.T) {
	t.Parallel()
	w := inMemory()
	d := accident()
	d.Coverages[1].Optional = true
	w.sell(t, d)
	without := must(w.Applications.Draft(agent, zhang()))(t)
	form := zhang()
	form.Items = append(form.Items, policy.Item{Coverage: "MED"})
	with := must(w.Applications.Draft(agent, form))(t)
	if len(without.Items) != 1 || len(with.Items) != 2 || !with.Items[1].SumInsured.Equal(yuan("20000")) {
		t.Errorf("without %+v, with %+v", without.Items, with.Items)
	}
}
