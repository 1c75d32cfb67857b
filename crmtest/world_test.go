package crmtest_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/crmtest"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/sqlite"
)

// policies are the host's.
func policies(c *crm.Config) {
	c.Policies = claim.StaticPolicies{"0112/7": {
		Line: kernel.Property, InForce: true, Holder: "K-1", From: crmtest.Monday.AddDate(0, -2, 0),
		Coverages: []claim.Coverage{{Code: "HAIL", Limit: decimal.NewFromInt(50_000)}},
	}}
}

// settle reports a loss and takes it to the payment.
func settle(ctx context.Context, c *crm.CRM, at time.Time, cause string) (claim.Claim, error) {
	cl, err := c.Claims.Report(ctx, claim.Notice{Policy: "0112/7", OccurredAt: at.Add(-time.Hour), Cause: cause})
	if err != nil {
		return cl, err
	}
	return c.Claims.SettleDirect(ctx, cl.ID, claim.Settlement{
		Filing: claim.Filing{Claimed: decimal.NewFromInt(900), Account: privacy.New("6228480402564890018"), Documents: []claim.Paper{{Kind: "claim_form"}}},
		Agreed: "app",
	})
}

func claimed(t testing.TB, w *crmtest.World, cause string) crm.ID {
	t.Helper()
	cl, err := settle(w.Owner(), w.CRM, w.Clock.Now(), cause)
	if err != nil {
		t.Fatal(err)
	}
	return cl.ID
}

func state(t *testing.T, w *crmtest.World, id crm.ID) claim.State {
	t.Helper()
	c, err := w.Claims.Get(w.Owner(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c.State
}

// TestFates: what the bank does to an order is what becomes of the claim.
func TestFates(t *testing.T) {
	t.Parallel()
	noMoney := errors.New("no money")
	for name, story := range map[string]struct {
		fate  crmtest.Fate
		err   error // of the first payment
		first []string
		then  []string // once ten days have passed
		end   claim.State
	}{
		"arrives":    {crmtest.Arrives, nil, []string{"Open", "Request", "Issue", "Clear"}, nil, claim.Paid},
		"refused":    {crmtest.Refused(noMoney), noMoney, []string{"Open"}, []string{"Request", "Issue", "Clear"}, claim.Paid},
		"unanswered": {crmtest.Unanswered, crmtest.ErrNoAnswer, []string{"Open"}, []string{"Request", "Issue", "Clear"}, claim.Paid},
		"late":       {crmtest.Late(48 * time.Hour), nil, []string{"Open", "Request"}, []string{"Issue", "Clear"}, claim.Paid},
		"fails":      {crmtest.Fails("unknown_account"), nil, []string{"Open", "Request", "Fail"}, nil, claim.Payable},
		"bounces":    {crmtest.Bounces("closed_account"), nil, []string{"Open", "Request", "Issue", "Clear", "Bounce"}, nil, claim.Payable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := crmtest.New(t, crmtest.With(policies))
			w.Bank.Next(story.fate)
			id := claimed(t, w, "hail")
			paid := payments(t, w, id)
			if err := w.Pay(t); !errors.Is(err, story.err) {
				t.Errorf("got %v, want %v", err, story.err)
			}
			crmtest.RequireEvent(t, w, "payment", paid[0].ID, story.first...)
			if len(story.then) > 0 {
				crmtest.RequireNoEvent(t, w, "payment", paid[0].ID, story.then...)
			}
			w.Days(10)
			if err := w.Pay(t); err != nil {
				t.Errorf("ten days later: %v", err)
			}
			crmtest.RequireEvent(t, w, "payment", paid[0].ID, append(story.first, story.then...)...)
			if got := state(t, w, id); got != story.end {
				t.Errorf("the claim is %s, want %s", got, story.end)
			}
			if n := len(w.Bank.Orders()); n != 1 {
				t.Errorf("the bank took %d orders", n)
			}
		})
	}
}

// TestAgain: a bounced payment goes out again under another key, and a payment that was
// stopped on the way is left alone.
func TestAgain(t *testing.T) {
	t.Parallel()
	w := crmtest.New(t, crmtest.With(policies))
	w.Bank.Next(crmtest.Bounces("closed_account"), crmtest.Late(time.Hour))
	first, second := claimed(t, w, "hail"), claimed(t, w, "storm")
	if err := w.Pay(t); err != nil {
		t.Fatal(err)
	}
	bounced, onTheWay := payments(t, w, first)[0], payments(t, w, second)[0]
	if _, err := w.Payments.Stop(w.Owner(), onTheWay.ID, payment.Cause{Code: "recalled"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Payments.Request(w.Owner(), bounced.ID, payment.Handover{Account: privacy.New("6228480402564890026")}); err != nil {
		t.Fatal(err)
	}
	w.Days(1)
	if err := w.Pay(t); err != nil {
		t.Fatal(err)
	}
	crmtest.RequireEvent(t, w, "payment", bounced.ID, "Open", "Request", "Bounce", "Request")
	crmtest.RequireEvent(t, w, "payment", onTheWay.ID, "Open", "Request", "Stop")
	crmtest.RequireNoEvent(t, w, "payment", onTheWay.ID, "Issue")
}

func payments(t testing.TB, w *crmtest.World, id crm.ID) []payment.Payment {
	t.Helper()
	list, err := w.Claims.Payments(w.Owner(), id)
	if err != nil || len(list) == 0 {
		t.Fatalf("%d payments, %v", len(list), err)
	}
	return list
}

// TestOptions: another store, another time, another configuration.
func TestOptions(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	newYear := time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	w := crmtest.New(t, crmtest.Over(store), crmtest.At(newYear), crmtest.With(policies), crmtest.With(func(c *crm.Config) { c.Authority = access.Table{} }))
	if _, err := settle(w.As("li", access.Agent), w.CRM, newYear, "hail"); !errors.Is(err, crm.ErrForbidden) {
		t.Errorf("an agent settles: %v", err)
	}
	id := claimed(t, w, "storm")
	if at := crmtest.RequireEvent(t, w, "claim", id, "Approve")[0].At; !at.Equal(newYear) {
		t.Errorf("approved at %s", at)
	}
}

// TestFailures: what is not so is said, with what is so.
func TestFailures(t *testing.T) {
	t.Parallel()
	w := crmtest.New(t, crmtest.With(policies))
	id := claimed(t, w, "hail")
	for want, check := range map[string]func(t testing.TB){
		"no Close after Report by owner, Approve by owner; the journal has Report by owner": func(t testing.TB) {
			crmtest.RequireEvent(t, w, "claim", id, "Report", "Approve", "Close")
		},
		"no Report after Approve by owner": func(t testing.TB) { crmtest.RequireEvent(t, w, "claim", id, "Approve", "Report") },
		"the journal has nothing of it":    func(t testing.TB) { crmtest.RequireEvent(t, w, "claim", kernel.NewID(), "Report") },
		"Approve happened":                 func(t testing.TB) { crmtest.RequireNoEvent(t, w, "claim", id, "Close", "Approve") },
		"opening the library: ": func(t testing.TB) {
			crmtest.New(t, crmtest.With(func(c *crm.Config) { c.Keys = nil }))
		},
		"the journal does not agree with the rows": func(t testing.TB) {
			store := memory.New()
			forge(t, store, claimed(t, crmtest.New(t, crmtest.Over(store), crmtest.With(policies)), "hail"))
		},
	} {
		if got := failure(t, check); !strings.Contains(got, want) {
			t.Errorf("said %q, want %q", got, want)
		}
	}
	if said := failure(t, func(t testing.TB) { crmtest.RequireEvent(t, w, "claim", id) }); said != "" {
		t.Errorf("nothing was required: %s", said)
	}
}

// failure runs a check as a test of its own and returns what it fails with.
func failure(t *testing.T, check func(testing.TB)) string {
	t.Helper()
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		check(r)
	}()
	<-done
	for _, fn := range r.cleanup {
		fn()
	}
	return r.said
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	said    string
	cleanup []func()
}

func (r *recorder) Helper()                      {}
func (r *recorder) Cleanup(fn func())            { r.cleanup = append(r.cleanup, fn) }
func (r *recorder) Errorf(f string, args ...any) { r.said += fmt.Sprintf(f, args...) }
func (r *recorder) Fatalf(f string, args ...any) { r.Errorf(f, args...); runtime.Goexit() }
func (r *recorder) Context() context.Context     { return context.Background() }

// forge changes a claim past the library.
func forge(t testing.TB, store storage.Store, id crm.ID) {
	t.Helper()
	if err := store.Update(context.Background(), func(tx storage.Tx) error {
		c, err := storage.Get[claim.Claim](tx, id)
		if err != nil {
			return err
		}
		c.Approved = c.Approved.Add(decimal.NewFromInt(1))
		return tx.Save(c)
	}); err != nil {
		t.Errorf("forging: %v", err)
	}
}
