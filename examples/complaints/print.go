package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/coverkit/crm/examples/internal/show"
)

// progressBar returns what draws a bar on a terminal, and what ends it; elsewhere both do
// nothing.
func progressBar(stderr io.Writer) (tick func(of int), done func()) {
	f, ok := stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	var bar *progressbar.ProgressBar
	tick = func(of int) {
		if bar == nil {
			bar = progressbar.NewOptions(of, progressbar.OptionSetWriter(stderr), progressbar.OptionSetDescription("complaints"),
				progressbar.OptionShowCount(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		}
		_ = bar.Add(1)
	}
	return tick, func() {
		if bar != nil {
			_ = bar.Finish()
		}
	}
}

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
