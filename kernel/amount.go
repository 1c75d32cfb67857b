package kernel

import (
	"fmt"
	"sort"

	"github.com/shopspring/decimal"
)

// Amounts are decimals with at most [AmountScale] places, below [MaxAmount] in
// either direction; rates and percentages have at most [RateScale] places. What
// does not fit is refused, never rounded.
const (
	AmountScale = 4
	RateScale   = 8
)

// MaxAmount bounds amounts: 900 trillion of the currency's unit, the largest round
// figure whose ten-thousandths fit into 63 bits.
var MaxAmount = decimal.New(900, 12)

// FitsAmount says why d cannot be stored as an amount; nil when it can.
func FitsAmount(d decimal.Decimal) error { return fits(d, AmountScale, MaxAmount) }

// FitsRate says why d cannot be stored as a rate; nil when it can. Rates lie
// below 90 billion.
func FitsRate(d decimal.Decimal) error {
	return fits(d, RateScale, MaxAmount.Shift(AmountScale-RateScale))
}

func fits(d decimal.Decimal, scale int32, limit decimal.Decimal) error {
	if d.Exponent() < -64 || d.Exponent() > 64 {
		return fmt.Errorf("too many digits: %w", ErrInvalid)
	}
	if d.Abs().GreaterThanOrEqual(limit) {
		return fmt.Errorf("not below %s: %w", limit, ErrInvalid)
	}
	if d.Exponent() < -scale && !d.Equal(d.Truncate(scale)) {
		return fmt.Errorf("more than %d decimals: %w", scale, ErrInvalid)
	}
	return nil
}

// CheckAmount notes a fault unless d is an amount of the currency that is not
// negative: it fits, and it has no more decimals than the currency has.
func CheckAmount(f *FieldErrors, path string, d decimal.Decimal, c Currency) {
	switch err := FitsAmount(d); {
	case err != nil:
		f.Add(path, "range", "%s", err)
	case d.IsNegative():
		f.Add(path, "range", "an amount is not negative")
	case c.Known() && !d.Equal(d.Truncate(c.Minor())):
		f.Add(path, "range", "%s has %d decimals", c, c.Minor())
	}
}

// Currency is an ISO 4217 code.
type Currency string

// CNY is the renminbi, the currency where none is said.
const CNY Currency = "CNY"

// Places of the currencies that a Chinese insurer writes in.
var minorUnits = map[Currency]int32{
	CNY: 2, "HKD": 2, "MOP": 2, "TWD": 2, "USD": 2, "EUR": 2, "GBP": 2, "AUD": 2, "CAD": 2,
	"CHF": 2, "SGD": 2, "THB": 2, "MYR": 2, "NZD": 2, "RUB": 2, "JPY": 0, "KRW": 0, "VND": 0,
}

// Known reports whether the library knows the currency's minor unit.
func (c Currency) Known() bool { _, ok := minorUnits[c]; return ok }

// Minor returns the currency's decimals: 2 for CNY, 0 for JPY.
func (c Currency) Minor() int32 { return minorUnits[c] }

// Or returns c, or d when c is empty.
func (c Currency) Or(d Currency) Currency {
	if c == "" {
		return d
	}
	return c
}

// CheckCurrency notes a fault unless the currency is known.
func CheckCurrency(f *FieldErrors, path string, c Currency) {
	if !c.Known() {
		f.Add(path, "currency", "unknown currency")
	}
}

// Round returns d rounded half-even to the currency's minor unit.
func Round(d decimal.Decimal, c Currency) decimal.Decimal { return d.RoundBank(c.Minor()) }

// Split divides total by integer weights into parts of the currency's minor unit
// that add up to it exactly (largest remainder; ties go to the earlier part). All
// weights zero means equal parts. It refuses a negative weight, no weights, and a
// total that is negative or finer than the minor unit.
func Split(total decimal.Decimal, c Currency, weights ...int64) ([]decimal.Decimal, error) {
	places := c.Minor()
	units := total.Shift(places)
	if total.IsNegative() || !units.IsInteger() {
		return nil, fmt.Errorf("the total is not a whole amount of %s: %w", c, ErrInvalid)
	}
	sum := decimal.Zero
	for _, w := range weights {
		if w < 0 {
			return nil, fmt.Errorf("a weight is negative: %w", ErrInvalid)
		}
		sum = sum.Add(decimal.NewFromInt(w))
	}
	if len(weights) == 0 {
		return nil, fmt.Errorf("nobody to split between: %w", ErrInvalid)
	}
	if sum.IsZero() {
		equal := make([]int64, len(weights))
		for i := range equal {
			equal[i] = 1
		}
		return Split(total, c, equal...)
	}
	parts, rest := make([]decimal.Decimal, len(weights)), make([]decimal.Decimal, len(weights))
	order, left := make([]int, len(weights)), units
	for i, w := range weights {
		parts[i], rest[i] = units.Mul(decimal.NewFromInt(w)).QuoRem(sum, 0)
		left, order[i] = left.Sub(parts[i]), i
	}
	sort.SliceStable(order, func(a, b int) bool { return rest[order[a]].GreaterThan(rest[order[b]]) })
	for _, i := range order[:left.IntPart()] {
		parts[i] = parts[i].Add(decimal.NewFromInt(1))
	}
	for i := range parts {
		parts[i] = parts[i].Shift(-places)
	}
	return parts, nil
}
