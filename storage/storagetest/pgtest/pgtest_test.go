package pgtest_test

import (
	"database/sql"
	"errors"
	"os"
	"testing"

	"github.com/coverkit/crm/storage/storagetest/pgtest"
	"github.com/jackc/pgx/v5/pgconn"
)

func TestMain(m *testing.M) {
	if os.Getenv(victim) != "" {
		hold() // never returns
	}
	pgtest.Main(m)
}

func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// value runs a query of one row with one column.
func value[T any](t *testing.T, db *sql.DB, query string) (v T) {
	t.Helper()
	if err := db.QueryRow(query).Scan(&v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// The same table in many databases at once: each test has a world of its own,
// empty at the start.
func TestParallelTestsShareNothing(t *testing.T) {
	t.Parallel()
	for range 24 {
		t.Run("database", func(t *testing.T) {
			t.Parallel()
			db := open(t, pgtest.DSN(t))
			const tables = `SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'`
			if n := value[int](t, db, tables); n != 0 {
				t.Fatalf("a fresh database has %d tables", n)
			}
			if _, err := db.Exec(`CREATE TABLE policies (number text PRIMARY KEY); INSERT INTO policies VALUES ('P-1')`); err != nil {
				t.Fatal(err)
			}
			if n := value[int](t, db, `SELECT count(*) FROM policies`); n != 1 {
				t.Errorf("policies = %d, want the one of this test", n)
			}
		})
	}
}

func TestOneTestMayHaveSeveralDatabases(t *testing.T) {
	t.Parallel()
	one, two := open(t, pgtest.DSN(t)), open(t, pgtest.DSN(t))
	const name = `SELECT current_database()`
	if a, b := value[string](t, one, name), value[string](t, two, name); a == b {
		t.Errorf("both are %s", a)
	}
}

// A test that forgets to close its connections still leaves nothing behind.
func TestTheDatabaseGoesWithItsTest(t *testing.T) {
	t.Parallel()
	var dsn string
	var left *sql.DB
	t.Run("short-lived", func(t *testing.T) {
		dsn = pgtest.DSN(t)
		var err error
		if left, err = sql.Open("pgx", dsn); err != nil {
			t.Fatal(err)
		}
		if err := left.Ping(); err != nil {
			t.Fatal(err)
		}
	})
	if dsn == "" {
		t.Skip("no PostgreSQL")
	}
	_ = left.Close()
	err := open(t, dsn).Ping()
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "3D000" { // invalid_catalog_name
		t.Fatalf("connect afterwards: %v, want: the database does not exist", err)
	}
}

func TestTextIsUTF8(t *testing.T) {
	t.Parallel()
	db := open(t, pgtest.DSN(t))
	if e := value[string](t, db, `SHOW server_encoding`); e != "UTF8" {
		t.Errorf("encoding %s", e)
	}
	if n := value[int](t, db, `SELECT length('车险理赔')`); n != 4 {
		t.Errorf("four characters have length %d", n)
	}
}

func TestTheThrowAwayServer(t *testing.T) {
	t.Parallel()
	if os.Getenv("CRM_TEST_POSTGRES") != "" {
		t.Skip("a server of somebody else has settings of its own")
	}
	db := open(t, pgtest.DSN(t))
	for setting, want := range map[string]string{
		"TimeZone": "UTC", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
		"listen_addresses": "", "max_connections": "100",
	} {
		if got := value[string](t, db, `SHOW `+setting); got != want {
			t.Errorf("%s = %q, want %q", setting, got, want)
		}
	}
}
