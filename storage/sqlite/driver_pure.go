//go:build !cgo || purego

package sqlite

import (
	"strings"

	_ "modernc.org/sqlite" // registers the driver
)

// DriverName is the name under which database/sql knows the driver that this program
// was built with: "sqlite3", mattn's, with cgo, and "sqlite", modernc's, without cgo or
// with the build tag purego. For hosts that open the same file themselves.
const DriverName = "sqlite"

// alike adds what mattn's driver does unless told: it waits five seconds for locks and
// writes times in SQLite's format.
func alike(dsn string) string {
	mark := "?"
	_, query, found := strings.Cut(dsn, "?")
	if found {
		mark = "&"
	}
	if !strings.Contains(query, "_timeout=") {
		dsn, mark = dsn+mark+"_busy_timeout=5000", "&"
	}
	if !strings.Contains(query, "_time_format=") {
		dsn += mark + "_time_format=sqlite"
	}
	return dsn
}
