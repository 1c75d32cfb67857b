package gormstore

import (
	"bytes"
	"reflect"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// snapshot is a row as it was read. When it is saved, only the columns that
// have changed are encoded and sent. On SQLite that saves more: an update leaves the
// indexes over columns that it does not name alone, which is most of what it costs.
type snapshot struct {
	p    *plan
	id   kernel.ID
	rec  storage.Record // borrowed
	docs []any          // documents as they are stored, in the order of changed
	lock bool           // nobody else can change or remove the row before this unit ends
}

// maxSet is how many fields the set of an update can hold. Of the rows that one query
// finds, maxSeen are remembered: who reads more is not about to change them one by one.
const (
	maxSet  = 64
	maxSeen = 32
)

// mayChange reports whether a row that is read may be changed by parts.
func (t *tx) mayChange(p *plan) bool {
	return !t.readOnly && p.version != nil && len(p.changed) <= maxSet
}

// remember keeps what was read, in case that it is saved.
func (t *tx) remember(p *plan, id kernel.ID, rec reflect.Value, r row, lock bool) {
	if !t.mayChange(p) {
		return
	}
	s := t.find(p, id)
	if s == nil {
		n := len(t.seen)
		t.seen = slices.Grow(t.seen, 1)[:n+1]
		s = &t.seen[n] // as an earlier unit left it: room for documents is still there
		s.p, s.id, s.rec, s.lock = p, id, p.Borrow(), false
	}
	s.lock = s.lock || lock
	was := reflect.ValueOf(s.rec).Elem()
	was.Set(rec)
	s.docs = s.docs[:0]
	for i, f := range p.changed {
		switch {
		case f.Kind == storage.Bytes: // the caller may change its own in place
			field := was.FieldByIndex(f.Index)
			field.SetBytes(bytes.Clone(field.Bytes()))
		case f.Kind == storage.JSON:
			s.docs = append(s.docs, r.stored(p.column[i]))
		}
	}
}

// holds reports whether v is still the row that was read, and that row is locked: then it
// is there to be saved.
func (s *snapshot) holds(v reflect.Value) bool {
	was := reflect.ValueOf(s.rec).Elem()
	return s.lock && !slices.ContainsFunc(s.p.identity, func(f *storage.Field) bool {
		return !same(f, v.FieldByIndex(f.Index), was.FieldByIndex(f.Index))
	})
}

// drop gives back what the snapshot borrowed.
func (s *snapshot) drop() {
	s.p.Return(s.rec)
	clear(s.docs[:cap(s.docs)])
	s.p, s.rec = nil, nil
}

// find returns the snapshot of a row, or nil.
func (t *tx) find(p *plan, id kernel.ID) *snapshot {
	for i := range t.seen {
		if s := &t.seen[i]; s.p == p && s.id == id {
			return s
		}
	}
	return nil
}

// forget drops the snapshot of a row that is removed, or put in its place.
func (t *tx) forget(p *plan, id kernel.ID) {
	if s := t.find(p, id); s != nil {
		s.drop()
		last := &t.seen[len(t.seen)-1]
		*s, *last = *last, *s
		t.seen = t.seen[:len(t.seen)-1]
	}
}

// changes returns the statement that saves the fields which differ from what was read,
// with their arguments, and takes note of them.
func (s *snapshot) changes(t *tx, rec storage.Record, v reflect.Value, args []any) (*stmt, []any, error) {
	p, seen := s.p, reflect.ValueOf(s.rec).Elem()
	set, doc := uint64(0), 0
	for i, f := range p.changed {
		have, was := v.FieldByIndex(f.Index), seen.FieldByIndex(f.Index)
		if f.Kind != storage.JSON && same(f, have, was) {
			continue
		}
		arg, err := t.encode(p, rec, f, have)
		if err != nil {
			return nil, nil, err
		}
		if f.Kind == storage.JSON { // its parts may have been changed in place
			before := &s.docs[doc]
			doc++
			if *before == arg {
				continue
			}
			*before = arg
		}
		was.Set(have)
		if f.Kind == storage.Bytes {
			was.SetBytes(bytes.Clone(have.Bytes()))
		}
		set |= 1 << i
		args = append(args, arg)
	}
	if st, ok := p.partial.Load(set); ok {
		return st.(*stmt), args, nil
	}
	return p.keep(&p.partial, set, p.updating(set)), args, nil
}

// same reports whether two values of a field are stored alike. When in doubt they are not.
func same(f *storage.Field, a, b reflect.Value) bool {
	switch f.Kind {
	case storage.String, storage.UUID:
		return a.String() == b.String()
	case storage.Int, storage.Day:
		return a.Int() == b.Int()
	case storage.Bool:
		return a.Bool() == b.Bool()
	case storage.Bytes:
		return bytes.Equal(a.Bytes(), b.Bytes())
	case storage.Time:
		return a.Addr().Interface().(*time.Time).Equal(*b.Addr().Interface().(*time.Time))
	case storage.Sealed:
		return *a.Addr().Interface().(*privacy.Secret) == *b.Addr().Interface().(*privacy.Secret)
	case storage.Amount:
		x, y := a.Addr().Interface().(*decimal.Decimal), b.Addr().Interface().(*decimal.Decimal)
		return x.Exponent() == y.Exponent() && x.Equal(*y)
	}
	return false
}
