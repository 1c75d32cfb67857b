package memory

import (
	"fmt"
	"reflect"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

func (t *tx) Load(reads ...storage.Read) error {
	for _, r := range reads {
		if err := t.ready(); err != nil {
			return err
		}
		dst := reflect.ValueOf(r.Dst)
		if dst.Kind() != reflect.Pointer || dst.IsNil() {
			return fmt.Errorf("storage: cannot load into %T", r.Dst)
		}
		if err := t.read(r, dst.Elem()); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) read(r storage.Read, dst reflect.Value) error {
	if r.Query == nil {
		sc, err := storage.SchemaOf(dst.Type())
		if err != nil {
			return err
		}
		found := t.table(sc).rows[string(r.ID)]
		switch {
		case found != nil:
			return found.fill(sc, dst)
		case r.Optional:
			return nil
		}
		return kernel.ErrNotFound
	}
	if dst.Kind() != reflect.Slice || dst.Type().Elem().Kind() != reflect.Struct {
		return fmt.Errorf("storage: cannot load a list into %s", dst.Type())
	}
	sc, err := storage.SchemaOf(dst.Type().Elem())
	if err != nil {
		return err
	}
	rows, err := t.find(sc, *r.Query)
	if err != nil {
		return err
	}
	list := reflect.MakeSlice(dst.Type(), len(rows), len(rows))
	for i, found := range rows {
		if err := found.fill(sc, list.Index(i)); err != nil {
			return err
		}
	}
	dst.Set(list)
	return nil
}

func (t *tx) Tally(of storage.Record, q storage.Query, by []string, measures ...storage.Measure) ([]storage.Row, error) {
	if err := t.ready(); err != nil {
		return nil, err
	}
	sc, err := storage.SchemaOf(reflect.TypeOf(of))
	if err != nil {
		return nil, err
	}
	groups, err := columns(sc, by)
	if err != nil {
		return nil, err
	}
	sums := make([]*storage.Field, len(measures))
	for i, m := range measures {
		if sums[i] = sc.Column(m.Column); sums[i] == nil || sums[i].Kind != storage.Amount && sums[i].Kind != storage.Int {
			return nil, fmt.Errorf("storage: %s.%s cannot be summed", sc.Table, m.Column)
		}
	}
	order := make([]storage.Order, len(by))
	for i, c := range by {
		order[i].Column = c
	}
	rows, err := t.find(sc, storage.Query{Where: q.Where, Order: order})
	if err != nil {
		return nil, err
	}
	var out []storage.Row
	if len(by) == 0 {
		out = append(out, storage.Row{Sums: make([]decimal.Decimal, len(sums))})
	}
	for i, r := range rows {
		if len(by) > 0 && (i == 0 || !alike(rows[i-1], r, by)) {
			g := storage.Row{Group: make([]any, len(by)), Sums: make([]decimal.Decimal, len(sums))}
			for j, f := range groups {
				v := reflect.New(f.Type).Elem()
				if err := decode(f, r[f.Column], v); err != nil {
					return nil, err
				}
				g.Group[j] = v.Interface()
			}
			out = append(out, g)
		}
		g := &out[len(out)-1]
		g.Count++
		for j, f := range sums {
			n, _ := r[f.Column].(int64)
			g.Sums[j] = g.Sums[j].Add(decimal.New(n, -f.Scale))
		}
	}
	return out, nil
}

func alike(a, b row, columns []string) bool {
	for _, c := range columns {
		if a[c] != b[c] {
			return false
		}
	}
	return true
}

func columns(sc *storage.Schema, names []string) ([]*storage.Field, error) {
	out := make([]*storage.Field, len(names))
	for i, name := range names {
		if out[i] = sc.Column(name); out[i] == nil {
			return nil, fmt.Errorf("storage: %s has no column %q", sc.Table, name)
		}
	}
	return out, nil
}
