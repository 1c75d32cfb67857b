package gormstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"regexp"
	"strings"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/coverkit/crm/storage"
)

//go:embed migrations/sqlite/*.sql migrations/postgres/*.sql
var files embed.FS

// versions is the table with the migrations that were run.
const versions = "crm_schema"

// Migrations returns the migrations of a dialect, "sqlite" or "postgres", as files
// for goose: for hosts whose operators run them with their own tools, keeping the
// versions in table crm_schema.
func Migrations(dialect string) (fs.FS, error) {
	d, err := dialectNamed(dialect)
	if err != nil {
		return nil, err
	}
	return fs.Sub(files, "migrations/"+d.name)
}

// Migrate brings the tables up to this program's version. Any number of processes may
// call it at once; each waits for the others as long as ctx lasts. Each migration is one transaction together with the note that
// it was run, and no version can be noted twice, so that a crash or a race never
// leaves half of one. It is a [storage.SchemaError] when the tables are newer than the
// program or not its own.
func (s *Store) Migrate(ctx context.Context) error {
	want, err := s.wanted()
	if err != nil {
		return err
	}
	for {
		before, err := s.version(ctx)
		switch {
		case err != nil:
			return err
		case before > want:
			return newer(before, want)
		case before == want:
			return nil
		}
		err = s.broken(ctx, s.up(ctx))
		after, again := s.version(ctx)
		// Another process may have been faster with one of the steps, or still be busy
		// with it: then this one's failed as a whole, and the rest can be done.
		switch {
		case again != nil:
			return again
		case after > before:
			continue
		case err == nil:
			return &storage.SchemaError{Have: after, Want: want, Reason: "the notes on earlier migrations do not fit this program"}
		case !errors.Is(err, storage.ErrRetry):
			return fmt.Errorf("migration behind version %d: %w", before, err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Millisecond * time.Duration(5+rand.IntN(20))):
		}
	}
}

// broken says in the seam's words why a migration broke off. A transaction that could not be
// committed is rolled back by goose all the same, and the driver then complains that it is
// over; what counts is why it could not be committed.
func (s *Store) broken(ctx context.Context, err error) error {
	err = s.d.translate(ctx, &stmt{write: true}, err)
	if !errors.Is(err, storage.ErrClosed) {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("no answer: %w", storage.ErrUnavailable)
}

// up runs what is missing.
func (s *Store) up(ctx context.Context) error {
	if err := s.prepareVersions(ctx); err != nil {
		return err
	}
	p, err := s.provider()
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// provider returns what runs this program's migrations.
func (s *Store) provider() (*goose.Provider, error) {
	list, err := Migrations(s.d.name)
	if err != nil {
		return nil, err
	}
	dialect := goose.DialectSQLite3
	opts := []goose.ProviderOption{
		goose.WithTableName(versions), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()),
	}
	if s.d.postgres() {
		dialect = goose.DialectPostgres
		opts = append(opts, goose.WithSessionLocker(advisoryLock{}))
	}
	p, err := goose.NewProvider(dialect, s.db, list, opts...)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	return p, nil
}

// lockID is the advisory lock under which PostgreSQL is migrated.
const lockID = 0x63726d5f6d696772 // "crm_migr"

// advisoryLock makes processes wait for each other instead of failing and trying
// again. It spares work; what keeps a migration from being done twice is the note.
type advisoryLock struct{}

func (advisoryLock) SessionLock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock($1)", int64(lockID))
	return err
}

func (advisoryLock) SessionUnlock(ctx context.Context, conn *sql.Conn) error {
	_, err := conn.ExecContext(ctx, "SELECT pg_advisory_unlock($1)", int64(lockID))
	if err != nil {
		discard(conn) // the lock goes with it; in the pool, it would keep all others waiting
	}
	return err
}

// prepareVersions makes the table of versions as goose would, but with each version
// at most once. That is the lock: the second process to do a step fails to note it,
// and its transaction takes the step back.
func (s *Store) prepareVersions(ctx context.Context) error {
	create := []string{`CREATE TABLE IF NOT EXISTS crm_schema (
		id         INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL UNIQUE,
		is_applied INTEGER NOT NULL,
		tstamp     TIMESTAMP DEFAULT (datetime('now'))
	)`, `INSERT INTO crm_schema (version_id, is_applied) VALUES (0, 1) ON CONFLICT DO NOTHING`}
	if s.d.postgres() {
		create = []string{fmt.Sprintf("SELECT pg_advisory_xact_lock(%d)", int64(lockID+1)), `CREATE TABLE IF NOT EXISTS crm_schema (
			id         integer PRIMARY KEY GENERATED BY DEFAULT AS IDENTITY,
			version_id bigint NOT NULL UNIQUE,
			is_applied boolean NOT NULL,
			tstamp     timestamptz NOT NULL DEFAULT now()
		)`, `INSERT INTO crm_schema (version_id, is_applied) VALUES (0, true) ON CONFLICT DO NOTHING`}
	}
	return s.unit(ctx, s.db, false, func(t storage.Tx) error {
		for _, sql := range create {
			if err := control(ctx, t.(*tx).exec, &stmt{sql: sql}); err != nil {
				return err
			}
		}
		return nil
	})
}

// wanted returns this program's version: the number of its last migration.
func (s *Store) wanted() (int64, error) {
	list, err := fs.Glob(files, "migrations/"+s.d.name+"/*.sql")
	if err != nil || len(list) == 0 {
		return 0, errors.New("gormstore: no migrations")
	}
	return goose.NumericComponent(list[len(list)-1])
}

var created = regexp.MustCompile(`(?m)^CREATE TABLE (\w+)`)

// ownTables returns the names of the tables that the migrations make.
func (s *Store) ownTables() ([]string, error) {
	list, err := fs.Glob(files, "migrations/"+s.d.name+"/*.sql")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, name := range list {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for _, m := range created.FindAllStringSubmatch(string(text), -1) {
			names = append(names, strings.ToLower(m[1]))
		}
	}
	return names, nil
}

// one runs a query for one value.
func (s *Store) one(ctx context.Context, into any, query string, args ...any) error {
	return s.d.translate(ctx, &stmt{}, s.db.QueryRowContext(ctx, query, args...).Scan(into))
}
