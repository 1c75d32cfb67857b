package sqlite_test

import (
	"path/filepath"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/sqlite"
)

// BenchmarkUpdate is the smallest command: read a row, change it, add another.
func BenchmarkUpdate(b *testing.B) {
	store, err := sqlite.Open(filepath.Join(b.TempDir(), "crm.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	if err := store.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	k := key("a")
	if err := store.Update(b.Context(), func(tx storage.Tx) error { return tx.Insert(k) }); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := store.Update(b.Context(), func(tx storage.Tx) error {
			got, err := storage.Get[storage.DataKey](tx, k.ID)
			if err != nil {
				return err
			}
			if err := tx.Save(got); err != nil {
				return err
			}
			return tx.Insert(key(kernel.NewID().Ref()))
		}); err != nil {
			b.Fatal(err)
		}
	}
}
