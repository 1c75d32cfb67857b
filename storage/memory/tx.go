package memory

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

type tx struct {
	store    *Store
	ctx      context.Context
	readOnly bool
	over     bool
	failed   error // of the first write that failed
	undo     []change
}

type change struct {
	tb  *table
	key any
	was row // nil: there was none
}

func (t *tx) rollback() {
	for _, c := range slices.Backward(t.undo) {
		c.tb.put(c.key, c.was)
	}
}

// ready says why the unit cannot go on.
func (t *tx) ready() error {
	switch {
	case t.over:
		return storage.ErrClosed
	case t.failed != nil:
		return t.failed
	}
	return t.ctx.Err()
}

// write does something to a record; when that fails, so does the unit.
func (t *tx) write(rec storage.Record, do func(*table, *storage.Schema, reflect.Value) error) error {
	if err := t.ready(); err != nil {
		return err
	}
	if t.readOnly {
		return storage.ErrReadOnly
	}
	sc, err := storage.SchemaOf(reflect.TypeOf(rec))
	if err == nil {
		err = do(t.table(sc), sc, reflect.ValueOf(rec).Elem())
	}
	t.failed = err
	return err
}

// table returns the table of the schema; in a View one that was never written to
// is empty and not kept.
func (t *tx) table(sc *storage.Schema) *table {
	tb := t.store.tables[sc.Table]
	if tb == nil {
		tb = newTable(sc)
		if !t.readOnly {
			t.store.tables[sc.Table] = tb
		}
	}
	return tb
}

func (t *tx) put(tb *table, key any, r row) error {
	if tb.repeats(key, r) {
		return &storage.DuplicateRow{Table: tb.name}
	}
	t.undo = append(t.undo, change{tb, key, tb.put(key, r)})
	return nil
}

func (t *tx) Insert(recs ...storage.Record) error {
	for _, rec := range recs {
		if err := t.write(rec, func(tb *table, sc *storage.Schema, v reflect.Value) error {
			return t.insert(tb, sc, rec, v)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) insert(tb *table, sc *storage.Schema, rec storage.Record, v reflect.Value) error {
	if sc.Key().Auto {
		tb.last++
		v.FieldByIndex(sc.Key().Index).SetInt(tb.last)
	}
	if x, ok := rec.(storage.Versioned); ok {
		x.Base().Version = 1
	}
	r, err := rowOf(sc, v)
	if err != nil {
		return err
	}
	key := r[sc.Key().Column]
	if key == nil {
		return fmt.Errorf("%s: a row without key: %w", sc.Table, kernel.ErrInvalid)
	}
	if tb.rows[key] != nil {
		return &storage.DuplicateRow{Table: tb.name}
	}
	return t.put(tb, key, r)
}

func (t *tx) Save(recs ...storage.Versioned) error {
	for _, rec := range recs {
		if err := t.write(rec, func(tb *table, sc *storage.Schema, v reflect.Value) error {
			r, err := rowOf(sc, v)
			if err != nil {
				return err
			}
			key := r[sc.Key().Column]
			was := tb.rows[key]
			if !same(was, r) {
				return kernel.ErrConflict
			}
			rec.Base().Version++
			all := maps.Clone(was) // a record may know only some of the columns
			maps.Copy(all, r)
			all["version"] = rec.Base().Version
			return t.put(tb, key, all)
		}); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) Delete(recs ...storage.Record) error {
	for _, rec := range recs {
		if err := t.write(rec, func(tb *table, sc *storage.Schema, v reflect.Value) error {
			known := row{}
			for _, c := range []string{sc.Key().Column, "version", string(storage.ColTenant)} {
				if f := sc.Column(c); f != nil {
					x, err := encode(f, v.FieldByIndex(f.Index))
					if err != nil {
						return err
					}
					known[c] = x
				}
			}
			key := known[sc.Key().Column]
			if !same(tb.rows[key], known) {
				return kernel.ErrConflict
			}
			return t.put(tb, key, nil)
		}); err != nil {
			return err
		}
	}
	return nil
}

// same reports whether the stored row is still the one that r was read from.
func same(stored, r row) bool {
	for _, c := range []string{"version", string(storage.ColTenant)} {
		if x, ok := r[c]; ok && x != stored[c] {
			return false
		}
	}
	return stored != nil
}
