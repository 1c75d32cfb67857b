package gormstore

import (
	"fmt"
	"math/big"
	"reflect"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Tally counts and sums exactly: on SQLite too no sum can overflow, because the
// upper and lower halves of the integers are summed apart.
func (t *tx) Tally(of storage.Record, q storage.Query, by []string, measures ...storage.Measure) ([]storage.Row, error) {
	p, err := t.d.planOf(reflect.TypeOf(of))
	if err != nil {
		return nil, err
	}
	st, args, err := p.tally(&q, by, measures)
	if err != nil {
		return nil, err
	}
	var rows []storage.Row
	err = t.read(op{stmt: st, args: args, row: func(r row) error {
		row, err := p.tallied(r, by, measures)
		rows = append(rows, row)
		return err
	}})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func (p *plan) tally(q *storage.Query, by []string, measures []storage.Measure) (*stmt, []any, error) {
	w := &sqlText{d: p.d}
	w.add("SELECT ")
	groups, order := "", ""
	for i, c := range by {
		f := p.Column(c)
		switch {
		case f == nil:
			return nil, nil, p.unknown(c)
		case f.Kind == storage.JSON || f.Kind == storage.Sealed:
			return nil, nil, fmt.Errorf("%s cannot be grouped by %s: %w", p.Table, c, kernel.ErrInvalid)
		}
		groups += comma(i) + quote(c)
		order += comma(i) + quote(c) + " NULLS FIRST"
		w.add(quote(c), ", ")
	}
	w.add("count(*)")
	for _, m := range measures {
		f := p.Column(m.Column)
		switch {
		case f == nil:
			return nil, nil, p.unknown(m.Column)
		case f.Kind != storage.Amount && f.Kind != storage.Int:
			return nil, nil, fmt.Errorf("%s.%s cannot be summed: %w", p.Table, m.Column, kernel.ErrInvalid)
		case p.d.postgres():
			w.add(", sum(", quote(m.Column), ")")
		default:
			w.add(", sum(", quote(m.Column), " >> 32), sum(", quote(m.Column), " & 4294967295)")
		}
	}
	w.add(" FROM ", quote(p.Table))
	if err := p.where(w, q.Where); err != nil {
		return nil, nil, err
	}
	if len(by) > 0 {
		w.add(" GROUP BY ", groups, " ORDER BY ", order)
	}
	return p.stmt(w.String()), w.args, nil
}

func (p *plan) tallied(r row, by []string, measures []storage.Measure) (storage.Row, error) {
	var row storage.Row
	for i, c := range by {
		f := p.Column(c)
		v := reflect.New(f.Type).Elem()
		if err := r.decode(p, f, i, v); err != nil {
			return row, err
		}
		row.Group = append(row.Group, v.Interface())
	}
	at := len(by)
	row.Count = r.int(at)
	at++
	for _, m := range measures {
		f := p.Column(m.Column)
		var sum decimal.Decimal
		if p.d.postgres() {
			if err := r.decode(p, &storage.Field{Column: f.Column, Kind: storage.Amount}, at, reflect.ValueOf(&sum).Elem()); err != nil {
				return row, err
			}
			at++
		} else {
			high, low := r.int(at), r.int(at+1)
			n := new(big.Int).Lsh(big.NewInt(high), 32)
			sum = decimal.NewFromBigInt(n.Add(n, big.NewInt(low)), -f.Scale)
			at += 2
		}
		row.Sums = append(row.Sums, sum)
	}
	return row, nil
}
