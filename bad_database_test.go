package crm_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
)

func TestAFileThatIsNoDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	text := []byte(strings.Repeat("this is no database at all\n", 100))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlite.Open(path); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("%v", err)
	}
	if after := got(os.ReadFile(path))(t); string(after) != string(text) {
		t.Error("the file was changed")
	}
	if _, err := sqlite.Open(filepath.Join(path, "below", "crm.db")); !errors.Is(err, storage.ErrUnavailable) {
		t.Errorf("a folder that is none: %v", err)
	}
	if _, err := postgres.Open("host=/nowhere dbname=crm password=hush", postgres.Timeout(time.Second)); !errors.Is(err, storage.ErrUnavailable) || strings.Contains(err.Error(), "hush") {
		t.Errorf("%v", err)
	}
}

// Tables that are somebody else's, newer or damaged are told at Open; those that only
// have to be migrated are not.
func TestTablesThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{"sqlite", "postgres"} {
		for name, x := range map[string]struct {
			migrated bool
			sql      string
			says     string
			behind   bool // Migrate mends it
		}{
			"nothing there yet":      {false, "", "run Migrate", true},
			"older":                  {true, "DELETE FROM crm_schema WHERE version_id = (SELECT max(version_id) FROM crm_schema)", "older than the program's", true},
			"newer":                  {true, "INSERT INTO crm_schema (version_id, is_applied) VALUES (999, true)", "run a newer program", false},
			"somebody else's claims": {false, "CREATE TABLE crm_claims (whatever text)", "crm_claims", false},
			"a table was dropped":    {true, "DROP TABLE crm_claims", "crm_claims is missing", false},
		} {
			t.Run(dialect+"/"+name, func(t *testing.T) {
				t.Parallel()
				w := &world{dialect: dialect, where: place(t, dialect)}
				w.db, w.store = raw(t, dialect, w.where), connect(t, dialect, w.where)
				wire(t, w)
				if x.migrated {
					if err := w.Migrate(owner); err != nil {
						t.Fatal(err)
					}
				}
				if x.sql != "" {
					w.exec(t, x.sql)
				}
				checked := w.store.(storage.Migrator).CheckSchema(owner)
				var se *storage.SchemaError
				if !errors.As(checked, &se) || !errors.Is(checked, storage.ErrSchema) || se.Behind() != x.behind || !strings.Contains(checked.Error(), x.says) {
					t.Fatalf("CheckSchema: %v", checked)
				}
				_, err := crm.Open(owner, w.store, w.config())
				if x.behind && err != nil || !x.behind && (err == nil || err.Error() != checked.Error()) {
					t.Errorf("Open: %v", err)
				}
				if !x.migrated && x.behind {
					if _, err := w.Customers.Register(owner, zhang()); !errors.Is(err, storage.ErrSchema) {
						t.Errorf("a command without tables: %v", err)
					}
				}
			})
		}
	}
}

// Where nothing can be written it is said, at Open or by the command; questions are answered.
func TestADatabaseThatTakesNoWrites(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		s := w.play(t)
		before := w.rows(t)
		where := w.where
		var store *gormstore.Store
		if w.dialect == "postgres" {
			between := " options='-c default_transaction_read_only=on'"
			if strings.Contains(where, "://") {
				between = map[bool]string{true: "&", false: "?"}[strings.Contains(where, "?")] + "options=-c%20default_transaction_read_only%3Don"
			}
			store = connect(t, w.dialect, where+between)
		} else {
			store = host(t, where+"?_query_only=on")
		}
		c, err := crm.Open(owner, store, w.config())
		if err != nil { // PostgreSQL tells at once
			if !errors.Is(err, storage.ErrSchema) && !errors.Is(err, storage.ErrReadOnly) {
				t.Errorf("Open: %v", err)
			}
			return
		}
		if o := got(c.Overview(owner, s.customer.ID))(t); len(o.Claims) != 2 {
			t.Errorf("%d claims", len(o.Claims))
		}
		if _, err := c.Customers.Register(owner, organisation("甲公司")); !errors.Is(err, storage.ErrReadOnly) {
			t.Errorf("a command: %v", err)
		}
		if after := w.rows(t); after != before {
			t.Errorf("rows were written:\n%s\n%s", before, after)
		}
	})
}

// host opens an SQLite file as a host that has settings of its own.
func host(t testing.TB, name string) *gormstore.Store {
	t.Helper()
	db := got(gorm.Open(sqlite.Dialector("file:"+name), &gorm.Config{Logger: logger.Discard}))(t)
	pool := got(db.DB())(t)
	pool.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = pool.Close() })
	return got(gormstore.New(db))(t)
}

// A disk that fills up in the middle of a unit leaves nothing of it, and what there was
// can be read.
func TestAFullDisk(t *testing.T) {
	t.Parallel()
	w := over(t, "sqlite")
	s := w.insured(t)
	c := got(crm.Open(owner, host(t, w.where+"?_busy_timeout=5000"), w.config()))(t)
	small := got(gorm.Open(sqlite.Dialector("file:"+w.where+"?_busy_timeout=5000"), &gorm.Config{Logger: logger.Discard}))(t)
	pool := got(small.DB())(t)
	t.Cleanup(func() { _ = pool.Close() })
	pool.SetMaxOpenConns(1)
	var pages int
	if err := small.Raw("PRAGMA page_count").Scan(&pages).Error; err != nil {
		t.Fatal(err)
	}
	if err := small.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+2)).Error; err != nil {
		t.Fatal(err)
	}
	full := got(crm.Open(owner, got(gormstore.New(small))(t), w.config()))(t)
	before, broke := w.rows(t), error(nil)
	for i := 0; i < 200 && broke == nil; i++ {
		before = w.rows(t)
		broke = full.InTx(owner, func(c *crm.CRM) error {
			for j := range 5 {
				in := loss(&s.policy, fmt.Sprint("cause-", i, "-", j), w.clock.Now().Add(-time.Hour))
				if _, err := c.Claims.Report(owner, in); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if !errors.Is(broke, storage.ErrUnavailable) || !strings.Contains(broke.Error(), "13") {
		t.Errorf("a full disk: %v", broke)
	}
	if after := w.rows(t); after != before {
		t.Errorf("half a unit was written:\n%s\n%s", before, after)
	}
	got(full.Claims.List(owner, claim.Filter{}, kernel.List{}))(t)
	w.sound(t)
	if _, err := c.Customers.Amend(owner, s.customer.ID, customer.Amendment{Occupation: ptr(3)}); err != nil {
		t.Errorf("where there is room: %v", err)
	}
}

// A context that is over is the answer, and nothing is written.
func TestAContextThatIsOver(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		before := w.rows(t)
		ctx, cancel := context.WithCancel(owner)
		cancel()
		if _, err := w.Customers.Register(ctx, zhang()); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if _, err := w.Verify(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if err := w.InTx(ctx, func(*crm.CRM) error { t.Error("fn ran"); return nil }); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
		if after := w.rows(t); after != before {
			t.Error("rows were written")
		}
	})
}
