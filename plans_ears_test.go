package crm_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	gormpostgres "gorm.io/driver/postgres"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/coverkit/crm/storage/gormstore"
)

// ears hear every statement that reaches the database, and for whom.
type ears struct {
	mu    sync.Mutex
	who   string // asks now
	heard map[string]*overheard
}

// overheard is a statement with the arguments it had first.
type overheard struct {
	args   []any
	askers []string
}

func (e *ears) listen(query string, args []driver.NamedValue) {
	if !strings.Contains(query, "crm_") || strings.HasPrefix(query, "INSERT") {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	o := e.heard[query]
	if o == nil {
		o = &overheard{}
		for _, a := range args {
			o.args = append(o.args, a.Value)
		}
		e.heard[query] = o
	}
	if !slices.Contains(o.askers, e.who) {
		o.askers = append(o.askers, e.who)
	}
}

// during lets ask ask, and returns how many statements there were.
func (e *ears) during(who string, ask func()) (n int) {
	e.who = who
	before := e.asked()
	ask()
	return e.asked() - before
}

func (e *ears) asked() (n int) {
	for _, o := range e.heard {
		n += len(o.askers)
	}
	return n
}

// overhear opens a store on a database that has its tables already, with ears in between.
func overhear(t *testing.T, dialect, where string) (*gormstore.Store, *ears) {
	t.Helper()
	e := &ears{heard: map[string]*overheard{}}
	known := raw(t, dialect, where)
	name := where
	if dialect == "sqlite" {
		name = "file:" + where + "?_journal_mode=WAL&_busy_timeout=20000&_synchronous=OFF"
	}
	db := sql.OpenDB(tapped{known.Driver(), name, e})
	t.Cleanup(func() { _ = db.Close() })
	d := gormsqlite.New(gormsqlite.Config{Conn: db})
	if dialect == "postgres" {
		d = gormpostgres.New(gormpostgres.Config{Conn: db})
	}
	g := got(gorm.Open(d, &gorm.Config{Logger: logger.Discard}))(t)
	return got(gormstore.New(g, gormstore.Wait(20*time.Second)))(t), e
}

// tapped opens connections that are listened to.
type tapped struct {
	driver driver.Driver
	dsn    string
	ears   *ears
}

func (c tapped) Driver() driver.Driver { return c.driver }

func (c tapped) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.dsn)
	return &tappedConn{conn, c.ears}, err
}

// tappedConn can all that the drivers' own can, and that the library asks for.
type tappedConn struct {
	driver.Conn
	ears *ears
}

func (c *tappedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.ears.listen(query, args)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c *tappedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.ears.listen(query, args)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c *tappedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
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
