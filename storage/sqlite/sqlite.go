package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
)

// Option is a setting of [Open].
type Option func(*settings)

type settings struct {
	wait    time.Duration
	readers int
	scouts  int
}

// Wait bounds how long an Update waits while another process writes; ten seconds
// unless told. Then the Update is a [storage.ErrRetry]. Updates of one process queue
// up instead, as long as their contexts last; one that waits so long behind another
// that does not end, as an Update inside an Update does, is a [storage.ErrRetry] too.
func Wait(d time.Duration) Option { return func(s *settings) { s.wait = d } }

// MaxReaders bounds the connections that Views use at the same time; unless told,
// the number of processors, and at least four.
func MaxReaders(n int) Option { return func(s *settings) { s.readers = max(n, 1) } }

// Open opens the database file, or makes a new one that only its owner may read. It
// creates no tables: see Migrate.
//
// path is a path, neither a URI nor ":memory:": a database in memory would be
// another one on each connection; for tests there is package memory. The error is
// a [storage.ErrUnavailable] when the file cannot be opened or is no SQLite database,
// and a [storage.ErrReadOnly] when it cannot be written.
func Open(path string, opts ...Option) (*gormstore.Store, error) {
	if path == "" || path == ":memory:" || strings.HasPrefix(path, "file:") || strings.ContainsRune(path, 0) {
		return nil, errors.New("sqlite: Open needs the path of a file; there is no database in memory, and settings are not part of the path")
	}
	set := settings{wait: 10 * time.Second, readers: max(4, runtime.NumCPU()), scouts: max(2, runtime.NumCPU())}
	for _, o := range opts {
		o(&set)
	}
	full, err := filepath.Abs(path) // connections are opened later, perhaps from another directory
	if err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", path, storage.ErrUnavailable)
	}
	if err := create(full); err != nil {
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	writer, err := pool(full, 1, url.Values{
		"_busy_timeout": {"250"}, "_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_txlock": {"immediate"},
	}, "secure_delete = on", "temp_store = memory") // savepoints take back pages, which would go through a file
	if err != nil {
		return nil, err
	}
	readers, err := pool(full, set.readers, url.Values{"_busy_timeout": {"5000"}, "_query_only": {"on"}})
	if err != nil {
		return nil, errors.Join(err, writer.Close())
	}
	scouts, err := pool(full, set.scouts, url.Values{"_busy_timeout": {"250"}, "_query_only": {"on"}})
	if err != nil {
		return nil, errors.Join(err, readers.Close(), writer.Close())
	}
	closing := func() error { return errors.Join(scouts.Close(), readers.Close(), writer.Close()) } // the last one tidies the log away
	store, err := open(writer, set.wait, gormstore.Readers(readers), gormstore.Ahead(scouts, set.scouts), gormstore.Closing(closing))
	if err != nil {
		_ = closing()
		return nil, fmt.Errorf("sqlite: %s: %w", path, err)
	}
	return store, nil
}

// Join returns a store whose units of work take place inside the host's transaction;
// see gormstore.Join.
func Join(tx *sql.Tx) storage.Store { return gormstore.JoinSQL("sqlite", tx) }

// Dialector opens GORM's handle of a host that has a database of its own, by the driver
// that this program was built with: gorm.Open(sqlite.Dialector("host.db?_txlock=immediate")).
// GORM's own sqlite.Open always takes the one that needs cgo. Both drivers know the
// settings _busy_timeout, which is five seconds unless told, _foreign_keys,
// _journal_mode, _query_only, _synchronous and _txlock.
func Dialector(dsn string) gorm.Dialector {
	return gormsqlite.New(gormsqlite.Config{DriverName: DriverName, DSN: alike(dsn)})
}

// create makes the file, so that nobody else may read it.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	switch {
	case err == nil:
		return f.Close()
	case errors.Is(err, fs.ErrExist):
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("no such directory: %w", storage.ErrUnavailable)
	}
	return fmt.Errorf("the file cannot be made: %w", storage.ErrUnavailable)
}

func open(writer *sql.DB, wait time.Duration, opts ...gormstore.Option) (*gormstore.Store, error) {
	ctx, cancel := context.WithTimeout(context.Background(), max(wait, time.Second))
	defer cancel()
	// Several processes may turn the log on at the same moment; one of them has to wait.
	err := check(ctx, writer)
	for pause := time.Millisecond; errors.Is(err, storage.ErrRetry) && ctx.Err() == nil; pause = min(2*pause, 50*time.Millisecond) {
		time.Sleep(pause)
		err = check(ctx, writer)
	}
	if err != nil {
		return nil, err
	}
	db, err := gorm.Open(gormsqlite.New(gormsqlite.Config{Conn: writer}), &gorm.Config{
		Logger: logger.Discard, SkipDefaultTransaction: true, DisableAutomaticPing: true,
	})
	if err != nil {
		return nil, fmt.Errorf("GORM: %w", storage.ErrUnavailable)
	}
	return gormstore.New(db, append(opts, gormstore.Wait(wait))...)
}

// check makes sure that the settings took hold: SQLite passes silently over those
// that it does not know or cannot follow.
func check(ctx context.Context, db *sql.DB) error {
	for _, want := range []struct{ pragma, value string }{
		{"journal_mode", "wal"}, {"synchronous", "2"}, {"foreign_keys", "1"}, {"secure_delete", "1"},
	} {
		var have string
		if err := db.QueryRowContext(ctx, "PRAGMA "+want.pragma).Scan(&have); err != nil {
			return gormstore.Translate("sqlite", err)
		}
		if have != want.value {
			return fmt.Errorf("%s is %s and cannot be %s here: %w", want.pragma, have, want.value, storage.ErrUnavailable)
		}
	}
	return nil
}
