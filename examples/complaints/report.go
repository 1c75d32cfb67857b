package main

import (
	"cmp"
	"fmt"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/examples/internal/page"
	"github.com/coverkit/crm/kernel"
)

// report writes the figures as a page that needs nothing but itself.
func report(f *figures, file, path string) error {
	p := &page.Page{Title: "Complaints", Lead: fmt.Sprintf("Periodic analysis 投诉总结 of %s", file)}
	if f.Complaints > 0 {
		p.Lead += fmt.Sprintf(", received from %s to %s", f.analysis.From, f.analysis.To)
	}
	var large []page.Figure
	for _, s := range f.summary() {
		large = append(large, page.Figure{Name: s[0], Value: s[1]})
	}
	p.Figures(large...)
	if f.Complaints > 0 {
		f.charts(p)
	}
	for _, v := range f.views() {
		p.Section(v.title)
		p.Table(1, v.head, v.rows)
	}
	if len(f.Rejected) > 0 {
		p.Section("Rejected rows")
		p.Table(len(rejectedHead), rejectedHead, f.rejections())
	}
	return p.Write(path)
}

func (f *figures) charts(p *page.Page) {
	p.Section("Month by month")
	labels, all, right := series(unbroken(f.months()), func(g complaint.Group) (string, float64, float64) {
		return g.Key, float64(g.Count), float64(g.Justified.Part)
	})
	p.Lines("Complaints received, and those that were justified", "complaints", labels,
		page.Series{Name: "received", Values: all}, page.Series{Name: "justified", Values: right})

	p.Section("Answered on time")
	labels, onTime, justified := series(f.years(), func(g complaint.Group) (string, float64, float64) {
		return g.Key, percent(g.OnTime), percent(g.Justified)
	})
	p.Bars("Share of the complaints of each year that were answered by the promised day, and that were justified", "%", labels,
		page.Series{Name: "on time", Values: onTime}, page.Series{Name: "justified", Values: justified})

	p.Section("Days to close")
	labels, closed := f.histogram()
	p.Bars(fmt.Sprintf("Complaints by days from receipt to closing; each bar is %d days", binDays), "complaints", labels, page.Series{Values: closed})

	p.Section("Root causes")
	most := f.groups(complaint.ByCause)
	labels, all, right = series(most[:min(maxCauses, len(most))], func(g complaint.Group) (string, float64, float64) {
		return cmp.Or(g.Key, "not known"), float64(g.Count), float64(g.Justified.Part)
	})
	p.Bars("The most frequent root causes, and how many of their complaints were justified", "complaints", labels,
		page.Series{Name: "received", Values: all}, page.Series{Name: "justified", Values: right})
}

// maxCauses is how many have room under a chart.
const maxCauses = 5

// unbroken puts the months between in which nothing came.
func unbroken(months []complaint.Group) []complaint.Group {
	var all []complaint.Group
	for _, m := range months {
		for len(all) > 0 && following(all[len(all)-1].Key) < m.Key {
			all = append(all, complaint.Group{Key: following(all[len(all)-1].Key)})
		}
		all = append(all, m)
	}
	return all
}

// following returns the month after a month such as "2026-12".
func following(month string) string {
	d, err := kernel.ParseDate(month + "-01")
	if err != nil {
		return month
	}
	return d.AddMonths(1).String()[:len(month)]
}

// series takes a label and two values of each group.
func series(groups []complaint.Group, of func(complaint.Group) (string, float64, float64)) (labels []string, a, b []float64) {
	for _, g := range groups {
		label, x, y := of(g)
		labels, a, b = append(labels, label), append(a, x), append(b, y)
	}
	return labels, a, b
}

func percent(s complaint.Share) float64 {
	r, _ := s.Rate().Float64()
	return 100 * r
}

// binDays is the width of a bar of the histogram; what takes longer than maxBins bars is
// counted in the last.
const (
	binDays = 10
	maxBins = 25
)

func (f *figures) histogram() (labels []string, counts []float64) {
	counts = make([]float64, maxBins)
	for days, n := range f.days {
		counts[min(days/binDays, maxBins-1)] += float64(n)
	}
	for i := range counts {
		labels = append(labels, fmt.Sprint(i*binDays))
	}
	labels[maxBins-1] += "+"
	return labels, counts
}
