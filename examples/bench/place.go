package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
)

// place is where the contenders have their databases: files in a temporary folder, or
// schemas of a PostgreSQL database. All of it is taken away in the end.
type place struct {
	dir   string
	dsn   string
	admin *sql.DB
	names []string
	mark  string
}

// conns is how many connections each contender may have on PostgreSQL.
const conns = 20

func open(ctx context.Context, dsn string) (*place, error) {
	if dsn == "" {
		dir, err := os.MkdirTemp("", "bench-")
		return &place{dir: dir}, err
	}
	admin, err := sql.Open("pgx", dsn)
	if err != nil {
		return nil, err
	}
	if err := admin.PingContext(ctx); err != nil {
		return nil, errors.Join(errors.New("PostgreSQL cannot be reached"), admin.Close())
	}
	return &place{dsn: dsn, admin: admin, mark: "crm_bench_" + strings.ToLower(rand.Text()[:8]) + "_"}, nil
}

func (p *place) postgres() bool { return p.admin != nil }

func (p *place) name() string {
	if p.postgres() {
		return "PostgreSQL"
	}
	return "SQLite"
}

// database opens a new, empty database for a contender that writes its SQL by hand, with
// the settings that the library has.
func (p *place) database(ctx context.Context, name string) (*sql.DB, error) {
	if p.postgres() {
		schema := p.mark + name
		if _, err := p.admin.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+schema); err != nil {
			return nil, err
		}
		p.names = append(p.names, schema)
		db, err := sql.Open("pgx", p.within(schema))
		if err == nil {
			db.SetMaxOpenConns(conns)
			db.SetMaxIdleConns(conns)
		}
		return db, err
	}
	q := url.Values{"_busy_timeout": {"5000"}, "_journal_mode": {"WAL"}, "_synchronous": {"FULL"}, "_txlock": {"immediate"}, "_foreign_keys": {"on"}, "_mutex": {"no"}}
	db, err := sql.Open(sqlite.DriverName, "file:"+p.file(name)+"?"+q.Encode())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// store opens the library's store in a database of its own.
func (p *place) store(name string) (*gormstore.Store, error) {
	if p.postgres() {
		return postgres.Open(p.within(p.mark+name), postgres.MaxConns(conns))
	}
	return sqlite.Open(p.file(name))
}

func (p *place) file(name string) string { return filepath.Join(p.dir, name+".db") }

// within adds the schema to the data source name.
func (p *place) within(schema string) string {
	u, err := url.Parse(p.dsn)
	if err != nil || u.Scheme == "" {
		return p.dsn + " search_path=" + schema
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

// durability says what a commit promises on the contender's connections.
func (p *place) durability(ctx context.Context, db *sql.DB) (string, error) {
	ask := []string{"PRAGMA journal_mode", "PRAGMA synchronous"}
	if p.postgres() {
		ask = []string{"SHOW fsync", "SHOW synchronous_commit"}
	}
	var out []string
	for _, q := range ask {
		var v string
		if err := db.QueryRowContext(ctx, q).Scan(&v); err != nil {
			return "", err
		}
		if q == "PRAGMA synchronous" && v == "2" {
			v = "2 (FULL)"
		}
		out = append(out, q+" = "+v)
	}
	return strings.Join(out, ", "), nil
}

// settle lets PostgreSQL look at what is in the tables, as autovacuum does within a
// minute: prepared statements keep the plans that they were given when they were empty.
func (p *place) settle(ctx context.Context, db *sql.DB) error {
	if !p.postgres() {
		return nil
	}
	_, err := db.ExecContext(ctx, "ANALYZE")
	return err
}

// size returns how many bytes the contender's database takes.
func (p *place) size(ctx context.Context, name string, db *sql.DB) (n float64, err error) {
	if p.postgres() {
		err = p.admin.QueryRowContext(ctx, `SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND n.nspname = $1`, p.mark+name).Scan(&n)
		return n, err
	}
	var pages, free, bytes float64
	for q, into := range map[string]*float64{"PRAGMA page_count": &pages, "PRAGMA freelist_count": &free, "PRAGMA page_size": &bytes} {
		if err := db.QueryRowContext(ctx, q).Scan(into); err != nil {
			return 0, err
		}
	}
	return (pages - free) * bytes, nil
}

func (p *place) close(ctx context.Context) error {
	if !p.postgres() {
		return os.RemoveAll(p.dir)
	}
	var errs []error
	for _, name := range p.names {
		_, err := p.admin.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("DROP SCHEMA IF EXISTS %s CASCADE", name))
		errs = append(errs, err)
	}
	return errors.Join(append(errs, p.admin.Close())...)
}
