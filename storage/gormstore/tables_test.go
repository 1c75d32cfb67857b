package gormstore_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/storagetest"
)

// TestDialectsAgree compares the tables of all migrations on both databases.
func TestDialectsAgree(t *testing.T) {
	t.Parallel()
	tables := map[string][]string{}
	for name, dialector := range fresh {
		store := openFresh(t, dialector(t)).store(t)
		if err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		tables[name] = store.Describe(t)
		indexes := store.Indexes(t)
		for _, i := range indexes {
			if i[1] != "tenant" {
				t.Errorf("%s: index %s starts with %q, not with the tenant", name, i[0], i[1])
			}
		}
		if len(indexes) == 0 {
			t.Errorf("%s: no indexes", name)
		}
	}
	if diff := cmp.Diff(tables["sqlite"], tables["postgres"]); diff != "" {
		t.Errorf("the tables differ (-sqlite +postgres):\n%s", diff)
	}
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	each(t, nil, func(t *testing.T, h host) {
		h.exec(t, "DROP TABLE crm_data_keys")
		store := h.store(t)
		if err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		records := []storage.Record{
			&storage.DataKey{}, &journal.Entry{}, &storagetest.Policy{}, &storagetest.Entry{}, &storagetest.Line{},
		}
		if diffs, err := store.Differences(t.Context(), records...); err != nil || len(diffs) != 0 {
			t.Fatalf("differences %q, %v", diffs, err)
		}
		h.exec(t, "DROP INDEX st_policies_number")
		h.exec(t, "ALTER TABLE st_policies DROP COLUMN terms")
		h.exec(t, "ALTER TABLE st_policies ADD COLUMN extra "+map[string]string{"sqlite": "TEXT", "postgres": "text"}[h.db.Name()])
		h.exec(t, "DROP TABLE st_lines")
		h.exec(t, "CREATE TABLE st_lines (id char(36) PRIMARY KEY, tenant varchar(9), policy numeric, amount decimal(20,2))")
		diffs, err := store.Differences(t.Context(), &storagetest.Policy{}, &storagetest.Line{}, &stranger{})
		if err != nil {
			t.Fatal(err)
		}
		all := strings.Join(diffs, "\n")
		for _, want := range []string{
			"st_policies: column extra belongs to no field", "st_policies: column terms is missing",
			"st_policies: a unique index over number, tenant is missing",
			"st_lines: column tenant takes NULL", "st_lines: column amount is", "st_lines: column policy is",
			"st_strangers: there is no such table",
		} {
			if !strings.Contains(all, want) {
				t.Errorf("missing: %s", want)
			}
		}
		if t.Failed() {
			t.Log(all)
		}
	})
}

// TestAppendOnly: the database itself keeps the journal from being changed.
func TestAppendOnly(t *testing.T) {
	t.Parallel()
	eachFresh(t, func(t *testing.T, h host) {
		store := h.store(t)
		if err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		e := &journal.Entry{Tenant: "north", Kind: "claim", Event: "report", Facts: journal.Facts{"amount": "12.50"}}
		insert(t, store, e)
		if e.Seq == 0 {
			t.Error("the entry has no number")
		}
		for _, statement := range []string{"UPDATE crm_journal SET event = 'x'", "DELETE FROM crm_journal"} {
			if _, err := h.sql.ExecContext(t.Context(), statement); err == nil {
				t.Errorf("%s: done", statement)
			}
		}
		err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Delete(e) })
		if err == nil {
			t.Error("an entry was deleted")
		}
		if n := h.count(t, "crm_journal"); n != 1 {
			t.Errorf("%d entries, want 1", n)
		}
	})
}

func TestHorizon(t *testing.T) {
	t.Parallel()
	each(t, nil, func(t *testing.T, h host) {
		store := h.store(t)
		oldest, next, err := store.Horizon(t.Context())
		if h.db.Name() == "sqlite" {
			if !errors.Is(err, errors.ErrUnsupported) {
				t.Errorf("%v, want errors.ErrUnsupported", err)
			}
			return
		}
		if err != nil || oldest == 0 || next < oldest {
			t.Fatalf("oldest %d, next %d, %v", oldest, next, err)
		}
		// A unit that has written holds the horizon back until it ends.
		tx, err := h.sql.BeginTx(t.Context(), &sql.TxOptions{})
		if err != nil {
			t.Fatal(err)
		}
		insert(t, gormstore.JoinSQL("postgres", tx), policy())
		for range 3 {
			insert(t, store, policy())
		}
		held, later, err := store.Horizon(t.Context())
		if err != nil || held >= later || later < next+4 {
			t.Errorf("with an open transaction: oldest %d, next %d, %v", held, later, err)
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		var free uint64 // other databases of the server count too
		for deadline := time.Now().Add(10 * time.Second); free < later && time.Now().Before(deadline); {
			if free, _, err = store.Horizon(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if free < later {
			t.Errorf("afterwards: oldest %d, want at least %d", free, later)
		}
	})
}
