package torture

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"io"
	"testing"
)

// Call is one call that database/sql or the library makes of a driver.
type Call struct {
	What string              // "connect", "begin", "exec", "query", "next" or "commit"
	SQL  string              // the statement of exec and query
	Args []driver.NamedValue // and its arguments
	Conn driver.Conn         // closed by Close, after which its calls fail with [driver.ErrBadConn]; nil of connect
}

// Tap stands before a driver: it makes the call, listens, or lets something else happen.
// What it returns is the call's error.
type Tap func(c Call, do func() error) error

// Tapped opens a database through a tap. Its connections can what those of the library's
// drivers can. It is closed when the test ends.
func Tapped(tb testing.TB, driverName, dsn string, tap Tap) *sql.DB {
	tb.Helper()
	known, err := sql.Open(driverName, dsn)
	if err != nil {
		tb.Fatal(err)
	}
	db := sql.OpenDB(connector{known.Driver(), dsn, tap})
	_ = known.Close()
	tb.Cleanup(func() { _ = db.Close() })
	return db
}

type connector struct {
	driver driver.Driver
	dsn    string
	tap    Tap
}

func (c connector) Driver() driver.Driver { return c.driver }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := through(c.tap, Call{What: "connect"}, func() (driver.Conn, error) { return c.driver.Open(c.dsn) })
	if err != nil {
		return nil, err
	}
	return &tappedConn{Conn: conn, tap: c.tap}, nil
}

// through makes a call by way of the tap. A driver leaves nothing open of what it does not
// hand out.
func through[T any](tap Tap, c Call, do func() (T, error)) (v T, err error) {
	var none T
	err = tap(c, func() (err error) { v, err = do(); return err })
	if err == nil {
		return v, nil
	}
	conn, _ := c.Conn.(*tappedConn)
	if lost, ok := any(v).(io.Closer); ok && (conn == nil || !conn.gone) {
		_ = lost.Close()
	}
	return none, err
}

type tappedConn struct {
	driver.Conn
	tap  Tap
	gone bool // not every driver bears to be called after Close
}

func (c *tappedConn) Close() error {
	if c.gone {
		return nil
	}
	c.gone = true
	return c.Conn.Close()
}

func call[T any](c *tappedConn, what Call, do func() (T, error)) (v T, err error) {
	if c.gone {
		return v, driver.ErrBadConn
	}
	what.Conn = c
	return through(c.tap, what, do)
}

func (c *tappedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return call(c, Call{What: "exec", SQL: query, Args: args}, func() (driver.Result, error) {
		return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	})
}

func (c *tappedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := call(c, Call{What: "query", SQL: query, Args: args}, func() (driver.Rows, error) {
		return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
	})
	if err != nil {
		return nil, err
	}
	return &tappedRows{rows, c}, nil
}

func (c *tappedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	tx, err := call(c, Call{What: "begin"}, func() (driver.Tx, error) { return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts) })
	if err != nil {
		return nil, err
	}
	return &tappedTx{tx, c}, nil
}

func (c *tappedConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *tappedConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

type tappedRows struct {
	driver.Rows
	conn *tappedConn
}

func (r *tappedRows) Next(into []driver.Value) error {
	_, err := call(r.conn, Call{What: "next"}, func() (struct{}, error) { return struct{}{}, r.Rows.Next(into) })
	return err
}

func (r *tappedRows) Close() error {
	if r.conn.gone {
		return nil
	}
	return r.Rows.Close()
}

type tappedTx struct {
	driver.Tx
	conn *tappedConn
}

// Commit ends the transaction even when it fails, as drivers must.
func (x *tappedTx) Commit() error {
	_, err := call(x.conn, Call{What: "commit"}, func() (struct{}, error) { return struct{}{}, x.Tx.Commit() })
	if err != nil {
		_ = x.Rollback()
	}
	return err
}

func (x *tappedTx) Rollback() error {
	if x.conn.gone {
		return driver.ErrBadConn
	}
	return x.Tx.Rollback()
}
