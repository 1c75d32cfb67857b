package gormstore

import (
	"reflect"

	"github.com/coverkit/crm/storage"
)

// list is what a query finds. The first rows are put in borrowed records, until it is
// known how many there are: growing a list of large records takes more memory than
// the list.
type list struct {
	p     *plan
	typ   reflect.Type
	first []storage.Record
	rows  reflect.Value // of typ; once there are many
}

// next returns room for a row, and how many there are before it.
func (l *list) next() (int, reflect.Value) {
	n := len(l.first)
	if !l.rows.IsValid() && n < maxFirst {
		l.first = append(l.first, l.p.Borrow())
		return n, reflect.ValueOf(l.first[n]).Elem()
	}
	if !l.rows.IsValid() {
		rows := l.all()
		l.rows = reflect.New(l.typ).Elem()
		l.rows.Set(rows)
	}
	n = l.rows.Len()
	if n == l.rows.Cap() {
		l.rows.Grow(1)
	}
	l.rows.SetLen(n + 1)
	return n, l.rows.Index(n)
}

const maxFirst = 32

// all returns the list.
func (l *list) all() reflect.Value {
	if l.rows.IsValid() {
		return l.rows
	}
	rows := reflect.MakeSlice(l.typ, len(l.first), len(l.first))
	for i, rec := range l.first {
		rows.Index(i).Set(reflect.ValueOf(rec).Elem())
		l.p.Return(rec)
	}
	l.first = nil
	return rows
}
