package main

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The committed pages are what go generate writes.
func TestGeneratedPagesAreUpToDate(t *testing.T) {
	t.Parallel()
	for name, write := range generated {
		have := read(t, filepath.Join("../../docs", name))
		want, err := renewed(have, write())
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(have, want); diff != "" {
			t.Errorf("%s is out of date, run go generate ./internal/docgen (-committed +generated):\n%s", name, diff)
		}
	}
}

func TestPageWithoutMarkIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := renewed("# A page\n", "text"); err == nil {
		t.Error("a page without mark was overwritten")
	}
	got, err := renewed("# A page\n"+mark+"old\n", "\nnew\n\n")
	if want := "# A page\n" + mark + "\nnew\n"; got != want || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}
