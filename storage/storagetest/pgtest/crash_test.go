package pgtest_test

import (
	"testing"

	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// TestCrash: what was committed is there afterwards, and the open transaction is not.
func TestCrash(t *testing.T) {
	t.Parallel()
	server := pgtest.Own(t)
	db := open(t, server.DSN(t))
	if on := value[string](t, db, `SHOW fsync`); on != "on" {
		t.Errorf("fsync is %s", on)
	}
	if _, err := db.Exec(`CREATE TABLE policies (number text); INSERT INTO policies VALUES ('P-1')`); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(`INSERT INTO policies VALUES ('P-2')`); err != nil {
		t.Fatal(err)
	}
	server.Crash(t)
	if err := tx.Commit(); err == nil {
		t.Error("a transaction outlived the crash")
	}
	if n := value[int](t, db, `SELECT count(*) FROM policies`); n != 1 {
		t.Errorf("%d policies, want 1", n)
	}
}
