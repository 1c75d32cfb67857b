package main

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/crmtest"
	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/examples/internal/show/showtest"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var monday = kernel.NewDate(2026, 3, 2)

// On the same database the old system sells the next three policies.
func TestStory(t *testing.T) {
	t.Parallel()
	showtest.OnEach(t, func(t *testing.T, flags []string) {
		for _, file := range []string{"facts.json", "again.json"} {
			var out bytes.Buffer
			if err := story(t.Context(), append(flags, "-json"), &out, monday); err != nil {
				t.Fatal(err)
			}
			showtest.Golden(t, file, out.Bytes())
		}
		var out bytes.Buffer
		if err := story(t.Context(), flags, &out, monday); err != nil {
			t.Fatal(err)
		}
		showtest.Readable(t, out.String(), "6228480402564890018", "grace period")
		if want := "journal verified: "; !strings.Contains(out.String(), want) {
			t.Errorf("%q is not printed", want)
		}
	})
}

func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-db", filepath.Join(t.TempDir(), "host.db"), "-json"}, &out); err != nil {
		t.Fatal(err)
	}
	showtest.Golden(t, "facts.json", out.Bytes())
}

// TestBank puts the service on a bank with faults: an answer that is lost, and money that
// comes back.
func TestBank(t *testing.T) {
	t.Parallel()
	s := &service{Printer: show.To(new(bytes.Buffer)), clock: kernel.NewManualClock(monday.In(beijing))}
	db := filepath.Join(t.TempDir(), "host.db")
	ctx := crm.WithActor(t.Context(), crm.Owner)
	if err := errors.Join(s.open(ctx, show.Flags{DB: db, Keys: db + ".key"}), s.sell(ctx)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	w := crmtest.New(t, crmtest.At(s.clock.Now()), crmtest.With(func(c *crm.Config) { c.Policies = s }))
	s.crm, s.clock = w.CRM, w.Clock

	w.Bank.Next(crmtest.Unanswered, crmtest.Bounces("closed_account"))
	if err := s.useUpLimit(ctx); err != nil { // two claims
		t.Fatal(err)
	}
	if err := w.Pay(t); !errors.Is(err, crmtest.ErrNoAnswer) {
		t.Errorf("got %v", err)
	}
	if err := w.Pay(t); err != nil { // the first is handed over again
		t.Errorf("again: %v", err)
	}
	orders := w.Bank.Orders()
	if len(orders) != 2 {
		t.Fatalf("the bank paid %d times", len(orders))
	}
	crmtest.RequireEvent(t, w, "claim", orders[0].Owner.ID, "Report", "RequestPayment", "Settle")
	crmtest.RequireEvent(t, w, "claim", orders[1].Owner.ID, "Report", "RequestPayment", "Settle", "BouncePayment")
}

// Cover is told as it was at the loss, and a number that the host does not know is not
// found.
func TestCoverAt(t *testing.T) {
	t.Parallel()
	s := &service{Printer: show.To(new(bytes.Buffer)), clock: kernel.NewManualClock(monday.In(beijing))}
	db := filepath.Join(t.TempDir(), "host.db")
	ctx := crm.WithActor(t.Context(), crm.Owner)
	if err := errors.Join(s.open(ctx, show.Flags{DB: db, Keys: db + ".key"}), s.sell(ctx)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() })
	lapse := monday.AddMonths(-1).In(beijing)
	for at, inForce := range map[time.Time]bool{lapse.Add(-time.Microsecond): true, lapse: false} {
		if c, err := s.CoverAt(ctx, s.home, at); err != nil || c.InForce != inForce {
			t.Errorf("at %s: in force %v, %v", at, c.InForce, err)
		}
	}
	_, err := s.crm.Claims.Report(ctx, claim.Notice{Policy: "0112-1999-000001", Cause: "fire", OccurredAt: s.clock.Now()})
	if !errors.Is(err, crm.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
