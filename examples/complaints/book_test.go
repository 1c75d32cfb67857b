package main

import (
	"slices"
	"testing"
	"time"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
)

// The company's days are those of Texas, on either side of the change to summer time.
func TestCompanyStandard(t *testing.T) {
	t.Parallel()
	for _, moved := range []bool{false, true} {
		book, err := newBook(moved)
		if err != nil {
			t.Fatal(err)
		}
		due, ok := book.Period(answer, morning(kernel.NewDate(2024, 3, 1), opening))
		if on := kernel.NewDate(2024, 4, 30); !ok || due.On != on || !due.At.Equal(on.AddDays(1).In(texas)) {
			t.Errorf("%+v", due)
		}
		for _, id := range append([]string{progress}, statutes...) {
			if c, ok := book.Clock(id); !ok || c.Off == moved {
				t.Errorf("%s: known %t, off %t when moved is %t", id, ok, c.Off, moved)
			}
		}
	}
}

// No clock but the company's is left on complaints that are what they were. A clock that
// the library gains later must be thought of here too.
func TestNoStatuteIsForgotten(t *testing.T) {
	t.Parallel()
	book, err := newBook(false)
	if err != nil {
		t.Fatal(err)
	}
	on := slices.DeleteFunc(book.Clocks(), func(c rulebook.Clock) bool { return c.Case != "complaint" || c.Off })
	if len(on) != 1 || on[0].ID != answer {
		t.Errorf("%+v", on)
	}
}

// At the hours of the replay both places have the same date, all year round.
func TestOneDateInBothPlaces(t *testing.T) {
	t.Parallel()
	beijing := time.FixedZone("", 8*60*60)
	for d := kernel.NewDate(2024, 1, 1); d < kernel.NewDate(2025, 1, 1); d = d.AddDays(1) {
		for _, hour := range []time.Duration{opening, closing} {
			if at := morning(d, hour); kernel.DateOf(at.In(texas)) != d || kernel.DateOf(at.In(beijing)) != d {
				t.Errorf("%s", at)
			}
		}
	}
}

// Every cause of the table is in the tree, and every reason stands in it once.
func TestMeanings(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, m := range meanings {
		if !slices.ContainsFunc(complaint.DefaultCauses(), func(c complaint.Cause) bool { return c.Code == m.cause }) {
			t.Errorf("no cause %s", m.cause)
		}
		for _, reason := range m.reasons {
			if seen[reason] {
				t.Errorf("%s stands in the table twice", reason)
			}
			seen[reason] = true
		}
	}
	for want, reasons := range map[string][]string{
		"claims.refusal":   {"Cust Service Claim Handling", "Denial Of Claim"},
		"claims.delay":     {"Cust Service Claim Handling", "Delays (Claims Handling)"},
		"service.mistake":  {"Premium and Rating", "Refund Of Premium"},
		"product.design":   {"Premium and Rating", "Sunday"},
		"other":            {"Sunday"},
		"claims.amount":    {"Unsatisfactory Settle/Offer"},
		"service.attitude": {"Cust Service Claim Handling"},
		"sales.misleading": {"Agent Handling", "Refund Of Premium"},
		"sales.disclosure": {"Disclosure Of Benefits"},
		"service.delay":    {"Delays (Underwriting)", "Cancellation"},
		"outside":          {"Disaster"},
		"privacy":          {"Health Privacy"},
		"product.terms":    {"Material Change To Contract"},
	} {
		if got := classify(reasons); got.cause != want {
			t.Errorf("%v: %s instead of %s", reasons, got.cause, want)
		}
	}
}
