// Hostpolicies handles claims under policies of the host's own. The insurer keeps its
// policies in its own table, under its own numbers; the library asks it what they cover
// and holds no policy itself.
//
//	go run ./examples/hostpolicies                        a new SQLite file
//	go run ./examples/hostpolicies -db host.db            this one
//	go run ./examples/hostpolicies -postgres "dbname=crm" PostgreSQL
//	go run ./examples/hostpolicies -json                  only the facts
//
// What a host has to write is in policies.go: claim.Policies, one method.
package main

import (
	"context"
	"io"
	"os"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/kernel"
)

func main() { os.Exit(show.Main("hostpolicies", run)) }

// run tells the story of the last thirty days. A program for real work leaves
// crm.Config.Clock empty.
func run(ctx context.Context, args []string, stdout io.Writer) error {
	return story(ctx, args, stdout, kernel.DateOf(kernel.SystemClock{}.Now().In(beijing)).AddDays(-30))
}

var beijing = time.FixedZone("UTC+8", 8*60*60)

func story(ctx context.Context, args []string, stdout io.Writer, from kernel.Date) (err error) {
	flags, err := show.Parse("hostpolicies", "claims under policies of the host's own", args, stdout)
	if err != nil {
		return err
	}
	s := &service{Printer: flags.Printer(stdout), clock: kernel.NewManualClock(from.In(beijing).Add(10 * time.Hour))}
	if err := s.open(ctx, flags); err != nil {
		return err
	}
	defer func() {
		if e := s.close(); err == nil {
			err = e
		}
	}()
	s.Say("database  %s", flags.Store())
	s.Say("keys      %s", flags.Keys)
	ctx = crm.WithActor(ctx, crm.Owner) // in a service: the user of the request
	for _, chapter := range []func(context.Context) error{s.sell, s.payCollision, s.declineLapsed, s.useUpLimit, s.settleAccounts, s.lookBack} {
		if err := chapter(ctx); err != nil {
			return err
		}
	}
	return flags.Finish(s.Printer, stdout, s.facts)
}
