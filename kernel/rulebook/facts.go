package rulebook

import (
	"reflect"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Facts are what a clock may ask about a case or about what happened to it, by name:
// "line", "group", "amount", "received_at". Values are strings, booleans, whole
// numbers, [decimal.Decimal], [time.Time] and [kernel.Date], or types made of these.
// Anything else, and a name that is not there, matches no condition but a "not".
// Nil is fine.
type Facts map[string]any

// fact finds a fact of what happened, else of the case.
func (h *Happening) fact(name string) (any, bool) {
	if v, ok := h.Facts[name]; ok {
		return v, true
	}
	if v, ok := h.Case[name]; ok || name != factState {
		return v, ok
	}
	return h.To, h.To != ""
}

// factState is known of itself.
const factState = "state"

// text is the form in which a fact is compared with a word of the data.
func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case int:
		return strconv.Itoa(v), true
	case decimal.Decimal:
		return v.String(), true
	case kernel.Date:
		return v.String(), true
	case nil, time.Time:
		return "", false
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return r.String(), true
	case reflect.Bool:
		return strconv.FormatBool(r.Bool()), true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(r.Int(), 10), true
	}
	return "", false
}

// number reads a fact as a number. Amounts may come as text, as the journal keeps them.
func number(v any) (decimal.Decimal, bool) {
	d, ok := anyNumber(v)
	if e := d.Exponent(); e < -maxExponent || e > maxExponent {
		return decimal.Decimal{}, false // comparing it would write it out
	}
	return d, ok
}

const maxExponent = 40

func anyNumber(v any) (decimal.Decimal, bool) {
	switch v := v.(type) {
	case decimal.Decimal:
		return v, true
	case int:
		return decimal.NewFromInt(int64(v)), true
	case int64:
		return decimal.NewFromInt(v), true
	case string:
		if len(v) > maxExponent { // no amount is longer
			return decimal.Decimal{}, false
		}
		d, err := decimal.NewFromString(v)
		return d, err == nil
	}
	return decimal.Decimal{}, false
}

// instant reads a fact as a moment; a day counts from its beginning in loc.
func instant(v any, loc *time.Location) (time.Time, bool) {
	switch v := v.(type) {
	case time.Time:
		return v, !v.IsZero()
	case kernel.Date:
		return v.In(loc), !v.IsZero()
	}
	return time.Time{}, false
}

// whole reads a fact as the number of a period in the unit.
func (h *Happening) whole(name string, unit Unit) (int, bool) {
	v, ok := h.fact(name)
	if !ok {
		return 0, false
	}
	n, ok := number(v)
	if !ok || !n.IsInteger() || !n.IsPositive() || n.GreaterThan(decimal.NewFromInt(int64(unit.most()))) {
		return 0, false
	}
	return int(n.IntPart()), true
}
