package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
)

func key(person kernel.Ref) *storage.DataKey {
	k := &storage.DataKey{PersonRef: person, Wrapped: []byte("wrapped")}
	k.ID, k.Tenant = kernel.NewID(), "north"
	return k
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	noise := filepath.Join(dir, "noise.db")
	if err := os.WriteFile(noise, bytes.Repeat([]byte("this is no database\n"), 500), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		want error // nil: any
	}{
		"memory":         {":memory:", nil},
		"no path":        {"", nil},
		"a URI":          {"file:crm.db?mode=memory", nil},
		"a NUL":          {dir + "/a\x00b", nil},
		"no directory":   {filepath.Join(dir, "nowhere", "crm.db"), storage.ErrUnavailable},
		"a directory":    {dir, storage.ErrUnavailable},
		"not a database": {noise, storage.ErrUnavailable},
		"below a file":   {filepath.Join(noise, "crm.db"), storage.ErrUnavailable},
	} {
		store, err := sqlite.Open(c.path)
		if err == nil {
			_ = store.Close()
		}
		if err == nil || c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestStrangePaths: what means something in a URI means nothing in a path.
func TestStrangePaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b.db", "100%.db", "50%25.db", "what?.db", "a#b.db", "保单.db", "a&mode=memory.db", "it's.db", "a+b;c.db"} {
		path := filepath.Join(t.TempDir(), name)
		store := open(t, path)
		if err := store.Migrate(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Size() == 0 {
			t.Errorf("%s: the database is elsewhere: %v", name, err)
		} else if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: others may read it: %s", name, info.Mode())
		}
	}
}

// TestSettings looks at the file from outside.
func TestSettings(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	store := open(t, path)
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open(sqlite.DriverName, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var mode string
	if err := db.QueryRowContext(t.Context(), "PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal_mode %s, %v", mode, err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	if err := store.Update(t.Context(), func(storage.Tx) error { return nil }); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("after Close: %v, want ErrUnavailable", err)
	}
}

// TestOwnerMovesOn: connections that are opened later find the same file.
func TestOwnerMovesOn(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	store := open(t, "crm.db")
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	if err := store.CheckSchema(t.Context()); err != nil { // the first use of a reader
		t.Error(err)
	}
}

// TestReadersDoNotWait: Views go on beside a long Update, and see nothing of it.
func TestReadersDoNotWait(t *testing.T) {
	t.Parallel()
	store := open(t, filepath.Join(t.TempDir(), "crm.db"))
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	count := func() (n int64) {
		if err := store.View(t.Context(), func(tx storage.Tx) (err error) {
			n, err = storage.Count[storage.DataKey](tx)
			return err
		}); err != nil {
			t.Error(err)
		}
		return n
	}
	if err := store.Update(t.Context(), func(tx storage.Tx) error {
		err := tx.Insert(key("a"))
		if n, sent := storage.Count[storage.DataKey](tx); sent != nil || n != 1 {
			t.Errorf("%d, %v", n, sent)
		}
		for range 20 {
			if n := count(); n != 0 {
				t.Errorf("a View saw %d rows that are not committed", n)
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if n := count(); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

// TestTwoProcesses stands for two processes: two stores on one file, writing at once.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	var wg sync.WaitGroup
	stores := make([]*gormstore.Store, 4)
	for i := range stores {
		wg.Go(func() { // all make the file, turn its log on and migrate it
			store, err := sqlite.Open(path)
			if err != nil {
				t.Error(err)
				return
			}
			if err := store.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
			stores[i] = store
		})
	}
	if wg.Wait(); t.Failed() {
		return
	}
	for _, store := range stores {
		for range 4 {
			wg.Go(func() {
				for range 10 {
					if err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(key(kernel.NewID().Ref())) }); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	wg.Wait()
	if err := stores[0].View(t.Context(), func(tx storage.Tx) error {
		n, err := storage.Count[storage.DataKey](tx)
		if n != 160 {
			t.Errorf("%d rows, want 160", n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	for _, store := range stores {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestWaiting: an Update waits for another one of the same store as long as its
// context lasts, and for another process as long as Wait says.
func TestWaiting(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	store, other := open(t, path), open(t, path, sqlite.Wait(20*time.Millisecond))
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	never := func(storage.Tx) error { t.Error("fn runs"); return nil }
	if err := store.Update(t.Context(), func(storage.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		if err := store.Update(ctx, never); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the same store: %v", err)
		}
		if err := other.Update(t.Context(), never); !errors.Is(err, storage.ErrRetry) {
			t.Errorf("another process: %v", err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	if err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(key("a")) }); err != nil {
		t.Error(err)
	}
}

// TestFull: the disk is full in the middle of a unit.
func TestFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	db, err := sql.Open(sqlite.DriverName, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	store := open(t, path)
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var pages int
	if err := db.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	// The limit belongs to a connection, so the unit joins one that has it.
	if _, err := db.ExecContext(t.Context(), "PRAGMA max_page_count = 60"); err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	big := key("a")
	big.Wrapped = bytes.Repeat([]byte("x"), 1<<20)
	err = sqlite.Join(tx).Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(big) })
	if !errors.Is(err, storage.ErrUnavailable) || !strings.Contains(err.Error(), "crm_data_keys") {
		t.Errorf("full: %v, want ErrUnavailable", err)
	}
	_ = tx.Rollback()
	if err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(key("a")) }); err != nil {
		t.Error(err)
	}
}

// TestDialector: a host's own handle waits for locks and reads its times back, whichever
// driver the program was built with.
func TestDialector(t *testing.T) {
	t.Parallel()
	type visit struct {
		ID int64
		At time.Time
	}
	for settings, wait := range map[string]int{"": 5000, "?_journal_mode=WAL": 5000, "?_busy_timeout=7": 7, "?_txlock=immediate&_timeout=8": 8} {
		db, err := gorm.Open(sqlite.Dialector(filepath.Join(t.TempDir(), "host.db")+settings), &gorm.Config{})
		if err != nil {
			t.Fatal(err)
		}
		pool, err := db.DB()
		if err != nil {
			t.Fatal(err)
		}
		defer pool.Close()
		var have int
		in, out := visit{ID: 1, At: time.Date(2026, 3, 2, 23, 59, 59, 123456000, time.FixedZone("", 8*3600))}, visit{}
		if err := errors.Join(db.AutoMigrate(&visit{}), db.Create(&in).Error, db.Take(&out).Error,
			db.Raw("PRAGMA busy_timeout").Scan(&have).Error); err != nil {
			t.Fatal(err)
		}
		if have != wait || !out.At.Equal(in.At) {
			t.Errorf("%q: waits %d ms, want %d; wrote %s, read %s", settings, have, wait, in.At, out.At)
		}
	}
}
