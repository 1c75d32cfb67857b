package main

import (
	"time"
	_ "time/tzdata" // days are meant in a zone that a machine may not know

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// Amounts are in dollars, and days begin and end on the east coast: all losses of the
// files that are known happened in states there.
const (
	currency = kernel.Currency("USD")
	zone     = "America/New_York"
)

var eastern = func() *time.Location {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return time.UTC
	}
	return loc
}()

// row is a line of the file that can be used.
type row struct {
	line       int
	policy     string // number in the file; what tells rows apart
	bind       kernel.Date
	loss       time.Time
	limit      decimal.Decimal
	deductible decimal.Decimal
	premium    decimal.Decimal
	total      decimal.Decimal
	fraud      bool

	cause, place, description string
}

// maxYears is the longest term on sale.
const maxYears = 100

// term is as many full years as reach beyond the loss, and at least one.
func (r *row) term() policy.Term {
	return policy.Term{Years: max(0, r.bind.YearsAt(kernel.DateOf(r.loss))) + 1}
}

// net is what is to be paid if anything is.
func (r *row) net() decimal.Decimal {
	return decimal.Max(decimal.Min(r.total.Sub(r.deductible), r.limit), decimal.Zero)
}

// rejection says why a line cannot be used.
type rejection struct {
	Line   int    `json:"line"`   // in the file; the header is line 1
	Column string `json:"column"` // empty: the line as a whole
	Reason string `json:"reason"`
}
