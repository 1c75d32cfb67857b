package gormstore_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	gormpostgres "gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"

	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// a host has a database of its own, opened in its own way.
type host struct {
	db  *gorm.DB
	sql *sql.DB
}

// dialects are the databases that a host may bring, with the worst settings first.
var dialects = map[string]func(t *testing.T, config *gorm.Config) host{
	"sqlite": func(t *testing.T, config *gorm.Config) host {
		dsn := "file:" + filepath.Join(t.TempDir(), "host.db") + "?_journal_mode=WAL&_busy_timeout=20"
		return openHost(t, sqlite.Dialector(dsn), config)
	},
	"postgres": func(t *testing.T, config *gorm.Config) host {
		return openHost(t, gormpostgres.Open(pgtest.DSN(t)), config)
	},
}

func openHost(t *testing.T, d gorm.Dialector, config *gorm.Config) host {
	t.Helper()
	if config == nil {
		config = &gorm.Config{}
	}
	if config.Logger == nil {
		config.Logger = logger.Discard
	}
	db, err := gorm.Open(d, config)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(8)
	t.Cleanup(func() { _ = pool.Close() })
	ddl := storagetest.SQLite
	if d.Name() == "postgres" {
		ddl = storagetest.PostgreSQL
	}
	h := host{db: db, sql: pool}
	h.exec(t, ddl)
	h.exec(t, "CREATE TABLE host_notes (note text)")
	return h
}

func (h host) exec(t *testing.T, statement string) {
	t.Helper()
	if _, err := h.sql.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
		t.Fatal(err)
	}
}

// count counts the rows of a table on the host's own way to the database.
func (h host) count(t *testing.T, table string) (n int) {
	t.Helper()
	if err := h.sql.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (h host) store(t *testing.T) *gormstore.Store {
	t.Helper()
	store, err := gormstore.New(h.db)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// each runs a test on a host of each dialect.
func each(t *testing.T, config func() *gorm.Config, test func(t *testing.T, h host)) {
	t.Helper()
	for name, open := range dialects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var c *gorm.Config
			if config != nil {
				c = config()
			}
			test(t, open(t, c))
		})
	}
}

// odd are settings that a host may have for its own reasons.
var odd = map[string]func() *gorm.Config{
	"none":                func() *gorm.Config { return &gorm.Config{} },
	"prepares statements": func() *gorm.Config { return &gorm.Config{PrepareStmt: true} },
	"disables nesting":    func() *gorm.Config { return &gorm.Config{DisableNestedTransaction: true} },
	"skips transactions":  func() *gorm.Config { return &gorm.Config{SkipDefaultTransaction: true} },
	"names tables its way": func() *gorm.Config {
		return &gorm.Config{NamingStrategy: schema.NamingStrategy{TablePrefix: "h_", SingularTable: true, NoLowerCase: true}}
	},
	"translates errors": func() *gorm.Config { return &gorm.Config{TranslateError: true} },
	"forbids global updates": func() *gorm.Config {
		return &gorm.Config{AllowGlobalUpdate: false, QueryFields: true, CreateBatchSize: 1}
	},
}

// TestConformance runs the suite on pools that hosts opened.
func TestConformance(t *testing.T) {
	t.Parallel()
	for name, open := range dialects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "postgres" {
				pgtest.DSN(t)
			}
			storagetest.Exercise(t, func(t *testing.T) storage.Store {
				return open(t, &gorm.Config{DisableNestedTransaction: true, SkipDefaultTransaction: true}).store(t)
			})
		})
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	h := dialects["sqlite"](t, nil)
	tx := h.db.Begin()
	defer tx.Rollback()
	broken := h.db.Session(&gorm.Session{})
	_ = broken.AddError(gorm.ErrInvalidValue)
	for want, db := range map[string]*gorm.DB{
		"no GORM handle":       nil,
		"no GORM":              {},
		"inside a transaction": tx,
		"DryRun":               h.db.Session(&gorm.Session{DryRun: true}),
		"an error":             broken,
		`"mysql"`:              {Config: &gorm.Config{Dialector: named{h.db.Dialector, "mysql"}}, Statement: h.db.Statement},
	} {
		if _, err := gormstore.New(db); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one about %q", err, want)
		}
	}
}

type named struct {
	gorm.Dialector
	name string
}

func (n named) Name() string { return n.name }
