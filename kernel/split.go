package kernel

import (
	"sort"

	"github.com/shopspring/decimal"
)

// Split divides total by integer weights into parts of the currency's minor unit
// that add up to it exactly (largest remainder; ties go to the earlier part). Each
// part is less than one minor unit away from its exact share, and whose weight is
// zero gets nothing; all weights zero means equal parts. A negative weight, no
// weights, an unknown currency, and a total that is negative, finer than the minor
// unit or no amount ([FitsAmount]) are [ErrInvalid].
func Split(total decimal.Decimal, c Currency, weights ...int64) ([]decimal.Decimal, error) {
	if !c.Known() {
		return nil, refuse("unknown currency")
	}
	var f FieldErrors
	if CheckAmount(&f, "total", total, c); f.Err() != nil {
		return nil, f.Err()
	}
	places := c.Minor()
	units := total.Shift(places)
	sum := decimal.Zero
	for _, w := range weights {
		if w < 0 {
			return nil, refuse("a weight is negative")
		}
		sum = sum.Add(decimal.NewFromInt(w))
	}
	if len(weights) == 0 {
		return nil, refuse("nobody to split between")
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
