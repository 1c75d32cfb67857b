package gormstore

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/storage"
)

// Up is Migrate without its care for what an error may tell: here the driver's own
// text helps whoever writes a migration.
func (s *Store) Up(t *testing.T) {
	t.Helper()
	if err := s.up(t.Context()); err != nil {
		t.Fatalf("a migration fails: %v", err)
	}
}

func TestDialectsHaveTheSameMigrations(t *testing.T) {
	t.Parallel()
	lite, err := files.ReadDir("migrations/sqlite")
	if err != nil {
		t.Fatal(err)
	}
	post, err := files.ReadDir("migrations/postgres")
	if err != nil {
		t.Fatal(err)
	}
	name := regexp.MustCompile(`^0000[1-9]_[a-z_]+\.sql$|^000[1-9][0-9]_[a-z_]+\.sql$`)
	for i := range max(len(lite), len(post)) {
		if i >= len(lite) || i >= len(post) || lite[i].Name() != post[i].Name() || !name.MatchString(lite[i].Name()) {
			t.Fatalf("migration %d: each dialect needs a file of the same name, as 00001_base.sql: %v, %v", i+1, lite, post)
		}
	}
}

func TestSuccessor(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]string{
		"a": "b", "az": "a{", "保": "俞", "\U00020BB7": "\U00020BB8", "\ud7ff": "\ue000", "\uffff": "\U00010000",
		"a\U0010FFFF": "b", "\U0010FFFF": "", "": "",
	} {
		if got, ok := successor(prefix); got != want || ok != (want != "") {
			t.Errorf("after everything that begins with %q comes %q, %t; want %q", prefix, got, ok, want)
		}
	}
}

// TestSuccessorProperty: no text with the prefix lies beyond it, and nothing lies
// between them.
func TestSuccessorProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.RuneFrom([]rune{0, 'a', 'b', 0x7f, 0x80, 0x7ff, 0xd7ff, 0xe000, 0xffff, 0x10000, utf8.MaxRune})
		prefix, other := rapid.StringOf(r).Draw(t, "prefix"), rapid.StringOf(r).Draw(t, "other")
		next, ok := successor(prefix)
		if between := other >= prefix && (!ok || other < next); between != strings.HasPrefix(other, prefix) {
			t.Fatalf("%q begins with %q: range says %t", other, prefix, between)
		}
	})
}

// Explain returns what the database means to do for a query.
func (s *Store) Explain(t *testing.T, rec storage.Record, q storage.Query) string {
	t.Helper()
	p, err := s.d.planOf(reflect.TypeOf(rec))
	if err != nil {
		t.Fatal(err)
	}
	st, args, err := p.find(&q, false)
	if err != nil {
		t.Fatal(err)
	}
	explain := "EXPLAIN QUERY PLAN "
	if s.d.postgres() {
		explain = "EXPLAIN "
	}
	var b strings.Builder
	if err := s.each(t.Context(), explain+st.sql, args, func(c []any) { fmt.Fprintln(&b, text(c[len(c)-1])) }); err != nil {
		t.Fatalf("%s: %v", st.sql, err)
	}
	return b.String()
}
