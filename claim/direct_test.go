package claim_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

func settlement(claimed string) claim.Settlement {
	return claim.Settlement{Filing: filing(claimed), Agreed: "app", Channel: "app"}
}

// A small claim goes from the form to the payment in one command; the journal has every
// row of the table.
func TestSettleDirect(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.report(t, injury("P-1"))
		c = got(w.SettleDirect(adjuster, c.ID, settlement("1100"), kernel.Key("req-1")))(t)
		if c.State != claim.Payable || !c.Approved.Equal(yuan("900")) || !c.FastTrack || c.Handler != "li" || c.Replayed {
			t.Errorf("%+v", c)
		}
		want := []string{"Report", "File", "Check", "Accept", "Check", "Check", "Assess", "Approve", "Notify", "Agree", "RequestPayment"}
		if d := cmp.Diff(want, w.events(t, c.ID)); d != "" {
			t.Error(d)
		}
		again := got(w.SettleDirect(adjuster, c.ID, settlement("1100"), kernel.Key("req-1")))(t)
		if again.ID != c.ID || !again.Replayed || again.Version != c.Version {
			t.Errorf("%+v", again)
		}
		if _, err := w.SettleDirect(adjuster, c.ID, settlement("1200"), kernel.Key("req-1")); !errors.Is(err, kernel.ErrKeyReused) {
			t.Error(err)
		}
		w.transfer(t, c.ID)
		if c = got(w.Get(auditor, c.ID))(t); c.State != claim.Paid {
			t.Error(c.State)
		}
		w.money(t, c.ID)
		w.sound(t)
	})
}

// Whatever objects, nothing is written at all.
func TestSettleDirectIsRefusedAsAWhole(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		policy kernel.Ref
		change func(*claim.Settlement)
		who    context.Context
		opts   []kernel.Option
		want   error
	}{
		{name: "a paper is missing", change: func(s *claim.Settlement) { s.Filing.Documents = papers[:1] }, want: kernel.ErrState},
		{name: "above the authority", change: func(s *claim.Settlement) { s.Filing.Claimed = yuan("15000") }, want: kernel.ErrForbidden},
		{name: "not in force", policy: "P-lapsed", want: kernel.ErrState},
		{name: "nothing to pay", change: func(s *claim.Settlement) { s.Filing.Claimed = yuan("50") }, want: kernel.ErrState},
		{name: "another amount", change: func(s *claim.Settlement) { s.Amount = yuan("1000") }, want: kernel.ErrInvalid},
		{name: "not agreed", change: func(s *claim.Settlement) { s.Agreed = "" }, want: kernel.ErrInvalid},
		{name: "no such coverage", change: func(s *claim.Settlement) { s.Lines = []claim.Item{{Coverage: "dental"}} }, want: kernel.ErrInvalid},
		{name: "a bad form", change: func(s *claim.Settlement) { s.Filing.Method = "\x00" }, want: kernel.ErrInvalid},
		{name: "a stale version", opts: []kernel.Option{kernel.IfVersion(9)}, want: kernel.ErrConflict},
		{name: "an agent", who: agent, want: kernel.ErrForbidden},
		{name: "another branch", policy: "P-3", who: kernel.WithActor(t.Context(), kernel.Actor{ID: "li", Branches: []string{"south"}, Roles: []kernel.Role{access.Adjuster}}), want: kernel.ErrNotFound},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(memory.New())
			if tt.policy == "" {
				tt.policy = "P-1"
			}
			c := w.report(t, injury(tt.policy))
			in := settlement("1100")
			if tt.change != nil {
				tt.change(&in)
			}
			if tt.who == nil {
				tt.who = adjuster
			}
			before := w.rows(t)
			if _, err := w.SettleDirect(tt.who, c.ID, in, tt.opts...); !errors.Is(err, tt.want) {
				t.Errorf("%v", err)
			}
			if d := cmp.Diff(before, w.rows(t)); d != "" {
				t.Error("something was written:", d)
			}
		})
	}
}

// rows counts all rows, entries included.
func (w *world) rows(t tb) map[string]int64 {
	t.Helper()
	rows := map[string]int64{}
	err := w.store.View(owner, func(tx *storage.GuardTx) error {
		recs := []storage.Record{new(journal.Entry)}
		for _, sub := range claim.Subjects() {
			recs = append(recs, sub.Root)
			for _, p := range sub.Parts {
				recs = append(recs, p.Record)
			}
		}
		for _, rec := range recs {
			n, err := tx.Tally(rec, storage.Query{}, nil)
			if err != nil {
				return err
			}
			rows[rec.TableName()] = n[0].Count
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// A dry run answers as the command would and leaves nothing.
func TestADryRunLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.report(t, injury("P-1"))
	before := w.rows(t)
	dry := got(w.SettleDirect(adjuster, c.ID, settlement("1100"), kernel.DryRun()))(t)
	if dry.State != claim.Payable || !dry.Approved.Equal(yuan("900")) {
		t.Errorf("%+v", dry)
	}
	if d := cmp.Diff(before, w.rows(t)); d != "" {
		t.Error(d)
	}
}
