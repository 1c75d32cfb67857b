package memory_test

import (
	"context"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

type visit struct {
	kernel.Meta `gorm:"embedded"`
	Notes       []string `gorm:"column:notes;serializer:json"`
}

func (*visit) TableName() string { return "visits" }

// Two readers need each other to go on: were Views serial, they would wait forever.
func TestViewsRunBesideEachOther(t *testing.T) {
	t.Parallel()
	store, ctx := memory.New(), context.Background()
	here, there := make(chan bool), make(chan bool)
	go func() {
		_ = store.View(ctx, func(storage.Tx) error { here <- true; <-there; return nil })
	}()
	if err := store.View(ctx, func(storage.Tx) error { <-here; there <- true; return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestRecordsAreCopies(t *testing.T) {
	t.Parallel()
	store, ctx := memory.New(), context.Background()
	v := &visit{Meta: kernel.Meta{ID: kernel.NewID()}, Notes: []string{"rang twice"}}
	get := func() *visit {
		var got *visit
		if err := store.View(ctx, func(tx storage.Tx) (err error) {
			got, err = storage.Get[visit](tx, v.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return got
	}
	if err := store.Update(ctx, func(tx storage.Tx) error { return tx.Insert(v) }); err != nil {
		t.Fatal(err)
	}
	v.Notes[0] = "changed by the caller"
	get().Notes[0] = "changed by a reader"
	if got := get().Notes[0]; got != "rang twice" {
		t.Errorf("the store holds %q", got)
	}
}
