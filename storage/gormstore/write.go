package gormstore

import (
	"fmt"
	"reflect"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Writes are encoded at once and held back until the next read or the end.

func (t *tx) Insert(recs ...storage.Record) error {
	for _, rec := range recs {
		if err := t.write(rec, (*tx).insert); err != nil {
			return err
		}
	}
	t.made = nil
	return t.sendOff()
}

func (t *tx) Save(recs ...storage.Versioned) error {
	for _, rec := range recs {
		if err := t.write(rec, (*tx).save); err != nil {
			return err
		}
	}
	t.made = nil
	return nil
}

func (t *tx) Delete(recs ...storage.Record) error {
	for _, rec := range recs {
		if err := t.write(rec, (*tx).remove); err != nil {
			return err
		}
	}
	return nil
}

// write holds back one write; when that fails, so does the unit.
func (t *tx) write(rec storage.Record, hold func(*tx, *plan, storage.Record, reflect.Value) (op, error)) error {
	if err := t.ready(); err != nil {
		return err
	}
	if t.readOnly {
		return storage.ErrReadOnly
	}
	v := reflect.ValueOf(rec)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return t.fail(fmt.Errorf("storage: cannot write %T: %w", rec, kernel.ErrInvalid))
	}
	p, err := t.d.planOf(v.Type())
	if err != nil {
		return t.fail(err)
	}
	o, err := hold(t, p, rec, v.Elem())
	if err != nil {
		return t.fail(err)
	}
	if o.stmt != nil { // it may have gone along with another
		t.held = append(t.held, o)
	}
	return nil
}

func (t *tx) insert(p *plan, rec storage.Record, v reflect.Value) (op, error) {
	if x, ok := rec.(storage.Versioned); ok {
		x.Base().Version = 1
		t.forget(p, x.Base().ID)
	}
	key := v.FieldByIndex(p.Key().Index)
	if !p.Key().Auto && p.Key().IsNull(key) {
		return op{}, fmt.Errorf("%s: a row without key: %w", p.Table, kernel.ErrInvalid)
	}
	if t.copies() {
		return t.pack(p, rec, v, key)
	}
	args, err := t.encodeAll(p, rec, t.room(len(p.inserted)), p.inserted, v)
	if err != nil {
		return op{}, err
	}
	o := op{stmt: p.insert, args: args, into: p}
	if p.Key().Auto {
		o.row = func(r row) error { return r.decode(p, p.Key(), 0, key) }
		o.key = key
	}
	return o, nil
}

func (t *tx) save(p *plan, rec storage.Record, v reflect.Value) (op, error) {
	meta := rec.(storage.Versioned).Base()
	was, err := t.encodeAll(p, rec, make([]any, 0, 3), p.identity, v)
	if err != nil {
		return op{}, err
	}
	seen := t.find(p, meta.ID)
	if seen != nil && reflect.ValueOf(seen.rec).Elem().FieldByIndex(p.version.Index).Int() != meta.Version {
		seen = nil
	}
	sure := seen != nil && seen.holds(v)
	meta.Version++
	st, args := p.update, t.room(len(p.changed)+len(was))
	if seen != nil {
		st, args, err = seen.changes(t, rec, v, args)
	} else {
		args, err = t.encodeAll(p, rec, args, p.changed, v)
	}
	if err != nil {
		meta.Version--
		return op{}, err
	}
	t.wrote(p, meta.ID)
	return op{stmt: st, args: append(args, was...), cas: true, sure: sure}, nil
}

func (t *tx) remove(p *plan, rec storage.Record, v reflect.Value) (op, error) {
	if x, ok := rec.(storage.Versioned); ok {
		t.forget(p, x.Base().ID)
		t.wrote(p, x.Base().ID)
	}
	args, err := t.encodeAll(p, rec, t.room(len(p.identity)), p.identity, v)
	return op{stmt: p.remove, args: args, cas: true}, err
}

func (t *tx) encodeAll(p *plan, rec storage.Record, args []any, fields []*storage.Field, v reflect.Value) ([]any, error) {
	for _, f := range fields {
		arg, err := t.encode(p, rec, f, v.FieldByIndex(f.Index))
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	return args, nil
}

// Made implements [storage.Documented].
func (t *tx) Made(docs []storage.Document) { t.made = docs }

// encode returns the argument for a field of a record.
func (t *tx) encode(p *plan, rec storage.Record, f *storage.Field, v reflect.Value) (any, error) {
	if doc, ok := t.document(rec, f, v); ok {
		return string(doc), nil
	}
	return p.encode(f, v)
}

// document returns a document that was made already.
func (t *tx) document(rec storage.Record, f *storage.Field, v reflect.Value) ([]byte, bool) {
	if f.Kind == storage.JSON && !f.IsNull(v) {
		for i := range t.made {
			if d := &t.made[i]; d.Field == f && d.Record == rec {
				return d.JSON, true
			}
		}
	}
	return nil, false
}
