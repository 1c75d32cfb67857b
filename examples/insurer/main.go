package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"

	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/examples/internal/start"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

func main() { start.Main("insurer", run) }

// settings are what the command line says.
type settings struct {
	size
	start.Place
	html   string
	asJSON bool
}

func parseFlags(args []string, stderr io.Writer) (settings, error) {
	var s settings
	f := flag.NewFlagSet("insurer", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.IntVar(&s.years, "years", 1, "how many `years` to live through, 1 to 10; the last is 2026")
	f.IntVar(&s.customers, "customers", 200, "how many `customers` come, 1 to 100000")
	f.Uint64Var(&s.seed, "seed", 1, "the same `number` gives the same years again")
	f.StringVar(&s.DB, "db", "", "new SQLite database `file` to write to; default: one in a temporary folder")
	f.StringVar(&s.Postgres, "postgres", "", "`data source name` of an empty PostgreSQL database to write to instead")
	f.StringVar(&s.Key, "key", "", "key `file` that seals personal data, made when there is none; default: beside the SQLite database, else insurer.key")
	f.StringVar(&s.html, "html", "", "`file` for the page with tables and charts; default: beside the SQLite database, with PostgreSQL none")
	f.BoolVar(&s.asJSON, "json", false, "print the figures as one line of JSON")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	switch {
	case f.NArg() > 0:
		return s, fmt.Errorf("nothing but flags is expected, not %q", f.Arg(0))
	case s.years < 1 || s.years > 10:
		return s, errors.New("-years is from 1 to 10")
	case s.customers < 1 || s.customers > 100_000:
		return s, errors.New("-customers is from 1 to 100000")
	}
	return s, s.Check()
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	if s.Postgres != "" && s.Key == "" {
		s.Key = "insurer.key"
	}
	store, where, err := s.Open("insurer")
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	if s.html == "" && s.DB != "" {
		s.html = s.DB + ".html"
	}
	keys, err := privacy.OpenKeyFile(s.Key)
	if err != nil {
		return err
	}
	began := kernel.SystemClock{}.Now()
	w, err := open(ctx, store, keys, s.size)
	if err != nil {
		return err
	}
	tick, stop := start.Progress(stderr, "days")
	err = w.run(tick)
	stop()
	if err != nil {
		return err
	}
	f, err := w.count()
	if err != nil {
		return err
	}
	f.Seconds = kernel.SystemClock{}.Now().Sub(began).Seconds()
	if s.html != "" {
		if err := report(f, s.html); err != nil {
			return err
		}
	}
	if s.asJSON {
		return show.JSON(stdout, f)
	}
	return tables(stdout, where, s.html, f)
}
