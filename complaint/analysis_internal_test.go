package complaint

import (
	"math/big"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

// Nearest rank, held against a sorted list.
func TestRank(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Int64Range(0, 30), 1, 60).Draw(t, "days")
		percent := rapid.Int64Range(1, 100).Draw(t, "percent")
		values := map[int64]int64{}
		for _, v := range list {
			values[v]++
		}
		slices.Sort(list)
		n := int64(len(list))
		want := list[(n*percent+99)/100-1]
		if r := rank(values, n, percent); r != want {
			t.Fatalf("%d, want %d", r, want)
		}
	})
	if rank(nil, 0, 50) != 0 {
		t.Error("the rank of nothing")
	}
}

// A ratio is rounded once, half to even, as exact fractions say.
func TestRatio(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.Int64Range(0, 1_000_000).Draw(t, "a")
		b := rapid.Int64Range(1, 10_000).Draw(t, "b")
		exact := new(big.Rat).Mul(big.NewRat(a, b), big.NewRat(100, 1))
		low := new(big.Int).Quo(exact.Num(), exact.Denom())
		rest := new(big.Rat).Sub(exact, new(big.Rat).SetInt(low))
		if c := rest.Cmp(big.NewRat(1, 2)); c > 0 || c == 0 && low.Bit(0) == 1 {
			low.Add(low, big.NewInt(1))
		}
		want := decimal.NewFromBigInt(low, -2)
		if r := ratio(decimal.NewFromInt(a), decimal.NewFromInt(b), 2); !r.Equal(want) {
			t.Fatalf("%d / %d = %s, want %s", a, b, r, want)
		}
	})
	for _, tt := range []struct {
		part, of int64
		want     string
	}{{0, 0, "0"}, {1, 3, "0.3333"}, {2, 3, "0.6667"}, {5, 5, "1"}, {1, 32, "0.0312"}, {3, 32, "0.0938"}} {
		if r := (Share{tt.part, tt.of}).Rate(); r.String() != tt.want {
			t.Errorf("%d of %d: %s", tt.part, tt.of, r)
		}
	}
}

// The tree of causes is sound: no code twice, every branch above its twigs.
func TestTheTreeOfCauses(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range DefaultCauses() {
		if seen[c.Code] || c.Label.EN == "" || c.Label.ZH == "" {
			t.Errorf("%+v", c)
		}
		if i := slices.Index([]byte(c.Code), '.'); i >= 0 && !seen[c.Code[:i]] {
			t.Errorf("%s hangs in the air", c.Code)
		}
		seen[c.Code] = true
	}
}
