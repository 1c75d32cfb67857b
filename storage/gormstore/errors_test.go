package gormstore_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/storagetest"
)

// secret stands for what no error and no log may repeat.
const secret = "11010119900307283X"

// TestErrors provokes what a database can refuse and looks at what comes out: an
// error of ours that repeats no value, in whatever way it is printed.
func TestErrors(t *testing.T) {
	t.Parallel()
	heard := &lines{}
	each(t, func() *gorm.Config {
		return &gorm.Config{Logger: logger.New(heard, logger.Config{LogLevel: logger.Info})}
	}, func(t *testing.T, h host) {
		store := h.store(t)
		kept := policy()
		kept.Number = secret
		insert(t, store, kept)
		h.exec(t, "CREATE UNIQUE INDEX st_lines_once ON st_lines (tenant)")
		h.exec(t, "DROP TABLE st_entries")
		h.exec(t, "ALTER TABLE st_policies ADD COLUMN nope int CHECK (version < 2)")
		for name, c := range map[string]struct {
			fn   func(storage.Tx) error
			want error
		}{
			"duplicate": {func(tx storage.Tx) error { p := policy(); p.Number = secret; return tx.Insert(p) }, kernel.ErrDuplicate},
			"conflict":  {func(tx storage.Tx) error { p := *kept; p.Version = 9; return tx.Save(&p) }, kernel.ErrConflict},
			"check":     {func(tx storage.Tx) error { p := *kept; return tx.Save(&p) }, kernel.ErrInvalid},
			"misfit":    {func(tx storage.Tx) error { p := *kept; p.Grade = 1; p.Number = secret + "\x00"; return tx.Save(&p) }, kernel.ErrInvalid},
			"no table": {func(tx storage.Tx) error {
				return tx.Insert(&storagetest.Entry{Tenant: secret})
			}, storage.ErrSchema},
			"no table to read": {func(tx storage.Tx) error {
				_, err := storage.Find[storagetest.Entry](tx, storage.Query{Where: []storage.Cond{storage.ColTenant.Eq(secret)}})
				return err
			}, storage.ErrSchema},
			"bad column": {func(tx storage.Tx) error {
				_, err := storage.Find[storagetest.Policy](tx, storage.Query{Where: []storage.Cond{storage.Col[string]("nope").Eq(secret)}})
				return err
			}, kernel.ErrInvalid},
			"bad cursor": {func(tx storage.Tx) error {
				_, err := storage.Find[storagetest.Policy](tx, storage.Query{After: []any{kernel.ID(secret)}})
				return err
			}, kernel.ErrInvalid},
		} {
			err := store.Update(t.Context(), c.fn)
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
			for _, s := range []string{fmt.Sprint(err), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err), fmt.Sprintf("%q", err)} {
				if strings.Contains(s, secret) || strings.Contains(s, string(kept.ID)) {
					t.Errorf("%s: the error repeats a value: %s", name, s)
				}
				for _, theirs := range []string{"constraint", "violates", "relation", "no such", "ERROR"} {
					if strings.Contains(s, theirs) {
						t.Errorf("%s: the driver speaks: %s", name, s)
					}
				}
			}
		}
		var dup *storage.DuplicateRow
		err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(kept) })
		if !errors.As(err, &dup) || dup.Table != "st_policies" {
			t.Errorf("a duplicate key: %v", err)
		}
		h.idle(t)
		if text := heard.String(); text != "" {
			t.Errorf("the host's logger heard %s", text)
		}
	})
}

// lines collects what a logger writes.
type lines struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *lines) Printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(&l.b, format+"\n", args...)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// TestFailingCommit: a constraint that is checked at the end refuses the commit.
func TestFailingCommit(t *testing.T) {
	t.Parallel()
	each(t, nil, func(t *testing.T, h host) {
		if h.db.Name() == "sqlite" {
			h.sql.SetMaxOpenConns(1) // the setting belongs to a connection
			h.exec(t, "PRAGMA foreign_keys = on")
			h.exec(t, "DROP TABLE st_lines")
			h.exec(t, `CREATE TABLE st_lines (id TEXT PRIMARY KEY, tenant TEXT, amount INTEGER,
				policy TEXT REFERENCES st_policies (id) DEFERRABLE INITIALLY DEFERRED) STRICT`)
		} else {
			h.exec(t, "ALTER TABLE st_lines ADD FOREIGN KEY (policy) REFERENCES st_policies (id) DEFERRABLE INITIALLY DEFERRED")
		}
		store := h.store(t)
		for range 10 { // more often than there are connections
			err := store.Update(t.Context(), func(tx storage.Tx) error {
				return tx.Insert(policy(), &storagetest.Line{ID: kernel.NewID(), Tenant: "north", Policy: kernel.NewID()})
			})
			if !errors.Is(err, kernel.ErrInvalid) {
				t.Fatalf("commit: %v", err)
			}
		}
		if n := h.count(t, "st_policies"); n != 0 {
			t.Errorf("%d policies are left of commits that failed", n)
		}
		insert(t, store, policy())
		h.idle(t)
	})
}

// TestBusy: somebody else holds the lock of a SQLite file.
func TestBusy(t *testing.T) {
	t.Parallel()
	h := dialects["sqlite"](t, nil)
	store, err := gormstore.New(h.db, gormstore.Wait(50*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := h.sql.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	must := func(_ sql.Result, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"))
	never := func(storage.Tx) error { t.Error("fn runs without the lock"); return nil }
	if err := store.Update(t.Context(), never); !errors.Is(err, storage.ErrRetry) {
		t.Errorf("lock held: %v, want ErrRetry", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if err := store.Update(ctx, never); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, storage.ErrRetry) {
		t.Errorf("context over while waiting: %v", err)
	}
	if err := store.View(t.Context(), func(tx storage.Tx) error { _, err := storage.Count[storagetest.Policy](tx); return err }); err != nil {
		t.Errorf("a View waits for nobody: %v", err)
	}
	must(conn.ExecContext(t.Context(), "ROLLBACK"))
	insert(t, store, policy())
}

// TestReadOnlyDatabase: the database takes no writes.
func TestReadOnlyDatabase(t *testing.T) {
	t.Parallel()
	each(t, nil, func(t *testing.T, h host) {
		h.sql.SetMaxOpenConns(1)
		if h.db.Name() == "sqlite" {
			h.exec(t, "PRAGMA query_only = on")
		} else {
			h.exec(t, "SET default_transaction_read_only = on")
		}
		err := h.store(t).Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(policy()) })
		if !errors.Is(err, storage.ErrReadOnly) {
			t.Errorf("%v, want ErrReadOnly", err)
		}
	})
}

// TestClosedPool: the host closed its database.
func TestClosedPool(t *testing.T) {
	t.Parallel()
	each(t, nil, func(t *testing.T, h host) {
		store := h.store(t)
		if err := store.Close(); err != nil {
			t.Error(err)
		}
		insert(t, store, policy()) // a host's handle is the host's to close
		_ = h.sql.Close()
		if err := store.View(t.Context(), func(storage.Tx) error { return nil }); !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("%v, want ErrUnavailable", err)
		}
	})
}

// TestBrokenConnection: the server ends the session in the middle of a unit.
func TestBrokenConnection(t *testing.T) {
	t.Parallel()
	h := dialects["postgres"](t, nil)
	store := h.store(t)
	err := store.Update(t.Context(), func(tx storage.Tx) error {
		if err := tx.Insert(policy()); err != nil {
			return err
		}
		if _, err := storage.Count[storagetest.Policy](tx); err != nil {
			return err
		}
		h.exec(t, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE pid <> pg_backend_pid() AND datname = current_database() AND state = 'idle in transaction'`)
		_, err := storage.Count[storagetest.Policy](tx)
		return err
	})
	if !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("%v, want ErrUnavailable", err)
	}
	insert(t, store, policy())
	h.idle(t)
}

// TestCancelledStatement: the context ends while a statement waits for a lock.
func TestCancelledStatement(t *testing.T) {
	t.Parallel()
	h := dialects["postgres"](t, nil)
	store, p := h.store(t), policy()
	insert(t, store, p)
	err := store.Update(t.Context(), func(tx storage.Tx) error {
		if err := tx.Load(storage.ByID(new(storagetest.Policy), p.ID).Locked()); err != nil {
			return err
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err := store.Update(ctx, func(tx storage.Tx) error {
			return tx.Load(storage.ByID(new(storagetest.Policy), p.ID).Locked())
		})
		if err != context.DeadlineExceeded { //nolint:errorlint // as it is
			t.Errorf("waiting for a lock: %v, want context.DeadlineExceeded", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	h.idle(t)
}

// TestSlowWrite: the context ends in the middle of a write. To break a write off would
// cost SQLite the host's whole transaction, so it runs to its end and is then undone.
func TestSlowWrite(t *testing.T) {
	t.Parallel()
	h := dialects["sqlite"](t, nil)
	h.exec(t, `CREATE TRIGGER slow AFTER INSERT ON st_lines BEGIN
		SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 1000000) SELECT i FROM n);
	END`)
	tx := h.db.Begin()
	if err := tx.Exec("INSERT INTO host_notes VALUES ('x')").Error; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	err := gormstore.Join(tx).Update(ctx, func(tx storage.Tx) error {
		line := func() storage.Record { return &storagetest.Line{ID: kernel.NewID(), Tenant: "north"} }
		return tx.Insert(line(), line(), line())
	})
	if !errors.Is(err, context.DeadlineExceeded) || strings.Contains(err.Error(), "lost") {
		t.Errorf("%v, want context.DeadlineExceeded", err)
	}
	if err := tx.Commit().Error; err != nil {
		t.Errorf("the host's commit: %v", err)
	}
	if notes, rows := h.count(t, "host_notes"), h.count(t, "st_lines"); notes != 1 || rows != 0 {
		t.Errorf("%d notes, %d lines; want 1 and 0", notes, rows)
	}
}
