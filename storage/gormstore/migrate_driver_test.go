package gormstore_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
	"testing"

	gormpostgres "gorm.io/driver/postgres"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"

	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
)

// errLost is what the driver says of a connection that is gone.
var errLost = errors.New("the line went dead at 192.168.7.7")

// mishap is what happens to one of a migrator's calls of the driver.
type mishap struct {
	mu    sync.Mutex
	at    int    // which call, from 1
	armed bool   // calls are counted
	calls int    // so far
	what  string // the call that it happened to
	// does happens instead of the call, or around it.
	does func(conn driver.Conn, call func() error) error
}

func (m *mishap) call(what string, conn driver.Conn, do func() error) error {
	m.mu.Lock()
	if m.armed {
		m.calls++
	}
	now := m.armed && m.calls == m.at
	if now {
		m.what = what
	}
	m.mu.Unlock()
	if now {
		return m.does(conn, do)
	}
	return do()
}

// lost closes the connection under the call, lostAnswer after it.
func lost(conn driver.Conn, _ func() error) error {
	if conn != nil {
		_ = conn.Close()
	}
	return errLost
}

func lostAnswer(conn driver.Conn, call func() error) error {
	if err := call(); err != nil {
		return err
	}
	return lost(conn, nil)
}

// once fails the call and leaves the connection as it is.
func once(driver.Conn, func() error) error { return errLost }

// store is a migrator's store on a driver with a mishap.
func (m *mishap) store(t *testing.T, kind, dsn string) *gormstore.Store {
	t.Helper()
	store := openFresh(t, m.dialector(t, kind, dsn)).store(t)
	m.armed = true
	return store
}

func (m *mishap) dialector(t *testing.T, kind, dsn string) gorm.Dialector {
	t.Helper()
	name := "pgx"
	if kind == "sqlite" {
		name, dsn = sqlite.DriverName, "file:"+dsn+"?_journal_mode=WAL&_busy_timeout=2000&_synchronous=OFF&_txlock=immediate"
	}
	known, err := sql.Open(name, dsn)
	if err != nil {
		t.Fatal(err)
	}
	db := sql.OpenDB(unlucky{known.Driver(), dsn, m})
	_ = known.Close()
	t.Cleanup(func() { _ = db.Close() })
	if kind == "sqlite" {
		return gormsqlite.New(gormsqlite.Config{Conn: db})
	}
	return gormpostgres.New(gormpostgres.Config{Conn: db})
}

type unlucky struct {
	driver driver.Driver
	dsn    string
	mishap *mishap
}

func (u unlucky) Driver() driver.Driver { return u.driver }

func (u unlucky) Connect(context.Context) (c driver.Conn, err error) {
	err = u.mishap.call("connect", nil, func() (err error) { c, err = u.driver.Open(u.dsn); return err })
	if err != nil {
		return nil, err
	}
	return &unluckyConn{Conn: c, mishap: u.mishap}, nil
}

type unluckyConn struct {
	driver.Conn
	mishap *mishap
	gone   bool // closed; not every driver bears to be called after that
}

func (c *unluckyConn) Close() error {
	if c.gone {
		return nil
	}
	c.gone = true
	return c.Conn.Close()
}

// call is a call of the connection's driver.
func (c *unluckyConn) call(what string, do func() error) error {
	if c.gone {
		return errLost
	}
	return c.mishap.call(what, c, do)
}

func (c *unluckyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (res driver.Result, err error) {
	err = c.call(query, func() (err error) {
		res, err = c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
		return err
	})
	return res, err
}

func (c *unluckyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = c.call(query, func() (err error) {
		rows, err = c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

func (c *unluckyConn) BeginTx(ctx context.Context, opts driver.TxOptions) (tx driver.Tx, err error) {
	err = c.call("begin", func() (err error) {
		tx, err = c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &unluckyTx{tx, c}, nil
}

type unluckyTx struct {
	driver.Tx
	conn *unluckyConn
}

// Commit ends the transaction even when it fails, as drivers must.
func (x *unluckyTx) Commit() error {
	err := x.conn.call("commit", x.Tx.Commit)
	if err != nil {
		_ = x.Rollback()
	}
	return err
}

func (x *unluckyTx) Rollback() error {
	if x.conn.gone {
		return errLost
	}
	return x.Tx.Rollback()
}

func (c *unluckyConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *unluckyConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}
