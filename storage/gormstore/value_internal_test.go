package gormstore

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

var both = []*dialect{sqliteDialect, postgresDialect}

// thereAndBack encodes a value, and decodes what a driver would return for it.
func thereAndBack[T any](t interface{ Fatalf(string, ...any) }, d *dialect, f *storage.Field, value T) (T, error) {
	in, out := reflect.New(f.Type).Elem(), reflect.New(f.Type).Elem()
	in.Set(reflect.ValueOf(value))
	arg, err := d.encode(f, in)
	if err != nil {
		return value, err
	}
	if arg != nil && !decode(f, arg, out) {
		t.Fatalf("%s: %v (%T) is not taken back", d.name, arg, arg)
	}
	return out.Interface().(T), nil
}

func field[T any](kind storage.Kind, scale int32) *storage.Field {
	return &storage.Field{Column: "x", Kind: kind, Scale: scale, Type: reflect.TypeFor[T]()}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for s, fits := range map[string]bool{
		"123456789012345.6789": true, "99999999999999.99": true, "0.0001": true, "-0.0001": true, "0": true,
		"899999999999999.9999": true, "-899999999999999.9999": true, "900000000000000": false, "-900000000000000": false,
		"12345678901234567.89": false, "0.00001": false, "1.23450000000000000000": true, "1e14": true, "1e15": false,
		"1e9999": false, "1e-9999": false,
	} {
		for _, d := range both {
			x := decimal.RequireFromString(s)
			got, err := thereAndBack(t, d, field[decimal.Decimal](storage.Amount, kernel.AmountScale), x)
			switch {
			case !fits && !errors.Is(err, kernel.ErrInvalid):
				t.Errorf("%s: %s: %v, want ErrInvalid", d.name, s, err)
			case fits && (err != nil || !got.Equal(x)):
				t.Errorf("%s: %s came back as %s, %v", d.name, s, got, err)
			}
		}
	}
}

// FuzzAmount: an amount comes back as it is or is refused, on both databases alike.
func FuzzAmount(f *testing.F) {
	for _, s := range []string{"0", "-1.5", "899999999999999.9999", "1e30", "0.00000001", "89999999999.99999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x, err := decimal.NewFromString(s)
		if err != nil {
			return
		}
		for _, scale := range []int32{kernel.AmountScale, kernel.RateScale} {
			var refused [2]bool
			for i, d := range both {
				got, err := thereAndBack(t, d, field[decimal.Decimal](storage.Amount, scale), x)
				refused[i] = err != nil
				if err != nil && !errors.Is(err, kernel.ErrInvalid) || err == nil && !got.Equal(x) {
					t.Errorf("%s: %s came back as %s, %v", d.name, x, got, err)
				}
			}
			if refused[0] != refused[1] {
				t.Errorf("%s with %d places is refused by one only", x, scale)
			}
		}
	})
}

func TestTimesAndDays(t *testing.T) {
	t.Parallel()
	first, last := time.Date(1, 1, 1, 0, 0, 0, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		sec := rapid.Int64Range(first.Unix()+1, last.Unix()).Draw(t, "sec")
		nsec := rapid.Int64Range(0, 999_999_999).Draw(t, "nsec")
		zone := rapid.IntRange(-14*3600, 14*3600).Draw(t, "zone")
		at := time.Unix(sec, nsec).In(time.FixedZone("", zone))
		day := kernel.Date(rapid.Int32Range(1, int32(lastDay)).Draw(t, "day"))
		got, err := thereAndBack(t, sqliteDialect, field[time.Time](storage.Time, 0), at)
		if err != nil || !got.Equal(kernel.Instant(at)) || got.Location() != time.UTC {
			t.Fatalf("%s came back as %s, %v", at, got, err)
		}
		if got, err := thereAndBack(t, sqliteDialect, field[kernel.Date](storage.Day, 0), day); err != nil || got != day {
			t.Fatalf("%s came back as %s, %v", day, got, err)
		}
	})
	for _, d := range both {
		for name, at := range map[string]time.Time{
			"year 10000": last.Add(time.Second), "year 0": first.AddDate(0, 0, -1), "far": time.Unix(math.MaxInt32*10000, 0),
		} {
			if _, err := thereAndBack(t, d, field[time.Time](storage.Time, 0), at); !errors.Is(err, kernel.ErrInvalid) {
				t.Errorf("%s: a time in %s: %v, want ErrInvalid", d.name, name, err)
			}
		}
		for _, day := range []kernel.Date{-1, lastDay + 1, math.MaxInt32, math.MinInt32} {
			if _, err := thereAndBack(t, d, field[kernel.Date](storage.Day, 0), day); !errors.Is(err, kernel.ErrInvalid) {
				t.Errorf("%s: day %d: %v, want ErrInvalid", d.name, day, err)
			}
		}
	}
}

// TestStrangeValues: what does not belong into a column is an error, not a panic and
// not a guess.
func TestStrangeValues(t *testing.T) {
	t.Parallel()
	p := &plan{Schema: &storage.Schema{Table: "t"}}
	for name, c := range map[string]struct {
		f      *storage.Field
		stored any
	}{
		"text in a number":        {field[int](storage.Int, 0), "7"},
		"too large a number":      {field[int8](storage.Int, 0), int64(300)},
		"a fraction":              {field[int](storage.Int, 0), 1.5},
		"a fraction in money":     {field[decimal.Decimal](storage.Amount, 4), 1.5},
		"words in money":          {field[decimal.Decimal](storage.Amount, 4), "NaN"},
		"a number in text":        {field[string](storage.String, 0), int64(1)},
		"text in a time":          {field[time.Time](storage.Time, 0), "infinity"},
		"text in a day":           {field[kernel.Date](storage.Day, 0), "2026-03-02"},
		"half a document":         {field[map[string]string](storage.JSON, 0), `{"a":`},
		"a time in a flag":        {field[bool](storage.Bool, 0), time.Now()},
		"a flag in a number":      {field[int](storage.Int, 0), true},
		"a number in bytes":       {field[[]byte](storage.Bytes, 0), int64(1)},
		"something of a driver's": {field[int](storage.Int, 0), struct{}{}},
	} {
		v := reflect.New(c.f.Type).Elem()
		if err := p.decode(c.f, c.stored, v); !errors.Is(err, storage.ErrSchema) {
			t.Errorf("%s: %v, want ErrSchema", name, err)
		}
	}
}
