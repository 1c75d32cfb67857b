package pgtest

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/jackc/pgx/v5"
)

// recorder notes how a test ended.
type recorder struct {
	testing.TB
	skipped, failed bool
}

func (*recorder) Helper()        {}
func (r *recorder) Skip(...any)  { r.skipped = true; runtime.Goexit() }
func (r *recorder) Fatal(...any) { r.failed = true; runtime.Goexit() }

func ask(s *source) *recorder {
	r, done := &recorder{}, make(chan struct{})
	go func() {
		defer close(done)
		s.dsn(r)
	}()
	<-done
	return r
}

// Not parallel: it sets the environment.
func TestWithoutPostgreSQL(t *testing.T) {
	broken := errors.New("the server does not start")
	for _, tt := range []struct {
		name, ci        string
		err             error
		skipped, failed bool
	}{
		{"a developer's machine", "", errMissing, true, false},
		{"a pipeline", "true", errMissing, false, true},
		{"found and broken", "", broken, false, true},
		{"found and broken in a pipeline", "1", broken, false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("CI", tt.ci)
			r := ask(&source{open: func() (*server, error) { return nil, tt.err }})
			if r.skipped != tt.skipped || r.failed != tt.failed {
				t.Errorf("skipped %v, failed %v", r.skipped, r.failed)
			}
		})
	}
}

func TestASourceOpensOnceAndNotAfterItsEnd(t *testing.T) {
	t.Parallel()
	opened := 0
	s := &source{open: func() (*server, error) { opened++; return nil, errors.New("broken") }}
	ask(s)
	ask(s)
	if opened != 1 {
		t.Errorf("opened %d times", opened)
	}
	late := &source{open: func() (*server, error) { t.Error("opened after the end"); return nil, errMissing }}
	if err := late.close(); err != nil {
		t.Fatal(err)
	}
	if r := ask(late); !r.failed {
		t.Error("a closed source hands out databases")
	}
}

// Not parallel: it sets PATH.
func TestFindTheNewestBinaries(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	root := t.TempDir()
	install := func(dir string, programs ...string) string {
		dir = filepath.Join(root, dir)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		for _, p := range programs {
			if err := os.WriteFile(filepath.Join(dir, p), []byte("#!/bin/sh\n"), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		return dir
	}
	patterns := []string{filepath.Join(root, "*/bin")}
	if _, err := find(patterns); !errors.Is(err, errMissing) {
		t.Errorf("find in empty folders: %v", err)
	}
	install("9/bin", "initdb", "postgres")
	seventeen := install("17/bin", "initdb", "postgres")
	install("18/bin", "psql", "initdb") // clients only
	b, err := find(patterns)
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(seventeen, "postgres"); b.postgres != want {
		t.Errorf("found %s, want %s", b.postgres, want)
	}
	inPath := install("chosen", "initdb", "postgres")
	t.Setenv("PATH", inPath)
	if b, err = find(patterns); err != nil || b.initdb != filepath.Join(inPath, "initdb") {
		t.Errorf("found %v, %v; PATH comes first", b, err)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]int{
		"/usr/lib/postgresql/9/bin":           9,
		"/usr/lib/postgresql/17/bin":          17,
		"/usr/pgsql-16/bin":                   16,
		"/opt/homebrew/opt/postgresql@15/bin": 15,
		"/usr/local/pgsql/bin":                0,
	} {
		if got := version(dir); got != want {
			t.Errorf("version(%s) = %d, want %d", dir, got, want)
		}
	}
}

func TestWithDatabase(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{
		"postgres://crm:s%40fe@db.example:5433/postgres?sslmode=disable",
		"postgresql://crm:s%40fe@db.example:5433?sslmode=disable&dbname=postgres",
		"postgresql://crm:s%40fe@db.example:5433/?database=postgres&sslmode=disable",
		"host=db.example port=5433 user=crm password=s@fe dbname=postgres sslmode=disable",
		"host=db.example port=5433 user=crm password=s@fe sslmode=disable",
	} {
		c, err := pgx.ParseConfig(withDatabase(dsn, "crm_test_1"))
		if err != nil {
			t.Errorf("%s: %v", dsn, err)
			continue
		}
		if c.Database != "crm_test_1" || c.Host != "db.example" || c.Port != 5433 || c.User != "crm" || c.Password != "s@fe" || c.TLSConfig != nil {
			t.Errorf("%s became %s", dsn, c.ConnString())
		}
	}
}
