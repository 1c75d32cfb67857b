package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/coverkit/crm/examples/internal/show"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "complaints:", err)
		os.Exit(1)
	}
}

// settings are what the command line says.
type settings struct {
	file, db, dsn, key, html string
	shift                    int
	asJSON                   bool
}

func parseFlags(args []string, stderr io.Writer) (settings, error) {
	var s settings
	f := flag.NewFlagSet("complaints", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&s.file, "file", "", "the `file` of complaints; needed")
	f.StringVar(&s.db, "db", "", "SQLite database `file` to write to; default: a new one in a temporary folder")
	f.StringVar(&s.dsn, "postgres", "", "`data source name` of a PostgreSQL database to write to instead")
	f.StringVar(&s.key, "key", "", "key `file` that seals personal data, made when there is none; default: beside the SQLite database, else in your configuration folder")
	f.StringVar(&s.html, "html", "", "`file` for the page with tables and charts; default: beside the SQLite database, with PostgreSQL none")
	f.IntVar(&s.shift, "shift-years", 0, "move all dates by so many `years`, to where the law of mainland China holds")
	f.BoolVar(&s.asJSON, "json", false, "print the figures as one line of JSON")
	if err := f.Parse(args); err != nil {
		return s, err
	}
	switch {
	case f.NArg() > 0:
		return s, fmt.Errorf("nothing but flags is expected, not %q", f.Arg(0))
	case s.file == "":
		return s, errors.New("-file is missing: name the file of complaints")
	case s.db != "" && s.dsn != "":
		return s, errors.New("-db and -postgres exclude each other")
	case s.shift < -500 || s.shift > 500:
		return s, errors.New("-shift-years is at most 500 either way")
	}
	return s, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	s, err := parseFlags(args, stderr)
	if err != nil {
		return err
	}
	in, err := os.Open(s.file)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	file, err := read(in, s.shift)
	if err != nil {
		return fmt.Errorf("%s: %w", s.file, err)
	}
	store, where, err := open(&s)
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	keys, err := openKeys(s.key)
	if err != nil {
		return err
	}
	began := kernel.SystemClock{}.Now()
	tick, done := progressBar(stderr)
	f, err := (&replay{file: file, shift: s.shift, keys: keys, tick: tick}).run(ctx, store)
	done()
	if err != nil {
		return err
	}
	f.Seconds = kernel.SystemClock{}.Now().Sub(began).Seconds()
	if s.html != "" {
		if err := report(f, filepath.Base(s.file), s.html); err != nil {
			return err
		}
	}
	if s.asJSON {
		return show.JSON(stdout, f)
	}
	return tables(stdout, where, s.html, f)
}

// open opens the database that the settings name, and says where it is.
func open(s *settings) (*gormstore.Store, string, error) {
	if s.dsn != "" {
		store, err := postgres.Open(s.dsn)
		return store, "PostgreSQL", err
	}
	if s.db == "" {
		folder, err := os.MkdirTemp("", "crm-complaints-")
		if err != nil {
			return nil, "", err
		}
		s.db = filepath.Join(folder, "complaints.db")
	}
	if s.key == "" {
		s.key = s.db + ".key"
	}
	if s.html == "" {
		s.html = s.db + ".html"
	}
	store, err := sqlite.Open(s.db)
	return store, s.db, err
}

// openKeys opens the keys at path. Without one they are the same for whatever is
// replayed by this user.
func openKeys(path string) (*privacy.Keys, error) {
	if path == "" {
		folder, err := os.UserConfigDir()
		if err != nil {
			return nil, fmt.Errorf("name a file with -key: %w", err)
		}
		path = filepath.Join(folder, "crm-replay.key")
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, err
		}
	}
	return privacy.OpenKeyFile(path)
}
