package sqlite_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	storagetest.Exercise(t, func(t *testing.T) storage.Store {
		path := filepath.Join(t.TempDir(), "crm.db")
		store := open(t, path)
		run(t, path, storagetest.SQLite)
		return store
	})
}

func open(t *testing.T, path string, opts ...sqlite.Option) *gormstore.Store {
	t.Helper()
	store, err := sqlite.Open(path, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// run runs statements on a connection of its own.
func run(t *testing.T, path, statements string) {
	t.Helper()
	db, err := sql.Open(sqlite.DriverName, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}
