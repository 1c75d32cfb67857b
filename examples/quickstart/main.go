// Quickstart is an insurer in one file: a customer is registered, a product put on sale,
// a policy issued, and a claim taken step by step from the call to the archived file.
//
//	go run ./examples/quickstart                        a new SQLite file
//	go run ./examples/quickstart -db crm.db             this one; run it twice
//	go run ./examples/quickstart -postgres "dbname=crm" PostgreSQL
//	go run ./examples/quickstart -json                  only the facts
//
// After each step it prints what the next person may do and why not the rest; at the end
// the history, the calculation, the diagram, and whether journal and tables agree.
package main

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/kernel"
)

func main() { os.Exit(show.Main("quickstart", run)) }

// run tells the story of the last thirty days, so that the history has dates to look at.
// A program for real work leaves crm.Config.Clock empty.
func run(ctx context.Context, args []string, stdout io.Writer) error {
	return story(ctx, args, stdout, kernel.DateOf(kernel.SystemClock{}.Now().In(beijing)).AddDays(-30))
}

var beijing = time.FixedZone("UTC+8", 8*60*60)

// story begins at nine o'clock of a day.
func story(ctx context.Context, args []string, stdout io.Writer, from kernel.Date) (err error) {
	flags, err := show.Parse("quickstart", "one claim from the first call to the archive", args, stdout)
	if err != nil {
		return err
	}
	s := &insurer{Printer: flags.Printer(stdout), from: from, clock: kernel.NewManualClock(from.In(beijing).Add(9 * time.Hour))}
	if err := s.open(ctx, flags); err != nil {
		return err
	}
	defer func() {
		if e := s.crm.Close(); err == nil {
			err = e
		}
	}()
	for _, chapter := range []func(context.Context) error{
		s.registerCustomer, s.sellProduct, s.issuePolicy, s.handleClaim, s.lookBack, s.verify,
	} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return flags.Finish(s.Printer, stdout, s.facts)
}
