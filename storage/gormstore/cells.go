package gormstore

import (
	"encoding/binary"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// null is the size of what is not there.
const null = ^uint32(0)

// size begins a cell.
func size(b []byte, n int) []byte {
	return binary.BigEndian.AppendUint32(b, uint32(n)) //nolint:gosec // far below 1 GB
}

// appendCell writes a field in PostgreSQL's binary form, as [dialect.encode] hands it
// over as an argument. v is addressable. When there is an error, what was written is void.
func appendCell(b []byte, f *storage.Field, v reflect.Value) ([]byte, error) {
	word := binary.BigEndian.AppendUint64
	switch f.Kind {
	case storage.String:
		s := v.String()
		return append(size(b, len(s)), s...), storage.CheckText(s)
	case storage.Int:
		return word(size(b, 8), uint64(v.Int())), nil //nolint:gosec // two's complement
	case storage.Bool:
		bit := byte(0)
		if v.Bool() {
			bit = 1
		}
		return append(size(b, 1), bit), nil
	case storage.Amount:
		x := *v.Addr().Interface().(*decimal.Decimal)
		if err := f.Fits(x); err != nil {
			return b, err
		}
		if x.IsZero() { // as most are
			return append(size(b, 8), 0, 0, 0, 0, 0, 0, 0, byte(f.Scale)), nil
		}
		return appendNumeric(b, x.StringFixed(f.Scale)), nil
	}
	if f.IsNull(v) {
		return binary.BigEndian.AppendUint32(b, null), nil
	}
	switch f.Kind {
	case storage.UUID:
		id, err := uuid.Parse(v.String())
		if err != nil || !isKey(v.String()) {
			return b, fmt.Errorf("not a key: %w", kernel.ErrInvalid)
		}
		return append(size(b, len(id)), id[:]...), nil
	case storage.Time:
		at, err := checkTime(*v.Addr().Interface().(*time.Time))
		return word(size(b, 8), uint64(at.UnixMicro()-epochMicros)), err //nolint:gosec // two's complement
	case storage.Day:
		day := kernel.Date(v.Int())
		return binary.BigEndian.AppendUint32(size(b, 4), uint32(int32(day.UnixDays()-epochDays))), checkDay(day) //nolint:gosec // years 1 to 9999
	case storage.Bytes:
		return append(size(b, v.Len()), v.Bytes()...), nil
	case storage.Sealed:
		s := v.Addr().Interface().(*privacy.Secret)
		if !s.IsSealed() {
			return b, privacy.ErrNotSealed
		}
		stored := s.Stored()
		return append(size(b, len(stored)), stored...), nil
	default:
		doc, err := storage.MarshalJSON(v.Interface())
		return append(size(b, len(doc)), doc...), err
	}
}

// appendNumeric writes an amount other than zero, with four or eight places; see [numeric].
func appendNumeric(b []byte, x string) []byte {
	sign := uint16(0)
	if rest, negative := strings.CutPrefix(x, "-"); negative {
		x, sign = rest, 0x4000
	}
	whole, places, _ := strings.Cut(x, ".")
	for len(whole)%4 != 0 {
		whole = "0" + whole
	}
	weight := len(whole)/4 - 1
	var room [16]uint16
	digits := room[:0]
	for all := whole + places; all != ""; all = all[4:] {
		n, _ := strconv.ParseUint(all[:4], 10, 16)
		if len(digits) == 0 && n == 0 {
			weight--
			continue
		}
		digits = append(digits, uint16(n))
	}
	for len(digits) > 0 && digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	word := binary.BigEndian.AppendUint16
	b = word(word(size(b, 8+2*len(digits)), uint16(len(digits))), uint16(int16(weight))) //nolint:gosec // a few
	b = word(word(b, sign), uint16(len(places)))                                         //nolint:gosec // four or eight
	for _, n := range digits {
		b = word(b, n)
	}
	return b
}
