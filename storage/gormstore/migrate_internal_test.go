package gormstore

import (
	"regexp"
	"testing"
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
