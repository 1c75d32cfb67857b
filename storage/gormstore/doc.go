// Package gormstore keeps records in SQLite or PostgreSQL through a GORM handle.
//
//	store, err := gormstore.New(gormDB)    // on the host's own handle
//	store := gormstore.Join(tx)            // inside the host's open transaction
//
// Most programs use package sqlite or postgres, which open a database with the
// right settings and hand it to this package. This package links no driver.
//
// # What GORM does here, and what it does not
//
// GORM reads the records' tags, opens the database and lends its transactions.
// The statements are our own: built once for each shape of query, sent on the driver's
// own connection where that is quicker, scanned straight into the fields; an update
// names the columns that have changed only. So a host's GORM hooks, plugins
// and logger do not see the rows that the library writes. A handle is never changed
// and never closed; conditions that hang on it are not looked at.
//
// # Units of work
//
// Update holds writes back and sends them with the next Load or at the end, and
// what is sent was encoded when Insert, Save or Delete was called. Therefore a
// repeated row or a lost race shows at the next Load or when fn has returned, and
// the number of an automatic key is filled in at the same moments: leave a record
// alone between its Insert and then.
//
// On SQLite an Update takes the write lock when it begins and waits for it, at most
// ten seconds, as long as its context lasts; a View reads a snapshot beside it.
// Updates that come at the same time share a transaction and its commit, one after the
// other, each under a savepoint; none returns before the commit. So fn must neither be
// slow nor wait for another Update.
//
// With [Ahead], [Store.Repeat] does not wait for the lock while another writes: fn runs on
// a snapshot of what was committed last, beside others on other processors, and only what
// it has held back is sent in its turn. What it had locked must then be as it was, as if
// SQLite knew locks of rows; otherwise fn is run again, in its turn. So what it reads
// without lock may be as old as its beginning, as on PostgreSQL.
//
// On PostgreSQL an Update is READ COMMITTED and a View REPEATABLE READ, read only. Reads
// with Lock are FOR UPDATE there. With a [Pipeline] BEGIN goes along with the first read
// that locks, all that was held back goes along with COMMIT, and a unit that locks
// nothing needs neither.
//
// # Values
//
// How each kind of field is stored is told in migrations/README.md. What does not
// fit is refused with [kernel.ErrInvalid] before it is sent, never rounded. The
// errors name tables and columns, never values, and nothing of the driver's text
// comes out: it may hold what a row holds.
package gormstore
