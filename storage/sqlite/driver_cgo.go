//go:build cgo && !purego

package sqlite

import gormsqlite "gorm.io/driver/sqlite"

// DriverName is the name under which database/sql knows the driver that this program
// was built with: "sqlite3", mattn's, with cgo, and "sqlite", modernc's, without cgo or
// with the build tag purego. For hosts that open the same file themselves.
const DriverName = gormsqlite.DriverName

// alike is for the other driver.
func alike(dsn string) string { return dsn }
