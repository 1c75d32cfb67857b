package torture_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
	"sync"
)

// errDriver is what a faulty driver says; none of it may reach the caller.
var errDriver = errors.New("driver trouble at 192.168.7.7")

// mode is how a driver fails.
type mode string

// The modes.
const (
	once     mode = "once"      // one call fails
	forEver  mode = "for ever"  // so do all that follow
	applied  mode = "applied"   // the call is carried out, and its answer lost
	canceled mode = "cancelled" // the context is over just before the call
	panics   mode = "panics"
)

var modes = []mode{once, forEver, applied, canceled, panics}

// faults counts the calls that reach the driver, and lets one fail.
type faults struct {
	mu     sync.Mutex
	armed  bool
	mode   mode
	at     int // which call, from 1
	calls  int
	struck string             // the call that failed first
	cancel context.CancelFunc // of the command's context
}

// arm lets call k fail from now on. Calls of the driver are counted anew.
func (f *faults) arm(m mode, k int, cancel context.CancelFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed, f.mode, f.at, f.calls, f.struck, f.cancel = true, m, k, 0, "", cancel
}

// heal ends all faults and returns the call that failed; "" when the command had not so
// many.
func (f *faults) heal() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = false
	return f.struck
}

// strikes counts a call and says whether it fails now.
func (f *faults) strikes(what string) (m mode, strikes bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.armed {
		return "", false
	}
	f.calls++
	if f.calls != f.at && (f.mode != forEver || f.calls < f.at) {
		return "", false
	}
	if f.struck == "" {
		f.struck = what
	}
	return f.mode, true
}

// call makes a call of the driver, or fails in its place.
func call[T any](f *faults, what string, do func() (T, error)) (v T, err error) {
	m, strikes := f.strikes(what)
	if !strikes {
		return do()
	}
	switch m {
	case canceled:
		f.cancel()
		return do()
	case panics:
		panic(errDriver)
	case applied:
		lost, err := do()
		if err != nil {
			return v, err
		}
		if c, ok := any(lost).(io.Closer); ok { // a driver leaves nothing open of what it does not hand out
			_ = c.Close()
		}
	}
	return v, errDriver
}

// connector opens connections that fail.
type connector struct {
	driver driver.Driver
	dsn    string
	faults *faults
}

func (c connector) Driver() driver.Driver { return c.driver }

func (c connector) Connect(context.Context) (driver.Conn, error) {
	conn, err := call(c.faults, "connect", func() (driver.Conn, error) { return c.driver.Open(c.dsn) })
	if err != nil {
		return nil, err
	}
	return &faultyConn{Conn: conn, faults: c.faults}, nil
}

// faultyConn is a driver's connection with faults. It can all that the drivers' own can,
// and that the library asks for.
type faultyConn struct {
	driver.Conn
	faults *faults
}

func verb(query string) string {
	word, _, _ := strings.Cut(strings.TrimSpace(query), " ")
	return word
}

func (c *faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	return call(c.faults, verb(query), func() (driver.Result, error) {
		return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
	})
}

func (c *faultyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	rows, err := call(c.faults, verb(query), func() (driver.Rows, error) {
		return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
	})
	if err != nil {
		return nil, err
	}
	return &faultyRows{rows, c.faults}, nil
}

func (c *faultyConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	return call(c.faults, "begin", func() (driver.Tx, error) { return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts) })
}

func (c *faultyConn) CheckNamedValue(v *driver.NamedValue) error {
	if checker, ok := c.Conn.(driver.NamedValueChecker); ok {
		return checker.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *faultyConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

type faultyRows struct {
	driver.Rows
	faults *faults
}

func (r *faultyRows) Next(into []driver.Value) error {
	_, err := call(r.faults, "next", func() (bool, error) { return true, r.Rows.Next(into) })
	return err
}
