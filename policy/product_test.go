package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// A product is drafted, reviewed by somebody else, launched, suspended and withdrawn.
func TestProductFromDraftToShelf(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		d := accident()
		d.Description.Rights = " "
		p := must(w.Products.Draft(designer, d))(t)
		if p.State != policy.ProductDraft || p.Edition != 1 || p.Currency != kernel.CNY {
			t.Fatalf("a draft is %+v", p)
		}
		_, err := w.Products.Submit(designer, p.ID)
		if diff := cmp.Diff(map[string]string{"description.rights": "required"}, faults(t, err)); diff != "" {
			t.Error(diff)
		}
		p = must(w.Products.Edit(designer, p.ID, accident()))(t)
		p = must(w.Products.Submit(designer, p.ID))(t)
		refused(w.Products.Edit(designer, p.ID, accident()))(t, kernel.ErrState)
		refused(w.Products.Approve(designer, p.ID))(t, kernel.ErrForbidden)
		p = must(w.Products.Return(manager, p.ID, policy.Grounds{Reason: secret("The rates are last year's.")}))(t)
		p = must(w.Products.Submit(designer, p.ID))(t)
		p = must(w.Products.Approve(manager, p.ID))(t)
		refused(w.Products.OnSale(agent, "ACC"))(t, kernel.ErrNotFound)
		p = must(w.Products.Launch(designer, p.ID))(t)
		got := must(w.Products.OnSale(agent, "ACC"))(t)
		if got.ID != p.ID || !got.Design.Coverages[1].Copay.Equal(yuan("0.2")) {
			t.Errorf("on sale is %+v", got)
		}
		refused(w.Products.Edit(designer, p.ID, accident()))(t, kernel.ErrState) // a version on sale never changes
		p = must(w.Products.Suspend(designer, p.ID, policy.Grounds{Code: "regulator"}))(t)
		refused(w.Applications.Draft(agent, zhang()))(t, kernel.ErrInvalid, "no such product is on sale")
		must(w.Products.Resume(designer, p.ID))(t)
		must(w.Applications.Draft(agent, zhang()))(t)
		p = must(w.Products.Withdraw(designer, p.ID, policy.Grounds{}))(t)
		refused(w.Products.Resume(designer, p.ID))(t, kernel.ErrState)
		if h := must(w.Products.History(auditor, p.ID))(t); len(h) != 10 || h[3].Reason.IsZero() {
			t.Errorf("the history has %d entries", len(h))
		}
		w.sound(t)
	})
}

// A change of a product is its next edition; the earlier one stays as it is and can be
// sold beside it.
func TestEditions(t *testing.T) {
	t.Parallel()
	w := inMemory()
	first := w.sell(t, accident())
	d := accident()
	d.Rates[2].Flat = yuan("90")
	draft := must(w.Products.Draft(designer, d))(t)
	if draft.Edition != 2 {
		t.Errorf("the next edition is %d", draft.Edition)
	}
	if got := must(w.Products.OnSale(agent, "ACC"))(t); got.Edition != 1 {
		t.Errorf("edition %d is sold, a draft is not", got.Edition)
	}
	must(w.Products.Submit(designer, draft.ID))(t)
	must(w.Products.Approve(manager, draft.ID))(t)
	must(w.Products.Launch(designer, draft.ID))(t)
	if got := must(w.Products.OnSale(agent, "ACC"))(t); got.Edition != 2 {
		t.Errorf("edition %d is the newest", got.Edition)
	}
	form := zhang()
	form.Edition = 1
	a := must(w.Applications.Draft(agent, form))(t)
	if a.ProductID != first.ID {
		t.Error("an edition that is asked for was not taken")
	}
	other := must(w.Products.Draft(designer, accident()))(t)
	must(w.Products.Discard(designer, other.ID, policy.Grounds{}))(t)
	page := must(w.Products.List(auditor, policy.ProductFilter{Code: "ACC"}, kernel.List{Limit: 2}))(t)
	if len(page.Items) != 2 || page.Next == "" {
		t.Errorf("a page of %d", len(page.Items))
	}
	d.Code = "OTHER"
	refused(w.Products.Edit(designer, must(w.Products.Draft(designer, accident()))(t).ID, d))(t, kernel.ErrInvalid)
}

// A product is sold in its period only.
func TestPeriodOfSale(t *testing.T) {
	t.Parallel()
	w := inMemory()
	d := accident()
	d.SaleFrom, d.SaleTo = day.AddDays(1), day.AddDays(2)
	w.sell(t, d)
	for i, sold := range []bool{false, true, true, false} {
		_, err := w.Products.OnSale(agent, "ACC")
		if got := err == nil; got != sold {
			t.Errorf("day %d: sold is %v", i, got)
		}
		w.clock.Set(noon.AddDate(0, 0, i+1))
	}
}

// Every fault of a design is told at once, and nothing is written.
func TestFaultyDesign(t *testing.T) {
	t.Parallel()
	w := inMemory()
	d := accident()
	d.Code = "A\x00"
	d.Name.EN = strings.Repeat("x", 1<<20)
	d.Currency = "XXX"
	d.Coverages = append(d.Coverages, policy.Coverage{Code: "MED", Calculator: "", Basis: "gut feeling", Deductible: yuan("-1"), Copay: yuan("1.1")})
	d.Coverages[0].MinSum = decimal.New(1, 1<<30)
	d.Terms = append(d.Terms, policy.Term{})
	d.PayModes = append(d.PayModes, "never")
	d.SaleFrom = kernel.NewDate(9999, 1, 1)
	d.SaleTo = kernel.NewDate(0, 1, 1)
	d.Rates[0].Flat = yuan("1")
	d.Rates[1].Coverage = "NONE"
	d.GraceDays = -1
	_, err := w.Products.Draft(designer, d)
	want := []string{
		"code", "name.en", "currency", "coverages[2].code", "coverages[2].calculator", "coverages[2].basis",
		"coverages[2].deductible", "coverages[2].copay", "coverages[0].min_sum", "terms[1]", "pay_modes[2]",
		"sale_from", "sale_to", "rates[0].flat", "rates[1].coverage", "grace_days",
	}
	got := faults(t, err)
	for _, path := range want {
		if got[path] == "" {
			t.Errorf("%s is not told", path)
		}
	}
	if len(err.Error()) > 10_000 || strings.Contains(err.Error(), "\x00") {
		t.Error("the error repeats the input")
	}
	if n := count[policy.Product](t, w); n != 0 {
		t.Errorf("%d products were written", n)
	}
}

// Two rates never fit the same person.
func TestOverlappingRates(t *testing.T) {
	t.Parallel()
	w := inMemory()
	for _, tt := range []struct {
		name    string
		more    policy.Rate
		overlap bool
	}{
		{"the same ages", policy.Rate{Coverage: "DEATH", Ages: policy.Ages{From: 39, Below: 41}, PerMille: yuan("1")}, true},
		{"a class within every class", policy.Rate{Coverage: "DEATH", Ages: policy.Ages{Below: 10}, Class: "4", PerMille: yuan("1")}, true},
		{"a term within every term", policy.Rate{Coverage: "MED", Term: policy.Term{Years: 1}, Flat: yuan("1")}, true},
		{"a gender within both", policy.Rate{Coverage: "MED", Gender: policy.Female, Flat: yuan("1")}, true},
	} {
		d := accident()
		d.Rates = append(d.Rates, tt.more)
		_, err := w.Products.Draft(designer, d)
		if got := err != nil && faults(t, err)["rates[3]"] == "duplicate"; got != tt.overlap {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// Publish refuses as a whole.
func TestPublishAllOrNothing(t *testing.T) {
	t.Parallel()
	w := inMemory()
	d := accident()
	d.Rates = d.Rates[:2]
	_, err := w.Products.Publish(manager, d)
	if !errors.Is(err, kernel.ErrState) || faults(t, err)["coverages[1].code"] != "rate" {
		t.Errorf("a product without a rate: %v", err)
	}
	if n := count[policy.Product](t, w); n != 0 {
		t.Errorf("%d products were written", n)
	}
	refused(w.Products.Publish(designer, accident()))(t, kernel.ErrForbidden)
	p := must(w.Products.Publish(manager, accident(), kernel.Key("set-up")))(t)
	again := must(w.Products.Publish(manager, accident(), kernel.Key("set-up")))(t)
	if again.ID != p.ID || !again.Replayed || p.Replayed {
		t.Error("the second set-up was not a replay of the first")
	}
	d = accident()
	d.Line, d.Terms = kernel.Life, []policy.Term{{Years: 20}}
	_, err = w.Products.Publish(manager, d)
	if faults(t, err)["cooling_off_days"] != "required" {
		t.Errorf("a personal line over one year without cooling-off days: %v", err)
	}
}
