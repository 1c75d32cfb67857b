package gormstore

import (
	"bytes"
	"slices"
)

// snapshot is a row as it was read by its key. When it is saved, only the columns that
// have changed need to be written: SQLite leaves the indexes over the others alone then,
// which is most of what an update costs.
type snapshot struct {
	p     *plan
	key   any
	cells []any // as the driver gave them, in the order of Fields
}

// maxSet is how many fields the set of an update can hold.
const maxSet = 64

// remember keeps what was read, in case that it is saved.
func (t *tx) remember(p *plan, key any, r row) {
	if t.readOnly || !t.d.partial || p.version < 0 || len(p.changed) > maxSet {
		return
	}
	for i := range t.seen {
		if s := &t.seen[i]; s.p == p && s.key == key {
			s.cells = append(s.cells[:0], r.cells...)
			return
		}
	}
	t.seen = append(t.seen, snapshot{p, key, slices.Clone(r.cells)})
}

// changes returns the statement that saves a row, with its arguments: those of the fields
// that differ from what was read, or of all. was is the row's identity, args are the
// values of all fields of changed. The row that was read and the one that is saved have
// the same version, so that nobody has changed the other columns meanwhile.
func (t *tx) changes(p *plan, was, args []any) (*stmt, []any) {
	for i := range t.seen {
		s := &t.seen[i]
		if s.p != p || s.key != was[0] || s.cells[p.version] != was[1] {
			continue
		}
		set, n := uint64(0), 0
		for j, arg := range args {
			if cell := &s.cells[p.column[j]]; !same(*cell, arg) {
				*cell = arg
				set |= 1 << j
				args[n] = arg
				n++
			}
		}
		if st, ok := p.partial.Load(set); ok {
			return st.(*stmt), args[:n]
		}
		return p.remember(&p.partial, set, p.updating(set)), args[:n]
	}
	return p.update, args
}

// same reports whether a driver's value is what an argument would be stored as.
func same(cell, arg any) bool {
	if b, ok := arg.([]byte); ok {
		c, ok := cell.([]byte)
		return ok && bytes.Equal(b, c)
	}
	if _, ok := cell.([]byte); ok {
		return false
	}
	return cell == arg
}
