// Package start is how the longer example programs begin: they run until they end or are
// interrupted, open the database that the flags name and the keys that belong to it, and
// show how far they are.
//
// It is no part of the library.
package start

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
)

// Main runs a program until it ends or is interrupted, and exits with 1 when it failed.
func Main(program string, run func(ctx context.Context, args []string, stdout, stderr io.Writer) error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintf(os.Stderr, "%s: %v\n", program, err)
		os.Exit(1)
	}
}

// Place is the database of a run, as the flags name it.
type Place struct{ DB, Postgres, Key string }

// Check refuses two databases at once.
func (p *Place) Check() error {
	if p.DB != "" && p.Postgres != "" {
		return errors.New("-db and -postgres exclude each other")
	}
	return nil
}

// Open opens the database, and says where it is: without another wish in a new temporary
// folder. Of SQLite the keys stand beside it.
func (p *Place) Open(program string) (*gormstore.Store, string, error) {
	if p.Postgres != "" {
		store, err := postgres.Open(p.Postgres)
		return store, "PostgreSQL", err
	}
	if p.DB == "" {
		folder, err := os.MkdirTemp("", "crm-"+program+"-")
		if err != nil {
			return nil, "", err
		}
		p.DB = filepath.Join(folder, program+".db")
	}
	if p.Key == "" {
		p.Key = p.DB + ".key"
	}
	store, err := sqlite.Open(p.DB)
	return store, p.DB, err
}

// Keys opens the keys at path. Without one they are the same for whatever is replayed by
// this user.
func Keys(path string) (*privacy.Keys, error) {
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

// Progress returns what draws a bar on a terminal, and what ends it; elsewhere both do
// nothing.
func Progress(stderr io.Writer, what string) (tick func(of int), done func()) {
	f, ok := stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return nil, func() {}
	}
	var bar *progressbar.ProgressBar
	tick = func(of int) {
		if bar == nil {
			bar = progressbar.NewOptions(of, progressbar.OptionSetWriter(stderr), progressbar.OptionSetDescription(what),
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
