package crm_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// everyID is the key of a row in every table: whatever belongs to something belongs to it.
const everyID kernel.ID = "0198c0de-0000-7000-8000-000000000001"

// strew puts a few rows into every table, of which the first has everyID. They hold
// together by it and make no other sense: what they are for is to be found.
func (w *world) strew(t *testing.T) {
	t.Helper()
	seen := map[string]bool{}
	err := w.guarded().Update(owner, func(tx *storage.GuardTx) error {
		for _, kind := range records() {
			rec, ok := kind.(storage.Versioned)
			if !ok || seen[kind.TableName()] {
				continue
			}
			seen[kind.TableName()] = true
			for i := range 3 {
				if err := tx.Insert(strewn(t, rec, i)); err != nil {
					return fmt.Errorf("%s: %w", rec.TableName(), err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// strewn returns the i-th row of a table.
func strewn(t *testing.T, of storage.Versioned, i int) storage.Record {
	t.Helper()
	sc := got(storage.SchemaOf(reflect.TypeOf(of)))(t)
	rec := reflect.New(sc.Type)
	for _, f := range sc.Fields {
		own := i > 0 && (f == sc.Key() || slices.ContainsFunc(sc.Unique, func(u []*storage.Field) bool { return f == u[len(u)-1] }))
		v := rec.Elem().FieldByIndex(f.Index)
		switch f.Kind {
		case storage.UUID:
			v.SetString(string(everyID))
			if own {
				v.SetString(string(kernel.NewID()))
			}
		case storage.String:
			if v.SetString(sample(f.Type).String()); own {
				v.SetString(fmt.Sprint(sample(f.Type), i))
			}
		case storage.Int:
			v.SetInt(int64(1 + i))
		case storage.Bytes:
			if own {
				v.SetBytes([]byte{byte(i)})
			}
		case storage.Time:
			if f.Column != "ended_at" { // what has ended is seldom asked for
				v.Set(reflect.ValueOf(noon.Add(time.Duration(i) * time.Minute)))
			}
		case storage.Day:
			v.Set(reflect.ValueOf(kernel.NewDate(2026, 11, 1+i)))
		}
	}
	return rec.Interface().(storage.Record)
}

// crowd fills every table of a PostgreSQL database with so many rows, has it look at them
// and believe that there are five hundred times as many: a case has a few rows, and there
// are few states and kinds.
func (w *world) crowd(t *testing.T, n int) {
	t.Helper()
	last := map[string]bool{}
	for _, rec := range records() {
		sc := got(storage.SchemaOf(reflect.TypeOf(rec)))(t)
		for _, u := range sc.Unique {
			last[sc.Table+"."+u[len(u)-1].Column] = true
		}
	}
	seen := map[string]bool{}
	for _, rec := range records() {
		sc := got(storage.SchemaOf(reflect.TypeOf(rec)))(t)
		if seen[sc.Table] {
			continue
		}
		seen[sc.Table] = true
		var columns, values []string
		for _, f := range sc.Fields {
			if f.Auto {
				continue
			}
			columns = append(columns, `"`+f.Column+`"`)
			values = append(values, invented(f, f == sc.Key() || last[sc.Table+"."+f.Column]))
		}
		w.exec(t, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM generate_series(1, %d) g",
			sc.Table, strings.Join(columns, ", "), strings.Join(values, ", "), n))
	}
	w.exec(t, "ANALYZE")
	if _, err := w.db.Exec("UPDATE pg_class SET reltuples = reltuples * 500 WHERE relname LIKE 'crm\\_%' AND reltuples > 0"); err != nil {
		t.Skipf("only a superuser can make PostgreSQL believe it: %v", err)
	}
}

// few are the columns that have few different values.
var few = []string{
	"state", "kind", "case_kind", "about_kind", "source_kind", "owner_kind", "queue", "branch", "party", "tier", "level",
	"benefit", "category", "severity", "channel", "service", "product", "product_code", "line",
}

// invented is SQL for a column's value in row g.
func invented(f *storage.Field, own bool) string {
	of := "g / 4" // of the same case
	switch {
	case own:
		of = "g"
	case slices.Contains(few, f.Column):
		of = "g % 8"
	case slices.Contains([]string{"owner", "handler", "adviser", "responsible"}, f.Column): // staff
		of = "g % 50"
	}
	switch f.Kind {
	case storage.UUID:
		return "md5(('" + f.Column + "' || " + of + ")::text)::uuid"
	case storage.Bytes, storage.Sealed:
		return "decode(md5((" + of + ")::text), 'hex')"
	case storage.Time:
		if f.Column == "ended_at" || f.Column == "next_at" {
			return "CASE WHEN g % 20 > 0 THEN now() - g * interval '1 minute' END"
		}
		return "now() - g * interval '1 minute'"
	case storage.Day:
		return "current_date - g"
	case storage.Bool:
		return "g % 2 = 0"
	case storage.JSON:
		return "NULL"
	case storage.Int, storage.Amount:
		return of
	}
	if f.Column == string(storage.ColTenant) {
		return "''"
	}
	return "'" + f.Column + "' || " + of
}
