package show

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
)

// Flags are what every example takes.
type Flags struct {
	DB       string // path of a SQLite file; without another wish one in a new temporary folder
	Postgres string // data source name; then DB is empty
	Keys     string // path of the key file
	JSON     bool   // print nothing but the facts
}

// Parse reads the flags of the program. With -h it prints what they mean on stdout and
// returns [flag.ErrHelp].
func Parse(program, about string, args []string, stdout io.Writer) (Flags, error) {
	var f Flags
	set := flag.NewFlagSet(program, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&f.DB, "db", "", "SQLite `file`; default: a new one in a temporary folder")
	set.StringVar(&f.Postgres, "postgres", "", "`data source name` of a PostgreSQL database, instead of SQLite")
	set.StringVar(&f.Keys, "keys", "", "key `file`; default: beside the SQLite file, or "+program+".key")
	set.BoolVar(&f.JSON, "json", false, "print only the facts, as one line of JSON")
	err := set.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		_, _ = fmt.Fprintf(stdout, "%s: %s\n\nFlags:\n", program, about)
		set.SetOutput(stdout)
		set.PrintDefaults()
		return f, err
	case err != nil:
		return f, fmt.Errorf("%w; -h lists the flags", err)
	case set.NArg() > 0:
		return f, fmt.Errorf("what is %q? -h lists the flags", set.Arg(0))
	case f.DB != "" && f.Postgres != "":
		return f, errors.New("give -db or -postgres, not both")
	}
	return f, f.fill(program)
}

func (f *Flags) fill(program string) error {
	if f.DB == "" && f.Postgres == "" {
		dir, err := os.MkdirTemp("", program+"-")
		if err != nil {
			return err
		}
		f.DB = filepath.Join(dir, program+".db")
	}
	switch {
	case f.Keys != "":
	case f.DB != "":
		f.Keys = f.DB + ".key"
	default:
		f.Keys = program + ".key"
	}
	return nil
}

// Store names the database for people. Of PostgreSQL it says no more than that, for a
// data source name may hold a password.
func (f Flags) Store() string {
	if f.Postgres != "" {
		return "PostgreSQL"
	}
	return "SQLite, " + f.DB
}

// Printer returns the printer of the run: one that prints nothing when only the facts
// are asked for.
func (f Flags) Printer(stdout io.Writer) *Printer {
	if f.JSON {
		return To(io.Discard)
	}
	return To(stdout)
}

// Finish ends a run: it prints the facts where they are asked for.
func (f Flags) Finish(p *Printer, stdout io.Writer, facts any) error {
	if f.JSON {
		return JSON(stdout, facts)
	}
	return p.Err()
}

// Main runs a program until it ends or is interrupted, and returns its exit code. An
// error is one line on stderr.
func Main(program string, run func(ctx context.Context, args []string, stdout io.Writer) error) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Stdout)
	if err == nil || errors.Is(err, flag.ErrHelp) {
		return 0
	}
	_, _ = fmt.Fprintf(os.Stderr, "%s: %s\n", program, line(err))
	return 1
}
