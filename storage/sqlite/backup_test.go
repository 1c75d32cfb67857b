package sqlite_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
)

// TestBackup: the copy is a database of its own that holds what it says; the store goes on
// reading and refusing writes where it should.
func TestBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own := open(t, filepath.Join(dir, "crm.db"))
	db, err := gorm.Open(sqlite.Dialector(filepath.Join(dir, "host.db")+"?_journal_mode=WAL"), &gorm.Config{})
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	hosts, err := gormstore.New(db)
	if err != nil {
		t.Fatal(err)
	}
	for name, store := range map[string]*gormstore.Store{"own": own, "the host's": hosts} {
		ctx := t.Context()
		if err := store.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := store.Update(ctx, func(tx storage.Tx) error { return tx.Insert(key(kernel.NewID().Ref())) }); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(t.TempDir(), "file: it's a copy?.db")
		have, err := store.Backup(ctx, path)
		if err != nil || have.Rows["crm_data_keys"] != 3 || have.Schema == 0 {
			t.Fatalf("%s: %+v, %v", name, have, err)
		}
		now, err := store.Contents(ctx)
		if diff := cmp.Diff(have, now); err != nil || diff != "" {
			t.Errorf("%s: %v\n%s", name, err, diff)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
		if _, err := store.Backup(ctx, path); !errors.Is(err, fs.ErrExist) {
			t.Errorf("%s: over a file: %v", name, err)
		}
		over, cancel := context.WithCancel(ctx)
		cancel()
		for want, c := range map[error]struct {
			ctx  context.Context
			path string
		}{
			context.Canceled: {over, path + "2"},
			fs.ErrNotExist:   {ctx, filepath.Join(dir, "nowhere", "copy.db")},
		} {
			if _, err := store.Backup(c.ctx, c.path); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", name, err, want)
			}
			if _, err := os.Stat(c.path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: a file was left: %v", name, err)
			}
		}
		again, err := open(t, path).Contents(ctx)
		if diff := cmp.Diff(have, again); err != nil || diff != "" {
			t.Errorf("%s: the copy: %v\n%s", name, err, diff)
		}
		if err := store.View(ctx, func(tx storage.Tx) error { return tx.Insert(key("a")) }); !errors.Is(err, storage.ErrReadOnly) {
			t.Errorf("%s: a View writes: %v", name, err)
		}
	}
}
