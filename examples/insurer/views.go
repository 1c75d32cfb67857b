package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel/rulebook"
)

// view is one table of the report, on paper as on the page.
type view struct {
	title string
	head  []string
	rows  [][]string
}

// summary lists the figures of the whole by name.
func (f *figures) summary() [][]string {
	return [][]string{
		{"customers", fmt.Sprint(f.Customers)}, {"policies", fmt.Sprint(f.Policies)}, {"claims", fmt.Sprint(f.Claims)},
		{"complaints", fmt.Sprint(f.Complaints)}, {"members", fmt.Sprint(f.Members)}, {"survey responses", fmt.Sprint(f.Responses)},
		{"premium received", f.PremiumTotal.String()}, {"paid on claims", f.PaidTotal.String()},
		{"commands", fmt.Sprint(f.Commands)}, {"deadlines", fmt.Sprint(f.TasksOpened)}, {"late", fmt.Sprint(f.TasksBreached)},
	}
}

func (f *figures) views() []view {
	return []view{f.byProduct(), f.byClock(), f.byCause(), f.byMonth(), f.byBenefit(), f.byVisit()}
}

func (f *figures) byProduct() view {
	v := view{title: "Products 产品", head: []string{"product", "policies", "in force", "cancelled", "premium", "refunded", "claims", "closed", "paid", "loss ratio %"}}
	for _, r := range f.products {
		v.rows = append(v.rows, []string{
			r.name, fmt.Sprint(r.policies), fmt.Sprint(r.inForce), fmt.Sprint(r.cancelled), r.premium.StringFixed(2), r.refunded.StringFixed(2),
			fmt.Sprint(r.claims), fmt.Sprint(r.closed), r.paid.StringFixed(2), r.ratio().StringFixed(1),
		})
	}
	return v
}

// ratio is what was paid for a hundred yuan of premium.
func (r *result) ratio() decimal.Decimal {
	net := r.premium.Sub(r.refunded)
	if !net.IsPositive() {
		return decimal.Zero
	}
	return r.paid.Shift(2).DivRound(net, 1)
}

func (f *figures) byClock() view {
	v := view{title: "Deadlines 时限", head: []string{"deadline", "opened", "in time", "late", "fell away", "open", "in time %"}}
	book := rulebook.Default()
	for _, id := range slices.Sorted(maps.Keys(f.clocks)) {
		k, name := f.clocks[id], id
		if c, ok := book.Clock(id); ok && c.Text.EN != "" {
			name = c.Text.EN
		}
		v.rows = append(v.rows, []string{
			name, fmt.Sprint(k.opened), fmt.Sprint(k.met), fmt.Sprint(k.breached), fmt.Sprint(k.cancelled), fmt.Sprint(k.open), share(int64(k.met), int64(k.met+k.breached)),
		})
	}
	return v
}

// share prints a part as a percentage; nothing of nothing.
func share(part, of int64) string {
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", 100*float64(part)/float64(of))
}

func (f *figures) groups(d complaint.Dimension) []complaint.Group {
	return slices.DeleteFunc(slices.Clone(f.analysis.By), func(g complaint.Group) bool { return g.By != d })
}

func (f *figures) byCause() view {
	v := view{title: "Complaints by root cause 投诉根因", head: []string{"cause", "complaints", "justified %", "on time %", "complained again %", "median days"}}
	names := map[string]string{"": "not known"}
	for _, c := range complaint.DefaultCauses() {
		names[c.Code] = c.Label.EN + " " + c.Label.ZH
	}
	all := f.groups(complaint.ByCause)
	slices.SortStableFunc(all, func(a, b complaint.Group) int { return cmp.Compare(b.Count, a.Count) })
	for _, g := range append(all, f.analysis.Whole) {
		name := names[g.Key]
		if g.By == complaint.Whole {
			name = "all"
		}
		v.rows = append(v.rows, []string{
			name, fmt.Sprint(g.Count), share(g.Justified.Part, g.Justified.Of), share(g.OnTime.Part, g.OnTime.Of), share(g.Second.Part, g.Second.Of), fmt.Sprint(g.MedianDays),
		})
	}
	return v
}

func (f *figures) byMonth() view {
	v := view{title: "Would recommend us 净推荐值", head: []string{"month", "answers", "NPS", "from", "to"}}
	for _, g := range f.trend.Months {
		e := g.Estimate
		v.rows = append(v.rows, []string{g.Value, fmt.Sprint(e.N), fmt.Sprintf("%.0f", e.Value), fmt.Sprintf("%.0f", e.Low), fmt.Sprintf("%.0f", e.High)})
	}
	return v
}

func (f *figures) byBenefit() view {
	v := view{title: "Benefits 会员权益", head: []string{"benefit", "members", "granted", "used", "expired", "asked for", "delivered", "late", "no show"}}
	for _, q := range f.benefits.Quotas {
		row := []string{q.Benefit, fmt.Sprint(q.Members), fmt.Sprint(q.Granted), fmt.Sprint(q.Used), fmt.Sprint(q.Expired)}
		var asked, delivered, late, absent int64
		for _, s := range f.benefits.Services {
			if s.Benefit == q.Benefit {
				asked, delivered, late, absent = asked+s.Requested, delivered+s.Delivered, late+s.Late, absent+s.NoShow
			}
		}
		v.rows = append(v.rows, append(row, fmt.Sprint(asked), fmt.Sprint(delivered), fmt.Sprint(late), fmt.Sprint(absent)))
	}
	return v
}

func (f *figures) byVisit() view {
	states := []customer.VisitState{customer.VisitCompleted, customer.VisitUnreached, customer.VisitProblemRaised, customer.VisitPlanned}
	v := view{title: "Visits 回访", head: []string{"about", "completed", "not reached", "problem open", "planned", "completed %"}}
	for _, kind := range slices.Sorted(maps.Keys(f.visits)) {
		row, ended, completed := []string{string(kind)}, int64(0), int64(f.visits[kind][customer.VisitCompleted])
		for _, s := range states {
			row = append(row, fmt.Sprint(f.visits[kind][s]))
		}
		ended = completed + int64(f.visits[kind][customer.VisitUnreached])
		v.rows = append(v.rows, append(row, share(completed, ended)))
	}
	return v
}
