package main

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// table prints the figures for people.
func table(out io.Writer, where string, f *figures) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	p := func(what string, v any) { _, _ = fmt.Fprintf(w, "%s\t%v\n", what, v) }
	p("Database", where)
	p("Rows in the file", f.Rows)
	for _, r := range f.Rejected {
		p("  rejected", fmt.Sprintf("line %d %s: %s", r.Line, r.Column, r.Reason))
	}
	p("Customers", f.Customers)
	p("Policies", f.Policies)
	p("  premium", f.PremiumTotal.StringFixed(2))
	p("Claims", f.Claims)
	p("  claimed", f.ClaimedTotal.StringFixed(2))
	p("  paid", f.ClaimsPaid)
	p("  closed without payment", f.ClaimsNil)
	p("  declined", f.ClaimsDeclined)
	p("  not in force at the loss", f.ClaimsFlagged)
	p("Paid out", f.PaidTotal.StringFixed(2))
	p("Journal entries", f.JournalEntries)
	p("  all rows as it says", f.Verified)
	p("Seconds", fmt.Sprintf("%.1f", f.Seconds))
	return w.Flush()
}
