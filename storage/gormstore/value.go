package gormstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// encode returns the argument for a field. v must be addressable where the field is a
// time, an amount or a secret. An error names
// table and column and never the value.
func (p *plan) encode(f *storage.Field, v reflect.Value) (any, error) {
	arg, err := p.d.encode(f, v)
	if err != nil {
		return nil, fmt.Errorf("%s.%s: %w", p.Table, f.Column, err)
	}
	return arg, nil
}

func (d *dialect) encode(f *storage.Field, v reflect.Value) (any, error) {
	switch f.Kind {
	case storage.String:
		return v.String(), storage.CheckText(v.String())
	case storage.Int:
		return v.Int(), nil
	case storage.Bool:
		return d.encodeBool(v.Bool()), nil
	case storage.Amount:
		return d.encodeAmount(f, *v.Addr().Interface().(*decimal.Decimal))
	case storage.Time:
		return d.encodeTime(*v.Addr().Interface().(*time.Time))
	}
	if f.IsNull(v) {
		return nil, nil
	}
	switch f.Kind {
	case storage.UUID:
		if !isKey(v.String()) {
			return nil, fmt.Errorf("not a key: %w", kernel.ErrInvalid)
		}
		return v.String(), nil
	case storage.Day:
		return d.encodeDay(kernel.Date(v.Int()))
	case storage.Bytes:
		return append([]byte(nil), v.Bytes()...), nil // the caller may go on changing its own
	case storage.Sealed:
		return v.Addr().Interface().(*privacy.Secret).Value()
	default:
		doc, err := storage.MarshalJSON(v.Interface())
		return string(doc), err
	}
}

// isKey reports whether s is a UUID in the one form in which both databases return it.
func isKey(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		switch {
		case i == 8 || i == 13 || i == 18 || i == 23:
			if c != '-' {
				return false
			}
		case (c < '0' || c > '9') && (c < 'a' || c > 'f'):
			return false
		}
	}
	return true
}

func (d *dialect) encodeBool(b bool) any {
	switch {
	case d.postgres():
		return b
	case b:
		return int64(1)
	}
	return int64(0)
}

func (d *dialect) encodeAmount(f *storage.Field, x decimal.Decimal) (any, error) {
	if err := f.Fits(x); err != nil {
		return nil, err
	}
	if d.postgres() {
		return x.StringFixed(f.Scale), nil
	}
	if x.Exponent() == -f.Scale || x.IsZero() {
		return x.CoefficientInt64(), nil
	}
	return x.Shift(f.Scale).IntPart(), nil
}

func (d *dialect) encodeTime(t time.Time) (any, error) {
	if t.IsZero() {
		return nil, nil
	}
	t, err := checkTime(t)
	switch {
	case err != nil:
		return nil, err
	case d.postgres():
		return t, nil
	}
	return t.UnixMicro(), nil
}

// checkTime returns the instant that is stored.
func checkTime(t time.Time) (time.Time, error) {
	t = kernel.Instant(t)
	if y := t.Year(); y < 1 || y > 9999 {
		return t, fmt.Errorf("not within the years 1 to 9999: %w", kernel.ErrInvalid)
	}
	return t, nil
}

// lastDay is 9999-12-31; day 1 is 0001-01-01.
var lastDay = kernel.NewDate(9999, 12, 31)

func (d *dialect) encodeDay(day kernel.Date) (any, error) {
	err := checkDay(day)
	switch {
	case err != nil:
		return nil, err
	case d.postgres():
		return day.String(), nil
	}
	return day.UnixDays(), nil
}

func checkDay(day kernel.Date) error {
	if day < 1 || day > lastDay {
		return fmt.Errorf("not within the years 1 to 9999: %w", kernel.ErrInvalid)
	}
	return nil
}

// decode puts what a driver returned into a field that is at its zero value.
func (p *plan) decode(f *storage.Field, stored any, v reflect.Value) error {
	if stored == nil || decode(f, stored, v) {
		return nil
	}
	return p.misfit(f)
}

func (p *plan) misfit(f *storage.Field) error {
	return fmt.Errorf("%s.%s holds what does not belong there: %w", p.Table, f.Column, storage.ErrSchema)
}

func decode(f *storage.Field, stored any, v reflect.Value) bool {
	switch x := stored.(type) {
	case int64:
		return decodeInt(f, x, v)
	case string:
		return decodeText(f, x, v)
	case []byte:
		switch f.Kind {
		case storage.Bytes:
			if len(x) > 0 {
				v.SetBytes(bytes.Clone(x)) // the driver's own
			}
			return true
		case storage.Sealed:
			*v.Addr().Interface().(*privacy.Secret) = privacy.Sealed(x)
			return true
		}
		return decodeText(f, string(x), v)
	case bool:
		if f.Kind == storage.Bool {
			v.SetBool(x)
		}
		return f.Kind == storage.Bool
	case time.Time:
		switch f.Kind {
		case storage.Time:
			*v.Addr().Interface().(*time.Time) = x.UTC()
			return true
		case storage.Day:
			v.SetInt(int64(kernel.DateOf(x)))
			return true
		}
	}
	return false
}

func decodeInt(f *storage.Field, x int64, v reflect.Value) bool {
	switch f.Kind {
	case storage.Int:
		if v.OverflowInt(x) {
			return false
		}
		v.SetInt(x)
	case storage.Bool:
		v.SetBool(x != 0)
	case storage.Time:
		*v.Addr().Interface().(*time.Time) = time.UnixMicro(x).UTC()
	case storage.Day:
		v.SetInt(int64(kernel.DateFromUnixDays(x)))
	case storage.Amount:
		*v.Addr().Interface().(*decimal.Decimal) = decimal.New(x, -f.Scale)
	default:
		return false
	}
	return true
}

func decodeText(f *storage.Field, x string, v reflect.Value) bool {
	switch f.Kind {
	case storage.String, storage.UUID:
		v.SetString(x)
	case storage.Amount:
		n, err := decimal.NewFromString(x)
		*v.Addr().Interface().(*decimal.Decimal) = n
		return err == nil
	case storage.JSON:
		return json.Unmarshal([]byte(x), v.Addr().Interface()) == nil
	default:
		return false
	}
	return true
}

// fill makes rec what the row says.
func (p *plan) fill(rec reflect.Value, r row) error {
	rec.SetZero()
	for i, f := range p.Fields {
		if err := r.decode(p, f, i, rec.FieldByIndex(f.Index)); err != nil {
			return err
		}
	}
	return nil
}
