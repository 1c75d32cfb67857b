package improve_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// noon in Beijing on the day on which all stories begin.
var (
	noon  = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	today = kernel.NewDate(2026, 11, 22)
)

// The people of the stories.
var (
	handler = as("li", access.ComplaintHandler)
	manager = as("wang", access.Manager)
	adviser = as("zhao", access.Adviser)
	auditor = as("sun", access.Auditor)
)

func as(id string, role kernel.Role, branches ...string) context.Context {
	return kernel.WithActor(context.Background(), kernel.Actor{ID: id, Roles: []kernel.Role{role}, Branches: branches})
}

func num(s string) decimal.Decimal { return decimal.RequireFromString(s) }

type world struct {
	*improve.Service
	engine *engine.Engine
	store  *storage.Guarded
	clock  *kernel.ManualClock
}

func newWorld(store storage.Store) *world {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	w := &world{store: storage.Guard(store, keys), clock: kernel.NewManualClock(noon)}
	w.engine = engine.New(w.store, w.clock, access.NewRoles(improve.Grants()), access.Table{})
	w.Service = improve.New(w.engine)
	return w
}

// onAll tells a story on memory, SQLite and PostgreSQL.
func onAll(t *testing.T, story func(*testing.T, *world)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { t.Parallel(); story(t, newWorld(memory.New())) })
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); story(t, newWorld(onSQLite(t))) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); story(t, newWorld(onPostgres(t))) })
}

func onSQLite(t *testing.T) *gormstore.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"))
	return ready(t, s, err)
}

func onPostgres(t *testing.T) *gormstore.Store {
	t.Helper()
	s, err := postgres.Open(pgtest.DSN(t))
	return ready(t, s, err)
}

func ready(t *testing.T, s *gormstore.Store, err error) *gormstore.Store {
	t.Helper()
	if err == nil {
		t.Cleanup(func() { _ = s.Close() })
		err = s.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// late is what a complaint about a late answer leads to.
func late(complaint kernel.Ref) improve.Proposal {
	return improve.Proposal{
		Source: improve.Source{Kind: improve.FromComplaint, ID: complaint}, Person: "c-1", CauseCode: "late_answer",
		Cause:   privacy.New("Mr Chen's letter lay on the desk of somebody on leave"),
		Measure: privacy.New("letters of absent colleagues are shared out every morning"),
		Unit:    "claims",
	}
}

// plan is what the manager adds.
func plan() improve.Plan {
	return improve.Plan{
		Responsible: "zhao", DueOn: today.AddDays(30),
		Figures: []improve.Figure{
			{Name: "median days to the answer", Unit: "days", Better: improve.Lower, Before: num("9.5")},
			{Name: "satisfaction", Unit: "points", Better: improve.Higher, Before: num("3.25")},
		},
	}
}

func measured(days, points string) improve.Verification {
	return improve.Verification{After: map[string]decimal.Decimal{"median days to the answer": num(days), "satisfaction": num(points)}}
}

// done takes a new improvement to done, by the adviser.
func (w *world) done(t tb, in improve.Proposal) improve.Improvement {
	t.Helper()
	i := got(w.Propose(handler, in))(t)
	got(w.Approve(manager, i.ID, plan()))(t)
	got(w.Start(adviser, i.ID))(t)
	return got(w.Finish(adviser, i.ID, improve.Completion{Document: "MIN-12"}))(t)
}

// got returns what a call returned and ends the test on its error.
func got[T any](v T, err error) func(tb) T {
	return func(t tb) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// sound holds the journal against all rows.
func (w *world) sound(t tb) {
	t.Helper()
	err := w.store.View(auditor, func(tx *storage.GuardTx) error {
		report, err := journal.Verify(tx, improve.Subjects())
		if err == nil && !report.OK() {
			t.Errorf("the journal does not agree with the rows: %v", report.Faults)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tb is what tests of testing and of rapid have in common.
type tb interface {
	Helper()
	Errorf(string, ...any)
	Fatal(...any)
}
