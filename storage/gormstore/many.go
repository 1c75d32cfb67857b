package gormstore

import (
	"reflect"
	"slices"
)

// Inserts of many rows into one table leave as few statements. Nothing that a unit of work
// could see depends on it: the rows are in the order in which they were written.

const (
	several = 8  // rows of a unit that are worth it
	block   = 64 // rows of a statement at most
)

// worth is how many rows are worth a statement of their own: PostgreSQL takes as long to
// begin a statement as to insert a row.
func (d *dialect) worth() int {
	if d.postgres() {
		return 2
	}
	return several
}

// gather puts inserts that follow each other into statements of many rows.
func (t *tx) gather(held []op) []op {
	several := t.d.worth()
	if len(held) < several {
		return held
	}
	all := make([]op, 0, len(held))
	for from := 0; from < len(held); {
		to := from
		for to < len(held) && held[to].into != nil {
			to++
		}
		if to-from < several {
			to = max(to, from+1)
			all = append(all, held[from:to]...)
		} else {
			all = tables(all, held[from:to])
		}
		from = to
	}
	return all
}

// tables sorts inserts by tables. Those with automatic keys come last: on PostgreSQL a
// number must not be taken before the transaction has written.
func tables(all, inserts []op) []op {
	var plans []*plan
	rows := map[*plan]int{}
	for i := range inserts {
		if p := inserts[i].into; rows[p] == 0 {
			plans = append(plans, p)
		}
		rows[inserts[i].into]++
	}
	slices.SortStableFunc(plans, func(a, b *plan) int { return a.late() - b.late() })
	for _, p := range plans {
		list := make([]*op, 0, rows[p])
		for i := range inserts {
			if inserts[i].into == p {
				list = append(list, &inserts[i])
			}
		}
		for len(list) > 0 {
			n := block
			for n > len(list) && n > several || n*len(p.inserted) > maxArgs {
				n /= 2
			}
			n = min(n, len(list))
			all = append(all, p.joined(list[:n]))
			list = list[n:]
		}
	}
	return all
}

func (p *plan) late() int {
	if p.Key().Auto {
		return 1
	}
	return 0
}

// maxArgs is how many arguments a statement may have: on SQLite 32766, on PostgreSQL twice
// as many.
const maxArgs = 32_766

// joined is the insert of several rows.
func (p *plan) joined(list []*op) op {
	if len(list) == 1 {
		return *list[0]
	}
	o := op{stmt: p.inserting(len(list)), rows: list}
	if p.Key().Auto {
		o.row = numbered(list)
	}
	return o
}

// numbered takes the automatic keys of the rows. They were given in the order of the rows;
// in which order they are told, no database promises.
func numbered(list []*op) func(row) error {
	p, given := list[0].into, make([]int64, 0, len(list))
	return func(r row) error {
		var n int64
		if err := r.decode(p, p.Key(), 0, reflect.ValueOf(&n).Elem()); err != nil {
			return err
		}
		if given = append(given, n); len(given) == len(list) {
			slices.Sort(given)
			for i, o := range list {
				o.key.SetInt(given[i])
			}
		}
		return nil
	}
}

// arguments returns what the statement is run with.
func (o *op) arguments() []any {
	if o.rows == nil {
		return o.args
	}
	args := make([]any, 0, len(o.rows)*len(o.rows[0].args))
	for _, r := range o.rows {
		args = append(args, r.args...)
	}
	return args
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
