package main

import (
	"path/filepath"
	"testing"

	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// small is a year that a test has time for.
var small = size{years: 1, customers: 30, seed: 1}

// onAll tells a story on an empty store of each kind.
func onAll(t *testing.T, story func(*testing.T, storage.Store)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { t.Parallel(); story(t, memory.New()) })
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		story(t, s)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		s, err := postgres.Open(pgtest.DSN(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		story(t, s)
	})
}

// lived lives through the years of an insurer and counts what is there then.
func lived(t *testing.T, store storage.Store, of size) (*insurer, *figures) {
	t.Helper()
	keys, err := privacy.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	w, err := open(t.Context(), store, keys, of)
	if err == nil {
		err = w.run(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	f, err := w.count()
	if err != nil {
		t.Fatal(err)
	}
	return w, f
}
