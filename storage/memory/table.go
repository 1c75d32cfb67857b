package memory

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/coverkit/crm/storage"
)

// row is a row by column. A row that is in a table is never changed: a Save puts
// another in its place.
type row map[string]any

type table struct {
	name   string
	rows   map[any]row
	index  [][]string     // columns of the unique indexes
	unique map[string]any // an index with its values, to the key of the row that has them
	last   int64          // number given last; numbers of undone units are not given again

	// Rows by the values of the columns that queries usually name: references to other
	// records, and what unique indexes are made of.
	by map[string]map[any]map[any]row // column → value → key → row
}

func newTable(sc *storage.Schema) *table {
	tb := &table{name: sc.Table, rows: map[any]row{}, unique: map[string]any{}, by: map[string]map[any]map[any]row{}}
	for _, f := range sc.Fields {
		if f.Kind == storage.UUID && f != sc.Key() {
			tb.by[f.Column] = map[any]map[any]row{}
		}
	}
	for _, fields := range sc.Unique {
		var columns []string
		if sc.Column(string(storage.ColTenant)) != nil {
			columns = append(columns, string(storage.ColTenant))
		}
		for _, f := range fields {
			columns = append(columns, f.Column)
			if tb.by[f.Column] == nil {
				tb.by[f.Column] = map[any]map[any]row{}
			}
		}
		tb.index = append(tb.index, columns)
	}
	return tb
}

// put makes r the row with the key; nil removes it. It returns what was there.
func (tb *table) put(key any, r row) row {
	was := tb.rows[key]
	for _, u := range tb.entries(was) {
		delete(tb.unique, u)
	}
	for _, u := range tb.entries(r) {
		tb.unique[u] = key
	}
	for column, values := range tb.by {
		if x := was[column]; x != nil {
			if delete(values[x], key); len(values[x]) == 0 {
				delete(values, x)
			}
		}
		if x := r[column]; x != nil {
			if values[x] == nil {
				values[x] = map[any]row{}
			}
			values[x][key] = r
		}
	}
	if r == nil {
		delete(tb.rows, key)
	} else {
		tb.rows[key] = r
	}
	return was
}

// repeats reports whether another row than that with the key has one of r's
// unique values.
func (tb *table) repeats(key any, r row) bool {
	for _, u := range tb.entries(r) {
		if holder, taken := tb.unique[u]; taken && holder != key {
			return true
		}
	}
	return false
}

// entries returns r's entries in the unique indexes. A NULL differs from every
// other value, so a row with one has no entry.
func (tb *table) entries(r row) []string {
	if r == nil {
		return nil
	}
	var out []string
next:
	for i, columns := range tb.index {
		var b strings.Builder
		fmt.Fprint(&b, i)
		for _, c := range columns {
			if r[c] == nil {
				continue next
			}
			fmt.Fprintf(&b, "|%q", fmt.Sprint(r[c]))
		}
		out = append(out, b.String())
	}
	return out
}

// candidates returns few sets of rows among which are all that satisfy the conditions.
func (tb *table) candidates(sc *storage.Schema, where []storage.Cond) []map[any]row {
	best, least := []map[any]row{tb.rows}, len(tb.rows)
	for _, c := range where {
		values, ok := tb.by[c.Column]
		if !ok || c.Op != storage.Eq && c.Op != storage.In {
			continue
		}
		list := reflect.ValueOf(c.Value)
		if c.Op == storage.Eq {
			list = reflect.Append(reflect.MakeSlice(reflect.SliceOf(list.Type()), 0, 1), list)
		}
		var sets []map[any]row
		seen, n := map[any]bool{}, 0
		for i := range list.Len() {
			x, err := operand(sc.Column(c.Column), list.Index(i))
			if err == nil && x != nil && !seen[x] {
				seen[x] = true
				sets, n = append(sets, values[x]), n+len(values[x])
			}
		}
		if n < least {
			best, least = sets, n
		}
	}
	return best
}
