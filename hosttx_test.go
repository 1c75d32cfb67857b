package crm_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	gormpostgres "gorm.io/driver/postgres"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
)

// errRollback is why a host takes its transaction back.
var errRollback = errors.New("the host thinks better of it")

// inTx runs fn in a transaction of the host's, with the library inside it.
func (w *world) inTx(fn func(*crm.CRM, *sql.Tx) error) error {
	tx, err := w.db.BeginTx(context.Background(), &sql.TxOptions{}) // READ COMMITTED on PostgreSQL
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if err := fn(w.Within(w.join(tx)), tx); err != nil {
		return err
	}
	return tx.Commit()
}

// join returns the store inside the host's transaction.
func (w *world) join(tx *sql.Tx) storage.Store {
	if w.dialect == "postgres" {
		return postgres.Join(tx)
	}
	return sqlite.Join(tx)
}

// inGORM is inTx for a host that uses GORM.
func (w *world) inGORM(t testing.TB, fn func(*crm.CRM) error) error {
	t.Helper()
	d := gormsqlite.New(gormsqlite.Config{Conn: w.db})
	if w.dialect == "postgres" {
		d = gormpostgres.New(gormpostgres.Config{Conn: w.db})
	}
	db := got(gorm.Open(d, &gorm.Config{Logger: logger.Discard}))(t)
	return db.Transaction(func(tx *gorm.DB) error { return fn(w.Within(gormstore.Join(tx))) })
}

// What the library does in a host's transaction stands and falls with it.
func TestTheHostsTransactionDecides(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		w.exec(t, "CREATE TABLE host_notes (note text)")
		insured := w.insured(t)
		in := func(fn func(*crm.CRM) error) map[string]func() error {
			return map[string]func() error{
				"database/sql": func() error {
					return w.inTx(func(c *crm.CRM, tx *sql.Tx) error {
						if _, err := tx.Exec("INSERT INTO host_notes VALUES ('of the host')"); err != nil {
							return err
						}
						return fn(c)
					})
				},
				"GORM": func() error { return w.inGORM(t, fn) },
			}
		}
		day := 0
		var reported claim.Claim
		report := func(c *crm.CRM) (err error) {
			day++
			reported, err = c.Claims.Report(adjuster, loss(&insured.policy, "injury", w.clock.Now().Add(-time.Duration(day)*time.Minute)))
			return err
		}
		for name, run := range in(func(c *crm.CRM) error { return errors.Join(report(c), errRollback) }) {
			if err := run(); !errors.Is(err, errRollback) {
				t.Fatalf("%s: %v", name, err)
			}
			if _, err := w.Claims.Get(adjuster, reported.ID); !errors.Is(err, crm.ErrNotFound) {
				t.Errorf("%s: a claim of a transaction that was taken back: %v", name, err)
			}
		}
		for name, run := range in(func(c *crm.CRM) error {
			if err := report(c); err != nil {
				return err
			}
			// A refused command takes itself back and leaves the rest of the transaction.
			if _, err := c.Claims.Close(adjuster, reported.ID); !errors.Is(err, crm.ErrState) {
				t.Errorf("close: %v", err)
			}
			_, err := c.Claims.Withdraw(adjuster, reported.ID, claim.Remark{Text: secret("of no use")})
			return err
		}) {
			if err := run(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if c := got(w.Claims.Get(adjuster, reported.ID))(t); c.State != claim.Withdrawn || c.Version != 2 {
				t.Errorf("%s: claim %s, version %d", name, c.State, c.Version)
			}
		}
		var notes int
		if err := w.db.QueryRow("SELECT count(*) FROM host_notes").Scan(&notes); err != nil || notes != 1 {
			t.Errorf("%d notes of the host, %v", notes, err)
		}
		w.sound(t)
	})
}

// Claims that are approved at once in transactions of the host's never spend a limit twice.
func TestHostTransactionsNeverOverspendALimit(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		s := w.insured(t)
		var ids []kernel.ID
		for i := range 6 { // (6350 - 100) · 0.8 = 5000: four of them use up 20 000
			at := w.clock.Now().Add(-time.Minute)
			ids = append(ids, w.approvable(t, loss(&s.policy, fmt.Sprint("injury-", i), at), "6350").ID)
		}
		errs := together(len(ids), func(i int) error {
			return w.inTx(func(c *crm.CRM, _ *sql.Tx) error {
				_, err := c.Claims.Approve(manager, ids[i], claim.Approval{})
				return err
			})
		})
		approved := 0
		var again []kernel.ID
		for i, err := range errs {
			switch {
			case err == nil:
				approved++
			case errors.Is(err, crm.ErrState), errors.Is(err, crm.ErrConflict), errors.Is(err, crm.ErrDuplicate), errors.Is(err, storage.ErrRetry):
				again = append(again, ids[i])
			default:
				t.Error(err)
			}
		}
		used := func() string { return got(w.Claims.Accumulators(adjuster, s.policy.ID.Ref()))(t)[0].Used.String() }
		if want := yuan("5000").Mul(decimal.NewFromInt(int64(approved))).String(); approved == 0 || used() != want {
			t.Fatalf("%d approved, %s used", approved, used())
		}
		for _, id := range again { // whoever gave way tries again, alone
			if _, err := w.Claims.Approve(manager, id, claim.Approval{}); err == nil {
				approved++
			} else if !errors.Is(err, crm.ErrState) {
				t.Error(err)
			}
		}
		if approved != 4 || used() != "20000" {
			t.Errorf("%d approved, %s used", approved, used())
		}
		w.sound(t)
	})
}

// Sixty-four transactions of hosts approve one claim: one does, the others are told.
func TestOneOfManyHostTransactionsApproves(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		s := w.insured(t)
		w.db.SetMaxOpenConns(16)
		c := w.approvable(t, loss(&s.policy, "injury", w.clock.Now().Add(-time.Hour)), "1100")
		won := 0
		for i, err := range together(64, func(i int) error {
			if i%2 == 0 { // half of them on the library's own connections
				_, err := w.Claims.Approve(manager, c.ID, claim.Approval{})
				return err
			}
			return w.inTx(func(in *crm.CRM, _ *sql.Tx) error {
				_, err := in.Claims.Approve(manager, c.ID, claim.Approval{})
				return err
			})
		}) {
			if err == nil {
				won++
			} else if !errors.Is(err, crm.ErrState) && !errors.Is(err, crm.ErrConflict) {
				t.Errorf("%d: %v", i, err)
			}
		}
		entries := 0
		for _, e := range got(w.Claims.History(auditor, c.ID))(t) {
			if e.Event == "Approve" {
				entries++
			}
		}
		if won != 1 || entries != 1 {
			t.Errorf("%d won, %d entries", won, entries)
		}
		w.sound(t)
	})
}

// A person's data key that was made in a transaction which is taken back seals nothing
// afterwards: what is sealed later can be read by a program that starts anew.
func TestADataKeyOfARolledBackTransactionIsForgotten(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		cfg := w.config()
		cfg.Policies = claim.StaticPolicies{"P-1": {Line: kernel.Motor, InForce: true, Insured: []crm.Ref{"customer-7"}, Coverages: []claim.Coverage{{Code: "DAMAGE"}}}}
		w.CRM = got(crm.Open(owner, w.store, cfg))(t)
		in := claim.Notice{Policy: "P-1", Cause: "collision", OccurredAt: noon, Description: secret("rear-ended")}
		both := func(c *crm.CRM) error {
			_, err := c.Claims.Report(adjuster, in)
			_, err2 := c.Customers.Register(agent, zhang())
			return errors.Join(err, err2, errRollback)
		}
		if err := w.inTx(func(c *crm.CRM, _ *sql.Tx) error { return both(c) }); !errors.Is(err, errRollback) {
			t.Fatal(err)
		}
		if err := w.InTx(owner, both); !errors.Is(err, errRollback) {
			t.Fatal(err)
		}
		cl := got(w.Claims.Report(adjuster, in))(t)
		z := got(w.Customers.Register(agent, zhang()))(t)
		anew := got(crm.Open(owner, connect(t, w.dialect, w.where), cfg))(t)
		look := customer.Look{Fields: []customer.Field{customer.FieldIdentity}, Purpose: secret("a test")}
		if p := got(anew.Customers.Reveal(archivist, z.ID, look))(t); string(p.Identity) != canaries["identity number"] {
			t.Error("another number is revealed")
		}
		err := storage.Guard(w.store, w.keys).View(owner, func(tx *storage.GuardTx) error {
			plain, err := tx.Open(&cl)
			if err == nil && plain["description"] != "rear-ended" {
				err = privacy.ErrCannotOpen
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// together runs fn n times at once and returns their errors.
func together(n int, fn func(int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	return errs
}
