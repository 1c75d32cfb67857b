package pgtest

import (
	"errors"
	"os"
	"testing"
)

// env names the variable with the data source name of a server to use.
const env = "CRM_TEST_POSTGRES"

// errMissing says that this machine offers no PostgreSQL. The test is skipped
// or, in CI, fails.
var errMissing = errors.New("no PostgreSQL for tests: install the server package " +
	"(initdb and postgres; on Debian and Ubuntu: apt-get install postgresql), or set " + env +
	" to the data source name of a server on which databases may be created")

// DSN returns the data source name of a fresh, empty database which belongs to
// tb alone and is dropped, open connections included, in tb's cleanup. It is a
// URL or a list of keywords, as pgx and gorm.io/driver/postgres take it.
//
// The first call in a test binary may take a second or two, because it starts
// the server; further calls take some hundredths of a second. Any number of
// tests may call it at once; together they share about a hundred connections.
//
// Without a PostgreSQL tb is skipped, or fails where CI is set.
func DSN(tb testing.TB) string {
	tb.Helper()
	return shared.dsn(tb)
}

// Main runs the tests, stops the server if one was started, and exits with the
// tests' code. Call it as the whole of TestMain. It is a courtesy, not a duty:
// see "How the server ends" in the package comment.
func Main(m *testing.M) {
	code := m.Run()
	if err := shared.close(); err != nil {
		_, _ = os.Stderr.WriteString("pgtest: " + err.Error() + "\n")
		code = max(code, 1)
	}
	os.Exit(code)
}

// shared is the one source of databases of this test binary.
var shared = &source{open: func() (*server, error) {
	if dsn := os.Getenv(env); dsn != "" {
		return connect(dsn, nil)
	}
	return start(quick)
}}

// quick are the settings of a server whose data nobody will miss.
var quick = []string{"fsync=off", "full_page_writes=off", "synchronous_commit=off"}
