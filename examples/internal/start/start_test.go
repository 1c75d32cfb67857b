package start_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/coverkit/crm/examples/internal/start"
)

// Without a key file named, the keys are the user's own, and the same the next time.
func TestKeysOfUser(t *testing.T) {
	home := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", filepath.Join(home, "config"))
	t.Setenv("HOME", home)
	t.Setenv("AppData", home)
	for range 2 {
		if _, err := start.Keys(""); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("HOME", "")
	t.Setenv("AppData", "")
	if _, err := start.Keys(""); err == nil || !strings.Contains(err.Error(), "-key") {
		t.Errorf("with no place for keys: %v", err)
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	if err := (&start.Place{DB: "a", Postgres: "b"}).Check(); err == nil || !strings.Contains(err.Error(), "exclude each other") {
		t.Errorf("%v", err)
	}
	p := &start.Place{DB: filepath.Join(t.TempDir(), "crm.db")}
	store, where, err := p.Open("test")
	if err != nil || where != p.DB || p.Key != p.DB+".key" {
		t.Fatalf("%q, %+v, %v", where, p, err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}
