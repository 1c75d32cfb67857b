package postgres_test

import (
	"database/sql"
	"testing"

	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/storagetest"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func TestConformance(t *testing.T) {
	t.Parallel()
	pgtest.DSN(t) // skips all cases at once where there is no server
	storagetest.Exercise(t, func(t *testing.T) storage.Store {
		dsn := pgtest.DSN(t)
		run(t, dsn, storagetest.PostgreSQL)
		return open(t, dsn, postgres.MaxConns(8))
	})
}

func open(t *testing.T, dsn string, opts ...postgres.Option) *gormstore.Store {
	t.Helper()
	store, err := postgres.Open(dsn, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

// run runs statements on a connection of its own.
func run(t *testing.T, dsn, statements string) {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statements); err != nil {
		t.Fatal(err)
	}
}
