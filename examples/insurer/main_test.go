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

	"github.com/coverkit/crm/examples/internal/show/showtest"
)

// The program as it is started: tables and a page for people, a line for programs.
func TestProgram(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	few := []string{"-customers", "40", "-seed", "9"}
	var out, line, stderr bytes.Buffer
	if err := run(t.Context(), append(few, "-db", filepath.Join(dir, "a.db")), &out, &stderr); err != nil {
		t.Fatal(err)
	}
	showtest.Readable(t, out.String(), "110199", "6217000010001234567")
	for _, want := range []string{"Page      " + filepath.Join(dir, "a.db.html"), "The journal agrees with all records: true.", "Products 产品", "Decide on the claim", "new_policy"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, &out)
		}
	}
	page, err := os.ReadFile(filepath.Join(dir, "a.db.html"))
	if err != nil || bytes.Count(page, []byte("<svg")) < 3 || !bytes.Contains(page, []byte("Would recommend us")) {
		t.Errorf("the page: %v, %d charts", err, bytes.Count(page, []byte("<svg")))
	}
	if err := run(t.Context(), append(few, "-db", filepath.Join(dir, "b.db"), "-json"), &line, &stderr); err != nil {
		t.Fatal(err)
	}
	if stderr.Len() > 0 {
		t.Errorf("where nobody watches, nothing is drawn: %q", stderr.String())
	}
	if n := strings.Count(line.String(), "\n"); n != 1 {
		t.Errorf("%d lines", n)
	}
	want := []string{
		"customers", "policies", "claims", "complaints", "members", "responses", "commands", "tasks_opened", "tasks_met", "tasks_cancelled",
		"tasks_breached", "tasks_open", "paid_total", "premium_total", "verified", "seconds",
	}
	if d := cmp.Diff(want, keys(t, line.Bytes())); d != "" {
		t.Error(d)
	}
}

// keys returns the keys of an object, in its order. Their values are plain.
func keys(t *testing.T, doc []byte) (out []string) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(doc))
	for n := 0; ; n++ {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if name, ok := token.(string); ok && n%2 == 1 {
			out = append(out, name)
		}
	}
}

func TestWrongStarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"more"}, "nothing but flags"},
		{[]string{"-years", "0"}, "-years"},
		{[]string{"-years", "11"}, "-years"},
		{[]string{"-customers", "0"}, "-customers"},
		{[]string{"-seed", "-1"}, "invalid value"},
		{[]string{"-db", "a", "-postgres", "b"}, "exclude each other"},
		{[]string{"-postgres", "b", "-key", filepath.Join(dir, "key")}, "data source name"},
		{[]string{"-no"}, "not defined"},
		{[]string{"-db", "main.go"}, "unavailable"},
		{[]string{"-db", filepath.Join(dir, "none", "crm.db")}, "no such directory"},
		{[]string{"-db", filepath.Join(dir, "k.db"), "-key", "main.go"}, "key"},
		{[]string{"-customers", "1", "-db", filepath.Join(dir, "h.db"), "-html", filepath.Join(dir, "none", "page.html")}, "no such file"},
	} {
		if err := run(t.Context(), c.args, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v instead of %q", c.args, err, c.want)
		}
	}
	if err := run(t.Context(), []string{"-h"}, io.Discard, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
}

// Without a database the program makes one that only its owner may read.
func TestNewDatabase(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-customers", "1"}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	where := strings.TrimSpace(strings.TrimPrefix(strings.SplitN(out.String(), "\n", 4)[2], "Database"))
	if info, err := os.Stat(where); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v", where, info, err)
	}
}
