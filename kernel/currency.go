package kernel

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

// Minor returns the currency's decimals: 2 for CNY, 0 for JPY. A currency that is
// not known has [AmountScale], so that [Round] takes nothing away from it that can
// be stored.
func (c Currency) Minor() int32 {
	if n, ok := minorUnits[c]; ok {
		return n
	}
	return AmountScale
}

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
