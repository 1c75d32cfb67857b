package claim

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Part is what one of those entitled receives.
type Part struct {
	Party  kernel.Ref
	Amount decimal.Decimal
}

// Shares divides a death benefit among those entitled: the lowest order of which somebody
// is left takes all, by weights, or equally where there are none. The parts add up to the
// amount exactly. Who has forfeited their right is passed over, and the others of the
// order, then those of the next, get it (Insurance Law article 43). When nobody is left it
// goes to the estate (article 42), whose receiver must be named: otherwise the error is a
// [kernel.FieldErrors] on "estate".
func Shares(amount decimal.Decimal, cur kernel.Currency, entitled []kernel.Share, forfeited []kernel.Ref, estate kernel.Ref) ([]Part, error) {
	if amount.IsZero() {
		return nil, nil
	}
	order := 0
	var left []kernel.Share
	for _, s := range entitled {
		switch {
		case slices.Contains(forfeited, s.Party):
		case len(left) == 0 || s.Order < order:
			left, order = []kernel.Share{s}, s.Order
		case s.Order == order:
			left = append(left, s)
		}
	}
	if len(left) == 0 {
		if estate == "" {
			return nil, kernel.Invalid("estate", "required", "nobody is entitled: say who receives for the estate")
		}
		return []Part{{estate, amount}}, nil
	}
	weights := make([]int64, len(left))
	for i, s := range left {
		weights[i] = s.Weight
	}
	split, err := kernel.Split(amount, cur, weights...)
	if err != nil {
		return nil, err
	}
	var parts []Part
	for i, s := range left {
		if !split[i].IsPositive() {
			continue
		}
		if n := slices.IndexFunc(parts, func(p Part) bool { return p.Party == s.Party }); n >= 0 {
			parts[n].Amount = parts[n].Amount.Add(split[i])
			continue
		}
		parts = append(parts, Part{s.Party, split[i]})
	}
	return parts, nil
}
