package memory

import (
	"fmt"
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
}

func newTable(sc *storage.Schema) *table {
	tb := &table{name: sc.Table, rows: map[any]row{}, unique: map[string]any{}}
	for _, fields := range sc.Unique {
		var columns []string
		if sc.Column(string(storage.ColTenant)) != nil {
			columns = append(columns, string(storage.ColTenant))
		}
		for _, f := range fields {
			columns = append(columns, f.Column)
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
