package kernel_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	const huge = math.MaxInt64
	for _, c := range []struct {
		what, total string
		currency    kernel.Currency
		weights     []int64
		want        string
	}{
		{"one beneficiary", "100", "CNY", []int64{1}, "100"},
		{"equal parts, earlier first", "100", "CNY", []int64{1, 1, 1}, "33.34 33.33 33.33"},
		{"two left over", "0.05", "CNY", []int64{7, 7, 7}, "0.02 0.02 0.01"},
		{"many equal parts", "0.03", "CNY", make([]int64, 30), "0.01 0.01 0.01" + strings.Repeat(" 0", 27)},
		{"no weights given: equal parts", "100", "CNY", []int64{0, 0, 0}, "33.34 33.33 33.33"},
		{"whose weight is zero gets nothing", "0.03", "CNY", []int64{0, 1, 0, 1}, "0 0.02 0 0.01"},
		{"by weight", "100", "CNY", []int64{50, 30, 20}, "50 30 20"},
		{"the largest remainder, not the first", "0.10", "CNY", []int64{1, 1, 4}, "0.02 0.02 0.06"},
		{"the largest remainder is last", "1.00", "CNY", []int64{333, 333, 334}, "0.33 0.33 0.34"},
		{"yen have no decimals", "100", "JPY", []int64{1, 2, 3}, "17 33 50"},
		{"less than one unit each", "0.01", "CNY", []int64{1, 1, 1}, "0.01 0 0"},
		{"nothing", "0", "CNY", []int64{3, 4}, "0 0"},
		{"trailing zeros", "1.0000", "CNY", []int64{1, 1}, "0.5 0.5"},
		{"an exponent", "1e2", "CNY", []int64{1, 3}, "25 75"},
		{"weights whose sum leaves an int64", "100", "CNY", []int64{huge, huge, huge}, "33.34 33.33 33.33"},
		{"very unlike weights", "100", "CNY", []int64{1, huge}, "0 100"},
		{"all that fits", "899999999999999.99", "CNY", []int64{huge, huge, huge - 1}, "300000000000000 300000000000000 299999999999999.99"},
	} {
		parts, err := kernel.Split(dec(t, c.total), c.currency, c.weights...)
		var got []string
		for _, p := range parts {
			got = append(got, p.String())
		}
		if strings.Join(got, " ") != c.want || err != nil {
			t.Errorf("%s: %v, %v, want %s", c.what, got, err, c.want)
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, total string
		currency    kernel.Currency
		weights     []int64
	}{
		{"nobody", "1", "CNY", nil},
		{"nobody, nothing", "0", "CNY", []int64{}},
		{"a negative weight", "1", "CNY", []int64{2, -1}},
		{"weights that add up to zero", "1", "CNY", []int64{1, -1}},
		{"a negative total", "-1", "CNY", []int64{1}},
		{"a fraction of a fen", "0.001", "CNY", []int64{1}},
		{"a fraction of a yen", "0.5", "JPY", []int64{1}},
		{"too much", "900000000000000", "CNY", []int64{1}},
		{"an unknown currency", "1", "XTS", []int64{1}},
		{"no currency", "1", "", []int64{1}},
		{"a huge exponent", "1e300", "CNY", []int64{1}},
	} {
		if parts, err := kernel.Split(dec(t, c.total), c.currency, c.weights...); parts != nil || !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%s: %v, %v", c.what, parts, err)
		}
	}
}

// Twenty weights of 1 and twenty of 2 between them: the ten units that are left
// over go to the first ten of those who lack half a unit.
func TestSplitTiesGoToTheEarlier(t *testing.T) {
	t.Parallel()
	var weights []int64
	for i := range int64(40) {
		weights = append(weights, i%2+1)
	}
	parts, err := kernel.Split(dec(t, "30"), "JPY", weights...)
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range parts {
		want := int64(1)
		if i%2 == 0 && i >= 20 {
			want = 0
		}
		if p.IntPart() != want {
			t.Errorf("part %d is %s, want %d", i, p, want)
		}
	}
}

func TestSplitIsFairAndExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]kernel.Currency{"CNY", "JPY"}).Draw(t, "currency")
		total := decimal.New(rapid.Int64Range(0, 89_999_999_999_999_999).Draw(t, "units"), -c.Minor())
		if rapid.Bool().Draw(t, "small") {
			total = decimal.New(rapid.Int64Range(0, 100).Draw(t, "few"), -c.Minor())
		}
		if kernel.FitsAmount(total) != nil {
			t.Skip("JPY beyond the range")
		}
		weight := rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64Range(0, 1000), rapid.Int64Range(0, math.MaxInt64))
		weights := rapid.SliceOfN(weight, 1, 40).Draw(t, "weights")
		parts, err := kernel.Split(total, c, weights...)
		if err != nil || len(parts) != len(weights) {
			t.Fatalf("%v, %v", parts, err)
		}
		checkSplit(t, total, c, weights, parts)
	})
}

// checkSplit holds the parts against what Split promises.
func checkSplit(t interface{ Fatalf(string, ...any) }, total decimal.Decimal, c kernel.Currency, weights []int64, parts []decimal.Decimal) {
	sum, all := decimal.Zero, decimal.Zero
	for i := range parts {
		sum, all = sum.Add(parts[i]), all.Add(decimal.NewFromInt(weights[i]))
	}
	if !sum.Equal(total) {
		t.Fatalf("%v add up to %s, not %s", parts, sum, total)
	}
	unit, equal := decimal.New(1, -c.Minor()), all.IsZero()
	if equal {
		all = decimal.NewFromInt(int64(len(weights)))
	}
	rest := make([]decimal.Decimal, len(parts)) // how much less than the exact share, times all
	for i, p := range parts {
		w := decimal.NewFromInt(weights[i])
		if equal {
			w = decimal.NewFromInt(1)
		}
		rest[i] = total.Mul(w).Sub(p.Mul(all))
		switch {
		case p.IsNegative() || !p.Equal(kernel.Round(p, c)):
			t.Fatalf("part %d is %s", i, p)
		case !rest[i].Abs().LessThan(unit.Mul(all)):
			t.Fatalf("part %d is %s of %s by %d in %s: a unit away from the share", i, p, total, weights[i], all)
		case w.IsZero() && !p.IsZero():
			t.Fatalf("part %d has no weight and gets %s", i, p)
		}
	}
	// Who got a unit more had at least the remainder of who did not, and came first
	// where they are the same.
	for i, up := range rest {
		for j, down := range rest {
			if !up.IsNegative() || down.IsNegative() {
				continue
			}
			switch had := up.Add(unit.Mul(all)); {
			case had.LessThan(down), had.Equal(down) && j < i:
				t.Fatalf("part %d of %v was rounded up before part %d", i, parts, j)
			}
		}
	}
}
