package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
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

// onAll tells a story on an empty store of each kind.
func onAll(t *testing.T, story func(*testing.T, storage.Store)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { t.Parallel(); story(t, memory.New()) })
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); story(t, onSQLite(t)) })
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

func onSQLite(t *testing.T) storage.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newKeys(t *testing.T) *privacy.Keys {
	t.Helper()
	keys, err := privacy.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// above finds a file in a folder above this one, and skips the test where there is none.
func above(t *testing.T, path string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		found := filepath.Join(dir, path)
		if _, err := os.Stat(found); err == nil {
			return found
		} else if !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
		up := filepath.Dir(dir)
		if up == dir {
			t.Skip("the file is not there")
		}
		dir = up
	}
}

// parsed reads a file, with some of its text replaced.
func parsed(t *testing.T, text []byte, shift int, oldnew ...string) *complaints {
	t.Helper()
	for i := 0; i < len(oldnew); i += 2 {
		if !bytes.Contains(text, []byte(oldnew[i])) {
			t.Fatalf("the file has no %q", oldnew[i])
		}
		text = bytes.Replace(text, []byte(oldnew[i]), []byte(oldnew[i+1]), 1)
	}
	file, err := read(bytes.NewReader(text), shift)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// told replays a file and returns the figures, without what the analysis says beyond them.
func told(t *testing.T, s storage.Store, r *replay) figures {
	t.Helper()
	f, err := r.run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Verified {
		t.Error("the journal says something else than the rows")
	}
	return *f
}
