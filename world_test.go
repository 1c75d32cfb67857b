package crm_test

import (
	"context"
	"database/sql"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// noon in Beijing on the day on which all stories begin.
var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// authority of the insurer of all stories.
var authority = access.Table{
	{Role: access.Agent, What: policy.AuthorityUnderwriting, UpTo: decimal.NewFromInt(1_000_000)},
	{Role: access.Adjuster, What: "claim.approve", UpTo: decimal.NewFromInt(10_000)},
	{Role: access.Manager, What: "claim.approve", Unlimited: true},
	{Role: access.Manager, What: "claim.refuse", Unlimited: true},
	{Role: access.Manager, What: policy.AuthorityUnderwriting, Unlimited: true},
}

// The people of the stories.
var (
	owner     = crm.WithActor(context.Background(), crm.Owner)
	agent     = as("zhou", access.Agent)
	adjuster  = as("li", access.Adjuster)
	manager   = as("wang", access.Manager)
	cashier   = as("qian", access.Cashier)
	archivist = as("wu", access.Archivist)
	auditor   = as("sun", access.Auditor)
)

func as(id string, roles ...kernel.Role) context.Context {
	return crm.WithActor(context.Background(), crm.Actor{ID: id, Roles: roles})
}

// world is the whole library over one store, with a clock that stands still and, for
// databases, a second connection that knows nothing of the library.
type world struct {
	*crm.CRM
	store   storage.Store
	keys    privacy.Cipher
	clock   *kernel.ManualClock
	dialect string  // "memory", "sqlite" or "postgres"
	where   string  // path or data source name
	db      *sql.DB // nil over memory
}

// onAll tells a story on memory, SQLite and PostgreSQL.
func onAll(t *testing.T, story func(*testing.T, *world)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { t.Parallel(); story(t, inMemory(t)) })
	onDatabases(t, story)
}

// onDatabases tells a story on SQLite and PostgreSQL.
func onDatabases(t *testing.T, story func(*testing.T, *world)) {
	t.Helper()
	for _, dialect := range []string{"sqlite", "postgres"} {
		t.Run(dialect, func(t *testing.T) { t.Parallel(); story(t, over(t, dialect)) })
	}
}

func inMemory(t testing.TB) *world {
	t.Helper()
	return wire(t, &world{store: memory.New(), dialect: "memory"})
}

// over opens the library on a new database and makes the tables.
func over(t testing.TB, dialect string) *world {
	t.Helper()
	w := &world{dialect: dialect, where: place(t, dialect)}
	w.db = raw(t, dialect, w.where)
	w.store = connect(t, dialect, w.where)
	wire(t, w)
	if err := w.Migrate(owner); err != nil {
		t.Fatal(err)
	}
	return w
}

// place returns where a new database is to be.
func place(t testing.TB, dialect string) string {
	t.Helper()
	if dialect == "postgres" {
		return pgtest.DSN(t)
	}
	return filepath.Join(t.TempDir(), "crm.db")
}

// connect opens a store.
func connect(t testing.TB, dialect, where string) *gormstore.Store {
	t.Helper()
	open := func() (*gormstore.Store, error) { return sqlite.Open(where) }
	if dialect == "postgres" {
		open = func() (*gormstore.Store, error) { return postgres.Open(where, postgres.MaxConns(8)) }
	}
	s := got(open())(t)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// raw opens a database as a host, or somebody who means no good, would.
func raw(t testing.TB, dialect, where string) *sql.DB {
	t.Helper()
	driver, name := "pgx", where
	if dialect == "sqlite" {
		driver = sqlite.DriverName
		name = (&url.URL{Scheme: "file", Path: where, RawQuery: "_busy_timeout=20000&_txlock=immediate"}).String()
	}
	db := got(sql.Open(driver, name))(t)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func wire(t testing.TB, w *world) *world {
	t.Helper()
	w.clock, w.keys = kernel.NewManualClock(noon), got(privacy.NewKeys())(t)
	w.CRM = got(crm.Open(owner, w.store, w.config()))(t)
	return w
}

func (w *world) config() crm.Config {
	return crm.Config{Keys: w.keys, Clock: w.clock, Authority: authority}
}

// guarded returns the store behind its guard, to look at rows as the library does.
func (w *world) guarded() *storage.Guarded { return storage.Guard(w.store, w.keys) }

// exec changes the database behind the library's back. Place holders are $1, $2 … on
// both databases.
func (w *world) exec(t testing.TB, query string, args ...any) int64 {
	t.Helper()
	res, err := w.db.Exec(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return got(res.RowsAffected())(t)
}

// sound fails unless the journal agrees with the rows.
func (w *world) sound(t testing.TB) {
	t.Helper()
	if r := got(w.Verify(owner))(t); !r.OK() {
		t.Errorf("the journal does not agree with the rows: %v", r.Faults)
	}
}

// got returns what a call returned and ends the test on its error.
func got[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func yuan(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func secret(s string) privacy.Secret { return privacy.New(s) }

func ptr[T any](v T) *T { return &v }

// approvable takes a new claim of the policy to where it only has to be approved.
func (w *world) approvable(t testing.TB, in claim.Notice, claimed string) claim.Claim {
	t.Helper()
	c := got(w.Claims.Report(adjuster, in))(t)
	got(w.Claims.File(adjuster, c.ID, claim.Filing{Claimed: yuan(claimed), Documents: []claim.Paper{{Kind: "claim_form"}}}))(t)
	got(w.Claims.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCompleteness}))(t)
	got(w.Claims.Accept(adjuster, c.ID, claim.Acceptance{}))(t)
	got(w.Claims.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckAuthenticity}))(t)
	got(w.Claims.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCoverage}))(t)
	return got(w.Claims.Assess(adjuster, c.ID, claim.Assessment{Lines: []claim.Item{{Coverage: "MED", Claimed: yuan(claimed)}}}))(t)
}

// countRows counts the rows of every table, for all tenants of the stories.
func (w *world) countRows(t testing.TB) map[string]int64 {
	t.Helper()
	n := map[string]int64{}
	for _, tenant := range []string{"", "other"} {
		ctx := crm.WithActor(owner, crm.Actor{ID: "owner", Tenant: tenant, Roles: []kernel.Role{kernel.RoleOwner}})
		err := w.guarded().View(ctx, func(tx *storage.GuardTx) error {
			for _, rec := range records() {
				sum, err := tx.Tally(rec, storage.Query{}, nil)
				if err != nil {
					return err
				}
				n[rec.TableName()] += sum[0].Count
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return n
}
