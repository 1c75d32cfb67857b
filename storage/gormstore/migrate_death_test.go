package gormstore_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"

	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// places are where new databases are.
var places = map[string]func(t *testing.T) string{
	"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "crm.db") },
	"postgres": func(t *testing.T) string { return pgtest.DSN(t) },
}

func dialector(kind, dsn string) gorm.Dialector {
	if kind == "postgres" {
		return gormpostgres.Open(dsn)
	}
	return sqlite.Dialector(dsn + "?_busy_timeout=2000&_synchronous=OFF&_txlock=immediate")
}

// schemas returns the whole schema behind each migration, by version; what a migrator
// leaves, dead or alive, must be one of them.
func schemas(t *testing.T, kind string) map[int64][]string {
	t.Helper()
	store := openFresh(t, dialector(kind, places[kind](t))).store(t)
	out := map[int64][]string{}
	for {
		version := store.Next(t)
		if version == 0 {
			return out
		}
		out[version] = store.Catalogue(t)
	}
}

// whole fails unless the schema is that of the noted version, to the last index.
func whole(t *testing.T, h host, where string, schemas map[int64][]string, last bool) {
	t.Helper()
	version, newest := h.store(t).Version(t), int64(0)
	for v := range schemas {
		newest = max(newest, v)
	}
	if last && version != newest {
		t.Errorf("%s: version %d, want %d", where, version, newest)
	}
	if diff := cmp.Diff(schemas[version], h.store(t).Catalogue(t)); diff != "" {
		t.Errorf("%s: the schema is not that of version %d:\n%s", where, version, diff)
	}
	if version == 0 {
		return
	}
	var twice int
	if err := h.sql.QueryRowContext(t.Context(), "SELECT count(*) - count(DISTINCT version_id) FROM crm_schema").Scan(&twice); err != nil || twice != 0 {
		t.Errorf("%s: %d migrations are noted twice, %v", where, twice, err)
	}
}

// nth chooses the calls of a migration that something happens to: every one of them in the
// long run, else every step-th from a chance one on.
func nth(t *testing.T, step int) (first, by int) {
	t.Helper()
	if torture.Soak() {
		return 1, 1
	}
	return 1 + torture.Rand(t).IntN(step), step
}

// TestMigrateThroughMishaps: something happens to a migrator's connection at each of its
// calls. It recovers or says so; nothing is done by half; it blocks nobody; and the next
// ends the work.
func TestMigrateThroughMishaps(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	for kind := range places {
		reference := schemas(t, kind)
		for name, does := range map[string]func(driver.Conn, func() error) error{
			"failed": once, "lost": lost, "answer lost": lostAnswer, "cancelled": nil, "terminated": nil,
		} {
			if name == "terminated" && kind == "sqlite" {
				continue // there is nobody to do it
			}
			t.Run(kind+"/"+name, func(t *testing.T) {
				t.Parallel()
				first, by := nth(t, 60)
				n := 0
				for k, over := first, false; !over && k < 2_000; k += by {
					t.Run(fmt.Sprint(k), func(t *testing.T) {
						over = !survives(t, kind, name, &mishap{at: k, does: does}, reference)
					})
					if over = over || t.Failed(); !over {
						n++
					}
				}
				t.Logf("%d mishaps", n)
				if n == 0 {
					t.Error("nothing happened")
				}
			})
		}
	}
}

// survives migrates a new database with a mishap; false when the migration had not so many calls.
func survives(t *testing.T, kind, name string, m *mishap, reference map[int64][]string) bool {
	t.Helper()
	dsn := places[kind](t)
	other := openFresh(t, dialector(kind, dsn))
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	switch name {
	case "cancelled":
		m.does = func(_ driver.Conn, call func() error) error { cancel(); return call() }
	case "terminated":
		m.does = func(_ driver.Conn, call func() error) error {
			other.exec(t, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")
			return call()
		}
	}
	err := m.store(t, kind, dsn).Migrate(ctx)
	where := fmt.Sprintf("call %d, %.40q", m.at, m.what)
	if m.what == "" {
		if err != nil {
			t.Errorf("nothing happened: %v", err)
		}
		return false
	}
	if err != nil && !errors.Is(err, storage.ErrUnavailable) && !errors.Is(err, storage.ErrRetry) && !errors.Is(err, context.Canceled) ||
		err != nil && strings.Contains(err.Error(), "192.168") {
		t.Errorf("%s: not an error for callers: %v", where, err)
	}
	whole(t, other, where, reference, err == nil)
	unlocked(t, other, where)
	patient, enough := context.WithTimeout(t.Context(), 20*time.Second) // a lock that was left would last for ever
	defer enough()
	for range 2 {
		if err := errors.Join(other.store(t).Migrate(patient), other.store(t).CheckSchema(patient)); err != nil {
			t.Fatalf("%s: the next one: %v", where, err)
		}
	}
	whole(t, other, where, reference, true)
	return true
}

// mortal tells a process started by TestMigrateKilled which database it migrates, and at
// which call it dies.
const mortal = "CRM_TEST_MIGRATE_MORTAL"

// TestMigrateKilled kills a migrating process at its calls of the driver. What it leaves is
// the schema of one version; its lock blocks nobody; the next process ends the work.
func TestMigrateKilled(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("does one thing after the other")
	}
	if which := os.Getenv(mortal); which != "" {
		at, where, _ := strings.Cut(which, "|")
		kind, dsn, _ := strings.Cut(where, "|")
		m := &mishap{does: func(driver.Conn, func() error) error {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			if err != nil {
				t.Error(err)
			}
			select {} // nothing comes after
		}}
		m.at, _ = strconv.Atoi(at)
		if err := m.store(t, kind, dsn).Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		fmt.Println("migrated")
		return
	}
	for kind := range places {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			reference := schemas(t, kind)
			first, by := nth(t, map[string]int{"sqlite": 7, "postgres": 29}[kind])
			kills := 0
			for k, over := first, false; !over && k < 2_000; k += by {
				t.Run(fmt.Sprint(k), func(t *testing.T) { over = !killed(t, kind, k, reference) })
				if over = over || t.Failed(); !over {
					kills++
				}
			}
			t.Logf("%d kills", kills)
			if kills == 0 {
				t.Error("nobody was killed")
			}
		})
	}
}

// killed has a process migrate a new database and die at call k; false when it had not so
// many calls.
func killed(t *testing.T, kind string, k int, reference map[int64][]string) bool {
	t.Helper()
	dsn := places[kind](t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMigrateKilled$", "-test.count=1")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d|%s|%s", mortal, k, kind, dsn))
	out, err := cmd.CombinedOutput()
	over := strings.Contains(string(out), "migrated")
	if over && err != nil || !over && (cmd.ProcessState == nil || cmd.ProcessState.ExitCode() != -1) {
		t.Fatalf("the process was not killed: %v\n%s", err, out)
	}
	h := openFresh(t, dialector(kind, dsn))
	awaitGone(t, h)
	whole(t, h, "killed", reference, over)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // a lock that was left would last for ever
	defer cancel()
	if err := errors.Join(h.store(t).Migrate(ctx), h.store(t).CheckSchema(ctx)); err != nil {
		t.Fatal(err)
	}
	whole(t, h, "restarted", reference, true)
	return !over
}

// unlocked fails when a lock is left on a server: the next who has something to migrate
// would wait for ever.
func unlocked(t *testing.T, h host, where string) {
	t.Helper()
	const left = "pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
	for try := 0; h.db.Name() == "postgres" && h.count(t, left) > 0; try++ {
		if try == 500 { // a session that was ended may take a moment
			t.Errorf("%s: a lock is left", where)
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// awaitGone waits until a server has noticed that everybody else is gone.
func awaitGone(t *testing.T, h host) {
	t.Helper()
	if h.db.Name() != "postgres" {
		return
	}
	h.sql.SetMaxOpenConns(1)
	defer h.sql.SetMaxOpenConns(0)
	for range 500 {
		if h.count(t, "pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()") == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Error("the server still knows the dead")
}
