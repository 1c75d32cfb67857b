// Hosttx puts the library's commands into transactions of the host's own: the host's row
// and the claim are there together or not at all.
//
//	go run ./examples/hosttx                        a new SQLite file
//	go run ./examples/hosttx -db host.db            this one
//	go run ./examples/hosttx -postgres "dbname=crm" PostgreSQL
//	go run ./examples/hosttx -json                  only the facts
//
// The host has a table of tickets, a GORM handle and a database/sql handle. Each case
// says how many rows it expects to find afterwards; the program looks from a connection
// of its own and ends with exit code 1 if one is off.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/examples/internal/show"
)

func main() { os.Exit(show.Main("hosttx", run)) }

func run(ctx context.Context, args []string, stdout io.Writer) error {
	return tryAll(ctx, args, stdout, cases)
}

func tryAll(ctx context.Context, args []string, stdout io.Writer, cases []attempt) (err error) {
	flags, err := show.Parse("hosttx", "commands inside the host's own transactions", args, stdout)
	if err != nil {
		return err
	}
	p := flags.Printer(stdout)
	h, err := open(ctx, flags)
	if err != nil {
		return err
	}
	defer func() {
		if e := h.close(); err == nil {
			err = e
		}
	}()
	p.Say("database  %s", flags.Store())
	p.Say("keys      %s", flags.Keys)
	ctx = crm.WithActor(ctx, crm.Owner) // in a service: the user of the request

	var out facts
	var rows [][]string
	wrong := 0
	for i, c := range cases {
		got, err := h.try(ctx, i+1, c)
		if err != nil {
			return fmt.Errorf("%s, %s: %w", c.where, c.what, err)
		}
		out.Cases = append(out.Cases, observed{c.where, c.what, c.want, got})
		verdict := "✓"
		if got != c.want {
			verdict, wrong = "✗", wrong+1
		}
		rows = append(rows, append(append([]string{c.where, c.what}, cells(c.want, got)...), verdict))
	}
	p.Section("What is there afterwards: expected / observed")
	p.Table([]string{"transaction", "what happens in it", "tickets", "claims", "journal entries", "ok"}, rows...)

	report, err := h.crm.Verify(ctx)
	if err != nil {
		return err
	}
	out.Verified = report.OK()
	p.Say("\njournal verified: %d entries, %d rows, %d faults", report.Entries, report.Rows, len(report.Faults))
	if err := flags.Finish(p, stdout, out); err != nil {
		return err
	}
	if wrong > 0 || !report.OK() {
		return fmt.Errorf("%d of %d cases are off, and the journal has %d faults", wrong, len(cases), len(report.Faults))
	}
	return nil
}

func cells(want, got counts) []string {
	cell := func(want, got int) string { return strconv.Itoa(want) + " / " + strconv.Itoa(got) }
	return []string{cell(want.Tickets, got.Tickets), cell(want.Claims, got.Claims), cell(want.Entries, got.Entries)}
}

// facts is what a run comes to.
type facts struct {
	Cases    []observed `json:"cases"`
	Verified bool       `json:"verified"`
}

type observed struct {
	Transaction string `json:"transaction"`
	What        string `json:"what"`
	Expected    counts `json:"expected"`
	Observed    counts `json:"observed"`
}

// counts are rows that a case has added.
type counts struct {
	Tickets int `json:"tickets"`
	Claims  int `json:"claims"`
	Entries int `json:"entries"`
}
