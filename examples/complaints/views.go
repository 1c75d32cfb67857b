package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/complaint"
)

// view is one table of the analysis, on paper as on the page.
type view struct {
	title string
	head  []string
	rows  [][]string
}

// summary lists the figures of the whole by name.
func (f *figures) summary() [][]string {
	a := &f.analysis.Whole
	return [][]string{
		{"complaints", fmt.Sprint(f.Complaints)},
		{"respondents", fmt.Sprint(f.Respondents)},
		{"respondents with a confirmed complaint", fmt.Sprint(f.Confirmed)},
		{"justified", part(a.Justified)},
		{"answered on time", part(a.OnTime)},
		{"median days to close", fmt.Sprint(f.MedianDays)},
		{"95 % closed within days", fmt.Sprint(f.P95Days)},
		{"deadlines missed", fmt.Sprint(f.Breaches)},
		{"open", fmt.Sprint(f.Open)},
	}
}

var groupHead = []string{"complaints", "open", "justified %", "on time %", "median days", "95 % within"}

func groupRow(name string, g complaint.Group) []string {
	return []string{
		name, fmt.Sprint(g.Count), fmt.Sprint(g.Open), share(g.Justified), share(g.OnTime), days(g, g.MedianDays), days(g, g.P95Days),
	}
}

func days(g complaint.Group, n int64) string {
	if g.Closed == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

// share prints a share as a percentage; nothing of nothing.
func share(s complaint.Share) string {
	if s.Of == 0 {
		return ""
	}
	return s.Rate().Mul(decimal.NewFromInt(100)).StringFixed(1)
}

func part(s complaint.Share) string {
	if s.Of == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%s %%)", s.Part, share(s))
}

// views returns the tables of the analysis. The most frequent come first.
func (f *figures) views() []view {
	out := []view{f.perYear()}
	for _, d := range []struct {
		by    complaint.Dimension
		title string
	}{{complaint.ByCategory, "By category"}, {complaint.ByCause, "By root cause"}, {complaint.ByProduct, "By product"}, {complaint.ByChannel, "By channel"}} {
		v := view{title: d.title, head: append([]string{string(d.by)}, groupHead...)}
		for _, g := range f.groups(d.by) {
			v.rows = append(v.rows, groupRow(title(d.by, g.Key), g))
		}
		out = append(out, v)
	}
	return out
}

// groups returns the groups of a dimension, the largest first.
func (f *figures) groups(d complaint.Dimension) []complaint.Group {
	all := slices.DeleteFunc(slices.Clone(f.analysis.By), func(g complaint.Group) bool { return g.By != d })
	slices.SortStableFunc(all, func(a, b complaint.Group) int { return cmp.Compare(b.Count, a.Count) })
	return all
}

// months returns the groups of the months, the earliest first.
func (f *figures) months() []complaint.Group {
	return slices.DeleteFunc(slices.Clone(f.analysis.By), func(g complaint.Group) bool { return g.By != complaint.ByMonth })
}

// title is what people call a group.
func title(d complaint.Dimension, key string) string {
	if d == complaint.ByCause {
		for _, c := range causes() {
			if c.Code == key {
				return c.Label.EN + " (" + key + ")"
			}
		}
	}
	return cmp.Or(key, "not known")
}

// years adds up the months of each year of receipt.
func (f *figures) years() []complaint.Group {
	var all []complaint.Group
	for _, m := range f.months() {
		year := m.Key[:len("2006")]
		if len(all) == 0 || all[len(all)-1].Key != year {
			all = append(all, complaint.Group{Key: year})
		}
		y := &all[len(all)-1]
		y.Count, y.Open, y.Closed = y.Count+m.Count, y.Open+m.Open, y.Closed+m.Closed
		y.OnTime = sum(y.OnTime, m.OnTime)
		y.Justified = sum(y.Justified, m.Justified)
	}
	return all
}

func sum(a, b complaint.Share) complaint.Share {
	return complaint.Share{Part: a.Part + b.Part, Of: a.Of + b.Of}
}

func (f *figures) perYear() view {
	v := view{title: "By year of receipt", head: append([]string{"year"}, groupHead[:4]...)}
	for _, y := range f.years() {
		v.rows = append(v.rows, groupRow(y.Key, y)[:5])
	}
	return v
}
