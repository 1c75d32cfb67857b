package memory

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/coverkit/crm/storage"
)

// find returns the rows that the query finds, in its order.
func (t *tx) find(sc *storage.Schema, q storage.Query) ([]row, error) {
	conds, err := compile(sc, q.Where)
	if err != nil {
		return nil, err
	}
	order := slices.Clone(q.Order)
	key := storage.Order{Column: sc.Key().Column}
	if n := len(order); n > 0 {
		key.Desc = order[n-1].Desc
	}
	order = append(order, key)
	after, err := keyset(sc, order, q.After)
	if err != nil {
		return nil, err
	}
	var found []row
	for _, rows := range t.table(sc).candidates(sc, q.Where) {
		for _, r := range rows {
			if !slices.ContainsFunc(conds, func(holds func(row) bool) bool { return !holds(r) }) &&
				(after == nil || sorted(order, after, r) < 0) {
				found = append(found, r)
			}
		}
	}
	slices.SortFunc(found, func(a, b row) int { return sorted(order, a, b) })
	if q.Limit > 0 && len(found) > q.Limit {
		found = found[:q.Limit]
	}
	return found, nil
}

// sorted is negative when a comes before b.
func sorted(order []storage.Order, a, b row) int {
	for _, o := range order {
		if n := compare(a[o.Column], b[o.Column]); n != 0 {
			if o.Desc {
				return -n
			}
			return n
		}
	}
	return 0
}

// keyset returns the place of the last row seen, as a row of the order's columns.
func keyset(sc *storage.Schema, order []storage.Order, after []any) (row, error) {
	names := make([]string, len(order))
	for i, o := range order {
		names[i] = o.Column
	}
	fields, err := columns(sc, names)
	if err != nil || after == nil {
		return nil, err
	}
	if len(after) != len(order) {
		return nil, fmt.Errorf("storage: %s: After has %d values for %d columns", sc.Table, len(after), len(order))
	}
	r := row{}
	for i, f := range fields {
		if order[i].Desc != order[0].Desc {
			return nil, fmt.Errorf("storage: %s: After needs one direction", sc.Table)
		}
		x, err := operand(f, reflect.ValueOf(after[i]))
		if err != nil {
			return nil, err
		}
		if x == nil {
			return nil, fmt.Errorf("storage: %s.%s: After is NULL", sc.Table, f.Column)
		}
		r[f.Column] = x
	}
	return r, nil
}

func compile(sc *storage.Schema, where []storage.Cond) ([]func(row) bool, error) {
	out := make([]func(row) bool, len(where))
	for i, c := range where {
		f := sc.Column(c.Column)
		if f == nil {
			return nil, fmt.Errorf("storage: %s has no column %q", sc.Table, c.Column)
		}
		var err error
		if out[i], err = condition(f, c); err != nil {
			return nil, fmt.Errorf("storage: %s.%s: %w", sc.Table, f.Column, err)
		}
	}
	return out, nil
}

func condition(f *storage.Field, c storage.Cond) (func(row) bool, error) {
	switch c.Op {
	case storage.Null:
		return func(r row) bool { return r[f.Column] == nil }, nil
	case storage.NotNull:
		return func(r row) bool { return r[f.Column] != nil }, nil
	case storage.In:
		return oneOf(f, reflect.ValueOf(c.Value))
	}
	if f.Kind == storage.JSON || c.Op == storage.Prefix && f.Kind != storage.String || c.Op > storage.Prefix {
		return nil, fmt.Errorf("no such comparison")
	}
	x, err := operand(f, reflect.ValueOf(c.Value))
	if err != nil {
		return nil, err
	}
	if x == nil {
		return func(row) bool { return false }, nil
	}
	if c.Op == storage.Prefix {
		return func(r row) bool { s, _ := r[f.Column].(string); return strings.HasPrefix(s, x.(string)) }, nil
	}
	return func(r row) bool {
		n := compare(r[f.Column], x)
		return r[f.Column] != nil && [...]bool{
			storage.Eq: n == 0, storage.Ne: n != 0, storage.Lt: n < 0, storage.Le: n <= 0, storage.Gt: n > 0, storage.Ge: n >= 0,
		}[c.Op]
	}, nil
}

func oneOf(f *storage.Field, list reflect.Value) (func(row) bool, error) {
	if list.Kind() != reflect.Slice || f.Kind == storage.JSON {
		return nil, fmt.Errorf("no such comparison")
	}
	set := map[any]bool{}
	for i := range list.Len() {
		x, err := operand(f, list.Index(i))
		if err != nil {
			return nil, err
		}
		set[x] = true
	}
	delete(set, nil)
	return func(r row) bool { return set[r[f.Column]] }, nil
}

// operand encodes a value that a column is compared with.
func operand(f *storage.Field, v reflect.Value) (any, error) {
	if v.IsValid() && v.Type() != f.Type && v.Kind() == f.Type.Kind() && v.CanConvert(f.Type) {
		v = v.Convert(f.Type) // a plain string for a named one
	}
	if !v.IsValid() || v.Type() != f.Type {
		return nil, fmt.Errorf("compared with another type than %s", f.Type)
	}
	return encode(f, v)
}
