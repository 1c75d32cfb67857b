package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/examples/internal/show/showtest"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// The program as it is started, on a file and on a server, twice each.
func TestProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, args := range map[string][]string{
		"sqlite":   {"-db", filepath.Join(dir, "crm.db")},
		"postgres": {"-postgres", "", "-key", filepath.Join(dir, "crm.key"), "-html", filepath.Join(dir, "page.html")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			html := filepath.Join(dir, "crm.db.html")
			if name == "postgres" {
				args[1], html = pgtest.DSN(t), args[5]
			}
			args = append(args, "-file", small)
			once, twice := asJSON(t, args), asJSON(t, args)
			if once.Seconds <= 0 {
				t.Errorf("%g seconds", once.Seconds)
			}
			if d := same(once, twice); d != "" {
				t.Errorf("the second run:\n%s", d)
			}
			golden(t, "complaints.json", once)

			var out bytes.Buffer
			if err := run(t.Context(), args, &out, io.Discard); err != nil {
				t.Fatal(err)
			}
			showtest.Readable(t, out.String())
			for _, line := range []string{
				"  answered on time                        5 (71.4 %)\n",
				"  2024           6     1         40.0       66.7\n",
				"    11  Received date           is not a date of the form month/day/year\n",
				"Page      " + html + "\n",
			} {
				if !strings.Contains(out.String(), line) {
					t.Errorf("no %q in:\n%s", line, &out)
				}
			}
			page := string(content(t, html))
			for _, want := range []string{"投诉总结 of complaints.csv, received from 2023-12-15 to 2024-04-10", "<b>5 (71.4 %)</b>", "Refusal (claims.refusal)", "is neither Yes nor No"} {
				if !strings.Contains(page, want) {
					t.Errorf("the page does not say %q", want)
				}
			}
			if n := strings.Count(page, "<svg"); n != 4 {
				t.Errorf("%d charts, want 4", n)
			}
		})
	}
}

// asJSON runs the program and reads the last line that it prints.
func asJSON(t *testing.T, args []string) (f figures) {
	t.Helper()
	var out, stderr bytes.Buffer
	if err := run(t.Context(), append(args, "-json"), &out, &stderr); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &f); err != nil {
		t.Fatal(err)
	}
	if stderr.Len() > 0 {
		t.Errorf("where nobody watches, nothing is drawn: %q", stderr.String())
	}
	return f
}

// What other programs read: these keys and no others.
func TestKeys(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-file", small, "-db", filepath.Join(t.TempDir(), "crm.db"), "-json"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for key := range got {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	want := []string{
		"breaches", "complaints", "confirmed_respondents", "justified", "median_days", "on_time", "on_time_rate", "open", "p95_days",
		"rejected", "respondents", "rows", "seconds", "verified",
	}
	if d := cmp.Diff(want, keys); d != "" {
		t.Error(d)
	}
	if rate, ok := got["on_time_rate"].(float64); !ok || rate != 0.7143 {
		t.Errorf("on_time_rate is %v", got["on_time_rate"])
	}
}

// A file without a row that can be used has nothing to analyse, and says so.
func TestNothingToAnalyse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "empty.csv")
	if err := os.WriteFile(file, []byte(strings.Replace(plain, "N1", "", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-file", file, "-db", filepath.Join(dir, "crm.db")}
	if f := asJSON(t, args); f.Complaints != 0 || f.Rows != 1 || f.OnTimeRate != "0" || !f.Verified || len(f.Rejected) != 1 {
		t.Errorf("%+v", f)
	}
	var out bytes.Buffer
	if err := run(t.Context(), args, &out, io.Discard); err != nil || !strings.Contains(out.String(), "1 to 40 letters") {
		t.Errorf("%v:\n%s", err, &out)
	}
}

// Without a database the program makes one that only its owner may read, and a page
// beside it.
func TestNewDatabase(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-file", small}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	where := strings.TrimSpace(strings.TrimPrefix(strings.SplitN(out.String(), "\n", 4)[2], "Database"))
	if info, err := os.Stat(where); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v", where, info, err)
	}
	if _, err := os.Stat(where + ".html"); err != nil {
		t.Error(err)
	}
}

func TestWrongStarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "-file is missing"},
		{[]string{"-file", small, "more"}, "nothing but flags"},
		{[]string{"-file", small, "-db", "a", "-postgres", "b"}, "exclude each other"},
		{[]string{"-file", small, "-postgres", "b", "-key", filepath.Join(dir, "key")}, "data source name"},
		{[]string{"-file", small, "-shift-years", "-501"}, "at most 500"},
		{[]string{"-file", small, "-no"}, "not defined"},
		{[]string{"-file", filepath.Join(dir, "none.csv")}, "no such file"},
		{[]string{"-file", "row.go"}, "no column"},
		{[]string{"-file", small, "-db", "row.go"}, "unavailable"},
		{[]string{"-file", small, "-db", filepath.Join(dir, "none", "crm.db")}, "no such directory"},
		{[]string{"-file", small, "-db", filepath.Join(dir, "crm.db"), "-html", filepath.Join(dir, "none", "page.html")}, "no such file"},
	} {
		if err := run(t.Context(), c.args, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v instead of %q", c.args, err, c.want)
		}
	}
	if err := run(t.Context(), []string{"-h"}, io.Discard, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
}
