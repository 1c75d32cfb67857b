package crmtest_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/crmtest"
)

// In a test of yours t is the *testing.T; examples have none.
var t testing.TB = inExample{}

type inExample struct{ testing.TB }

func (inExample) Helper()                      {}
func (inExample) Cleanup(func())               {}
func (inExample) Context() context.Context     { return context.Background() }
func (inExample) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }

// A host's function is called with the world's library, and the journal tells what came
// of it.
func Example() {
	w := crmtest.New(t, crmtest.With(policies))
	c, _ := settle(w.Owner(), w.CRM, w.Clock.Now(), "hail") // the host's
	for _, e := range crmtest.RequireEvent(t, w, "claim", c.ID, "Report", "Approve") {
		fmt.Println(e.Event, e.Actor, e.Facts["approved"])
	}
	// Output:
	// Report owner <nil>
	// Approve owner 900
}

// Money that comes back makes the claim payable again.
func ExampleBounces() {
	w := crmtest.New(t, crmtest.With(policies))
	w.Bank.Next(crmtest.Bounces("closed_account"))
	c, _ := settle(w.Owner(), w.CRM, w.Clock.Now(), "hail")
	fmt.Println(w.Pay(t))
	crmtest.RequireEvent(t, w, "claim", c.ID, "Settle", "BouncePayment")
	c, _ = w.Claims.Get(w.Owner(), c.ID)
	fmt.Println(c.State)
	// Output:
	// <nil>
	// payable
}

// The bank's answer is lost, and the payment is handed over again: it is paid once.
func ExampleUnanswered() {
	w := crmtest.New(t, crmtest.With(policies))
	w.Bank.Next(crmtest.Unanswered)
	c, _ := settle(w.Owner(), w.CRM, w.Clock.Now(), "hail")
	fmt.Println(w.Pay(t) != nil)
	fmt.Println(w.Pay(t), len(w.Bank.Orders()))
	c, _ = w.Claims.Get(w.Owner(), c.ID)
	fmt.Println(c.State == claim.Paid)
	// Output:
	// true
	// <nil> 1
	// true
}

// The clock moves when it is told.
func ExampleWorld_Days() {
	w := crmtest.New(t, crmtest.At(time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC)))
	w.Days(1)
	fmt.Println(w.Clock.Now().Format(time.DateOnly))
	// Output: 2027-01-01
}
