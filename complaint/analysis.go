package complaint

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// Dimension is what complaints are grouped by.
type Dimension string

// The dimensions. Whole is the one group of all.
const (
	Whole      Dimension = ""
	ByCategory Dimension = "category"
	BySeverity Dimension = "severity"
	ByCause    Dimension = "cause"
	ByProduct  Dimension = "product"
	ByBranch   Dimension = "branch"
	ByHandler  Dimension = "handler"
	ByChannel  Dimension = "channel"
	ByMonth    Dimension = "month" // of receipt: "2026-11"
)

var dimensions = []Dimension{ByCategory, BySeverity, ByCause, ByProduct, ByBranch, ByHandler, ByChannel, ByMonth}

// key returns the group of a complaint in the dimension; empty where it is not known.
func (d Dimension) key(c *Complaint, received kernel.Date) string {
	switch d {
	case ByCategory:
		return string(c.Category)
	case BySeverity:
		return string(c.Severity)
	case ByCause:
		return c.Cause
	case ByProduct:
		return c.Product
	case ByBranch:
		return c.Branch
	case ByHandler:
		return string(c.Handler)
	case ByChannel:
		return c.Channel
	case ByMonth:
		return received.String()[:len("2006-01")]
	}
	return ""
}

// ratio divides exactly and rounds half-even once.
func ratio(a, b decimal.Decimal, places int32) decimal.Decimal {
	q, r := a.QuoRem(b, places) // q·b + r = a, |r| < |b|·10^-places
	unit := decimal.New(1, -places)
	switch twice := r.Mul(decimal.NewFromInt(2)).Cmp(b.Mul(unit)); {
	case twice > 0, twice == 0 && !q.Mod(unit.Mul(decimal.NewFromInt(2))).IsZero():
		return q.Add(unit)
	}
	return q
}

// counter adds complaints up. What it holds grows with the number of different causes and
// durations, not with that of complaints.
type counter struct {
	Group
	days   map[int64]int64 // days from receipt to closing → how many
	causes map[string]int64
}

// observed is one complaint, as the analysis sees it.
type observed struct {
	*Complaint
	received, replied, closed kernel.Date
	today                     kernel.Date
}

func (g *counter) add(o observed) {
	if o.State == Merged {
		g.Merged++
		return
	}
	g.Count++
	switch {
	case o.State == Refused:
		g.Refused++
	case o.State == Withdrawn:
		g.Withdrawn++
	case o.replied.IsZero() && Lifecycle.Class(o.State) != workflow.Ended:
		g.Open++
		if !o.PromisedBy.IsZero() && o.today > o.PromisedBy && !o.Suspended {
			g.OnTime.Of++
		}
	}
	if !o.replied.IsZero() {
		if !o.PromisedBy.IsZero() {
			g.OnTime.count(o.replied <= o.PromisedBy)
		}
		g.Second.count(o.State == Escalated)
	}
	if o.Verdict != "" {
		g.Justified.count(o.Verdict != Unjustified)
	}
	if !o.closed.IsZero() {
		g.Closed++
		g.days[int64(o.closed.Sub(o.received))]++
	}
	if o.Cause != "" {
		g.causes[o.Cause]++
	}
}

func (s *Share) count(yes bool) {
	if s.Of++; yes {
		s.Part++
	}
}

// finish works out what depends on all complaints of the group.
func (g *counter) finish(e Exposure) Group {
	per := func(size int64, of decimal.Decimal) decimal.NullDecimal {
		if !of.IsPositive() {
			return decimal.NullDecimal{}
		}
		return decimal.NewNullDecimal(ratio(decimal.NewFromInt(g.Count).Mul(decimal.NewFromInt(size)), of, 2))
	}
	g.PerPolicies = per(10_000, decimal.NewFromInt(e.Policies))
	g.PerPremium = per(100_000_000, e.Premium)
	g.PerCustomers = per(10_000, decimal.NewFromInt(e.Customers))
	g.MedianDays, g.P95Days = rank(g.days, g.Closed, 50), rank(g.days, g.Closed, 95)
	for cause, n := range g.causes {
		if n > 1 {
			g.Repeated = append(g.Repeated, Repeat{cause, n})
		}
	}
	slices.SortFunc(g.Repeated, func(a, b Repeat) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Cause, b.Cause))
	})
	return g.Group
}

// rank returns the smallest value that at least percent of the n values do not exceed
// (nearest rank).
func rank(values map[int64]int64, n, percent int64) int64 {
	sorted := make([]int64, 0, len(values))
	for v := range values {
		sorted = append(sorted, v)
	}
	slices.Sort(sorted)
	seen := int64(0)
	for _, v := range sorted {
		if seen += values[v]; seen*100 >= n*percent {
			return v
		}
	}
	return 0
}
