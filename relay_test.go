package crm_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/postgres"
)

// mail is a consumer that keeps what is delivered.
type mail []crm.Entry

func (m *mail) deliver(_ context.Context, e crm.Entry) error { *m = append(*m, e); return nil }

// ordered fails unless numbers rise, and versions of each subject without a gap.
func (m mail) ordered(t *testing.T) {
	t.Helper()
	last, versions := int64(0), map[kernel.ID]int64{}
	for _, e := range m {
		if e.Seq <= last || e.SubjectVersion != versions[e.SubjectID]+1 {
			t.Errorf("%s version %d comes after %d, number %d after %d", e.Kind, e.SubjectVersion, versions[e.SubjectID], e.Seq, last)
		}
		last, versions[e.SubjectID] = e.Seq, e.SubjectVersion
	}
}

// relay relays until nothing more comes; transactions of other tests may hold it up.
func (w *world) relay(t *testing.T, consumer string, m *mail, want int) {
	t.Helper()
	for range 50 {
		if _, err := w.Relay(owner, consumer, m.deliver); err != nil {
			t.Fatal(err)
		}
		if len(*m) >= want {
			return
		}
	}
	t.Errorf("%d of %d entries were delivered", len(*m), want)
}

func TestRelayDeliversTheWholeStoryOnce(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		w.play(t)
		entries := int(w.countRows(t)["crm_journal"])
		var first, second mail
		down := errors.New("the other side is down")
		n, err := 0, error(nil)
		for range 50 { // what is delivered before an error is not delivered again
			n, err = w.Relay(owner, "ledger", func(ctx context.Context, e crm.Entry) error {
				if len(first) == 7 {
					return down
				}
				return first.deliver(ctx, e)
			})
			if err != nil {
				break
			}
		}
		if n != 7 || !errors.Is(err, down) {
			t.Errorf("%d delivered, %v", n, err)
		}
		w.relay(t, "ledger", &first, entries)
		w.relay(t, "warehouse", &second, entries)
		for _, m := range []mail{first, second} {
			m.ordered(t)
			if len(m) != entries {
				t.Errorf("%d of %d entries", len(m), entries)
			}
		}
		if _, err := w.Relay(agent, "mail", second.deliver); !errors.Is(err, crm.ErrForbidden) {
			t.Errorf("an agent relays: %v", err)
		}
		if _, err := w.Relay(owner, "", second.deliver); !errors.Is(err, crm.ErrInvalid) {
			t.Errorf("nobody's cursor: %v", err)
		}
		strangers := crm.WithActor(owner, crm.Actor{ID: "x", Tenant: "other", Roles: []kernel.Role{kernel.RoleOwner}})
		if n, err := w.Relay(strangers, "mail", second.deliver); n != 0 || err != nil {
			t.Errorf("another tenant got %d entries, %v", n, err)
		}
		w.sound(t)
	})
}

// On PostgreSQL an entry can become visible after one with a higher number. It is never
// skipped.
func TestRelayWaitsForOpenTransactions(t *testing.T) {
	t.Parallel()
	w := over(t, "postgres")
	s := w.insured(t)
	c := w.Claims
	var ids []kernel.ID // reported before: whoever needs a number waits for the others who do
	for _, cause := range []string{"injury", "illness", "theft"} {
		ids = append(ids, got(c.Report(adjuster, loss(&s.policy, cause, w.clock.Now().Add(-time.Hour))))(t).ID)
	}
	withdraw := func(c *crm.CRM, id kernel.ID) {
		t.Helper()
		got(c.Claims.Withdraw(adjuster, id, claim.Remark{Text: secret("repaired")}))(t)
	}
	var seen mail
	w.relay(t, "mail", &seen, int(w.countRows(t)["crm_journal"]))
	before := len(seen)

	tx := got(w.db.BeginTx(t.Context(), nil))(t)
	withdraw(w.Within(postgres.Join(tx)), ids[0])
	withdraw(w.CRM, ids[1])
	for range 2 {
		if n, err := w.Relay(owner, "mail", seen.deliver); n != 0 || err != nil {
			t.Errorf("%d delivered past an open transaction, %v", n, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	w.relay(t, "mail", &seen, before+2)
	if got := seen[before:]; len(got) != 2 || got[0].SubjectID != ids[0] || got[1].SubjectID != ids[1] {
		t.Errorf("delivered were %v", got)
	}
	seen.ordered(t)

	// One that is taken back leaves a gap in the numbers, and nobody waits for it.
	tx = got(w.db.BeginTx(t.Context(), nil))(t)
	got(w.Within(postgres.Join(tx)).Claims.Assist(adjuster, ids[2], claim.Assistance{Assistant: "a-1"}))(t)
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	withdraw(w.CRM, ids[2])
	w.relay(t, "mail", &seen, before+3)
	seen.ordered(t)
}

// Transactions that overlap without a break delay the relay and never stop it.
func TestRelayIsNotStarved(t *testing.T) {
	t.Parallel()
	w := over(t, "postgres")
	s := w.insured(t)
	var ids []kernel.ID
	for _, cause := range []string{"injury", "illness", "theft"} {
		ids = append(ids, got(w.Claims.Report(adjuster, loss(&s.policy, cause, w.clock.Now().Add(-time.Hour))))(t).ID)
	}
	var seen mail
	w.relay(t, "mail", &seen, int(w.countRows(t)["crm_journal"]))
	before := len(seen)
	open := func(id kernel.ID) interface{ Commit() error } {
		tx := got(w.db.BeginTx(t.Context(), nil))(t)
		got(w.Within(postgres.Join(tx)).Claims.Assist(adjuster, id, claim.Assistance{Assistant: "a-1"}))(t)
		return tx
	}
	commit := func(tx interface{ Commit() error }) {
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	first := open(ids[0])
	got(w.Claims.Assist(adjuster, ids[1], claim.Assistance{Assistant: "a-2"}))(t)
	if n, err := w.Relay(owner, "mail", seen.deliver); n != 0 || err != nil {
		t.Errorf("%d delivered past an open transaction, %v", n, err)
	}
	second := open(ids[2]) // begins before the first ends, and stays
	commit(first)
	w.relay(t, "mail", &seen, before+2) // and that while a later transaction is open
	commit(second)
	w.relay(t, "mail", &seen, before+3)
	seen.ordered(t)
}
