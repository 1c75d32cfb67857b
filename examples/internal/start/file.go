package start

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// File is a program that replays a file, as the command line says.
type File struct {
	*flag.FlagSet // for flags of the program's own, before Parse
	Place
	Path  string // of the file
	Shift int    // years by which all dates are moved
	JSON  bool   // print the figures as one line of JSON

	flag   string // that names the file
	stderr io.Writer
}

// NewFile returns the flags of a program, of which one names the file; what says what is in
// that, "claims".
func NewFile(program, flagName, what string, stderr io.Writer) *File {
	f := &File{FlagSet: flag.NewFlagSet(program, flag.ContinueOnError), flag: flagName, stderr: stderr}
	f.SetOutput(stderr)
	f.StringVar(&f.Path, flagName, "", "the `file` of "+what+"; needed")
	f.StringVar(&f.DB, "db", "", "SQLite database `file` to write to; default: a new one in a temporary folder")
	f.StringVar(&f.Postgres, "postgres", "", "`data source name` of a PostgreSQL database to write to instead")
	f.StringVar(&f.Key, "key", "", "key `file` that seals personal data, made when there is none; default: beside the SQLite database, else in your configuration folder")
	f.IntVar(&f.Shift, "shift-years", 0, "move all dates by so many `years`")
	f.BoolVar(&f.JSON, "json", false, "print the figures as one line of JSON")
	return f
}

// Parse reads the command line.
func (f *File) Parse(args []string) error {
	if err := f.FlagSet.Parse(args); err != nil {
		return err
	}
	switch {
	case f.NArg() > 0:
		return fmt.Errorf("nothing but flags is expected, not %q", f.Arg(0))
	case f.Path == "":
		return fmt.Errorf("-%s is missing: name the file", f.flag)
	case f.Shift < -500 || f.Shift > 500:
		return errors.New("-shift-years is at most 500 either way")
	}
	return f.Check()
}

// Run is what a replay works with.
type Run struct {
	Store storage.Store
	Keys  privacy.Cipher
	Tick  func(of int) // told after each step, of how many; nil: nobody is
}

// Replay reads the file, opens the database and has the replay run. It returns where the
// database is and how many seconds the replay took.
func Replay[F any](ctx context.Context, f *File, read func(in io.Reader, shift int) (F, error), replay func(context.Context, F, Run) error) (where string, seconds float64, err error) {
	in, err := os.Open(f.Path)
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = in.Close() }()
	file, err := read(in, f.Shift)
	if err != nil {
		return "", 0, fmt.Errorf("%s: %w", f.Path, err)
	}
	store, where, err := f.Open(f.Name())
	if err != nil {
		return "", 0, err
	}
	defer func() { _ = store.Close() }()
	keys, err := Keys(f.Key)
	if err != nil {
		return "", 0, err
	}
	began := kernel.SystemClock{}.Now()
	tick, done := Progress(f.stderr, f.Name())
	err = replay(ctx, file, Run{store, keys, tick})
	done()
	return where, kernel.SystemClock{}.Now().Sub(began).Seconds(), err
}
