package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

const crowd = 5000 // rows, of which many are in the database before the unit ends

// Of many rows the first are on their way while the last are written. Whatever becomes of
// the unit meanwhile, they are stored with it or not at all, and its one connection serves
// the next.
func TestRowsOnTheirWay(t *testing.T) {
	t.Parallel()
	store := migrated(t, pgtest.DSN(t), postgres.MaxConns(1))
	no := errors.New("no")
	stored := 0
	for name, x := range map[string]struct {
		fn   func(ctx context.Context, cancel func(), tx storage.Tx) error
		want error // nil: all rows are stored
	}{
		"all": {func(context.Context, func(), storage.Tx) error { return nil }, nil},
		"a look sees all that was written": {func(_ context.Context, _ func(), tx storage.Tx) error {
			n, err := storage.Count[storage.DataKey](tx)
			if err == nil && n != int64(stored+crowd) {
				err = fmt.Errorf("%d rows, want %d", n, stored+crowd)
			}
			return err
		}, nil},
		"the unit fails":   {func(context.Context, func(), storage.Tx) error { return no }, no},
		"it is broken off": {func(_ context.Context, cancel func(), _ storage.Tx) error { cancel(); return nil }, context.Canceled},
		"a row that exists": {func(_ context.Context, _ func(), tx storage.Tx) error {
			k := key("person 17 of a row that exists")
			if err := tx.Insert(k); err != nil {
				return fmt.Errorf("told by the row itself: %w", err)
			}
			for i := range crowd { // which have nothing to do with it
				if err := tx.Insert(key(kernel.Ref(fmt.Sprintf("other %d", i)))); err != nil {
					return fmt.Errorf("told by another row: %w", err)
				}
			}
			return nil
		}, kernel.ErrDuplicate},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		err := store.Update(ctx, func(tx storage.Tx) error {
			for i := range crowd {
				if err := tx.Insert(key(kernel.Ref(fmt.Sprintf("person %d of %s", i, name)))); err != nil {
					return err
				}
			}
			return x.fn(ctx, cancel, tx)
		})
		cancel()
		if !errors.Is(err, x.want) || err != nil && strings.Contains(err.Error(), "told by") {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
		var dup *storage.DuplicateRow
		if errors.Is(x.want, kernel.ErrDuplicate) && (!errors.As(err, &dup) || dup.Table != "crm_data_keys") {
			t.Errorf("%s: %v", name, err)
		}
		if x.want == nil {
			stored += crowd
		}
		if n := count(t, store); n != stored {
			t.Errorf("%s: %d rows, want %d", name, n, stored)
		}
	}
}

// A panic while rows are on their way takes them back.
func TestPanicWhileRowsAreOnTheirWay(t *testing.T) {
	t.Parallel()
	store := migrated(t, pgtest.DSN(t), postgres.MaxConns(1))
	func() {
		defer func() {
			if p := recover(); p != "the host's" {
				t.Errorf("panic %v", p)
			}
		}()
		_ = store.Update(t.Context(), func(tx storage.Tx) error {
			for i := range crowd {
				if err := tx.Insert(key(kernel.Ref(fmt.Sprint("person ", i)))); err != nil {
					return err
				}
			}
			panic("the host's")
		})
	}()
	if n := count(t, store); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

// Rows that are expected leave by COPY from the first on, and still all or none: those of
// the first table do not stay when one of the second is refused.
func TestExpectedRowsAreOneUnit(t *testing.T) {
	t.Parallel()
	store := migrated(t, pgtest.DSN(t))
	for _, how := range []string{"", "look", "save"} {
		err := store.Update(t.Context(), func(tx storage.Tx) error {
			if how == "look" {
				if _, err := storage.Count[storage.DataKey](tx); err != nil {
					return err
				}
			}
			tx.(storage.Expecting).Expect(80)
			for i := range 40 {
				k := key(kernel.Ref(fmt.Sprint("person ", i)))
				if err := tx.Insert(k); err != nil {
					return err
				}
				if how == "save" && i%20 == 7 {
					if err := tx.Save(k); err != nil {
						return err
					}
				}
			}
			for range 40 {
				c := &number.Counter{Scope: "the same"}
				c.ID, c.Tenant = kernel.NewID(), "north"
				if err := tx.Insert(c); err != nil {
					return err
				}
			}
			return nil
		})
		if !errors.Is(err, kernel.ErrDuplicate) {
			t.Errorf("%q: %v, want ErrDuplicate", how, err)
		}
		if n := count(t, store); n != 0 {
			t.Errorf("%q: %d rows are left", how, n)
		}
	}
}

// The server counts a table once it has grown, not each time that rows come in, nor when
// another process has seen to it.
func TestManyRowsAreCounted(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	store := migrated(t, dsn)
	run(t, dsn, "ALTER TABLE crm_data_keys SET (autovacuum_enabled = off)")
	known := 0
	for n, x := range []struct {
		store       *gormstore.Store
		rows        int
		least, most int
	}{
		{store, 100, -1, 0},             // too few to matter
		{store, 1000, 900, 1200},        // too many to read all of them
		{store, 9000, 900, 1200},        // which it works out by the size
		{open(t, dsn), 1500, 900, 1200}, // and knows from the other
	} {
		err := x.store.Update(t.Context(), func(tx storage.Tx) error {
			for i := range x.rows {
				if err := tx.Insert(key(kernel.Ref(fmt.Sprint(n, " ", i)))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		ask(t, dsn, "SELECT reltuples::bigint FROM pg_class WHERE relname = 'crm_data_keys'", &known)
		if known < x.least || known > x.most {
			t.Errorf("after another %d rows the server knows of %d", x.rows, known)
		}
	}
}

func ask(t *testing.T, dsn, query string, into any) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), query).Scan(into); err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, store *gormstore.Store) (n int) {
	t.Helper()
	err := store.View(t.Context(), func(tx storage.Tx) error {
		c, err := storage.Count[storage.DataKey](tx)
		n = int(c)
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return n
}

// migrated opens a store with all tables.
func migrated(t *testing.T, dsn string, opts ...postgres.Option) *gormstore.Store {
	t.Helper()
	store := open(t, dsn, opts...)
	if err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store
}
