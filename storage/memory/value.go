package memory

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// encode returns a field's value as a database keeps it: nil, int64 or string.
func encode(f *storage.Field, v reflect.Value) (any, error) {
	if f.IsNull(v) {
		return nil, nil
	}
	switch f.Kind {
	case storage.String:
		return v.String(), storage.CheckText(v.String())
	case storage.UUID:
		if u, err := uuid.Parse(v.String()); err != nil || u.String() != v.String() {
			return nil, fmt.Errorf("not a key: %w", kernel.ErrInvalid)
		}
		return v.String(), nil
	case storage.Int:
		return v.Int(), nil
	case storage.Bool:
		if v.Bool() {
			return int64(1), nil
		}
		return int64(0), nil
	case storage.Time:
		return v.Interface().(time.Time).UnixMicro(), nil
	case storage.Day:
		return v.Interface().(kernel.Date).UnixDays(), nil
	case storage.Amount:
		d := v.Interface().(decimal.Decimal)
		if err := f.Fits(d); err != nil {
			return nil, err
		}
		return d.Shift(f.Scale).IntPart(), nil
	case storage.Bytes:
		return string(v.Bytes()), nil
	case storage.Sealed:
		stored, err := v.Interface().(privacy.Secret).Value()
		if err != nil {
			return nil, err
		}
		return string(stored.([]byte)), nil
	default:
		doc, err := storage.MarshalJSON(v.Interface())
		return string(doc), err
	}
}

// decode puts a stored value into a field that is at its zero value.
func decode(f *storage.Field, stored any, v reflect.Value) error {
	switch x := stored.(type) {
	case int64:
		switch f.Kind {
		case storage.Bool:
			v.SetBool(x != 0)
		case storage.Time:
			v.Set(reflect.ValueOf(time.UnixMicro(x).UTC()))
		case storage.Day:
			v.Set(reflect.ValueOf(kernel.DateFromUnixDays(x)))
		case storage.Amount:
			v.Set(reflect.ValueOf(decimal.New(x, -f.Scale)))
		default:
			v.SetInt(x)
		}
	case string:
		switch f.Kind {
		case storage.Bytes:
			v.SetBytes([]byte(x))
		case storage.Sealed:
			v.Set(reflect.ValueOf(privacy.Sealed([]byte(x))))
		case storage.JSON:
			return json.Unmarshal([]byte(x), v.Addr().Interface())
		default:
			v.SetString(x)
		}
	}
	return nil
}

// compare orders two stored values of one column; NULL comes first.
func compare(a, b any) int {
	switch x := a.(type) {
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
		return 1
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(x, y)
		}
		return 1
	}
	if b == nil {
		return 0
	}
	return -1
}

// rowOf returns the record as a row.
func rowOf(sc *storage.Schema, rec reflect.Value) (row, error) {
	r := make(row, len(sc.Fields))
	for _, f := range sc.Fields {
		x, err := encode(f, rec.FieldByIndex(f.Index))
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", sc.Table, f.Column, err)
		}
		r[f.Column] = x
	}
	return r, nil
}

// fill makes rec what the row says.
func (r row) fill(sc *storage.Schema, rec reflect.Value) error {
	rec.SetZero()
	for _, f := range sc.Fields {
		if err := decode(f, r[f.Column], rec.FieldByIndex(f.Index)); err != nil {
			return fmt.Errorf("%s.%s: %w", sc.Table, f.Column, err)
		}
	}
	return nil
}
