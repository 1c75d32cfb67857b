package gormstore

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
)

// Inserts of many rows into one table leave as few statements. Nothing that a unit of work
// could see depends on it: the rows are in the order in which they were written.

const (
	several = 8  // rows of a unit that are worth it
	block   = 64 // rows of a statement at most
)

// gather puts inserts that follow each other into statements of many rows.
func (t *tx) gather(held []op) []op {
	if len(held) < several {
		return held
	}
	var all []op
	for from := 0; from < len(held); {
		to := from
		for to < len(held) && held[to].into != nil {
			to++
		}
		if to-from < several {
			to = max(to, from+1)
			all = append(all, held[from:to]...)
		} else {
			all = t.tables(all, held[from:to])
		}
		from = to
	}
	return all
}

// tables sorts inserts by tables. Those with automatic keys come last: on PostgreSQL a
// number must not be taken before the transaction has written.
func (t *tx) tables(all, inserts []op) []op {
	var plans []*plan
	of := map[*plan][]op{}
	for _, o := range inserts {
		if of[o.into] == nil {
			plans = append(plans, o.into)
		}
		of[o.into] = append(of[o.into], o)
	}
	slices.SortStableFunc(plans, func(a, b *plan) int {
		return cmp.Compare(strconv.FormatBool(a.Key().Auto), strconv.FormatBool(b.Key().Auto))
	})
	for _, p := range plans {
		list := of[p]
		if len(list) >= several && t.copies() {
			all = append(all, op{stmt: p.insert, into: p, rows: list})
			continue
		}
		for len(list) > 0 {
			n := block
			for n > len(list) || n*len(p.inserted) > maxArgs {
				n /= 2
			}
			all = append(all, p.joined(list[:n]))
			list = list[n:]
		}
	}
	return all
}

// maxArgs is how many arguments a statement may have: on SQLite 32766, on PostgreSQL twice
// as many.
const maxArgs = 32_766

// joined is the insert of several rows, of which there is a power of two.
func (p *plan) joined(list []op) op {
	if len(list) == 1 {
		return list[0]
	}
	o := op{stmt: p.inserting(len(list)), args: make([]any, 0, len(list)*len(p.inserted))}
	for i := range list {
		o.args = append(o.args, list[i].args...)
	}
	if p.Key().Auto {
		o.row = numbered(list)
	}
	return o
}

// numbered takes the automatic keys of the rows. They were given in the order of the rows;
// in which order they are told, no database promises.
func numbered(list []op) func(row) error {
	given := make([]int64, 0, len(list))
	return func(r row) error {
		var n int64
		if err := r.decode(list[0].into, list[0].into.Key(), 0, reflect.ValueOf(&n).Elem()); err != nil {
			return err
		}
		if given = append(given, n); len(given) == len(list) {
			slices.Sort(given)
			for i := range list {
				list[i].key.SetInt(given[i])
			}
		}
		return nil
	}
}

// inserting returns the one statement that inserts so many rows.
func (p *plan) inserting(rows int) *stmt {
	if st, ok := p.shapes.Load(rows); ok {
		return st.(*stmt)
	}
	w := (&sqlText{d: p.d}).add("INSERT INTO ", quote(p.Table), " (")
	for i, f := range p.inserted {
		w.add(comma(i), quote(f.Column))
	}
	w.add(") VALUES ")
	for n := range rows {
		w.add(comma(n), "(")
		for i := range p.inserted {
			w.add(comma(i), w.arg(nil))
		}
		w.add(")")
	}
	if p.Key().Auto {
		w.add(" RETURNING ", quote(p.Key().Column))
	}
	return p.keep(&p.shapes, rows, &stmt{sql: w.String(), table: p.Table, write: true})
}

// copier is an executor that can take many rows by a shorter way.
type copier interface{ copies() bool }

func (t *tx) copies() bool {
	c, ok := t.exec.(copier)
	return ok && c.copies()
}
