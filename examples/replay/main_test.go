package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// The program as it is started, on a file and on a server, twice each.
func TestProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, args := range map[string][]string{
		"sqlite":   {"-db", filepath.Join(dir, "crm.db")},
		"postgres": {"-postgres", "", "-key", filepath.Join(dir, "crm.key")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "postgres" {
				args[1] = pgtest.DSN(t)
			}
			args = append(args, "-claims", small, "-shift-years", "1")
			once, twice := asJSON(t, args), asJSON(t, args)
			if once.Seconds <= 0 || once.JournalEntries == 0 {
				t.Errorf("%g seconds, %d entries", once.Seconds, once.JournalEntries)
			}
			once.Seconds = twice.Seconds
			if d := cmp.Diff(once, twice); d != "" {
				t.Errorf("the second run:\n%s", d)
			}
			shown := once
			shown.Seconds = 0
			golden(t, "testdata/claims.json", shown)

			var out bytes.Buffer
			if err := run(t.Context(), args, &out, io.Discard); err != nil {
				t.Fatal(err)
			}
			for _, line := range []string{"Paid out                    33500.00\n", "line 10 umbrella_limit: an amount is not negative\n"} {
				if !strings.Contains(out.String(), line) {
					t.Errorf("no %q in:\n%s", line, &out)
				}
			}
		})
	}
}

// asJSON runs the program and reads the last line that it prints.
func asJSON(t *testing.T, args []string) (f figures) {
	t.Helper()
	var out, complaints bytes.Buffer
	if err := run(t.Context(), append(args, "-json"), &out, &complaints); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &f); err != nil {
		t.Fatal(err)
	}
	if complaints.Len() > 0 {
		t.Errorf("where nobody watches, nothing is drawn: %q", complaints.String())
	}
	return f
}

// Without a database the program makes one that only its owner may read.
func TestNewDatabase(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-claims", small}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	where := strings.TrimSpace(strings.TrimPrefix(strings.SplitN(out.String(), "\n", 2)[0], "Database"))
	if info, err := os.Stat(where); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v", where, info, err)
	}
}

func TestWrongStarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "-claims is missing"},
		{[]string{"-claims", small, "more"}, "nothing but flags"},
		{[]string{"-claims", small, "-db", "a", "-postgres", "b"}, "exclude each other"},
		{[]string{"-claims", small, "-postgres", "b", "-key", filepath.Join(dir, "key")}, "data source name"},
		{[]string{"-claims", small, "-shift-years", "501"}, "at most 500"},
		{[]string{"-claims", small, "-no"}, "not defined"},
		{[]string{"-claims", filepath.Join(dir, "none.csv")}, "no such file"},
		{[]string{"-claims", "row.go"}, "no column"},
		{[]string{"-claims", small, "-db", "row.go"}, "unavailable"},
		{[]string{"-claims", small, "-db", filepath.Join(dir, "none", "crm.db")}, "no such directory"},
	} {
		if err := run(t.Context(), c.args, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v instead of %q", c.args, err, c.want)
		}
	}
	if err := run(t.Context(), []string{"-h"}, io.Discard, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
}
