package main

import (
	"maps"
	"slices"
	"strings"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/examples/internal/page"
)

func (f *figures) chartProducts(p *page.Page) {
	var labels []string
	var premium, paid []float64
	for _, r := range f.products {
		labels = append(labels, strings.Fields(r.name)[0])
		premium, paid = append(premium, r.premium.InexactFloat64()/1000), append(paid, r.paid.InexactFloat64()/1000)
	}
	p.Bars("Premium received, and what was paid on claims", "thousand yuan", labels, page.Series{Name: "premium", Values: premium}, page.Series{Name: "paid", Values: paid})
}

func (f *figures) chartDeadlines(p *page.Page) {
	var labels []string
	var met, late []float64
	for _, id := range slices.Sorted(maps.Keys(f.clocks)) {
		if k := f.clocks[id]; k.met+k.breached > 0 {
			labels = append(labels, strings.TrimPrefix(strings.TrimPrefix(id, "cn."), "company."))
			met, late = append(met, float64(k.met)), append(late, float64(k.breached))
		}
	}
	if len(labels) > 0 {
		p.Bars("Deadlines that were met in time, and those that were missed", "deadlines", labels, page.Series{Name: "in time", Values: met}, page.Series{Name: "late", Values: late})
	}
}

func (f *figures) chartComplaints(p *page.Page) {
	var labels []string
	var received, onTime []float64
	for _, g := range f.groups(complaint.ByMonth) {
		labels = append(labels, g.Key)
		received, onTime = append(received, float64(g.Count)), append(onTime, float64(g.OnTime.Part))
	}
	if len(labels) > 0 {
		p.Lines("Complaints received in a month, and those of them that were answered by the promised day", "complaints", labels,
			page.Series{Name: "received", Values: received}, page.Series{Name: "answered on time", Values: onTime})
	}
}

func (f *figures) chartNPS(p *page.Page) {
	var labels []string
	var value, low, high []float64
	for _, g := range f.trend.Months {
		labels = append(labels, g.Value)
		value, low, high = append(value, g.Estimate.Value), append(low, g.Estimate.Low), append(high, g.Estimate.High)
	}
	p.Lines("Net promoter score by month, with its interval of 95 %", "score", labels,
		page.Series{Name: "score", Values: value}, page.Series{Name: "from", Values: low}, page.Series{Name: "to", Values: high})
}
