package crm_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Any change of any column of any row is found, and undone again nothing is.
func TestRandomChangesAreFound(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	n := 300
	if testing.Short() {
		n = 40
	}
	onDatabases(t, func(t *testing.T, w *world) {
		f := forge(t, w)
		r := rand.New(rand.NewPCG(seed, 1))
		kept := map[string]int{}
		for done := 0; done < n; {
			m, ok := f.mutate(t, r)
			if !ok {
				continue
			}
			done++
			kept[m.table]++
			faults := f.faults(t)
			if !slices.ContainsFunc(faults, func(s string) bool { return strings.Contains(s, m.key) }) {
				t.Errorf("seed %d: %s of %s %s is not found: %v", seed, m.what, m.table, m.key, faults)
			}
			f.restore(t, m.table)
			if !testing.Short() || done%10 == 0 {
				f.finds(t)
			}
		}
		f.finds(t)
		if len(kept) < 10 {
			t.Errorf("seed %d: only the tables %v were changed", seed, kept)
		}
	})
}

// mutation is what was changed where. For an entry the key is its subject.
type mutation struct{ table, key, what string }

// mutate changes one column of one row, or deletes a row. It reports false when chance
// chose a change that is none or that the database refuses.
func (f *forger) mutate(t testing.TB, r *rand.Rand) (mutation, bool) {
	t.Helper()
	recs := records()[5:] // without what the journal does not answer for
	var rec storage.Record = &journal.Entry{}
	if r.IntN(4) > 0 {
		rec = recs[r.IntN(len(recs))]
	}
	sc := got(storage.SchemaOf(reflect.TypeOf(rec)))(t)
	key, name := sc.Key().Column, "id"
	if sc.Table == "crm_journal" {
		name = "subject_id"
	}
	var ids, names []string
	rows := got(f.db.Query(fmt.Sprintf("SELECT %s, %s FROM %s ORDER BY 1", key, name, sc.Table)))(t)
	for rows.Next() {
		var a, b string
		if err := rows.Scan(&a, &b); err != nil {
			t.Fatal(err)
		}
		ids, names = append(ids, a), append(names, b)
	}
	if err := rows.Close(); err != nil || len(ids) == 0 {
		return mutation{}, false
	}
	i := r.IntN(len(ids))
	m := mutation{table: sc.Table, key: names[i]}
	if r.IntN(12) == 0 {
		m.what = "deleting"
		f.exec(t, fmt.Sprintf("DELETE FROM %s WHERE %s = $1", sc.Table, key), ids[i])
		return m, true
	}
	field := sc.Fields[r.IntN(len(sc.Fields))]
	if field.Auto { // of numbers only the order counts
		return m, false
	}
	m.what = field.Column
	set, where := f.other(field), fmt.Sprintf(" WHERE %s = $1", key)
	if field.Kind == storage.JSON {
		where += " AND " + field.Column + " IS NOT NULL"
	}
	res, err := f.db.Exec("UPDATE "+sc.Table+" SET "+field.Column+" = "+set+where, ids[i])
	if err != nil { // unique, or never NULL
		return m, false
	}
	return m, got(res.RowsAffected())(t) == 1
}

// other is another value of the column, in SQL.
func (f *forger) other(c *storage.Field) string {
	lite := f.dialect == "sqlite"
	blob := func(hex string) string {
		if lite {
			return "x'" + hex + "'"
		}
		return `'\x` + hex + `'::bytea`
	}
	pick := func(sqlite, postgres string) string { return f.pick([]string{sqlite}, []string{postgres})[0] }
	switch c.Kind {
	case storage.String:
		return "'x' || " + c.Column
	case storage.UUID:
		return "'" + string(kernel.NewID()) + "'"
	case storage.Int, storage.Amount:
		return c.Column + " + 1"
	case storage.Bool:
		return pick("1 - "+c.Column, "NOT "+c.Column)
	case storage.Time:
		return fmt.Sprintf("CASE WHEN %s IS NULL THEN %s ELSE %[1]s + %[3]s END", c.Column, pick("1", "now()"), pick("1", "interval '1 microsecond'"))
	case storage.Day:
		return fmt.Sprintf("CASE WHEN %s IS NULL THEN %s ELSE %[1]s + 1 END", c.Column, pick("7", "date '2026-01-01'"))
	case storage.Bytes, storage.Sealed:
		return fmt.Sprintf("CASE WHEN %s IS NULL THEN %s ELSE NULL END", c.Column, blob("0102030405060708090a0b0c0d0e0f101112131415161718"))
	default:
		return "NULL"
	}
}
