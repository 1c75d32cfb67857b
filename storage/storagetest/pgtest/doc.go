// Package pgtest gives each test a PostgreSQL database of its own.
//
// A test asks for a data source name and opens it with whatever it tests:
//
//	func TestPolicyRegister(t *testing.T) {
//		t.Parallel()
//		db, err := sql.Open("pgx", pgtest.DSN(t))
//		…
//	}
//
// The database is new and empty, nobody else uses it, and it is dropped when
// the test ends, so tests may run in parallel and never tidy up.
//
// # Where the server comes from
//
//  1. CRM_TEST_POSTGRES, if set, is the data source name of a running server,
//     as URL or as keywords, whose user may create databases.
//  2. Otherwise the first call starts a throw-away server from the binaries
//     initdb and postgres, found in PATH or in the usual folders of the
//     distributions. It lives in a temporary folder, listens on a Unix socket
//     there and on no network address, does not wait for disks, and serves all
//     tests of the binary. A root user's server runs as postgres or nobody,
//     because PostgreSQL refuses to run as root.
//  3. Otherwise the test is skipped with a sentence on how to get one. Where
//     CI is set in the environment it fails instead: a pipeline that silently
//     skips a whole database tests less than it says.
//
// # How the server ends
//
// The throw-away server never outlives the tests. A small shell process holds
// the reading end of a pipe whose writing end is held by the test binary; when
// that end closes, for whatever reason (the tests are done, a panic, the
// timeout, SIGKILL), the shell stops the server and removes the folder. A
// TestMain that calls [Main] waits for it; without one it happens a moment
// after the tests.
package pgtest
