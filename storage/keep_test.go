package storage_test

import (
	"context"
	"errors"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// asked counts how often a store is asked.
type asked struct {
	storage.Store
	loads int
}

func (c *asked) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return c.Store.Update(ctx, func(tx storage.Tx) error { return fn(&counted{tx, c}) })
}

type counted struct {
	storage.Tx
	c *asked
}

func (t *counted) Load(reads ...storage.Read) error {
	t.c.loads++
	return t.Tx.Load(reads...)
}

// What a unit keeps is read once, until the unit itself writes to that table. Everything
// else is read each time.
func TestKept(t *testing.T) {
	t.Parallel()
	store := &asked{Store: memory.New()}
	g := storage.Guard(store, newCipher(t))
	holder := storage.Col[kernel.Ref]("holder")
	of := func(who kernel.Ref) storage.Query {
		return storage.Query{Where: []storage.Cond{holder.Eq(who)}, Order: []storage.Order{storage.ColCreated.Asc()}}
	}
	one, two := insured("c-1"), insured("c-1")
	err := g.Update(north, func(tx *storage.GuardTx) error {
		if err := tx.Insert(one); err != nil {
			return err
		}
		var rows []policy
		same := new(policy)
		if err := tx.Load(storage.ByID(same, one.ID), storage.Where(&rows, of("c-1")).Kept()); err != nil {
			return err
		}
		asks := func(want int, q storage.Query, found int) {
			t.Helper()
			before := store.loads
			got, err := storage.Find[policy](tx, q)
			if err != nil || store.loads-before != want || len(got) != found {
				t.Errorf("%d loads, %d rows, %v; want %d, %d", store.loads-before, len(got), err, want, found)
			}
			if found > 0 {
				got[0].Number = "changed by the caller"
			}
		}
		asks(0, of("c-1"), 1)
		asks(0, of("c-1"), 1)
		if rows[0].Number != one.Number {
			t.Error("what is handed out is no copy")
		}
		asks(1, of("c-2"), 0)
		asks(1, storage.Query{Where: of("c-1").Where}, 1)
		locked := of("c-1")
		locked.Lock = true
		asks(1, locked, 1)
		limited := of("c-1")
		limited.Limit = 1
		asks(1, limited, 1)
		if _, err := storage.Find[storage.DataKey](tx, storage.Query{}); err != nil {
			return err
		}
		asks(0, of("c-1"), 1)
		if err := tx.Insert(two); err != nil {
			return err
		}
		asks(1, of("c-1"), 2)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var after *storage.GuardTx
	_ = g.Update(north, func(tx *storage.GuardTx) error {
		after = tx
		var rows []policy
		return tx.Load(storage.Where(&rows, of("c-1")).Kept())
	})
	if _, err := storage.Find[policy](after, of("c-1")); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("after the unit: %v", err)
	}
}
