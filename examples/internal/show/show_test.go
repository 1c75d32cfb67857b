package show_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/examples/internal/show"
)

// A Chinese character takes two columns, so that the columns of a table meet.
func ExamplePrinter_Table() {
	show.To(os.Stdout).Table([]string{"name", "amount", "state"},
		[]string{"张三", "8100.00", "paid"}, []string{"Li Si", "95.50", "open"})
	// Output:
	// name    amount  state
	//   张三   8100.00  paid
	//   Li Si    95.50  open
}

func ExampleClip() {
	fmt.Println(show.Clip("the policy lapsed", 12), show.Clip("意外医疗保险", 8), show.Clip("short", 8))
	// Output: the policy… 意外医… short
}

func ExampleJSON() {
	fmt.Println(show.JSON(os.Stdout, map[string]any{"state": "paid", "approved": "8100.00"}))
	// Output:
	// {"approved":"8100.00","state":"paid"}
	// <nil>
}

func ExampleParse() {
	f, err := show.Parse("claims", "shows claims", []string{"-db", "crm.db"}, os.Stdout)
	fmt.Println(f.Store(), f.Keys, err)
	_, err = show.Parse("claims", "shows claims", []string{"-db", "crm.db", "-postgres", "dbname=crm"}, os.Stdout)
	fmt.Println(err)
	// Output:
	// SQLite, crm.db crm.db.key <nil>
	// give -db or -postgres, not both
}

func TestParseDefaults(t *testing.T) {
	f, err := show.Parse("claims", "", nil, io.Discard)
	if err != nil || filepath.Base(f.DB) != "claims.db" || f.Keys != f.DB+".key" {
		t.Errorf("%+v, %v", f, err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(filepath.Dir(f.DB)) })
	f, err = show.Parse("claims", "", []string{"-postgres", "password=hunter2"}, io.Discard)
	if err != nil || f.DB != "" || f.Keys != "claims.key" || strings.Contains(f.Store(), "hunter2") {
		t.Errorf("%+v, %v", f, err)
	}
	if _, err = show.Parse("claims", "", []string{"-help"}, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Error(err)
	}
}

// Whatever the cells hold, all lines begin their last column at the same place.
func TestColumnsMeet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cell := rapid.StringMatching(`[a-z0-9.张李保险，→ ]{0,12}`)
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 2, 2), 1, 6).Draw(t, "rows")
		for i := range rows {
			rows[i] = append(rows[i], "|")
		}
		var out bytes.Buffer
		show.To(&out).Table([]string{"a", "b", "|"}, rows...)
		places := map[int]bool{}
		for line := range strings.Lines(out.String()) {
			places[show.Width(line[:strings.LastIndex(line, "|")])] = true
		}
		if len(places) != 1 {
			t.Fatalf("the last column begins at %v:\n%s", places, &out)
		}
	})
}

func TestClipFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, n := rapid.String().Draw(t, "s"), rapid.IntRange(1, 40).Draw(t, "n")
		if got := show.Clip(s, n); show.Width(got) > n || show.Width(s) <= n && got != s {
			t.Fatalf("%q of %d columns became %q", s, n, got)
		}
	})
}

// A pipe that breaks is an error in the end, not an endless print.
func TestErr(t *testing.T) {
	t.Parallel()
	p := show.To(full{})
	p.Section("Claims")
	p.Say("one")
	p.Note("more")
	p.Block("a\nb")
	if !errors.Is(p.Err(), errFull) || !errors.Is(show.JSON(full{}, 1), errFull) {
		t.Error(p.Err())
	}
	if err := (show.Flags{}).Finish(p, io.Discard, 1); !errors.Is(err, errFull) {
		t.Error(err)
	}
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestSections(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := show.To(&out)
	p.Section("Claim 理赔")
	p.Say("filed")
	p.Note("next")
	p.Section("B")
	p.Block("x\n  y\n\n")
	const want = "Claim 理赔\n──────────\nfiled\n    next\n\nB\n─\n    x\n      y\n"
	if out.String() != want {
		t.Errorf("got\n%s", &out)
	}
}
