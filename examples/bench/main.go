// Bench measures what the library costs beside SQL written by hand. One claim's way of
// seven transitions, from the notice of loss to its withdrawal, is gone by three:
//
//	library   the library's own commands, with journal, idempotency keys and sealed fields
//	by hand   what a careful developer writes with database/sql and prepared statements:
//	          row with version, history, hash-chained audit, outbox
//	floor     the very rows that the library writes, by hand and ready-made
//
// They take turns in one process on databases of their own, with the same durability,
// alone and with sixteen callers at once.
//
//	go run ./examples/bench                          SQLite
//	go run ./examples/bench -postgres "dbname=crm"   PostgreSQL, in schemas of its own
//	go run ./examples/bench -json -rounds 15         the figures as one line of JSON at the end
//	go run ./examples/bench -load 1000000            instead: what growth costs, at 10 000 and at 1 000 000 claims
//	go run ./examples/bench -import 100000           instead: bringing in customers and claims, beside COPY
//	go run ./examples/bench -chart out.svg a.txt b.txt   draws what runs with -json have printed
//
// A ratio below one says that the library is faster. Each is the median over rounds in
// which all three were measured one right after the other.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"

	"github.com/coverkit/crm/examples/internal/show"
)

func main() { os.Exit(show.Main("bench", run)) }

// settings are what the flags say.
type settings struct {
	postgres string
	json     bool
	rounds   int
	claims   int
	load     int
	bulk     int
	chart    string
}

func run(ctx context.Context, args []string, stdout io.Writer) (err error) {
	var set settings
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stdout)
	flags.StringVar(&set.postgres, "postgres", "", "`data source name` of a PostgreSQL database, instead of SQLite")
	flags.BoolVar(&set.json, "json", false, "print the figures as one line of JSON at the end")
	flags.IntVar(&set.rounds, "rounds", 9, "how often each is measured")
	flags.IntVar(&set.claims, "claims", 32, "claims of a caller in a round")
	flags.IntVar(&set.load, "load", 0, "load so many claims, and measure what growth costs since there were a hundredth")
	flags.IntVar(&set.bulk, "import", 0, "bring in so many customers and claims, and measure that beside COPY")
	flags.StringVar(&set.chart, "chart", "", "draw the output of earlier runs with -json into this `file`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if set.load < 0 || set.bulk < 0 || set.rounds < 1 || set.claims < 1 || set.chart == "" && flags.NArg() > 0 {
		return errors.New("rounds and claims are at least 1, a load is not negative, and nothing else is said; -h lists the flags")
	}
	if set.chart != "" {
		return chart(set.chart, flags.Args())
	}
	p := show.To(stdout)
	place, err := open(ctx, set.postgres)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, place.close(ctx)) }()
	out, err := set.measured(ctx, place, p)
	if err != nil {
		return err
	}
	out.print(p)
	if err := p.Err(); err != nil || !set.json {
		return err
	}
	return show.JSON(stdout, out)
}

// printed is what a measurement has found.
type printed interface{ print(p *show.Printer) }

func (set settings) measured(ctx context.Context, place *place, p *show.Printer) (printed, error) {
	switch {
	case set.load > 0:
		return grow(ctx, place, set.load)
	case set.bulk > 0:
		return bring(ctx, place, set)
	}
	return way(ctx, place, p, set)
}

// way lets all three go the way of a claim.
func way(ctx context.Context, place *place, p *show.Printer, set settings) (_ *figures, err error) {
	all, err := contend(ctx, place)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, all.close()) }()
	p.Section(place.name())
	for _, c := range all {
		d, err := place.durability(ctx, c.db)
		if err != nil {
			return nil, err
		}
		p.Say("%-8s  %s", c.name, d)
	}
	return measure(ctx, place, all, set)
}
