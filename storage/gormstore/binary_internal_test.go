package gormstore

import (
	"encoding/binary"
	"math/big"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// wire writes an amount as PostgreSQL sends it.
func wire(coefficient *big.Int, places int) []byte {
	var digits []int
	n, base, m := new(big.Int).Abs(coefficient), big.NewInt(10_000), new(big.Int)
	for n.Sign() > 0 {
		n.DivMod(n, base, m)
		digits = append([]int{int(m.Int64())}, digits...)
	}
	weight := len(digits) - 1 - places
	for len(digits) > 0 && digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	sign := 0
	if coefficient.Sign() < 0 {
		sign = 0x4000
	}
	var b []byte
	for _, w := range append([]int{len(digits), weight, sign, 4 * places}, digits...) {
		b = binary.BigEndian.AppendUint16(b, uint16(w))
	}
	return b
}

func TestNumericProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n, places := big.NewInt(rapid.Int64().Draw(t, "coefficient")), rapid.IntRange(0, 2).Draw(t, "places")
		if rapid.Bool().Draw(t, "a sum") {
			n.Mul(n, big.NewInt(rapid.Int64().Draw(t, "factor")))
		}
		want := decimal.NewFromBigInt(n, int32(-4*places))
		if got, ok := numeric(wire(n, places)); !ok || !got.Equal(want) {
			t.Errorf("%s came as %s, %t", want, got, ok)
		}
	})
}

// FuzzNumeric: no bytes make it panic.
func FuzzNumeric(f *testing.F) {
	f.Add(wire(big.NewInt(123_4567), 1))
	f.Add([]byte{0, 0, 0, 0, 0xc0, 0, 0, 0}) // NaN
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, ok := numeric(b); ok && n.Exponent() > 0 {
			t.Errorf("%x is %s", b, n)
		}
	})
}

// What leaves by COPY is read as what it was.
func TestAmountsLeaveAsTheyAre(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scale := rapid.SampledFrom([]int32{4, 8}).Draw(t, "scale")
		want := decimal.New(rapid.Int64Range(-9e18, 9e18).Draw(t, "coefficient")/rapid.SampledFrom([]int64{1, 1e4, 1e9, 1e17}).Draw(t, "size"), -scale)
		if want.IsZero() {
			return
		}
		b := appendNumeric(nil, want.StringFixed(scale))
		if n := binary.BigEndian.Uint32(b); int(n) != len(b)-4 {
			t.Fatalf("%s: %d bytes in a cell of %d", want, len(b)-4, n)
		}
		if got, ok := numeric(b[4:]); !ok || !got.Equal(want) || got.Exponent() != -scale {
			t.Errorf("%s came as %s, %t", want, got, ok)
		}
	})
}
