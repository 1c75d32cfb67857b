package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// password stands for what no error may repeat.
const password = "hunter2hunter2"

func key(person kernel.Ref) *storage.DataKey {
	k := &storage.DataKey{PersonRef: person, Wrapped: []byte("wrapped")}
	k.ID, k.Tenant = kernel.NewID(), "north"
	return k
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	config, err := pgx.ParseConfig(pgtest.DSN(t))
	if err != nil {
		t.Fatal(err)
	}
	keywords := func(database string) string {
		return fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=%s sslmode=disable", config.Host, config.Port, config.User, password, database)
	}
	for name, c := range map[string]struct {
		dsn, says string
	}{
		"no server":        {"postgres://crm:" + password + "@127.0.0.1:1/crm", "cannot be reached"},
		"no host":          {"postgres://crm:" + password + "@nowhere.invalid/crm", "cannot be reached"},
		"no database":      {keywords("nowhere"), "no such database"},
		"not a DSN":        {"postgres://crm:" + password + "@[::1/crm?x=%zz", "cannot be read"},
		"a bad keyword":    {"password=" + password + " port=many", "cannot be read"},
		"a stray password": {"crm " + password, "cannot be read"},
	} {
		store, err := postgres.Open(c.dsn, postgres.Timeout(5*time.Second))
		if err == nil {
			_ = store.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		if !strings.Contains(err.Error(), c.says) || strings.Contains(fmt.Sprintf("%v %+v %#v", err, err, err), password) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
		if c.says != "cannot be read" && !errors.Is(err, storage.ErrUnavailable) {
			t.Errorf("%s: %v, want ErrUnavailable", name, err)
		}
	}
}

// TestSchemas: two programs share a database, each in a schema of its own.
func TestSchemas(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	run(t, dsn, "CREATE SCHEMA one; CREATE SCHEMA two")
	one, two := open(t, with(t, dsn, "search_path", "one")), open(t, with(t, dsn, "search_path", "two"))
	for _, store := range []interface {
		Migrate(context.Context) error
		CheckSchema(context.Context) error
	}{one, two} {
		if err := store.CheckSchema(t.Context()); !errors.Is(err, storage.ErrSchema) {
			t.Errorf("before Migrate: %v", err)
		}
		if err := errors.Join(store.Migrate(t.Context()), store.CheckSchema(t.Context())); err != nil {
			t.Error(err)
		}
	}
	if err := one.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(key("a")) }); err != nil {
		t.Error(err)
	}
	if err := two.View(t.Context(), func(tx storage.Tx) error {
		n, err := storage.Count[storage.DataKey](tx)
		if n != 0 {
			t.Errorf("%d rows of the other schema", n)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if diffs, err := two.Differences(t.Context(), &storage.DataKey{}); err != nil || len(diffs) > 0 {
		t.Errorf("%q, %v", diffs, err)
	}
	nowhere := open(t, with(t, dsn, "search_path", "nowhere"))
	if err := nowhere.Migrate(t.Context()); err == nil {
		t.Error("tables were made in no schema")
	}
}

// with adds a setting to a data source name of either form.
func with(t *testing.T, dsn, name, value string) string {
	t.Helper()
	if !strings.Contains(dsn, "://") {
		return dsn + " " + name + "=" + value
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// TestPoolers: through a pooler that keeps no prepared statements, pgx is told to do
// without them; values must arrive all the same.
func TestPoolers(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"simple_protocol", "exec", "describe_exec", "cache_describe"} {
		dsn := pgtest.DSN(t)
		store := migrated(t, with(t, dsn, "default_query_exec_mode", mode))
		want := key("保单 'a' \\ $1 ?")
		want.DestroyedAt = time.Date(1960, 1, 2, 3, 4, 5, 678901000, time.UTC)
		want.Wrapped = []byte("\x00\xff'\\")
		if err := store.Update(t.Context(), func(tx storage.Tx) error {
			if err := tx.Insert(want); err != nil {
				return err
			}
			got, err := storage.Get[storage.DataKey](tx, want.ID)
			if err != nil {
				return err
			}
			if got.PersonRef != want.PersonRef || !got.DestroyedAt.Equal(want.DestroyedAt) || string(got.Wrapped) != string(want.Wrapped) {
				t.Errorf("%s: got %+v", mode, got)
			}
			return tx.Save(got)
		}); err != nil {
			t.Errorf("%s: %v", mode, err)
		}
	}
}

// TestDeadlock: of two units that wait for each other PostgreSQL ends one, which may
// be run again.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	store := migrated(t, pgtest.DSN(t))
	a, b := key("a"), key("b")
	if err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(a, b) }); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var both sync.WaitGroup
	both.Add(2)
	errs := make([]error, 2)
	for i, order := range [][2]kernel.ID{{a.ID, b.ID}, {b.ID, a.ID}} {
		wg.Go(func() {
			errs[i] = store.Update(t.Context(), func(tx storage.Tx) error {
				err := tx.Load(storage.ByID(new(storage.DataKey), order[0]).Locked())
				both.Done()
				both.Wait()
				if err != nil {
					return err
				}
				return tx.Load(storage.ByID(new(storage.DataKey), order[1]).Locked())
			})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); !errors.Is(err, storage.ErrRetry) || errs[0] != nil && errs[1] != nil {
		t.Errorf("%v, want one ErrRetry", errs)
	}
}

// Two who bring rows into the same tables, in another order, do not wait for each other.
func TestManyRowsWaitForNobody(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	store := migrated(t, dsn)
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	other, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback() }()
	if _, err := other.ExecContext(t.Context(), "ANALYZE crm_data_keys"); err != nil { // as who brings many rows does
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err = store.Update(ctx, func(tx storage.Tx) error {
		for i := range 5000 {
			if err := tx.Insert(key(kernel.Ref(fmt.Sprint("c-", i)))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestJoin(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	if err := open(t, dsn).Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	store := postgres.Join(tx)
	if err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(key("a")) }); err != nil {
		t.Error(err)
	}
	if err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(key("a")) }); !errors.Is(err, kernel.ErrDuplicate) {
		t.Errorf("%v, want ErrDuplicate", err)
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
	// A transaction that had failed before we came.
	if tx, err = db.BeginTx(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	_, _ = tx.ExecContext(t.Context(), "SELECT 1/0")
	if err := postgres.Join(tx).View(t.Context(), func(storage.Tx) error { return nil }); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("%v, want ErrClosed", err)
	}
}

// TestDeadConnections: the server has ended the sessions of the pool. A unit that begins
// then takes a fresh one, and nobody notices.
func TestDeadConnections(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	store := migrated(t, dsn, postgres.MaxConns(2))
	k := key("a")
	find := func(tx storage.Tx) error { _, err := storage.Find[storage.DataKey](tx, storage.Query{}); return err }
	for name, unit := range map[string]func() error{
		"write": func() error {
			return store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(key(kernel.NewID().Ref())) })
		},
		"look":          func() error { return store.View(t.Context(), find) },
		"look to write": func() error { return store.Update(t.Context(), find) },
		"lock": func() error {
			return store.Update(t.Context(), func(tx storage.Tx) error {
				return tx.Load(storage.ByID(new(storage.DataKey), k.ID).Locked())
			})
		},
	} {
		k = key(kernel.NewID().Ref())
		if err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(k) }); err != nil {
			t.Fatal(err)
		}
		run(t, dsn, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()")
		if err := unit(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestNothingIsLeftOpen: whatever a unit does, its connection comes back without an open
// transaction and is used again.
func TestNothingIsLeftOpen(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	store, err := postgres.Open(with(t, dsn, "application_name", "ours"), postgres.MaxConns(1))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	look := func(tx storage.Tx) error { _, err := storage.Count[storage.DataKey](tx); return err }
	add := func(tx storage.Tx) error { return tx.Insert(key(kernel.NewID().Ref())) }
	backend := func() (pid int) {
		t.Helper()
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := db.QueryRowContext(t.Context(), `SELECT pid FROM pg_stat_activity
			WHERE datname = current_database() AND application_name = 'ours' AND state = 'idle'`).Scan(&pid); err != nil {
			t.Errorf("no idle connection: %v", err)
		}
		return pid
	}
	first := backend()
	for name, fn := range map[string]func(storage.Tx) error{
		"nothing": func(storage.Tx) error { return nil },
		"error":   func(storage.Tx) error { return no },
		"look":    look, "look and fail": func(tx storage.Tx) error { return errors.Join(look(tx), no) },
		"add": add, "add and look": func(tx storage.Tx) error { return errors.Join(add(tx), look(tx)) },
		"add and fail": func(tx storage.Tx) error { return errors.Join(add(tx), look(tx), no) },
	} {
		_ = store.View(t.Context(), fn)
		if pid := backend(); pid != first {
			t.Errorf("View, %s: another connection", name)
		}
		_ = store.Update(t.Context(), fn)
		if pid := backend(); pid != first {
			t.Errorf("Update, %s: another connection", name)
		}
	}
}
