package engine

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// digestInput returns a keyed digest of what the caller gave, personal data
// included, by which a retry is told from another command under the same key. Keyed,
// because identity numbers can be guessed.
func digestInput(tx *storage.GuardTx, id kernel.ID, input any) ([]byte, error) {
	return digestValue(tx, id, reflect.ValueOf(input))
}

func digestValue(tx *storage.GuardTx, id kernel.ID, input reflect.Value) ([]byte, error) {
	room := rooms.Get().(*[]byte)
	defer rooms.Put(room)
	b := appendText((*room)[:0], string(id))
	if input.IsValid() {
		b = appendValue(b, input)
	}
	digest, err := tx.Index("crm_journal.input", string(b))
	clear(b) // it was personal
	*room = b
	return digest, err
}

var rooms = sync.Pool{New: func() any { return new([]byte) }}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendValue writes a value in a form that is the same for equal values.
func appendValue(b []byte, v reflect.Value) []byte {
	b = append(b, byte(v.Kind()))
	if v.CanInterface() {
		switch v.Type() {
		case typeSecret:
			x := held[privacy.Secret](v)
			plain, _ := x.Plain()
			return appendText(appendText(b, plain), string(x.Stored()))
		case typeDecimal:
			x := held[decimal.Decimal](v)
			if e := x.Exponent(); e < -64 || e > 64 { // written out it would fill memory; it is refused later
				return binary.AppendVarint(append(b, x.Coefficient().Bytes()...), int64(e))
			}
			if x.IsZero() && x.Exponent() == 0 { // as most are
				return appendText(b, "0")
			}
			return appendText(b, x.String())
		case typeTime:
			return binary.AppendVarint(b, held[time.Time](v).UnixMicro())
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		for i, name := range names(v.Type()) {
			b = appendValue(appendText(b, name), v.Field(i))
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			b = appendValue(b, v.Elem())
		}
	case reflect.Slice, reflect.Array:
		b = binary.AppendUvarint(b, uint64(v.Len()))
		for i := range v.Len() {
			b = appendValue(b, v.Index(i))
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(x, y reflect.Value) int {
			return slices.Compare(appendValue(nil, x), appendValue(nil, y))
		})
		b = binary.AppendUvarint(b, uint64(len(keys)))
		for _, k := range keys {
			b = appendValue(appendValue(b, k), v.MapIndex(k))
		}
	case reflect.String:
		b = appendText(b, v.String())
	case reflect.Bool:
		if v.NumMethod() == 0 {
			return appendText(b, strconv.FormatBool(v.Bool()))
		}
		b = appendText(b, fmt.Sprint(v))
	default:
		b = appendText(b, fmt.Sprint(v)) // numbers; a day as its text
	}
	return b
}

var (
	typeSecret  = reflect.TypeFor[privacy.Secret]()
	typeDecimal = reflect.TypeFor[decimal.Decimal]()
	typeTime    = reflect.TypeFor[time.Time]()
)

// held returns the value itself, without a copy on the heap where that can be had.
func held[T any](v reflect.Value) T {
	if v.CanAddr() {
		return *v.Addr().Interface().(*T)
	}
	return v.Interface().(T)
}

var fieldNames sync.Map // reflect.Type of a struct → []string

// names returns the names of a struct's fields.
func names(t reflect.Type) []string {
	if list, ok := fieldNames.Load(t); ok {
		return list.([]string)
	}
	list := make([]string, t.NumField())
	for i := range list {
		list[i] = t.Field(i).Name
	}
	fieldNames.Store(t, list)
	return list
}
