package gormstore

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// find returns the statement of a query, and its arguments behind args.
func (p *plan) find(q *storage.Query, lock bool, args []any) (*stmt, []any, error) {
	var room [256]byte
	shape, args := p.shape(room[:0], q, lock, args)
	if shape != nil {
		p.mu.RLock()
		st := p.common[string(shape)]
		p.mu.RUnlock()
		if st != nil {
			return st, args, nil
		}
	}
	st, args, err := p.write(q, lock, args[:0])
	if err == nil && shape != nil {
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.common) < maxShapes {
			p.common[string(shape)] = st
		}
	}
	return st, args, err
}

// shape tells the common questions apart, by which statement they need: columns that
// equal something or are empty, in some order. It is nil for all others.
func (p *plan) shape(b []byte, q *storage.Query, lock bool, args []any) ([]byte, []any) {
	if q.After != nil || q.Limit < 0 {
		return nil, args
	}
	for _, c := range q.Where {
		f := p.Column(c.Column)
		if f == nil || c.Op != storage.Eq && c.Op != storage.Null {
			return nil, args
		}
		b = append(b, c.Column...)
		if c.Skim {
			b = append(b, '~')
		}
		if c.Op == storage.Null {
			b = append(b, '0')
			continue
		}
		if f.Kind == storage.JSON || f.Kind == storage.Sealed {
			return nil, args
		}
		arg, err := p.operand(f, c.Value)
		if err != nil || arg == nil {
			return nil, args
		}
		b, args = append(b, '='), append(args, arg)
	}
	for _, o := range q.Order {
		b = append(append(b, o.Column...), '<')
		if o.Desc {
			b[len(b)-1] = '>'
		}
	}
	b = strconv.AppendInt(b, int64(q.Limit), 10)
	if lock {
		b = append(b, '!')
	}
	return b, args
}

// write writes the statement of a query.
func (p *plan) write(q *storage.Query, lock bool, args []any) (*stmt, []any, error) {
	w := &sqlText{d: p.d, args: args}
	w.b.Grow(256)
	w.skim = !p.d.postgres() && p.inOrder(q)
	if err := p.where(w, q.Where); err != nil {
		return nil, nil, err
	}
	order, err := p.order(q)
	if err != nil {
		return nil, nil, err
	}
	if q.After != nil {
		if len(q.Where) == 0 {
			w.add(" WHERE ")
		} else {
			w.add(" AND ")
		}
		if err := p.after(w, order, q.After); err != nil {
			return nil, nil, err
		}
	}
	if q.Limit < 0 {
		return nil, nil, fmt.Errorf("%s: a limit is not negative: %w", p.Table, kernel.ErrInvalid)
	}
	one := p.single(q.Where)
	if !one {
		w.add(" ORDER BY ")
		for i, o := range order {
			w.add(comma(i), p.quoted[o.Column], p.direction(o))
		}
		if q.Limit > 0 {
			w.add(" LIMIT ", strconv.Itoa(q.Limit)) // SQLite compiles anew for each value of a parameter here
		}
	}
	if lock {
		w.add(p.d.forUpdate)
	}
	return p.selecting(w.String(), one), w.args, nil
}

// inOrder reports whether a page is read in the order of the keys, with no condition that
// an index leads to. SQLite knows no statistics and would take an index that merely starts
// with the tenant: then all of the tenant's rows are read, and sorted, for each page.
func (p *plan) inOrder(q *storage.Query) bool {
	return len(q.Order) == 0 && q.Limit > 0 && !slices.ContainsFunc(q.Where, func(c storage.Cond) bool {
		return !c.Skim && c.Column != string(storage.ColTenant) && c.Column != string(storage.ColBranch)
	})
}

// single reports whether the conditions name a key or all of a unique index, so that one
// row is the most they can find. To ask for the first of them in order would be a trap:
// without statistics PostgreSQL looks for it in an index that merely has that order.
func (p *plan) single(conds []storage.Cond) bool {
	is := func(f *storage.Field) bool {
		return slices.ContainsFunc(conds, func(c storage.Cond) bool { return c.Op == storage.Eq && c.Column == f.Column })
	}
	if is(p.Key()) {
		return true
	}
	if tenant := p.Column(string(storage.ColTenant)); tenant != nil && !is(tenant) {
		return false
	}
	return slices.ContainsFunc(p.Unique, func(fields []*storage.Field) bool {
		return !slices.ContainsFunc(fields, func(f *storage.Field) bool { return !is(f) })
	})
}

// order returns the columns to sort by, the key last.
func (p *plan) order(q *storage.Query) ([]storage.Order, error) {
	key := storage.Order{Column: p.Key().Column}
	if n := len(q.Order); n > 0 {
		key.Desc = q.Order[n-1].Desc
	}
	order := append(append(make([]storage.Order, 0, len(q.Order)+1), q.Order...), key)
	for _, o := range order {
		switch f := p.Column(o.Column); {
		case f == nil:
			return nil, p.unknown(o.Column)
		case f.Kind == storage.JSON || f.Kind == storage.Sealed:
			return nil, fmt.Errorf("%s cannot be sorted by %s: %w", p.Table, f.Column, kernel.ErrInvalid)
		}
	}
	return order, nil
}

// direction says how to sort by a column. NULL comes before every value, as on
// SQLite. The columns that are always filled are left to PostgreSQL's own order, so
// that its plain indexes serve.
func (p *plan) direction(o storage.Order) string {
	f := p.Column(o.Column)
	filled := f == p.Key() || o.Column == string(storage.ColCreated) || o.Column == "updated_at"
	nulls := p.d.postgres() && nullable(f) && !filled
	switch {
	case o.Desc && nulls:
		return " DESC NULLS LAST"
	case o.Desc:
		return " DESC"
	case nulls:
		return " NULLS FIRST"
	}
	return ""
}

// nullable reports whether the field has values that are stored as NULL.
func nullable(f *storage.Field) bool {
	switch f.Kind {
	case storage.String, storage.Int, storage.Bool, storage.Amount:
		return false
	}
	return true
}

// after writes the condition for rows behind the last one seen, as one comparison
// of row values, which an index over the same columns answers.
func (p *plan) after(w *sqlText, order []storage.Order, values []any) error {
	if len(values) != len(order) {
		return fmt.Errorf("%s: After has %d values for %d columns: %w", p.Table, len(values), len(order), kernel.ErrInvalid)
	}
	var columns, places string
	for i, o := range order {
		if o.Desc != order[0].Desc {
			return fmt.Errorf("%s: After needs one direction: %w", p.Table, kernel.ErrInvalid)
		}
		arg, err := p.operand(p.Column(o.Column), values[i])
		if err != nil {
			return err
		}
		if arg == nil {
			return fmt.Errorf("%s.%s: After is NULL: %w", p.Table, o.Column, kernel.ErrInvalid)
		}
		columns += comma(i) + p.quoted[o.Column]
		places += comma(i) + w.arg(arg)
	}
	sign := " > "
	if order[0].Desc {
		sign = " < "
	}
	w.add("(", columns, ")", sign, "(", places, ")")
	return nil
}

func (p *plan) where(w *sqlText, conds []storage.Cond) error {
	for i, c := range conds {
		f := p.Column(c.Column)
		if f == nil {
			return p.unknown(c.Column)
		}
		if i == 0 {
			w.add(" WHERE ")
		} else {
			w.add(" AND ")
		}
		if err := p.cond(w, f, c); err != nil {
			return err
		}
	}
	return nil
}

var signs = [...]string{storage.Ne: " <> ", storage.Lt: " < ", storage.Le: " <= ", storage.Gt: " > ", storage.Ge: " >= "}

// nowhere is a condition that holds for no row.
const nowhere = "1 = 0"

func (p *plan) cond(w *sqlText, f *storage.Field, c storage.Cond) error {
	column := p.quoted[f.Column]
	skim := !p.d.postgres() && (c.Skim || w.skim && f.Column == string(storage.ColTenant))
	if skim {
		column = "+" + column // no index is looked for
	}
	switch {
	case c.Op == storage.Null && c.Skim && p.d.postgres():
		w.add("coalesce(", column, " IS NULL, false)") // that an index is partial to it means nothing
		return nil
	case c.Op == storage.Null:
		w.add(column, " IS NULL")
		return nil
	case c.Op == storage.NotNull:
		w.add(column, " IS NOT NULL")
		return nil
	case f.Kind == storage.JSON || f.Kind == storage.Sealed || c.Op > storage.Prefix,
		c.Op == storage.Prefix && f.Kind != storage.String:
		return fmt.Errorf("%s.%s: no such comparison: %w", p.Table, f.Column, kernel.ErrInvalid)
	case c.Op == storage.In:
		return p.in(w, f, column, c.Value)
	}
	arg, err := p.operand(f, c.Value)
	if err != nil {
		return err
	}
	switch {
	case arg == nil:
		w.add(nowhere)
	case c.Op == storage.Prefix:
		prefix := arg.(string)
		w.add(column, " >= ", w.arg(prefix))
		if next, ok := successor(prefix); ok {
			w.add(" AND ", column, " < ", w.arg(next))
		}
	case c.Op == storage.Eq && skim: // most rows fit, so that sorting them is to be avoided
		w.add("likelihood(", column, " = ", w.arg(arg), ", 0.9)")
	case c.Op == storage.Eq:
		p.d.equals(w, column, arg)
	default:
		w.add(column, signs[c.Op], w.arg(arg))
	}
	return nil
}

// maxIn bounds the values of an In; both databases bound a statement's arguments.
const maxIn = 1 << 14

// in writes a list that is filled up to a power of two by repeating its last value,
// so that there are few different statements.
func (p *plan) in(w *sqlText, f *storage.Field, column string, list any) error {
	v := reflect.ValueOf(list)
	if v.Kind() != reflect.Slice {
		return fmt.Errorf("%s.%s: In needs a list: %w", p.Table, f.Column, kernel.ErrInvalid)
	}
	var args []any
	for i := range v.Len() {
		arg, err := p.operand(f, v.Index(i).Interface())
		if err != nil {
			return err
		}
		if arg != nil {
			args = append(args, arg)
		}
	}
	switch n := len(args); {
	case n == 0:
		w.add(nowhere)
		return nil
	case n == 1:
		p.d.equals(w, column, args[0])
		return nil
	case n > maxIn:
		return fmt.Errorf("%s.%s: In has more than %d values: %w", p.Table, f.Column, maxIn, kernel.ErrInvalid)
	}
	for n := len(args); n&(n-1) != 0; n++ {
		args = append(args, args[n-1])
	}
	w.add(column, " IN (")
	for i, arg := range args {
		w.add(comma(i), w.arg(arg))
	}
	w.add(")")
	return nil
}

// operand encodes a value that a column is compared with; nil for a NULL.
func (p *plan) operand(f *storage.Field, value any) (any, error) {
	v := reflect.ValueOf(value)
	if !v.IsValid() || v.Type() != f.Type && (v.Kind() != f.Type.Kind() || !v.CanConvert(f.Type)) {
		return nil, fmt.Errorf("%s.%s: compared with another type than %s: %w", p.Table, f.Column, f.Type, kernel.ErrInvalid)
	}
	switch f.Kind {
	case storage.String, storage.UUID, storage.Int, storage.Day, storage.Bool:
		return p.encode(f, v) // a plain string for a named one
	}
	x := reflect.New(f.Type).Elem()
	x.Set(v.Convert(f.Type))
	return p.encode(f, x)
}

func (p *plan) unknown(column string) error {
	return fmt.Errorf("%s has no column %q: %w", p.Table, column, kernel.ErrInvalid)
}

// successor returns the smallest text, by code points, that is greater than every
// text with the prefix; false when there is none.
func successor(prefix string) (string, bool) {
	for prefix != "" {
		r, n := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-n]
		switch {
		case r == utf8.MaxRune:
			continue
		case r == 0xD7FF: // what follows are no characters
			r = 0xE000
		default:
			r++
		}
		return prefix + string(r), true
	}
	return "", false
}
