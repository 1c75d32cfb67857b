package member_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/member"
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
	noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	day  = kernel.NewDate(2026, 11, 22)
)

// The people of the stories.
var (
	owner    = kernel.WithActor(context.Background(), kernel.Owner)
	manager  = as("wang", access.Manager)
	designer = as("chen", access.ProductManager)
	adviser  = as("li", access.Adviser)
	agent    = as("zhou", access.Agent)
	auditor  = as("sun", access.Auditor)
	system   = kernel.WithActor(context.Background(), kernel.Actor{ID: "cron", Roles: []kernel.Role{access.System}})
)

func as(id string, roles ...kernel.Role) context.Context {
	return kernel.WithActor(context.Background(), kernel.Actor{ID: id, Roles: roles})
}

func yuan(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func secret(s string) privacy.Secret { return privacy.New(s) }

func both(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }

// world is an insurer that has members.
type world struct {
	*member.Room
	engine *engine.Engine
	store  *storage.Guarded
	clock  *kernel.ManualClock
}

func newWorld(store storage.Store, cfg member.Config) *world {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	w := &world{clock: kernel.NewManualClock(noon), store: storage.Guard(store, keys)}
	w.engine = engine.New(w.store, w.clock, access.NewRoles(member.Grants()), access.Table{})
	w.Room = member.New(w.engine, cfg)
	return w
}

func inMemory() *world { return newWorld(memory.New(), member.Config{}) }

// onAll tells a story on memory, SQLite and PostgreSQL.
func onAll(t *testing.T, cfg member.Config, story func(*testing.T, *world)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { t.Parallel(); story(t, newWorld(memory.New(), cfg)) })
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); story(t, newWorld(onSQLite(t), cfg)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); story(t, newWorld(onPostgres(t), cfg)) })
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

// tb is what tests of testing and of rapid, and examples, have in common.
type tb interface {
	Helper()
	Error(...any)
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
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

// refused fails unless the error is one of the kind and says what it should.
func refused[T any](_ T, err error) func(t tb, kind error, saying ...string) {
	return func(t tb, kind error, saying ...string) {
		t.Helper()
		if !errors.Is(err, kind) {
			t.Fatalf("got %v, want an error that is %q", err, kind)
		}
		for _, s := range saying {
			if !strings.Contains(err.Error(), s) {
				t.Errorf("%q does not say %q", err, s)
			}
		}
	}
}

// faults returns "path:code" of all field errors, sorted.
func faults(t tb, err error) []string {
	t.Helper()
	var fe *kernel.FieldErrors
	if !errors.As(err, &fe) {
		t.Fatalf("got %v, want field errors", err)
	}
	var out []string
	for _, f := range fe.Faults {
		out = append(out, f.Path+":"+f.Code)
	}
	slices.Sort(out)
	return out
}

// sound holds the journal against all rows.
func (w *world) sound(t tb) {
	t.Helper()
	err := w.store.View(owner, func(tx *storage.GuardTx) error {
		r, err := journal.Verify(tx, member.Subjects())
		if err == nil && !r.OK() {
			err = fmt.Errorf("%v", r.Faults)
		}
		return err
	})
	if err != nil {
		t.Error("journal and rows disagree:", err)
	}
}

// rows counts the rows of all tables of the room, and of its journal.
func (w *world) rows(t tb) map[string]int64 {
	t.Helper()
	out := map[string]int64{}
	err := w.store.View(owner, func(tx *storage.GuardTx) error {
		recs := []storage.Record{&journal.Entry{}}
		for _, s := range member.Subjects() {
			recs = append(recs, s.Root)
			for _, p := range s.Parts {
				recs = append(recs, p.Record)
			}
		}
		for _, rec := range recs {
			all, err := tx.Tally(rec, storage.Query{}, nil)
			if err != nil {
				return err
			}
			out[rec.TableName()] = all[0].Count
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
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

// fatal ends an example on an error.
type fatal struct{}

func (fatal) Helper()                      {}
func (fatal) Error(args ...any)            { panic(fmt.Sprint(args...)) }
func (fatal) Errorf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
func (fatal) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }
func (fatal) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
