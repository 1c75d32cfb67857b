package policy

import (
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
)

// leastDays are the rules that say how long a cooling-off period is at least, and for
// which contracts. Those that are not verified say nothing.
var leastDays = []struct {
	rule string
	of   func(*Policy) bool
}{
	{"cn.cooling-off.health-long", func(p *Policy) bool { return p.Line == kernel.Health }},
	{"cn.cooling-off.general-10", func(p *Policy) bool { return p.Line == kernel.Life || p.Line == kernel.Annuity }},
	{"cn.cooling-off.bank-15", func(p *Policy) bool { return p.Line == kernel.Life && p.Channel == "bank" }},
}

// leastCoolingOff returns the least number of days for the policy whose receipt was
// signed on the day. Contracts of a year or less, and groups, have none.
func leastCoolingOff(book *rulebook.Book, p *Policy, signed kernel.Date) int64 {
	var least int64
	if p.Group || !p.LongTerm() {
		return least
	}
	for _, l := range leastDays {
		if r, ok := book.Rule(l.rule, signed); ok && r.Verified && l.of(p) {
			least = max(least, int64(r.Amount))
		}
	}
	return least
}

// LongTerm reports whether the contract was made for more than a year (长期).
func (p *Policy) LongTerm() bool { return p.Ends > p.Begins.AddYears(1) }

// Circumstances returns what the rulebook asks about a policy.
func (p *Policy) Circumstances() rulebook.Facts {
	return rulebook.Facts{
		"line": p.Line, "group": p.Group, "long_term": p.LongTerm(), "channel": p.Channel, "amount": p.SumInsured,
		"product_days": p.CoolingOffDays, "signed_at": p.ReceiptSigned,
	}
}

// Circumstances returns what the rulebook asks about an application.
func (a *Application) Circumstances() rulebook.Facts {
	return rulebook.Facts{"line": a.Line, "group": a.Group, "channel": a.Channel, "amount": a.SumInsured}
}
