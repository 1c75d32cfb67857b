package crm_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// forger is somebody with the database's password: the library's world, with all that
// the story left copied aside and the journal's triggers gone.
type forger struct {
	*world
	tale *tale
}

// forge plays the story and lays copies of all tables aside.
func forge(t testing.TB, w *world) *forger {
	t.Helper()
	f := &forger{w, w.play(t)}
	for _, drop := range w.pick(
		[]string{"DROP TRIGGER crm_journal_no_update", "DROP TRIGGER crm_journal_no_delete", "PRAGMA synchronous = OFF"},
		[]string{"DROP TRIGGER crm_journal_append_only ON crm_journal"},
	) {
		f.exec(t, drop)
	}
	f.db.SetMaxOpenConns(1) // the pragma is the connection's
	for _, table := range covered() {
		f.exec(t, fmt.Sprintf("CREATE TABLE aside_%s AS SELECT * FROM %s", table, table))
	}
	return f
}

// pick returns what fits the dialect.
func (w *world) pick(sqlite, postgres []string) []string {
	if w.dialect == "sqlite" {
		return sqlite
	}
	return postgres
}

// covered lists the tables that the journal answers for, itself included.
func covered() []string {
	tables := []string{"crm_journal"}
	for _, s := range crm.Subjects() {
		tables = append(tables, s.Root.TableName())
		for _, p := range s.Parts {
			tables = append(tables, p.Record.TableName())
		}
	}
	slices.Sort(tables) // some are shared by several kinds
	return slices.Compact(tables)
}

// restore puts back what the story left.
func (f *forger) restore(t testing.TB, tables ...string) {
	t.Helper()
	tx := got(f.db.Begin())(t)
	for _, table := range tables {
		for _, query := range []string{"DELETE FROM " + table, fmt.Sprintf("INSERT INTO %s SELECT * FROM aside_%s", table, table)} {
			if _, err := tx.Exec(query); err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}

// faults returns what Verify finds, one line each, sorted.
func (f *forger) faults(t testing.TB) []string {
	t.Helper()
	var lines []string
	for _, fault := range got(f.Verify(auditor))(t).Faults {
		lines = append(lines, fault.String())
	}
	slices.Sort(lines)
	return lines
}

// finds fails unless Verify names exactly these places.
func (f *forger) finds(t testing.TB, want ...journal.Fault) {
	t.Helper()
	var lines []string
	for _, fault := range want {
		lines = append(lines, fault.String())
	}
	slices.Sort(lines)
	if diff := cmp.Diff(lines, f.faults(t)); diff != "" {
		t.Errorf("Verify names other places (-want +got):\n%s", diff)
	}
}

// row is a fault of a row, entry one of an entry.
func row(what, kind string, subject kernel.ID, table string, key kernel.ID) journal.Fault {
	return journal.Fault{What: what, Kind: kind, Subject: subject, Table: table, Row: string(key)}
}

func entry(what, kind string, subject kernel.ID, version int64) journal.Fault {
	return journal.Fault{What: what, Kind: kind, Subject: subject, Version: version}
}

// text reads one value.
func (f *forger) text(t testing.TB, query string, args ...any) string {
	t.Helper()
	var s string
	if err := f.db.QueryRow(query, args...).Scan(&s); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return s
}

// forgeEntry changes the last entry of a chain and computes its hash anew, as anybody
// can who has read the source.
func (f *forger) forgeEntry(t testing.TB, subject kernel.ID, version int64, prev []byte, change func(*journal.Entry)) (was, is []byte) {
	t.Helper()
	err := f.guarded().View(owner, func(tx *storage.GuardTx) error {
		e, err := storage.One[journal.Entry](tx, storage.Query{Where: []storage.Cond{journal.ColSubject.Eq(subject), journal.ColVersion.Eq(version)}})
		if err != nil || e == nil {
			return fmt.Errorf("no version %d: %w", version, err)
		}
		was = e.Hash
		change(e)
		if prev != nil {
			e.Prev = prev
		}
		h, err := storage.DigestRow(e, 0)
		is = h[:]
		f.exec(t, "UPDATE crm_journal SET actor = $1, prev = $2, hash = $3 WHERE seq = $4", e.Actor, e.Prev, is, e.Seq)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return was, is
}

// columns lists a table's columns, without those named.
func columns(t testing.TB, rec storage.Record, without string) string {
	var names []string
	for _, f := range got(storage.SchemaOf(reflect.TypeOf(rec)))(t).Fields {
		if f.Column != "id" && !slices.Contains(strings.Split(without, ", "), f.Column) {
			names = append(names, f.Column)
		}
	}
	return strings.Join(names, ", ")
}
