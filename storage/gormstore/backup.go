package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/coverkit/crm/storage"
)

var _ storage.Backuper = (*Store)(nil)

// errNoBackup is for a database that has better tools for it than we could build.
var errNoBackup = fmt.Errorf("PostgreSQL is backed up by its own tools, pg_dump or pg_basebackup with the log: %w", errors.ErrUnsupported)

// Backup implements [storage.Backuper] on SQLite, beside readers and writers. On PostgreSQL
// it is [errors.ErrUnsupported].
func (s *Store) Backup(ctx context.Context, path string) (c storage.Contents, err error) {
	if s.d.postgres() {
		return c, errNoBackup
	}
	full, err := filepath.Abs(path) // a name that begins with "file:" would be a URI
	if err != nil {
		return c, err
	}
	// The file has to be there before SQLite writes it, or others could read it.
	f, err := os.OpenFile(full, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return c, err
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			_ = os.Remove(full)
		}
	}()
	if err := s.apart(ctx, func(conn *sql.Conn) error { c, err = s.copy(ctx, conn, full); return err }); err != nil {
		return c, err
	}
	if err := f.Sync(); err != nil { // SQLite does not
		return c, err
	}
	return c, syncDir(filepath.Dir(full))
}

// copy writes the copy and looks into it.
func (s *Store) copy(ctx context.Context, conn *sql.Conn, path string) (c storage.Contents, err error) {
	if err := s.run(ctx, conn, "VACUUM INTO ?", path); err != nil {
		return c, err
	}
	if err := s.run(ctx, conn, "ATTACH DATABASE ? AS crm_copy", path); err != nil {
		return c, err
	}
	defer func() {
		err = errors.Join(err, s.run(context.WithoutCancel(ctx), conn, "DETACH DATABASE crm_copy"))
	}()
	var found string
	if err := conn.QueryRowContext(ctx, "PRAGMA crm_copy.integrity_check(1)").Scan(&found); err != nil {
		return c, s.d.translate(ctx, &stmt{}, err)
	}
	if found != "ok" {
		return c, fmt.Errorf("the database is damaged, and so is its copy: %w", storage.ErrUnavailable)
	}
	return s.contents(ctx, conn, "crm_copy")
}

// Contents implements [storage.Backuper] on SQLite. On PostgreSQL it is
// [errors.ErrUnsupported].
func (s *Store) Contents(ctx context.Context) (c storage.Contents, err error) {
	if s.d.postgres() {
		return c, errNoBackup
	}
	err = s.apart(ctx, func(conn *sql.Conn) error { c, err = s.contents(ctx, conn, "main"); return err })
	return c, err
}

// contents counts the rows of all tables in one statement, which is one snapshot.
func (s *Store) contents(ctx context.Context, conn *sql.Conn, db string) (c storage.Contents, err error) {
	c = storage.Contents{Rows: map[string]int64{}, Numbers: map[string]int64{}}
	var names []string
	rows, err := conn.QueryContext(ctx, "SELECT name FROM "+db+".sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
	if err != nil {
		return c, s.d.translate(ctx, &stmt{}, err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return c, s.d.translate(ctx, &stmt{}, err)
		}
		names = append(names, name)
	}
	if err := rows.Err(); err != nil {
		return c, s.d.translate(ctx, &stmt{}, err)
	}
	w := &sqlText{d: s.d}
	w.add("SELECT 'number', name, seq FROM ", db, ".sqlite_sequence")
	for _, name := range names {
		w.add(" UNION ALL SELECT 'rows', ", w.arg(name), ", count(*) FROM ", db, ".", quote(name))
		if name == versions {
			w.add(" UNION ALL SELECT 'schema', '', max(version_id) FROM ", db, ".", quote(name))
		}
	}
	counts, err := conn.QueryContext(ctx, w.String(), w.args...)
	if err != nil {
		return c, s.d.translate(ctx, &stmt{}, err)
	}
	defer counts.Close()
	for counts.Next() {
		var what, name string
		var n int64
		if err := counts.Scan(&what, &name, &n); err != nil {
			return c, s.d.translate(ctx, &stmt{}, err)
		}
		switch what {
		case "number":
			c.Numbers[name] = n
		case "rows":
			c.Rows[name] = n
		default:
			c.Schema = n
		}
	}
	return c, s.d.translate(ctx, &stmt{}, counts.Err())
}

// apart lends a connection of the readers' that may write, for fn alone.
func (s *Store) apart(ctx context.Context, fn func(*sql.Conn) error) error {
	conn, err := s.readers.Conn(ctx)
	if err != nil {
		return s.d.translate(ctx, &stmt{}, err)
	}
	defer func() { _ = conn.Close() }() // gives it back
	var readOnly bool
	if err := conn.QueryRowContext(ctx, "PRAGMA query_only").Scan(&readOnly); err != nil {
		return s.d.translate(ctx, &stmt{}, err)
	}
	if readOnly {
		if err := s.run(ctx, conn, "PRAGMA query_only = OFF"); err != nil {
			return err
		}
		defer discard(conn) // another takes its place, with the settings that readers have
	}
	return fn(conn)
}

func (s *Store) run(ctx context.Context, conn *sql.Conn, query string, args ...any) error {
	_, err := conn.ExecContext(ctx, query, args...)
	return s.d.translate(ctx, &stmt{}, err)
}

// syncDir makes the names in a folder last through a loss of power. On Windows folders
// cannot be synced, and names last by themselves.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
