package gormstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

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
	reason, err := s.obstacle(ctx)
	if err == nil && reason != "" {
		err = &storage.SchemaError{Have: have, Want: want, Reason: reason}
	}
	return err
}

func newer(have, want int64) error {
	return &storage.SchemaError{Have: have, Want: want,
		Reason: fmt.Sprintf("they are of version %d, newer than the program's %d: run a newer program", have, want)}
}

// version returns the version of the tables, 0 when there are none.
func (s *Store) version(ctx context.Context) (int64, error) {
	there, err := s.present(ctx)
	switch {
	case err != nil:
		return 0, err
	case len(there) == 0:
		return 0, nil
	case !slices.Contains(there, versions):
		return 0, &storage.SchemaError{Reason: fmt.Sprintf(
			"a table %s exists but no %s: the tables were not made by Migrate, or their versions were lost", there[0], versions)}
	}
	var v int64
	err = s.one(ctx, &v, "SELECT coalesce(max(version_id), 0) FROM crm_schema")
	if errors.Is(err, storage.ErrSchema) {
		return 0, &storage.SchemaError{Reason: "a table crm_schema exists and is not this program's"}
	}
	return v, err
}

// present returns which of our tables there are in the schema that we create tables
// in. It asks once for all: another process may be creating them.
func (s *Store) present(ctx context.Context) (there []string, err error) {
	names, err := s.ownTables()
	if err != nil {
		return nil, err
	}
	w := &sqlText{d: s.d}
	if s.d.postgres() {
		w.add("SELECT relname::text FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname IN (")
	} else {
		w.add("SELECT lower(name) FROM sqlite_master WHERE type IN ('table', 'view') AND lower(name) IN (")
	}
	for i, name := range append(names, versions) {
		w.add(comma(i), w.arg(name))
	}
	w.add(") ORDER BY 1")
	err = s.each(ctx, w.String(), w.args, func(c []any) { there = append(there, text(c[0])) })
	return there, err
}

// obstacle says why rows cannot be written, without writing one; empty when they can.
func (s *Store) obstacle(ctx context.Context) (string, error) {
	names, err := s.ownTables()
	if err != nil {
		return "", err
	}
	there, err := s.present(ctx)
	if err != nil {
		return "", err
	}
	for _, name := range names {
		if !slices.Contains(there, name) {
			return "the table " + name + " is missing", nil
		}
	}
	if s.d.postgres() {
		return s.privileges(ctx, names)
	}
	err = s.unit(ctx, s.db, false, func(t storage.Tx) error {
		return control(ctx, t.(*tx).exec, &stmt{sql: "DELETE FROM crm_schema WHERE 1 = 0"})
	})
	if errors.Is(err, storage.ErrReadOnly) {
		return "the database file cannot be written", nil
	}
	return "", err
}

func (s *Store) privileges(ctx context.Context, tables []string) (string, error) {
	var readOnly string
	if err := s.one(ctx, &readOnly, "SHOW transaction_read_only"); err != nil {
		return "", err
	}
	if readOnly == "on" {
		return "the server takes no writes: it is a replica, or the login is read only", nil
	}
	for _, name := range tables {
		may := false
		if err := s.one(ctx, &may, "SELECT has_table_privilege($1, 'SELECT') AND has_table_privilege($1, 'INSERT')", name); err != nil {
			return "", err
		}
		if !may {
			return "the login may not write to the table " + name, nil
		}
	}
	return "", nil
}
