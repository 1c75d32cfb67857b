package kernel_test

import (
	"errors"
	"math"
	"math/big"
	"runtime"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
)

func dec(t testing.TB, s string) decimal.Decimal {
	t.Helper()
	d, err := decimal.NewFromString(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWhatFits(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d            string
		amount, rate bool
	}{
		{"0", true, true},
		{"-0.0001", true, true},
		{"0.0001", true, true},
		{"0.00001", false, true},
		{"0.00010", true, true},
		{"0.00000001", false, true},
		{"0.000000001", false, false},
		{"1.00000000000000000000", true, true},
		{"89999999999.99999999", false, true},
		{"-89999999999.99999999", false, true},
		{"90000000000", true, false},
		{"-90000000000", true, false},
		{"899999999999999.9999", true, false},
		{"-899999999999999.9999", true, false},
		{"899999999999999.99999", false, false},
		{"900000000000000", false, false},
		{"-900000000000000", false, false},
		{"9e14", false, false},
		{"8e14", true, false},
		{"1e64", false, false},
		{"1e65", false, false},
		{"1e300", false, false},
		{"-1e300", false, false},
		{"1e-300", false, false},
		{"0e-300", false, false},
	} {
		d := dec(t, c.d)
		if err := kernel.FitsAmount(d); (err == nil) != c.amount || err != nil && !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%s as an amount: %v", c.d, err)
		}
		if err := kernel.FitsRate(d); (err == nil) != c.rate || err != nil && !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%s as a rate: %v", c.d, err)
		}
	}
}

func TestWhatFitsGoesInto63Bits(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]struct {
		scale int32
		fits  func(decimal.Decimal) error
	}{"amount": {kernel.AmountScale, kernel.FitsAmount}, "rate": {kernel.RateScale, kernel.FitsRate}} {
		rapid.Check(t, func(t *rapid.T) {
			d := decimal.New(rapid.Int64().Draw(t, "coefficient"), rapid.Int32Range(-64, 64).Draw(t, "exponent"))
			units := new(big.Rat).Mul(d.Rat(), new(big.Rat).SetInt(decimal.New(1, n.scale).BigInt()))
			want := units.IsInt() && new(big.Int).Abs(units.Num()).Cmp(big.NewInt(9e18)) < 0
			if got := n.fits(d); (got == nil) != want {
				t.Fatalf("%s: %v fits: %v", name, d, got)
			}
		})
	}
}

// Not parallel, so that what it measures is its own.
func TestHugeExponentsCostNothing(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, exp := range []int32{math.MinInt32, math.MinInt32 + 1, -100_000_000, -1_000_000, 1_000_000, 100_000_000, math.MaxInt32} {
		for _, n := range []int64{-1, 0, 1, math.MaxInt64} {
			d := decimal.New(n, exp)
			if kernel.FitsAmount(d) == nil || kernel.FitsRate(d) == nil {
				t.Errorf("%de%d fits", n, exp)
			}
			var f kernel.FieldErrors
			if kernel.CheckAmount(&f, "amount", d, kernel.CNY); codes(&f) != "range" {
				t.Errorf("%de%d is an amount: %q", n, exp, codes(&f))
			}
			if parts, err := kernel.Split(d, kernel.CNY, 1, 1); !errors.Is(err, kernel.ErrInvalid) {
				t.Errorf("%de%d is split: %v, %v", n, exp, parts, err)
			}
			if r := kernel.Round(d, "JPY"); exp < 0 && !r.IsZero() || exp > 0 && (r.Exponent() != exp || r.CoefficientInt64() != n) {
				t.Errorf("%de%d is rounded", n, exp)
			}
		}
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 1<<20 {
		t.Errorf("%d bytes", used)
	}
}

func TestCheckAmount(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d, want  string // the fault's message
		currency kernel.Currency
	}{
		{"0", "", kernel.CNY},
		{"0.01", "", kernel.CNY},
		{"0.010", "", kernel.CNY},
		{"0.001", "CNY has 2 decimals", kernel.CNY},
		{"-0.01", "an amount is not negative", kernel.CNY},
		{"1.00", "", "JPY"},
		{"1.5", "JPY has 0 decimals", "JPY"},
		{"899999999999999.99", "", kernel.CNY},
		{"900000000000000", "not below 900000000000000", kernel.CNY},
		{"-900000000000000", "not below 900000000000000", kernel.CNY},
		{"0.00001", "more than 4 decimals", kernel.CNY},
		{"1e-300", "too many digits", kernel.CNY},
		{"0.0001", "", "XTS"}, // CheckCurrency refuses it
		{"0.0001", "", ""},
	} {
		var f kernel.FieldErrors
		kernel.CheckAmount(&f, "lines[0].amount", dec(t, c.d), c.currency)
		var want []kernel.Fault
		if c.want != "" {
			want = []kernel.Fault{{Path: "lines[0].amount", Code: "range", Message: c.want}}
		}
		if len(f.Faults) != len(want) || len(want) > 0 && f.Faults[0] != want[0] {
			t.Errorf("%s %s: %+v, want %+v", c.d, c.currency, f.Faults, want)
		}
	}
}

func TestCurrencies(t *testing.T) {
	t.Parallel()
	for c, want := range map[kernel.Currency]int32{kernel.CNY: 2, "HKD": 2, "JPY": 0, "KRW": 0, "VND": 0} {
		if !c.Known() || c.Minor() != want {
			t.Errorf("%s: known %v, %d decimals", c, c.Known(), c.Minor())
		}
	}
	for _, c := range []kernel.Currency{"", "cny", "XXX", "CNY ", "人民币"} {
		if c.Known() || c.Minor() != kernel.AmountScale {
			t.Errorf("%q: known %v, %d decimals", c, c.Known(), c.Minor())
		}
	}
	if got := kernel.Currency("").Or(kernel.CNY); got != kernel.CNY {
		t.Errorf("none or CNY = %q", got)
	}
	if got := kernel.Currency("USD").Or(kernel.CNY); got != "USD" {
		t.Errorf("USD or CNY = %q", got)
	}
	var f kernel.FieldErrors
	kernel.CheckCurrency(&f, "a", kernel.CNY)
	kernel.CheckCurrency(&f, "b", "")
	kernel.CheckCurrency(&f, "c", "cny")
	if got := strings.Join(paths(f.Err()), " "); got != "b c" || codes(&f) != "currency currency" {
		t.Errorf("faults at %s: %s", got, codes(&f))
	}
}

func TestRoundHalfEven(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ d, cny, jpy string }{
		{"0", "0", "0"},
		{"0.004", "0", "0"},
		{"0.005", "0", "0"},
		{"0.0050001", "0.01", "0"},
		{"0.015", "0.02", "0"},
		{"0.025", "0.02", "0"},
		{"0.035", "0.04", "0"},
		{"-0.005", "0", "0"},
		{"-0.015", "-0.02", "0"},
		{"-0.025", "-0.02", "0"},
		{"0.5", "0.5", "0"},
		{"1.5", "1.5", "2"},
		{"2.5", "2.5", "2"},
		{"3.5", "3.5", "4"},
		{"-1.5", "-1.5", "-2"},
		{"-2.5", "-2.5", "-2"},
		{"2.5000000000000000000000001", "2.5", "3"},
		{"2.4999999999999999999999999", "2.5", "2"},
		{"0.99", "0.99", "1"},
		{"9.995", "10", "10"},
		{"99.985", "99.98", "100"},
		{"1234567.895", "1234567.9", "1234568"},
		{"1e5", "100000", "100000"},
		{"0.1", "0.1", "0"},
		{"0.05", "0.05", "0"},
		{"1e-300", "0", "0"},
		{"899999999999999.995", "900000000000000", "900000000000000"},
	} {
		d := dec(t, c.d)
		if got := kernel.Round(d, kernel.CNY); !got.Equal(dec(t, c.cny)) {
			t.Errorf("Round(%s, CNY) = %s, want %s", c.d, got, c.cny)
		}
		if got := kernel.Round(d, "JPY"); !got.Equal(dec(t, c.jpy)) {
			t.Errorf("Round(%s, JPY) = %s, want %s", c.d, got, c.jpy)
		}
	}
	// Nothing is taken from a currency that is not known.
	if got := kernel.Round(dec(t, "1.23455"), "KWD"); got.String() != "1.2346" {
		t.Errorf("Round(1.23455, KWD) = %s", got)
	}
}

func TestRoundIsTheNearestEven(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]kernel.Currency{"CNY", "JPY", "KWD"}).Draw(t, "currency")
		d := decimal.New(rapid.Int64Range(-1_000_000, 1_000_000).Draw(t, "coefficient"), rapid.Int32Range(-9, 3).Draw(t, "exponent"))
		got := kernel.Round(d, c)
		unit := decimal.New(1, -c.Minor())
		if !got.Shift(c.Minor()).IsInteger() {
			t.Fatalf("Round(%s, %s) = %s", d, c, got)
		}
		switch twice := got.Sub(d).Abs().Mul(decimal.NewFromInt(2)); twice.Cmp(unit) {
		case 1:
			t.Fatalf("Round(%s, %s) = %s", d, c, got)
		case 0:
			if got.Shift(c.Minor()).BigInt().Bit(0) != 0 {
				t.Fatalf("Round(%s, %s) = %s, which is odd", d, c, got)
			}
		}
		if again := kernel.Round(got, c); !again.Equal(got) {
			t.Fatalf("%s is rounded to %s", got, again)
		}
	})
}
