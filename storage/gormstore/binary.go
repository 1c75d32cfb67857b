package gormstore

import (
	"encoding/binary"
	"encoding/json"
	"math/big"
	"reflect"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// PostgreSQL counts time from 2000-01-01.
const (
	epochMicros = 946_684_800_000_000
	epochDays   = 10_957
)

// decodeBinary puts what PostgreSQL sends in its binary form into a field, without a
// detour over a driver's values. It reports false for what does not fit.
func decodeBinary(f *storage.Field, b []byte, v reflect.Value) bool {
	switch f.Kind {
	case storage.String:
		v.SetString(string(b))
	case storage.UUID:
		id, err := uuid.FromBytes(b)
		if err != nil {
			return false
		}
		v.SetString(id.String())
	case storage.Int:
		if len(b) != 8 || v.OverflowInt(int64(binary.BigEndian.Uint64(b))) {
			return false
		}
		v.SetInt(int64(binary.BigEndian.Uint64(b)))
	case storage.Bool:
		if len(b) != 1 {
			return false
		}
		v.SetBool(b[0] != 0)
	case storage.Time:
		if len(b) != 8 {
			return false
		}
		*v.Addr().Interface().(*time.Time) = time.UnixMicro(int64(binary.BigEndian.Uint64(b)) + epochMicros).UTC()
	case storage.Day:
		if len(b) != 4 {
			return false
		}
		v.SetInt(int64(kernel.DateFromUnixDays(int64(int32(binary.BigEndian.Uint32(b))) + epochDays)))
	case storage.Amount:
		n, ok := numeric(b)
		*v.Addr().Interface().(*decimal.Decimal) = n
		return ok
	case storage.Bytes:
		if len(b) > 0 {
			v.SetBytes(append([]byte(nil), b...))
		}
	case storage.Sealed:
		*v.Addr().Interface().(*privacy.Secret) = privacy.Sealed(b)
	case storage.JSON: // a text
		return json.Unmarshal(b, v.Addr().Interface()) == nil
	default:
		return false
	}
	return true
}

// numeric reads PostgreSQL's numeric: a head of four 16-bit words (how many digits,
// weight of the first, sign, places to show) and digits to the base of 10 000. With four
// or eight places the digits end where the coefficient does.
func numeric(b []byte) (decimal.Decimal, bool) {
	if len(b) < 8 || len(b)%2 != 0 {
		return decimal.Decimal{}, false
	}
	word := func(i int) int { return int(binary.BigEndian.Uint16(b[2*i:])) }
	digits, weight, sign, places := word(0), int(int16(word(1))), word(2), (word(3)+3)/4
	if len(b) != 8+2*digits || sign != 0 && sign != 0x4000 || digits > weight+1+places {
		return decimal.Decimal{}, false
	}
	digit := func(i int) int64 {
		if i >= digits {
			return 0
		}
		return int64(word(4 + i))
	}
	scale := int32(-4 * places)
	if n := weight + 1 + places; n <= 4 { // fits whatever the digits are
		sum := int64(0)
		for i := range max(n, 0) {
			sum = 10_000*sum + digit(i)
		}
		if sign != 0 {
			sum = -sum
		}
		return decimal.New(sum, scale), true
	}
	sum, base := new(big.Int), big.NewInt(10_000)
	for i := range weight + 1 + places {
		sum.Add(sum.Mul(sum, base), big.NewInt(digit(i)))
	}
	if sign != 0 {
		sum.Neg(sum)
	}
	return decimal.NewFromBigInt(sum, scale), true
}
