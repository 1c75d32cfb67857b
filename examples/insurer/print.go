package main

import (
	"fmt"
	"io"

	"github.com/coverkit/crm/examples/internal/page"
	"github.com/coverkit/crm/examples/internal/show"
)

// tables prints the figures for people.
func tables(out io.Writer, where, html string, f *figures) error {
	p := show.To(out)
	p.Section(fmt.Sprintf("An insurer from %s to %s", f.from, f.to))
	p.Say("Database  %s", where)
	if html != "" {
		p.Say("Page      %s", html)
	}
	p.Table([]string{"", "figure"}, f.summary()...)
	p.Note("Seconds: %.1f. The journal agrees with all records: %t.", f.Seconds, f.Verified)
	for _, v := range f.views() {
		p.Section(v.title)
		p.Table(v.head, v.rows...)
	}
	p.Section("Improvements 改进措施")
	p.Say("open %d, done %d, of them effective %d, rejected %d", f.improved.Open, f.improved.Done, f.improved.Effective, f.improved.Rejected)
	return p.Err()
}

// report writes the figures as a page that needs nothing but itself.
func report(f *figures, path string) error {
	p := &page.Page{Title: "Year-end report", Lead: fmt.Sprintf("A synthetic insurer 年度报告, from %s to %s", f.from, f.to)}
	var large []page.Figure
	for _, s := range f.summary() {
		large = append(large, page.Figure{Name: s[0], Value: s[1]})
	}
	p.Figures(large...)
	charts := f.charts()
	for i, v := range f.views() {
		p.Section(v.title)
		if i < len(charts) && len(v.rows) > 0 {
			charts[i](p)
		}
		p.Table(1, v.head, v.rows)
	}
	return p.Write(path)
}

// charts draws one for each of the first views.
func (f *figures) charts() []func(*page.Page) {
	return []func(*page.Page){f.chartProducts, f.chartDeadlines, f.chartComplaints, f.chartNPS}
}
