package main

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// What docs/storage.md and docs/transactions.md tell those who run databases.

func TestMain(m *testing.M) { pgtest.Main(m) }

var owner = crm.WithActor(context.Background(), crm.Owner)

func open(t *testing.T, s storage.Store, keys privacy.Cipher) *crm.CRM {
	t.Helper()
	c, err := crm.Open(owner, s, crm.Config{Keys: keys, Policies: claim.StaticPolicies{
		"P-1": {Line: kernel.Motor, InForce: true, Insured: []crm.Ref{"c-1"}, Coverages: []claim.Coverage{{Code: "DAMAGE"}}},
	}})
	must(t, err)
	t.Cleanup(func() { _ = c.Close() })
	must(t, c.Migrate(owner))
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// work reports a loss, relays and verifies.
func work(t *testing.T, c *crm.CRM, cause string) {
	t.Helper()
	_, err := c.Claims.Report(owner, loss(cause), crm.Key(cause))
	must(t, err)
	_, err = c.Relay(owner, "warehouse", func(context.Context, crm.Entry) error { return nil })
	must(t, err)
	report, err := c.Verify(owner)
	must(t, err)
	if !report.OK() {
		t.Error(report.Faults)
	}
}

func loss(cause string) claim.Notice {
	return claim.Notice{
		Policy: "P-1", Cause: cause, OccurredAt: kernel.SystemClock{}.Now().Add(-time.Hour), Place: privacy.New("at home"),
	}
}

// A login that may neither create tables nor touch the journal's past is enough.
func TestRightsThatRunningNeeds(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	db, err := sql.Open("pgx", dsn)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	role := "crm_test_" + strings.ReplaceAll(string(kernel.NewID()), "-", "")
	if _, err := db.Exec("CREATE ROLE " + role); err != nil {
		t.Skip("this login may not make another: ", err)
	}
	t.Cleanup(func() {
		_, err := db.Exec("DROP OWNED BY " + role + "; DROP ROLE " + role)
		must(t, err)
	})
	store, err := postgres.Open(dsn)
	must(t, err)
	keys, err := privacy.NewKeys()
	must(t, err)
	open(t, store, keys)
	_, err = db.Exec("GRANT USAGE ON SCHEMA public TO " + role +
		"; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + role +
		"; REVOKE UPDATE, DELETE ON crm_journal FROM " + role)
	must(t, err)
	as := " role=" + role
	if strings.Contains(dsn, "://") {
		as = map[bool]string{true: "&", false: "?"}[strings.Contains(dsn, "?")] + "role=" + role
	}
	small, err := postgres.Open(dsn + as)
	must(t, err)
	work(t, open(t, small, keys), "hail")
}

// VACUUM INTO makes a whole copy while the file is in use.
func TestBackupOfAFileInUse(t *testing.T) {
	t.Parallel()
	path, copied := filepath.Join(t.TempDir(), "crm.db"), filepath.Join(t.TempDir(), "backup.db")
	keys, err := privacy.NewKeys()
	must(t, err)
	store, err := sqlite.Open(path)
	must(t, err)
	c := open(t, store, keys)
	work(t, c, "hail")
	db, err := sql.Open(sqlite.DriverName, path)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	_, err = db.Exec("VACUUM INTO ?", copied)
	must(t, err)
	work(t, c, "fire")
	backup, err := sqlite.Open(copied)
	must(t, err)
	work(t, open(t, backup, keys), "theft")
}

// A transaction that has read before it writes may come too late on SQLite, and one that
// is over takes no command.
func TestJoinedTooLate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	store, err := sqlite.Open(path)
	must(t, err)
	c := open(t, store, privacy.Plaintext)
	db, err := sql.Open(sqlite.DriverName, path)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	tx, err := db.BeginTx(owner, nil)
	must(t, err)
	var claims int
	must(t, tx.QueryRow("SELECT count(*) FROM crm_claims").Scan(&claims))
	work(t, c, "hail")
	joined := c.Within(sqlite.Join(tx))
	if _, err := joined.Claims.Report(owner, loss("fire")); !errors.Is(err, crm.ErrConflict) {
		t.Errorf("after another's write: %v", err)
	}
	must(t, tx.Rollback())
	if _, err := joined.Claims.Report(owner, loss("fire")); !errors.Is(err, storage.ErrClosed) {
		t.Errorf("after its end: %v", err)
	}
}
