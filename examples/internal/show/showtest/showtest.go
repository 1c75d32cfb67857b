// Package showtest tests the example programs: on each database, against the facts that
// testdata holds.
package showtest

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

var update = flag.Bool("update", false, "write testdata anew")

// OnEach runs a test with the flags that name a fresh database of each kind.
func OnEach(t *testing.T, test func(t *testing.T, flags []string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, []string{"-db", filepath.Join(t.TempDir(), "crm.db")})
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, []string{"-postgres", pgtest.DSN(t), "-keys", filepath.Join(t.TempDir(), "crm.key")})
	})
}

// Golden compares the facts that a program printed with those of a file. What differs
// between databases or from run to run is no fact.
func Golden(t *testing.T, file string, stdout []byte) {
	t.Helper()
	lines := bytes.Split(bytes.TrimSpace(stdout), []byte("\n"))
	var got bytes.Buffer
	if err := json.Indent(&got, lines[len(lines)-1], "", "  "); err != nil {
		t.Fatalf("the last line is no JSON: %v\n%s", err, stdout)
	}
	got.WriteByte('\n')
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("%s (-update writes it anew):\n%s", path, diff)
	}
}

var unwanted = map[string]*regexp.Regexp{
	"a key":             regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-`),
	"a colour":          regexp.MustCompile("\x1b"),
	"a blank at an end": regexp.MustCompile(`(?m) +$`),
	"Go's own words":    regexp.MustCompile(`%!|<nil>|map\[|&\{`),
}

// Readable fails unless a text is fit for people, and holds none of the secrets.
func Readable(t *testing.T, text string, secrets ...string) {
	t.Helper()
	if text == "" {
		t.Error("nothing was printed")
	}
	for what, re := range unwanted {
		if at := re.FindStringIndex(text); at != nil {
			t.Errorf("%s is printed: %q", what, text[max(0, at[0]-40):min(len(text), at[1]+40)])
		}
	}
	for _, s := range secrets {
		if strings.Contains(text, s) {
			t.Errorf("personal data is printed: %s", s)
		}
	}
}
