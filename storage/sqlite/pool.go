package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"

	"github.com/coverkit/crm/storage"
)

// pool opens connections with settings that both drivers know, and with pragmas for others.
func pool(path string, size int, q url.Values, pragmas ...string) (*sql.DB, error) {
	q.Set("_foreign_keys", "on")
	q.Set("_stmt_cache_size", "200")                   // statements that stay prepared on each connection
	q.Set("_mutex", "no")                              // none is used by two goroutines at once
	if path = filepath.ToSlash(path); path[0] != '/' { // C:/crm.db
		path = "/" + path
	}
	name := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	known, err := sql.Open(DriverName, "")
	if err != nil {
		return nil, fmt.Errorf("sqlite: the driver is missing: %w", storage.ErrUnavailable)
	}
	db := sql.OpenDB(connector{known.Driver(), name.String(), pragmas})
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, known.Close()
}

// connector opens connections and sets their pragmas.
type connector struct {
	driver  driver.Driver
	dsn     string
	pragmas []string
}

func (c connector) Driver() driver.Driver { return c.driver }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.dsn)
	if err != nil {
		return nil, err
	}
	for _, p := range c.pragmas {
		if _, err := conn.(driver.ExecerContext).ExecContext(ctx, "PRAGMA "+p, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}
