package pgtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver named pgx
)

// patience is how long a busy server may refuse to create or drop a database.
const patience = time.Minute

// server is a PostgreSQL server on which databases may be created.
type server struct {
	dsn   string
	admin *sql.DB
	stop  func() error // nil for a server that is not ours
	crash func() error // likewise
}

// connect opens the server behind dsn. The stop function is called by close.
func connect(dsn string, stop func() error) (*server, error) {
	admin, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, fmt.Errorf("open the server: %w", err)
	}
	// CREATE DATABASE copies a template and tolerates no second reader, so one
	// connection is not slower than many and leaves the rest to the tests.
	admin.SetMaxOpenConns(1)
	s := &server{dsn: dsn, admin: admin, stop: stop}
	if err := s.exec("SELECT 1"); err != nil {
		_ = admin.Close()
		return nil, fmt.Errorf("connect to the server: %w", err)
	}
	return s, nil
}

// create makes an empty database and returns its name.
func (s *server) create() (string, error) {
	var b [8]byte
	_, _ = rand.Read(b[:])
	name := "crm_test_" + hex.EncodeToString(b[:])
	// Nobody can connect to template0, so nobody can be in the way there, and
	// nobody can have left tables in it.
	return name, s.exec("CREATE DATABASE " + name + " TEMPLATE template0 ENCODING 'UTF8'")
}

// drop removes a database together with the connections left open to it.
func (s *server) drop(name string) error {
	return s.exec("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)")
}

// exec runs one statement and repeats it while the server says that it is busy.
func (s *server) exec(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for wait := 5 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		_, err := s.admin.ExecContext(ctx, statement)
		if err == nil || !busy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("gave up after %v: %w", patience, err)
		case <-time.After(wait):
		}
	}
}

// busy reports whether another test, or another test binary on the same
// server, is in the way for a moment.
func busy(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	switch pg.Code {
	case "55006", // object_in_use: the template is being copied, or a session is still leaving
		"53300", // too_many_connections
		"57P03": // cannot_connect_now: starting up
		return true
	}
	return false
}

func (s *server) close() error {
	err := s.admin.Close()
	if s.stop != nil {
		err = errors.Join(err, s.stop())
	}
	return err
}

// withDatabase is dsn with the database name replaced.
func withDatabase(dsn, name string) string {
	if !strings.HasPrefix(dsn, "postgres://") && !strings.HasPrefix(dsn, "postgresql://") {
		return dsn + " dbname=" + name // of a repeated keyword the last one counts
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return dsn // cannot be: the server was opened with it
	}
	u.Path = "/" + name
	q := u.Query()
	q.Del("dbname")
	q.Del("database")
	u.RawQuery = q.Encode()
	return u.String()
}
