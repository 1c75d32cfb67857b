package storage

import (
	"encoding/base64"
	"encoding/json"
	"reflect"

	"github.com/coverkit/crm/kernel"
)

// Get returns the record with the key, or [kernel.ErrNotFound].
func Get[T any, P interface {
	*T
	Record
}](tx Tx, id kernel.ID) (*T, error) {
	rec := new(T)
	if err := tx.Load(ByID(P(rec), id)); err != nil {
		return nil, err
	}
	return rec, nil
}

// Find returns what the query finds.
func Find[T any](tx Tx, q Query) ([]T, error) {
	var recs []T
	return recs, tx.Load(Where(&recs, q))
}

// One returns the first record that the query finds, or nil when there is none.
func One[T any](tx Tx, q Query) (*T, error) {
	q.Limit = 1
	recs, err := Find[T](tx, q)
	if err != nil || len(recs) == 0 {
		return nil, err
	}
	return &recs[0], nil
}

// Count returns how many rows satisfy the conditions.
func Count[T any, P interface {
	*T
	Record
}](tx Tx, where ...Cond) (int64, error) {
	rows, err := tx.Tally(P(new(T)), Query{Where: where}, nil)
	if err != nil {
		return 0, err
	}
	return rows[0].Count, nil
}

// Page returns one page of what the query finds. The query's order must suit a
// keyset: one direction, no columns that may be NULL. A cursor of another list is
// a [kernel.FieldErrors] on "after".
func Page[T any](tx Tx, q Query, list kernel.List) (kernel.Page[T], error) {
	sc, err := SchemaOf(reflect.TypeFor[T]())
	if err != nil {
		return kernel.Page[T]{}, err
	}
	if q.After, err = sc.parseCursor(list.After, q.Order); err != nil {
		return kernel.Page[T]{}, err
	}
	size := list.Size()
	q.Limit = size + 1
	items, err := Find[T](tx, q)
	page := kernel.Page[T]{Items: items}
	if err == nil && len(items) > size {
		page.Items = items[:size]
		page.Next, err = sc.cursor(reflect.ValueOf(&items[size-1]).Elem(), q.Order)
	}
	return page, err
}

func (sc *Schema) keyset(order []Order) []*Field {
	fields := make([]*Field, 0, len(order)+1)
	for _, o := range order {
		if f := sc.Column(o.Column); f != nil {
			fields = append(fields, f)
		}
	}
	return append(fields, sc.Key())
}

func (sc *Schema) cursor(rec reflect.Value, order []Order) (kernel.Cursor, error) {
	var vals []any
	for _, f := range sc.keyset(order) {
		vals = append(vals, rec.FieldByIndex(f.Index).Interface())
	}
	b, err := json.Marshal(vals)
	return kernel.Cursor(base64.RawURLEncoding.EncodeToString(b)), err
}

func (sc *Schema) parseCursor(c kernel.Cursor, order []Order) ([]any, error) {
	if c == "" {
		return nil, nil
	}
	bad := kernel.Invalid("after", "cursor", "not a cursor of this list")
	b, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil {
		return nil, bad
	}
	var raw []json.RawMessage
	fields := sc.keyset(order)
	if json.Unmarshal(b, &raw) != nil || len(raw) != len(fields) {
		return nil, bad
	}
	vals := make([]any, len(fields))
	for i, f := range fields {
		v := reflect.New(f.Type)
		if json.Unmarshal(raw[i], v.Interface()) != nil || !f.accepts(v.Elem()) {
			return nil, bad
		}
		vals[i] = v.Elem().Interface()
	}
	return vals, nil
}
