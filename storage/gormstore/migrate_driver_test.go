package gormstore_test

import (
	"cmp"
	"database/sql/driver"
	"errors"
	"sync"
	"testing"

	gormpostgres "gorm.io/driver/postgres"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"

	"github.com/coverkit/crm/internal/torture"
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

func (m *mishap) call(c torture.Call, do func() error) error {
	if c.What == "next" {
		return do()
	}
	m.mu.Lock()
	if m.armed {
		m.calls++
	}
	now := m.armed && m.calls == m.at
	if now {
		m.what = cmp.Or(c.SQL, c.What)
	}
	m.mu.Unlock()
	if now {
		return m.does(c.Conn, do)
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
	db := torture.Tapped(t, name, dsn, m.call)
	if kind == "sqlite" {
		return gormsqlite.New(gormsqlite.Config{Conn: db})
	}
	return gormpostgres.New(gormpostgres.Config{Conn: db})
}
