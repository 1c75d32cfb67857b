package pgtest_test

import (
	"database/sql"
	"testing"

	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func ExampleDSN() {
	_ = func(t *testing.T) { // TestClaimsTable
		t.Parallel()
		db, err := sql.Open("pgx", pgtest.DSN(t))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(`CREATE TABLE claims (number text PRIMARY KEY)`); err != nil {
			t.Error(err)
		}
	}
}

func ExampleMain() {
	_ = func(m *testing.M) { // TestMain
		pgtest.Main(m)
	}
}
