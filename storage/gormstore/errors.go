package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// translate turns a driver's error into one of the seam's. What comes out names the
// table and the database's code. The driver's own text stays behind, because it may
// hold values: PostgreSQL's says which name or number was repeated.
func (d *dialect) translate(ctx context.Context, st *stmt, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, kernel.ErrConflict):
		return kernel.ErrConflict
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.Is(err, sql.ErrTxDone):
		return storage.ErrClosed
	}
	code, kind := d.classify(err)
	switch {
	case errors.Is(kind, kernel.ErrDuplicate):
		return &storage.DuplicateRow{Table: st.table}
	case ctx.Err() != nil:
		return ctx.Err() // which is why the driver broke off
	case kind == nil:
		return fmt.Errorf("%sno answer: %w", at(st), storage.ErrUnavailable)
	case errors.Is(kind, errForbidden) && st.write:
		kind = storage.ErrReadOnly
	case errors.Is(kind, errForbidden):
		kind = storage.ErrUnavailable
	}
	return fmt.Errorf("%s%w (%s)", at(st), kind, code)
}

func at(st *stmt) string {
	if st.table == "" {
		return ""
	}
	return st.table + ": "
}

// errForbidden says that the login lacks a privilege; it never leaves the package.
var errForbidden = errors.New("no privilege")

// classifyPostgres goes by SQLSTATE, which pgx and other drivers tell.
func classifyPostgres(err error) (code string, kind error) {
	var e interface{ SQLState() string }
	if !errors.As(err, &e) || len(e.SQLState()) != 5 {
		return "", nil
	}
	state := e.SQLState()
	code = "SQLSTATE " + state
	switch state {
	case "23505":
		return code, kernel.ErrDuplicate
	case "23001": // our trigger: written once
		return code, kernel.ErrState
	case "40001", "40P01", "55P03", "0A000": // the last: a table was changed under a prepared statement
		return code, storage.ErrRetry
	case "25006":
		return code, storage.ErrReadOnly
	case "25P01", "25P02":
		return code, storage.ErrClosed
	case "42501":
		return code, errForbidden
	}
	switch state[:2] {
	case "22", "23":
		return code, kernel.ErrInvalid
	case "42", "3F":
		return code, storage.ErrSchema
	}
	return code, storage.ErrUnavailable
}

// classifySQLite goes by SQLite's result code.
func classifySQLite(err error) (code string, kind error) {
	n, ok := sqliteCode(err)
	if !ok {
		return "", nil
	}
	code = fmt.Sprintf("SQLite code %d", n)
	switch n {
	case 1555, 2067, 2579: // primary key, unique index, rowid
		return code, kernel.ErrDuplicate
	case 1811: // our trigger: written once
		return code, kernel.ErrState
	}
	switch n & 0xff {
	case 5, 6: // busy, locked
		return code, storage.ErrRetry
	case 8:
		return code, storage.ErrReadOnly
	case 18, 19, 20, 25: // too big, constraint, mismatch, range
		return code, kernel.ErrInvalid
	case 1, 17: // no such table or column; changed under our feet
		return code, storage.ErrSchema
	}
	return code, storage.ErrUnavailable // full, disk, damaged, out of memory …
}

// Translate is what the store itself does with a driver's error: the error that comes
// back is one of package storage or kernel and holds nothing of the driver's text.
// dialect is "sqlite" or "postgres".
func Translate(dialect string, err error) error {
	d, unknown := dialectNamed(dialect)
	if unknown != nil {
		return unknown
	}
	return d.translate(context.Background(), &stmt{}, err)
}
