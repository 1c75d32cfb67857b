package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coverkit/crm/examples/internal/show/showtest"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var monday = kernel.NewDate(2026, 3, 2)

var personal = []string{"张三", "110199199001019015", "13800138000", "138 0013 8000", account, "人民路", "bicycle"}

// The same story twice on one database: the second time the customer is known and the
// product on sale.
func TestStory(t *testing.T) {
	t.Parallel()
	showtest.OnEach(t, func(t *testing.T, flags []string) {
		for _, file := range []string{"facts.json", "again.json"} {
			var out bytes.Buffer
			if err := story(t.Context(), append(flags, "-json"), &out, monday); err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(out.String(), "\n"); n != 1 {
				t.Errorf("%d lines beside the facts", n-1)
			}
			showtest.Golden(t, file, out.Bytes())
		}
		var out bytes.Buffer
		if err := story(t.Context(), flags, &out, monday); err != nil {
			t.Fatal(err)
		}
		text := out.String()
		showtest.Readable(t, text, personal...)
		for _, want := range []string{
			"has an archive already", "on sale already", "CLM-2026-00000003", "replayed", "Accept (the check of completeness is open)",
			"2026-03-18 09:00  system for cashier-1  Settle", "stateDiagram-v2", "approved, 6596.54 paid to account ****6789", "journal verified: ",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not printed", want)
			}
		}
	})
}

// By the machine's clock the facts are the same.
func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-db", filepath.Join(t.TempDir(), "crm.db"), "-json"}, &out); err != nil {
		t.Fatal(err)
	}
	showtest.Golden(t, "facts.json", out.Bytes())
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"two databases":     {"-db", "a.db", "-postgres", "dbname=a"},
		"an unknown flag":   {"-colour"},
		"an argument":       {"now"},
		"no such folder":    {"-db", filepath.Join(t.TempDir(), "nowhere", "crm.db")},
		"no server there":   {"-postgres", "postgres://crm:hunter2@127.0.0.1:1/crm", "-keys", filepath.Join(t.TempDir(), "k")},
		"keys in no folder": {"-db", filepath.Join(t.TempDir(), "crm.db"), "-keys", filepath.Join(t.TempDir(), "nowhere", "k")},
	} {
		err := run(t.Context(), args, new(bytes.Buffer))
		if err == nil || strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), []string{"-h"}, &out); !errors.Is(err, flag.ErrHelp) || !strings.Contains(out.String(), "-postgres") {
		t.Errorf("%v: %s", err, &out)
	}
}

// Who interrupts the program gets an error and no half of a story.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := run(ctx, []string{"-db", filepath.Join(t.TempDir(), "crm.db")}, new(bytes.Buffer)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
