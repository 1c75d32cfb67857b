package gormstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/coverkit/crm/storage"
)

// CheckSchema looks whether the tables are this program's and can be written. What is
// wrong is a [storage.SchemaError] that says what to do. It changes nothing.
func (s *Store) CheckSchema(ctx context.Context) error {
	want, err := s.wanted()
	if err != nil {
		return err
	}
	have, err := s.version(ctx)
	switch {
	case err != nil:
		return err
	case have > want:
		return newer(have, want)
	case have == 0:
		return &storage.SchemaError{Want: want, Reason: "there are no tables yet: run Migrate"}
	case have < want:
		return &storage.SchemaError{Have: have, Want: want,
			Reason: fmt.Sprintf("they are of version %d, older than the program's %d: run Migrate", have, want)}
	}
	return s.checkWrite(ctx, have, want)
}

func newer(have, want int64) error {
	return &storage.SchemaError{Have: have, Want: want,
		Reason: fmt.Sprintf("they are of version %d, newer than the program's %d: run a newer program", have, want)}
}

// version returns the version of the tables, 0 when there are none.
func (s *Store) version(ctx context.Context) (int64, error) {
	there, err := s.exists(ctx, versions)
	if err != nil {
		return 0, err
	}
	if !there {
		return 0, s.checkForeign(ctx)
	}
	var v int64
	err = s.one(ctx, &v, "SELECT coalesce(max(version_id), 0) FROM crm_schema")
	if errors.Is(err, storage.ErrSchema) {
		return 0, &storage.SchemaError{Reason: "a table crm_schema exists and is not this program's"}
	}
	return v, err
}

// checkForeign refuses tables with our names that were not made by our migrations.
func (s *Store) checkForeign(ctx context.Context) error {
	names, err := s.ownTables()
	if err != nil {
		return err
	}
	for _, name := range names {
		there, err := s.exists(ctx, name)
		if err != nil {
			return err
		}
		if there {
			return &storage.SchemaError{Reason: fmt.Sprintf(
				"a table %s exists but no %s: the tables were not made by Migrate, or their versions were lost", name, versions)}
		}
	}
	return nil
}

// exists reports whether the schema that we create tables in has one with the name.
func (s *Store) exists(ctx context.Context, table string) (bool, error) {
	query := "SELECT count(*) FROM sqlite_master WHERE type IN ('table', 'view') AND lower(name) = ?"
	if s.d.postgres() {
		query = "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname = $1"
	}
	n := 0
	err := s.one(ctx, &n, query, table)
	return n > 0, err
}

// checkWrite looks whether rows can be written, without writing one.
func (s *Store) checkWrite(ctx context.Context, have, want int64) error {
	if s.d.postgres() {
		return s.checkPrivileges(ctx, have, want)
	}
	err := s.unit(ctx, s.db, false, func(t storage.Tx) error {
		return t.(*tx).exec.(*sqlExecutor).control(ctx, "DELETE FROM crm_schema WHERE 1 = 0")
	})
	if errors.Is(err, storage.ErrReadOnly) {
		return &storage.SchemaError{Have: have, Want: want, Reason: "the database file cannot be written"}
	}
	return err
}

func (s *Store) checkPrivileges(ctx context.Context, have, want int64) error {
	var readOnly string
	if err := s.one(ctx, &readOnly, "SHOW transaction_read_only"); err != nil {
		return err
	}
	if readOnly == "on" {
		return &storage.SchemaError{Have: have, Want: want, Reason: "the server takes no writes: it is a replica, or the login is read only"}
	}
	names, err := s.ownTables()
	if err != nil {
		return err
	}
	for _, name := range names {
		there, err := s.exists(ctx, name)
		if err != nil {
			return err
		}
		may := false
		if there {
			if err := s.one(ctx, &may, "SELECT has_table_privilege($1, 'SELECT') AND has_table_privilege($1, 'INSERT')", name); err != nil {
				return err
			}
		}
		if !there {
			return &storage.SchemaError{Have: have, Want: want, Reason: "the table " + name + " is missing"}
		}
		if !may {
			return &storage.SchemaError{Have: have, Want: want, Reason: "the login may not write to the table " + name}
		}
	}
	return nil
}
