package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/coverkit/crm/examples/internal/start"
	"github.com/coverkit/crm/kernel"
)

func main() { start.Main("replay", run) }

// settings are what the command line says.
type settings struct {
	start.Place
	claims string
	shift  int
	asJSON bool
}

func parseFlags(args []string, stderr io.Writer) (settings, error) {
	var s settings
	f := flag.NewFlagSet("replay", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&s.claims, "claims", "", "the `file` of claims; needed")
	f.StringVar(&s.DB, "db", "", "SQLite database `file` to write to; default: a new one in a temporary folder")
	f.StringVar(&s.Postgres, "postgres", "", "`data source name` of a PostgreSQL database to write to instead")
	f.StringVar(&s.Key, "key", "", "key `file` that seals personal data, made when there is none; default: beside the SQLite database, else in your configuration folder")
	f.IntVar(&s.shift, "shift-years", 0, "move all dates by so many `years`")
	f.BoolVar(&s.asJSON, "json", false, "print the figures as one line of JSON")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	switch {
	case f.NArg() > 0:
		return s, fmt.Errorf("nothing but flags is expected, not %q", f.Arg(0))
	case s.claims == "":
		return s, errors.New("-claims is missing: name the file of claims")
	case s.shift < -500 || s.shift > 500:
		return s, errors.New("-shift-years is at most 500 either way")
	}
	return s, s.Check()
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	in, err := os.Open(s.claims)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	file, err := read(in, s.shift)
	if err != nil {
		return fmt.Errorf("%s: %w", s.claims, err)
	}
	store, where, err := s.Open("replay")
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	keys, err := start.Keys(s.Key)
	if err != nil {
		return err
	}
	began := kernel.SystemClock{}.Now()
	tick, done := start.Progress(stderr, "replay")
	f, err := (&replay{file: file, shift: s.shift, keys: keys, tick: tick}).run(ctx, store)
	done()
	if err != nil {
		return err
	}
	f.Seconds = kernel.SystemClock{}.Now().Sub(began).Seconds()
	if s.asJSON {
		return json.NewEncoder(stdout).Encode(f)
	}
	return table(stdout, where, f)
}
