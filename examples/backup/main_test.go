package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/coverkit/crm/examples/internal/show/showtest"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestRun(t *testing.T) {
	t.Parallel()
	showtest.OnEach(t, func(t *testing.T, flags []string) {
		golden := filepath.Base(t.Name()) + ".json"
		for range 2 { // the second time on what the first has left
			var out bytes.Buffer
			if err := run(t.Context(), append(flags, "-json"), &out); err != nil {
				t.Fatal(err)
			}
			showtest.Golden(t, golden, out.Bytes())
		}
		var out bytes.Buffer
		if err := run(t.Context(), flags, &out); err != nil {
			t.Fatal(err)
		}
		showtest.Readable(t, out.String(), "@example.com")
	})
}
