package main

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/examples/internal/show/showtest"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestRun(t *testing.T) {
	t.Parallel()
	showtest.OnEach(t, func(t *testing.T, flags []string) {
		for range 2 { // the second time on what the first has left
			var out bytes.Buffer
			if err := run(t.Context(), append(flags, "-json"), &out); err != nil {
				t.Fatal(err)
			}
			showtest.Golden(t, "facts.json", out.Bytes())
		}
		var out bytes.Buffer
		if err := run(t.Context(), flags, &out); err != nil {
			t.Fatal(err)
		}
		showtest.Readable(t, out.String())
	})
}

// A case that is off is shown, and the program says so.
func TestWrong(t *testing.T) {
	t.Parallel()
	forgetful := cases[0]
	forgetful.want = counts{Tickets: 1}
	var out bytes.Buffer
	err := tryAll(t.Context(), []string{"-db", filepath.Join(t.TempDir(), "host.db")}, &out, []attempt{forgetful})
	if err == nil || !strings.Contains(err.Error(), "1 of 1") || !strings.Contains(out.String(), "0 / 1   0 / 1            ✗") {
		t.Errorf("%v\n%s", err, &out)
	}
	broken := errors.New("no table")
	failing := attempt{"GORM", "commit", counts{}, func(context.Context, *host, claim.Notice) error { return broken }}
	err = tryAll(t.Context(), []string{"-db", filepath.Join(t.TempDir(), "host.db")}, &out, []attempt{failing})
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

func TestPasswordStaysInside(t *testing.T) {
	t.Parallel()
	err := run(t.Context(), []string{"-postgres", "postgres://crm:hunter2@127.0.0.1:1/crm"}, new(bytes.Buffer))
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}
