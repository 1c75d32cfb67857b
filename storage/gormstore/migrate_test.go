package gormstore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// fresh are databases without any table.
var fresh = map[string]func(t *testing.T) gorm.Dialector{
	"sqlite": func(t *testing.T) gorm.Dialector {
		return sqlite.Dialector(filepath.Join(t.TempDir(), "fresh.db"))
	},
	"postgres": func(t *testing.T) gorm.Dialector { return gormpostgres.Open(pgtest.DSN(t)) },
}

func openFresh(t *testing.T, d gorm.Dialector) host {
	t.Helper()
	db, err := gorm.Open(d, &gorm.Config{Logger: logger.Discard})
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	return host{db: db, sql: pool}
}

func eachFresh(t *testing.T, test func(t *testing.T, h host)) {
	t.Helper()
	for name, dialector := range fresh {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, openFresh(t, dialector(t)))
		})
	}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	eachFresh(t, func(t *testing.T, h host) {
		store := h.store(t)
		store.Up(t) // shows the driver's own words
		for range 2 {
			if err := store.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := store.CheckSchema(t.Context()); err != nil {
			t.Error(err)
		}
		h.idle(t)
	})
}

func TestCheckSchema(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil   string // a statement; the first word of a dialect limits it to that
		fresh   bool   // before Migrate
		says    string
		migrate bool // Migrate says the same
	}{
		"no tables":              {fresh: true, says: "no tables yet: run Migrate"},
		"older":                  {spoil: "DELETE FROM crm_schema WHERE version_id = 1", says: "no tables yet"},
		"newer":                  {spoil: "INSERT INTO crm_schema (version_id, is_applied) SELECT 900, is_applied FROM crm_schema WHERE version_id = 0", says: "newer than the program's", migrate: true},
		"versions lost":          {spoil: "DROP TABLE crm_schema", says: "exists but no crm_schema", migrate: true},
		"somebody else's":        {fresh: true, spoil: "CREATE TABLE crm_journal (id int)", says: "a table crm_journal exists", migrate: true},
		"somebody else's schema": {fresh: true, spoil: "CREATE TABLE crm_schema (id int)", says: "crm_schema exists and is not", migrate: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachFresh(t, func(t *testing.T, h host) {
				store := h.store(t)
				if !c.fresh {
					if err := store.Migrate(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				if c.spoil != "" {
					h.exec(t, c.spoil)
				}
				if name == "older" {
					h.exec(t, "DELETE FROM crm_schema WHERE version_id > 0")
				}
				check := func(what string, err error) {
					t.Helper()
					var wrong *storage.SchemaError
					if !errors.As(err, &wrong) || !errors.Is(err, storage.ErrSchema) || !strings.Contains(wrong.Reason, c.says) {
						t.Errorf("%s: %v, want a SchemaError that says %q", what, err, c.says)
					}
				}
				check("CheckSchema", store.CheckSchema(t.Context()))
				if c.migrate {
					check("Migrate", store.Migrate(t.Context()))
				}
			})
		})
	}
}

// TestForeignTables: a host's own tables, even if they begin with crm_, are no concern.
func TestForeignTables(t *testing.T) {
	t.Parallel()
	eachFresh(t, func(t *testing.T, h host) {
		h.exec(t, "CREATE TABLE crm_users (id int)")
		h.exec(t, "CREATE TABLE goose_db_version (id int)")
		if err := h.store(t).Migrate(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestNotWritable(t *testing.T) {
	t.Parallel()
	eachFresh(t, func(t *testing.T, h host) {
		store := h.store(t)
		if err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.sql.SetMaxOpenConns(1)
		if h.db.Name() == "sqlite" {
			h.exec(t, "PRAGMA query_only = on")
		} else {
			h.exec(t, "SET default_transaction_read_only = on")
		}
		if err := store.CheckSchema(t.Context()); !errors.Is(err, storage.ErrSchema) {
			t.Errorf("CheckSchema: %v", err)
		}
		if h.db.Name() == "postgres" {
			h.exec(t, "SET default_transaction_read_only = off")
			h.exec(t, "CREATE ROLE "+role(t)+"; GRANT SELECT ON ALL TABLES IN SCHEMA public TO "+role(t)+"; SET ROLE "+role(t))
			err := store.CheckSchema(t.Context())
			h.exec(t, "RESET ROLE; DROP OWNED BY "+role(t)+"; DROP ROLE "+role(t))
			if !errors.Is(err, storage.ErrSchema) || !strings.Contains(err.Error(), "may not write") {
				t.Errorf("CheckSchema: %v", err)
			}
		}
	})
}

// role names a role of this test: roles belong to the server, not to the database.
func role(t *testing.T) string {
	return fmt.Sprintf("crm_reader_%d", os.Getpid())
}

// TestMigrateHalfway: a process that died between two migrations left a version that
// the next one goes on from.
func TestMigrateHalfway(t *testing.T) {
	t.Parallel()
	eachFresh(t, func(t *testing.T, h host) {
		h.exec(t, "CREATE TABLE crm_data_keys (id int)")
		store := h.store(t)
		if err := store.Migrate(t.Context()); !errors.Is(err, storage.ErrSchema) {
			t.Fatalf("a foreign table: %v", err)
		}
		h.exec(t, "DROP TABLE crm_data_keys")
		// The second table of the first migration is in the way: its first must not stay.
		h.exec(t, "CREATE VIEW crm_journal_seq AS SELECT 1 AS x")
		if err := store.Migrate(t.Context()); err == nil {
			t.Fatal("a migration passed over a view of the same name")
		}
		var n int
		if err := h.sql.QueryRowContext(t.Context(), "SELECT count(*) FROM crm_data_keys").Scan(&n); err == nil {
			t.Error("half of a migration stayed")
		}
		h.exec(t, "DROP VIEW crm_journal_seq")
		if err := store.Migrate(t.Context()); err != nil {
			t.Error(err)
		}
		h.idle(t)
	})
}

// child tells a process started by TestMigrateTogether which database it migrates.
const child = "CRM_TEST_MIGRATE"

// TestMigrateTogether starts eight processes that migrate one empty database at once.
func TestMigrateTogether(t *testing.T) {
	t.Parallel()
	if which := os.Getenv(child); which != "" {
		kind, dsn, _ := strings.Cut(which, "|")
		d := sqlite.Dialector(dsn)
		if kind == "postgres" {
			d = gormpostgres.Open(dsn)
		}
		h := openFresh(t, d)
		fmt.Println("ready")
		_, _ = os.Stdin.Read(make([]byte, 1)) // until all are there
		store := h.store(t)
		if err := errors.Join(store.Migrate(t.Context()), store.CheckSchema(t.Context())); err != nil {
			t.Fatal(err)
		}
		return
	}
	for kind, dsn := range places {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			dsn := dsn(t)
			start, wait, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			var wg sync.WaitGroup
			ready := make(chan bool, 8)
			for i := range 8 {
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMigrateTogether$", "-test.v")
				cmd.Env = append(os.Environ(), child+"="+kind+"|"+dsn)
				cmd.Stdin = start
				out := &announcement{ready: ready}
				cmd.Stdout, cmd.Stderr = out, out
				wg.Go(func() {
					if err := cmd.Run(); err != nil {
						t.Errorf("process %d: %v\n%s", i, err, out.text.String())
					}
				})
			}
			for range 8 {
				select {
				case <-ready:
				case <-time.After(time.Minute):
					t.Error("not all processes started")
				}
			}
			_, _ = start.Close(), wait.Close()
			wg.Wait()
			d := sqlite.Dialector(dsn)
			if kind == "postgres" {
				d = gormpostgres.Open(dsn)
			}
			h := openFresh(t, d)
			whole(t, h, "eight at once", schemas(t, kind), true)
			if err := h.store(t).CheckSchema(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// announcement is what a process says; its first words are that it is ready.
type announcement struct {
	ready chan<- bool
	text  strings.Builder
	once  sync.Once
}

func (a *announcement) Write(b []byte) (int, error) {
	n, err := a.text.Write(b)
	if strings.Contains(a.text.String(), "ready") {
		a.once.Do(func() { a.ready <- true })
	}
	return n, err
}

func TestMigrations(t *testing.T) {
	t.Parallel()
	for _, d := range []string{"sqlite", "postgres"} {
		files, err := gormstore.Migrations(d)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := files.Open("00001_base.sql"); err != nil {
			t.Errorf("%s: %v", d, err)
		}
	}
	if _, err := gormstore.Migrations("oracle"); err == nil {
		t.Error("there are migrations for another database")
	}
}

func TestMigrateHonoursItsContext(t *testing.T) {
	t.Parallel()
	eachFresh(t, func(t *testing.T, h host) {
		if err := h.store(t).Migrate(cancelled()); !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want context.Canceled", err)
		}
	})
}
