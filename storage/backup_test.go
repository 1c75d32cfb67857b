package storage_test

import (
	"errors"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// TestTryKeys: every data key of the tenant is tried, however many there are, and none
// opens with another insurer's.
func TestTryKeys(t *testing.T) {
	t.Parallel()
	const people = 1203
	store := memory.New()
	keys, err := privacy.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	others, err := privacy.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	ctx := kernel.WithActor(t.Context(), kernel.Owner)
	if err := storage.Guard(store, keys).Update(ctx, func(tx *storage.GuardTx) error {
		for i := range people {
			row := &storage.DataKey{PersonRef: kernel.NewID().Ref()}
			row.ID = kernel.NewID()
			if row.Wrapped, _, err = keys.NewDataKey("/" + string(row.PersonRef)); err != nil {
				return err
			}
			if i == 7 { // of an erased person
				row.Wrapped, row.DestroyedAt = nil, row.CreatedAt.AddDate(2026, 0, 0)
			}
			if err := tx.Insert(row); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for want, g := range map[error]*storage.Guarded{nil: storage.Guard(store, keys), privacy.ErrCannotOpen: storage.Guard(store, others)} {
		if err := g.View(ctx, func(tx *storage.GuardTx) error {
			n, err := tx.TryKeys()
			if want == nil && n != people-1 {
				t.Errorf("%d keys were tried, want %d", n, people-1)
			}
			return err
		}); !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}
