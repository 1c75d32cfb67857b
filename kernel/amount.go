package kernel

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Amounts are decimals with at most [AmountScale] places, below [MaxAmount] in
// either direction; rates and percentages have at most [RateScale] places. What
// does not fit is refused, never rounded. A decimal whose exponent is beyond 64
// either way is refused unseen: with 1e1000000 even a comparison takes seconds.
const (
	AmountScale = 4
	RateScale   = 8
)

// MaxAmount bounds amounts: 900 trillion of the currency's unit, the largest round
// figure whose ten-thousandths fit into 63 bits.
var MaxAmount = decimal.New(900, 12)

// FitsAmount says why d cannot be stored as an amount; nil when it can. The error
// is an [ErrInvalid].
func FitsAmount(d decimal.Decimal) error { return refuse(misfit(d, AmountScale)) }

// FitsRate says why d cannot be stored as a rate; nil when it can. Rates lie
// below 90 billion in either direction. The error is an [ErrInvalid].
func FitsRate(d decimal.Decimal) error { return refuse(misfit(d, RateScale)) }

func refuse(why string) error {
	if why == "" {
		return nil
	}
	return fmt.Errorf("%s: %w", why, ErrInvalid)
}

// misfit says why d is no number of so many decimals that fits into 63 bits.
func misfit(d decimal.Decimal, scale int32) string {
	limit := MaxAmount
	if scale != AmountScale {
		limit = MaxAmount.Shift(AmountScale - scale)
	}
	switch {
	case d.Exponent() < -64 || d.Exponent() > 64:
		return "too many digits"
	case d.IsZero(): // as most are
		return ""
	case d.Abs().GreaterThanOrEqual(limit):
		return fmt.Sprintf("not below %s", limit)
	case d.Exponent() < -scale && !d.Equal(d.Truncate(scale)):
		return fmt.Sprintf("more than %d decimals", scale)
	}
	return ""
}

// CheckAmount notes a fault unless d is an amount of the currency that is not
// negative: it fits, and it has no more decimals than the currency has. Whether
// the currency is known is for [CheckCurrency] to say.
func CheckAmount(f *FieldErrors, path string, d decimal.Decimal, c Currency) {
	switch why := misfit(d, AmountScale); {
	case why != "":
		f.Add(path, "range", "%s", why)
	case d.IsNegative():
		f.Add(path, "range", "an amount is not negative")
	case !d.Equal(d.Truncate(c.Minor())):
		f.Add(path, "range", "%s has %d decimals", c, c.Minor())
	}
}

// Round returns d rounded half-even to the currency's minor unit. It takes time by
// the digits of d, not by its exponent.
func Round(d decimal.Decimal, c Currency) decimal.Decimal {
	places, exp := int64(c.Minor()), int64(d.Exponent())
	switch {
	case exp >= -places:
		return d
	case int64(d.NumDigits())+exp < -places: // below a tenth of the minor unit
		return decimal.Zero
	}
	return d.RoundBank(c.Minor())
}
