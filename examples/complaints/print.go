package main

import (
	"fmt"
	"io"

	"github.com/coverkit/crm/examples/internal/show"
)

// tables prints the figures for people.
func tables(out io.Writer, where, html string, f *figures) error {
	p := show.To(out)
	p.Section("Complaints")
	p.Say("Database  %s", where)
	if html != "" {
		p.Say("Page      %s", html)
	}
	p.Table([]string{"", "figure"}, f.summary()...)
	p.Note("Rows of the file: %d. Seconds: %.1f. The journal agrees with all records: %t.", f.Rows, f.Seconds, f.Verified)
	for _, v := range f.views() {
		p.Section(v.title)
		p.Table(v.head, v.rows...)
	}
	if len(f.Rejected) > 0 {
		p.Section("Rejected")
		p.Table(rejectedHead, f.rejections()...)
	}
	return p.Err()
}

var rejectedHead = []string{"line", "column", "reason"}

func (f *figures) rejections() [][]string {
	var rows [][]string
	for _, r := range f.Rejected {
		rows = append(rows, []string{fmt.Sprint(r.Line), r.Column, r.Reason})
	}
	return rows
}
