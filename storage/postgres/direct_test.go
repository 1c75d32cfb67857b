package postgres_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// TestGivingUp: whoever gives up while waiting for a lock leaves nobody behind on the
// server who goes on waiting, and the connection that is lost by that is replaced.
func TestGivingUp(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	store := migrated(t, dsn, postgres.MaxConns(1))
	k := key("a")
	if err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(k) }); err != nil {
		t.Fatal(err)
	}
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
	if _, err := other.ExecContext(t.Context(), "SELECT 1 FROM crm_data_keys FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	lock := func(ctx context.Context) error {
		return store.Update(ctx, func(tx storage.Tx) error {
			return tx.Load(storage.ByID(new(storage.DataKey), k.ID).Locked())
		})
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := lock(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want DeadlineExceeded", err)
	}
	waiting := 1
	for until := time.Now().Add(20 * time.Second); waiting > 0 && time.Now().Before(until); time.Sleep(10 * time.Millisecond) {
		if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	if waiting > 0 {
		t.Error("somebody goes on waiting")
	}
	if err := other.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := lock(t.Context()); err != nil {
		t.Errorf("the next: %v", err)
	}
}

// TestManyStatements: a connection that is asked ever other questions answers them all,
// those that it keeps and those that it does not.
func TestManyStatements(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	store := migrated(t, dsn, postgres.MaxConns(1))
	err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(key("a"), key("b"), key("c")) })
	if err != nil {
		t.Fatal(err)
	}
	for limit := 1; limit <= 1000; limit++ {
		err := store.View(t.Context(), func(tx storage.Tx) error {
			found, err := storage.Find[storage.DataKey](tx, storage.Query{Limit: limit})
			if len(found) != min(limit, 3) {
				t.Errorf("%d of %d", len(found), limit)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestLargeValues: what is too large to be sent at once arrives as well.
func TestLargeValues(t *testing.T) {
	t.Parallel()
	store := migrated(t, pgtest.DSN(t))
	for _, n := range []int{1, 1 << 13, 1 << 14, 1 << 16, 1 << 22} {
		k := key(kernel.NewID().Ref())
		k.Wrapped = bytes.Repeat([]byte{0, 'S', 255}, n)
		if err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(k, key(kernel.NewID().Ref())) }); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if err := store.View(t.Context(), func(tx storage.Tx) error {
			got, err := storage.Get[storage.DataKey](tx, k.ID)
			if err == nil && !bytes.Equal(got.Wrapped, k.Wrapped) {
				t.Errorf("%d: other bytes", n)
			}
			return err
		}); err != nil {
			t.Errorf("%d: %v", n, err)
		}
	}
}

// TestMovedColumns: a statement that a connection keeps no longer fits the table. The unit
// that finds out may be run again, and nobody else notices.
func TestMovedColumns(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	store := migrated(t, dsn, postgres.MaxConns(1))
	look := func() error {
		return store.Update(t.Context(), func(tx storage.Tx) error {
			_, err := storage.Find[storage.DataKey](tx, storage.Query{Lock: true})
			return err
		})
	}
	for _, change := range []string{"ALTER TABLE crm_data_keys ALTER COLUMN person TYPE varchar(40)", "ALTER TABLE crm_data_keys ALTER COLUMN person TYPE text", ""} {
		if err := look(); err != nil && !errors.Is(err, storage.ErrRetry) {
			t.Errorf("before %q: %v", change, err)
		}
		if err := look(); err != nil {
			t.Errorf("before %q, again: %v", change, err)
		}
		run(t, dsn, change)
	}
}

// TestStatementsNotKept: a host behind a pooler tells the driver not to keep statements, and
// then none is kept.
func TestStatementsNotKept(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	for mode, want := range map[string]bool{"cache_statement": true, "cache_describe": false, "exec": false} {
		store := migrated(t, with(t, dsn, "default_query_exec_mode", mode), postgres.MaxConns(1))
		var all []kept
		if err := store.View(t.Context(), func(tx storage.Tx) (err error) {
			for range 2 {
				all, err = storage.Find[kept](tx, storage.Query{Where: []storage.Cond{storage.Col[string]("name").Prefix("crm_")}})
			}
			return err
		}); err != nil || (len(all) > 0) != want {
			t.Errorf("%s: %d statements are kept, %v", mode, len(all), err)
		}
	}
}

// kept is a statement that the server keeps for a connection.
type kept struct {
	Name string `gorm:"column:name;primaryKey"`
}

func (*kept) TableName() string { return "pg_prepared_statements" }
