package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"

	"github.com/coverkit/crm/storage"
)

// Store is a [storage.Store] over a pool of connections. It may be shared between
// goroutines. It is a [storage.Migrator], a [storage.Closer] and, on PostgreSQL, a
// [storage.Horizon].
type Store struct {
	d       *dialect
	db      *sql.DB // for Update
	readers *sql.DB // for View
	wait    time.Duration
	closing func() error
	group   group         // of Updates on SQLite
	scouts  *sql.DB       // for units that begin before their turn; nil: none does
	slots   chan struct{} // taken by these
	hot     hot           // what they had better not lock
	pipe    Pipeline
	copier  Copier
	plainly atomic.Bool // the server does not take rows by COPY
	copied  sync.Map    // *plan → *atomic.Int64, rows that left by COPY
	idle    sync.Pool   // *driverExecutor, for their buffers
}

var (
	_ storage.Store    = (*Store)(nil)
	_ storage.Migrator = (*Store)(nil)
	_ storage.Horizon  = (*Store)(nil)
	_ storage.Closer   = (*Store)(nil)
	_ storage.Repeater = (*Store)(nil)
)

// Option is a setting of [New], for packages that open a database of their own.
type Option func(*Store)

// Readers lets Views use a pool of their own, so that they do not wait behind the
// only writer of a SQLite file.
func Readers(db *sql.DB) Option { return func(s *Store) { s.readers = db } }

// Wait bounds how long an Update waits for SQLite's write lock while another process
// holds it; ten seconds unless told. Then it is [storage.ErrRetry].
func Wait(d time.Duration) Option { return func(s *Store) { s.wait = d } }

// Closing is what Close does. Without it Close does nothing, because a handle that
// the host opened is the host's to close.
func Closing(fn func() error) Option { return func(s *Store) { s.closing = fn } }

// New returns a store on the host's GORM handle, whose dialect must be SQLite or
// PostgreSQL. It sends nothing yet. The store takes connections from the handle's
// pool, whatever else the handle is set to, and neither changes nor closes it.
//
// A handle that is inside a transaction is refused: see [Join].
func New(db *gorm.DB, opts ...Option) (*Store, error) {
	d, err := dialectOf(db)
	if err != nil {
		return nil, err
	}
	if _, ok := db.Statement.ConnPool.(gorm.TxCommitter); ok {
		return nil, errors.New("gormstore: the GORM handle is inside a transaction: use Join")
	}
	pool, err := db.DB()
	if err != nil || pool == nil {
		return nil, errors.New("gormstore: the GORM handle has no pool of connections")
	}
	s := &Store{d: d, db: pool, readers: pool, wait: 10 * time.Second}
	for _, o := range opts {
		o(s)
	}
	return s, nil
}

// View runs fn in one consistent snapshot.
func (s *Store) View(ctx context.Context, fn func(storage.Tx) error) error {
	if s.pipe != nil {
		return s.piped(ctx, true, fn)
	}
	return s.unit(ctx, s.readers, true, fn)
}

// Update runs fn and commits what it wrote, or nothing.
func (s *Store) Update(ctx context.Context, fn func(storage.Tx) error) error {
	switch {
	case s.pipe != nil:
		return s.piped(ctx, false, fn)
	case s.d.postgres():
		return s.unit(ctx, s.db, false, fn)
	}
	return s.share(ctx, fn)
}

// Close closes the database if the store's package opened it.
func (s *Store) Close() error {
	if s.closing == nil {
		return nil
	}
	if err := s.closing(); err != nil {
		return fmt.Errorf("closing the database: %w", storage.ErrUnavailable)
	}
	return nil
}

// Dialect returns "sqlite" or "postgres".
func (s *Store) Dialect() string { return s.d.name }

// Horizon tells which transactions have ended, by PostgreSQL's transaction numbers.
// SQLite has one writer at a time and no need of it: [errors.ErrUnsupported].
func (s *Store) Horizon(ctx context.Context) (oldest, next uint64, err error) {
	if !s.d.postgres() {
		return 0, 0, errors.ErrUnsupported
	}
	const ask = `SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() AS s`
	var lo, hi int64
	err = s.db.QueryRowContext(ctx, ask).Scan(&lo, &hi)
	return uint64(lo), uint64(hi), s.d.translate(ctx, &stmt{}, err)
}
