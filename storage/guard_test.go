package storage_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// What every guarded store must do is in package storagetest. Here is what can be
// seen from inside only: what the guard remembers, and for how long.

// counting counts how often a data key had to be unwrapped.
type counting struct {
	privacy.Cipher
	opened atomic.Int64
}

func (c *counting) OpenDataKey(wrapped []byte, ad string) (privacy.DataKey, error) {
	c.opened.Add(1)
	return c.Cipher.OpenDataKey(wrapped, ad)
}

func newCipher(t *testing.T) *counting {
	t.Helper()
	keys, err := privacy.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return &counting{Cipher: keys}
}

var north = kernel.WithActor(context.Background(), kernel.Actor{ID: "u-17", Tenant: "north"})

func insured(holder kernel.Ref) *policy {
	p := &policy{Number: string(kernel.NewID()), Holder: holder, Phone: privacy.New("13800138000")}
	p.ID = kernel.NewID()
	p.Renews = p.ID
	return p
}

func insert(g *storage.Guarded, recs ...storage.Record) error {
	return g.Update(north, func(tx *storage.GuardTx) error { return tx.Insert(recs...) })
}

func open(g *storage.Guarded, id kernel.ID) (string, error) {
	var plain map[string]string
	err := g.View(north, func(tx *storage.GuardTx) error {
		p, err := storage.Get[policy](tx, id)
		if err == nil {
			plain, err = tx.Open(p)
		}
		return err
	})
	return plain["phone"], err
}

func TestAPersonsKeyIsUnwrappedOnce(t *testing.T) {
	t.Parallel()
	store, cipher := memory.New(), newCipher(t)
	p := insured("C-1")
	if err := insert(storage.Guard(store, cipher), p); err != nil {
		t.Fatal(err)
	}
	g := storage.Guard(store, cipher)
	for range 5 {
		if s, err := open(g, p.ID); err != nil || s != "13800138000" {
			t.Fatalf("opened %q, %v", s, err)
		}
		if err := insert(g, insured("C-1")); err != nil {
			t.Fatal(err)
		}
	}
	if n := cipher.opened.Load(); n != 1 {
		t.Errorf("the data key was unwrapped %d times, want once", n)
	}
}

// The host's transaction may be rolled back after our unit has ended well.
func TestAJoinedUnitRemembersNoKeys(t *testing.T) {
	t.Parallel()
	store, cipher := memory.New(), newCipher(t)
	g := storage.Guard(store, cipher)
	rolledBack := memory.New() // what a transaction wrote that nobody will ever see
	if err := insert(g.Joined(rolledBack), insured("C-1")); err != nil {
		t.Fatal(err)
	}
	p := insured("C-1")
	if err := insert(g, p); err != nil {
		t.Fatal(err)
	}
	if s, err := open(storage.Guard(store, cipher), p.ID); err != nil || s != "13800138000" {
		t.Errorf("sealed with a key that was rolled back: %q, %v", s, err)
	}
	if g.Store() != storage.Store(store) || g.Joined(rolledBack).Store() != storage.Store(rolledBack) {
		t.Error("the guard is before another store than it was put")
	}
}

func erase(tx *storage.GuardTx, person kernel.Ref) error {
	key, err := storage.One[storage.DataKey](tx, storage.Query{Where: []storage.Cond{storage.Col[kernel.Ref]("person").Eq(person)}})
	if err != nil {
		return err
	}
	key.Wrapped, key.DestroyedAt = nil, time.Unix(1, 0)
	return tx.Save(key)
}

// A unit that had the person's key in hand while it was destroyed does not bring
// it back by remembering it.
func TestAnErasedKeyIsNotBroughtBack(t *testing.T) {
	t.Parallel()
	store, cipher := memory.New(), newCipher(t)
	p := insured("C-1")
	if err := insert(storage.Guard(store, cipher), p); err != nil {
		t.Fatal(err)
	}
	// Memory runs no Update beside a View; an old copy of the rows stands in for
	// the snapshot that the slow reader has.
	before := memory.New()
	copyRows[policy](t, store, before)
	copyRows[storage.DataKey](t, store, before)
	g := storage.Guard(&switching{updates: store, views: before}, cipher)
	err := g.View(north, func(tx *storage.GuardTx) error {
		old, err := storage.Get[policy](tx, p.ID)
		if err != nil {
			return err
		}
		if _, err = tx.Open(old); err != nil {
			return err
		}
		return g.Update(north, func(tx *storage.GuardTx) error { return erase(tx, "C-1") })
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(g, p.ID); !errors.Is(err, storage.ErrErased) {
		t.Errorf("an erased person's phone opened: %v", err)
	}
}

// switching serves Updates from one store and Views from another.
type switching struct{ updates, views storage.Store }

func (s *switching) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return s.updates.Update(ctx, fn)
}

func (s *switching) View(ctx context.Context, fn func(storage.Tx) error) error {
	return s.views.View(ctx, fn)
}

func copyRows[T any, P interface {
	*T
	storage.Record
}](t *testing.T, from, to storage.Store) {
	t.Helper()
	var rows []T
	view(t, from, func(tx storage.Tx) (err error) {
		rows, err = storage.Find[T](tx, storage.Query{})
		return err
	})
	err := to.Update(context.Background(), func(tx storage.Tx) error {
		for i := range rows {
			if err := tx.Insert(P(&rows[i])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestErasureThatFailsIsNotRemembered(t *testing.T) {
	t.Parallel()
	g := storage.Guard(memory.New(), newCipher(t))
	p := insured("C-1")
	if err := insert(g, p); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	err := g.Update(north, func(tx *storage.GuardTx) error { return errors.Join(erase(tx, "C-1"), refused) })
	if !errors.Is(err, refused) {
		t.Fatal(err)
	}
	if s, err := open(g, p.ID); err != nil || s != "13800138000" {
		t.Errorf("opened %q, %v after an erasure that was undone", s, err)
	}
}

// unowned is a record that nobody can keep apart.
type unowned struct {
	ID kernel.ID `gorm:"column:id;primaryKey"`
}

func (*unowned) TableName() string { return "unowned" }

func TestARecordNeedsATenant(t *testing.T) {
	t.Parallel()
	g := storage.Guard(memory.New(), privacy.Plaintext)
	rec := &unowned{ID: kernel.NewID()}
	for name, fn := range map[string]func(*storage.GuardTx) error{
		"insert": func(tx *storage.GuardTx) error { return tx.Insert(rec) },
		"delete": func(tx *storage.GuardTx) error { return tx.Delete(rec) },
		"find":   func(tx *storage.GuardTx) error { _, err := storage.Find[unowned](tx, storage.Query{}); return err },
		"get": func(tx *storage.GuardTx) error {
			r := storage.ByID(new(unowned), rec.ID)
			r.Optional = true
			return tx.Load(r)
		},
		"tally": func(tx *storage.GuardTx) error { _, err := tx.Tally(rec, storage.Query{}, nil); return err },
		"nil":   func(tx *storage.GuardTx) error { return tx.Load(storage.Read{Dst: (*policy)(nil)}) },
	} {
		if err := g.Update(north, fn); err == nil {
			t.Errorf("%s of a record without tenant went through", name)
		}
	}
}
