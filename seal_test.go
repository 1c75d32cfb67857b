package crm_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// sealTo seals until everything up to an entry is sealed; transactions of other tests may
// hold that up.
func (w *world) sealTo(t testing.TB, seq int64) (s crm.Seal) {
	t.Helper()
	for range 50 {
		if s = got(w.Seal(owner))(t); s.UpTo >= seq {
			return s
		}
	}
	t.Fatalf("%v, want up to %d", s, seq)
	return s
}

// newest returns the number of the newest entry.
func (w *world) newest(t testing.TB) (seq int64) {
	t.Helper()
	err := w.guarded().View(owner, func(tx *storage.GuardTx) error {
		e, err := storage.One[journal.Entry](tx, storage.Query{Order: []storage.Order{journal.ColSeq.Desc()}})
		if e != nil {
			seq = e.Seq
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return seq
}

// wants fails unless Verify against the seals finds exactly these faults.
func (w *world) wants(t testing.TB, kept []crm.Seal, words ...string) {
	t.Helper()
	report := got(w.Verify(auditor, kept...))(t)
	var have []string
	for _, f := range report.Faults {
		have = append(have, f.What)
	}
	if fmt.Sprint(have) != fmt.Sprint(words) {
		t.Errorf("%v, want %q", report.Faults, words)
	}
}

func TestTheStoryIsSealed(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		if s := got(w.Seal(owner))(t); s.Number != 0 {
			t.Errorf("of nothing: %v", s)
		}
		s := w.insured(t)
		first := w.sealTo(t, w.newest(t))
		w.pay(t, s)
		last := w.sealTo(t, w.newest(t))
		if got := got(w.Seal(owner))(t); string(got.Hash) != string(last.Hash) {
			t.Errorf("%v, want again %v", got, last)
		}
		if entries := w.countRows(t)["crm_journal"]; first.Number == 1 && last.Number == 2 && first.Entries+last.Entries != entries {
			t.Errorf("%v and %v of %d entries", first, last, entries)
		}
		for _, kept := range [][]crm.Seal{nil, {first}, {last}, {last, first}} {
			w.wants(t, kept)
		}
		if _, err := w.Seal(agent); !errors.Is(err, crm.ErrForbidden) {
			t.Errorf("an agent seals: %v", err)
		}
		if _, err := w.Seal(auditor); !errors.Is(err, crm.ErrForbidden) {
			t.Errorf("the auditor, who only reads, seals: %v", err)
		}
	})
}

// What may yet be taken back is neither sealed nor relayed.
func TestNothingIsSealedOrRelayedInsideAUnit(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		w.insured(t)
		inside := func(c *crm.CRM) {
			t.Helper()
			if s, err := c.Seal(owner); !errors.Is(err, crm.ErrState) || s.Number != 0 {
				t.Errorf("%v, %v", s, err)
			}
			if n, err := c.Relay(owner, "mail", new(mail).deliver); !errors.Is(err, crm.ErrState) || n != 0 {
				t.Errorf("%d relayed, %v", n, err)
			}
		}
		if err := w.InTx(owner, func(c *crm.CRM) error {
			inside(c)
			return c.InTx(owner, func(c *crm.CRM) error { inside(c); return nil })
		}); err != nil {
			t.Error(err)
		}
		if w.db != nil {
			if err := w.inTx(func(c *crm.CRM, _ *sql.Tx) error { inside(c); return nil }); err != nil {
				t.Error(err)
			}
		}
	})
}

// On PostgreSQL an entry can become visible after one with a higher number. It never comes
// to lie below a seal.
func TestSealsWaitForOpenTransactions(t *testing.T) {
	t.Parallel()
	w := over(t, "postgres")
	st := w.insured(t)
	var ids []crm.ID // reported before: whoever needs a number waits for the others who do
	for _, cause := range []string{"injury", "illness", "theft", "fall"} {
		ids = append(ids, got(w.Claims.Report(adjuster, loss(&st.policy, cause, w.clock.Now().Add(-time.Hour))))(t).ID)
	}
	assist := func(c *crm.CRM, id crm.ID) {
		t.Helper()
		got(c.Claims.Assist(adjuster, id, claim.Assistance{Assistant: "a-1"}))(t)
	}
	kept := []crm.Seal{w.sealTo(t, w.newest(t))}
	for round := range 3 {
		before := w.newest(t)
		open := got(w.db.BeginTx(t.Context(), nil))(t)
		assist(w.Within(w.join(open)), ids[round])
		assist(w.CRM, ids[3])
		after := w.newest(t)
		if after < before+2 {
			t.Fatalf("the open transaction took no number: %d, then %d", before, after)
		}
		for range 2 {
			s := got(w.Seal(owner))(t)
			if s.UpTo > before {
				t.Fatalf("%v, though number %d may yet be taken", s, before+1)
			}
			kept = append(kept, s)
		}
		end := open.Commit
		if round == 1 {
			end = open.Rollback // leaves a gap, and nobody waits for it
		}
		if err := end(); err != nil {
			t.Fatal(err)
		}
		kept = append(kept, w.sealTo(t, after))
		w.wants(t, kept)
	}
}

// A signer that panics is an error, and nothing is sealed.
func TestASignerThatPanics(t *testing.T) {
	t.Parallel()
	w := inMemory(t)
	w.insured(t)
	config := w.config()
	config.Signer = brokenSigner{}
	c := got(crm.Open(owner, w.store, config))(t)
	if s, err := c.Seal(owner); !errors.Is(err, crm.ErrPanic) || s.Number != 0 {
		t.Errorf("%v, %v", s, err)
	}
	if n := w.countRows(t)["crm_seals"]; n != 0 {
		t.Errorf("%d seals", n)
	}
	got(w.Seal(owner))(t)
	w.wants(t, nil)
}

type brokenSigner struct{}

func (brokenSigner) Sign(context.Context, []byte) ([]byte, error) { panic(canaries["identity number"]) }
func (brokenSigner) Verify(context.Context, []byte, []byte) (bool, error) {
	panic(canaries["identity number"])
}

// New wrapping keys, sealed texts sealed anew, and people who are erased: chain and seals
// stay true.
func TestSealsOutliveKeys(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		f := forge(t, w)
		kept := []crm.Seal{w.sealTo(t, w.newest(t))}

		keys := w.keys.(*privacy.Keys)
		next := got(got(keys.AddKey())(t).Promote())(t)
		var people []*storage.DataKey
		err := w.guarded().Update(owner, func(tx *storage.GuardTx) error {
			rows, err := storage.Find[storage.DataKey](tx, storage.Query{})
			for i := range rows {
				k := &rows[i]
				if k.Wrapped, err = next.Rewrap(k.Wrapped, tx.Tenant()+"/"+string(k.PersonRef)); err != nil {
					return err
				}
				if err := tx.Save(k); err != nil {
					return err
				}
				people = append(people, k)
			}
			return err
		})
		if err != nil || len(people) == 0 {
			t.Fatalf("%d data keys, %v", len(people), err)
		}
		w.keys = next
		w.CRM = got(crm.Open(owner, w.store, w.config()))(t)
		w.wants(t, kept)

		if n := f.sealTextsAnew(t); n < 5 {
			t.Errorf("only %d texts were sealed anew", n)
		}
		w.wants(t, kept)
		in := organisation("after the change of keys")
		got(w.Customers.Register(agent, in))(t)
		kept = append(kept, w.sealTo(t, w.newest(t)))

		err = w.guarded().Update(owner, func(tx *storage.GuardTx) error {
			for _, k := range people {
				k.Wrapped, k.DestroyedAt = nil, w.clock.Now()
				if err := tx.Save(k); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		w.CRM = got(crm.Open(owner, w.store, w.config()))(t)
		if _, err := w.Customers.Reveal(owner, f.tale.customer.ID, customer.Look{Fields: []customer.Field{customer.FieldIdentity}, Purpose: secret("a letter")}); !errors.Is(err, storage.ErrErased) {
			t.Errorf("somebody who was erased is read: %v", err)
		}
		w.wants(t, kept)
		w.wants(t, kept[1:])
		if s := got(w.Seal(owner))(t); s.Number < kept[1].Number {
			t.Errorf("%v", s)
		}
	})
}

// sealTextsAnew opens the sealed columns of all entries and seals them again.
func (f *forger) sealTextsAnew(t testing.TB) (n int) {
	t.Helper()
	err := f.guarded().View(owner, func(tx *storage.GuardTx) error {
		entries, err := storage.Find[journal.Entry](tx, storage.Query{})
		if err != nil {
			return err
		}
		for i := range entries {
			e := &entries[i]
			plain, err := tx.Open(e)
			if err != nil {
				return err
			}
			for column, text := range plain {
				was := map[string]*privacy.Secret{"reason": &e.Reason, "changes": &e.Changes}[column]
				old := string(was.Stored())
				*was = privacy.New(text)
				if err := tx.Seal(e); err != nil {
					return err
				}
				if string(was.Stored()) == old {
					t.Errorf("%s of entry %d is the same", column, e.Seq)
				}
				f.exec(t, "UPDATE crm_journal SET "+column+" = $1 WHERE seq = $2", was.Stored(), e.Seq)
				n++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}
