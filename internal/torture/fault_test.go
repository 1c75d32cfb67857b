package torture_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	gormpostgres "gorm.io/driver/postgres"
	gormsqlite "gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
)

// faulty returns a shop at the place over a driver with faults, and what makes them.
func (p place) faulty(t testing.TB) (*shop, *faults) {
	t.Helper()
	f, name, dsn := &faults{}, "pgx", p.where
	if p.dialect == "sqlite" {
		name, dsn = sqlite.DriverName, "file:"+p.where+"?_journal_mode=WAL&_busy_timeout=100&_synchronous=OFF"
	}
	db := torture.Tapped(t, name, dsn, f.call)
	if p.dialect == "sqlite" { // elsewhere each panic of the driver costs database/sql a place in the pool
		db.SetMaxOpenConns(4)
	}
	d := gormsqlite.New(gormsqlite.Config{Conn: db})
	if p.dialect == "postgres" {
		d = gormpostgres.New(gormpostgres.Config{Conn: db})
	}
	g, err := gorm.Open(d, &gorm.Config{Logger: logger.Discard})
	must(t, err)
	store, err := gormstore.New(g, gormstore.Wait(3*time.Second))
	must(t, err)
	return p.shop(t, store), f
}

// shop opens the library over a store at the place.
func (p place) shop(t testing.TB, store storage.Store) *shop {
	t.Helper()
	keys, err := privacy.OpenKeyFile(p.keys)
	must(t, err)
	s, err := newShop(store, keys)
	must(t, err)
	return s
}

// a tale is one command of a short story: what has to be there before, and the command,
// which may be given again.
type tale struct {
	before func(s *shop, n string) (crm.ID, error)
	do     func(ctx context.Context, s *shop, id crm.ID, n string) error
	done   func(n count, id crm.ID, name string) bool
}

var story = map[string]tale{
	"register": {nil, func(ctx context.Context, s *shop, _ crm.ID, n string) error { _, err := s.register(ctx, n); return err },
		func(c count, _ crm.ID, n string) bool { return c.customers["firm "+n] != "" }},
	"report": {nil, func(ctx context.Context, s *shop, _ crm.ID, n string) error {
		_, err := s.report(ctx, 1, n)
		return err
	},
		func(c count, _ crm.ID, n string) bool { return c.claims[n].ID != "" }},
	"settle": {func(s *shop, n string) (crm.ID, error) { return s.report(owner, 1, n) },
		func(ctx context.Context, s *shop, id crm.ID, _ string) error { return s.settle(ctx, id) },
		func(c count, id crm.ID, _ string) bool { return c.byID[id].Approved.IsPositive() }},
	"both": {nil, func(ctx context.Context, s *shop, _ crm.ID, n string) error { return s.both(ctx, 2, n) },
		func(c count, _ crm.ID, n string) bool { return c.claims["both "+n].ID != "" }},
}

// told fails unless the error is one that a caller can do something about, and holds
// nothing of the driver's.
func told(t *testing.T, where string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	known := false
	for _, kind := range []error{
		storage.ErrUnavailable, storage.ErrRetry, storage.ErrClosed, kernel.ErrConflict, kernel.ErrPanic, context.Canceled,
	} {
		known = known || errors.Is(err, kind)
	}
	if !known || strings.Contains(err.Error(), "192.168") {
		t.Errorf("%s: not an error for callers: %v", where, err)
	}
}

// TestFaults lets the driver fail at each of its calls in each command of a story, in five
// ways. The error says of what kind it is, everything fits together before and after, and
// the command given again under the same key ends as if nothing had been.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, dialect := range dialects {
		for _, m := range modes {
			t.Run(dialect+"/"+string(m), func(t *testing.T) {
				t.Parallel()
				cases := 0
				for name, tale := range story {
					cases += failEach(t, dialect, m, name, tale)
				}
				t.Logf("%d faults", cases)
			})
		}
	}
}

// failEach lets one command fail at each call.
func failEach(t *testing.T, dialect string, m mode, name string, tale tale) (cases int) {
	t.Helper()
	step := 1 // primes: all calls have their turn in time
	switch {
	case torture.Soak():
	case testing.Short():
		step = 53
	case dialect == "postgres":
		step = 17
	default:
		step = 3
	}
	var s *shop
	var f *faults
	for k := 1 + torture.Rand(t).IntN(step); ; k += step {
		if cases%25 == 0 { // what has grown large takes long to look through
			s, f = template(t, dialect).faulty(t)
		}
		n := fmt.Sprintf("%s-%d", name, k)
		var id crm.ID
		var err error
		if tale.before != nil {
			id, err = tale.before(s, n)
			must(t, err)
		}
		ctx, cancel := context.WithCancel(owner)
		f.arm(m, k, cancel)
		err = tale.do(ctx, s, id, n)
		struck := f.heal()
		cancel()
		if struck == "" {
			must(t, err)
			return cases
		}
		cases++
		where := fmt.Sprintf("%s, call %d, %s", name, k, struck)
		told(t, where, err)
		if there := tale.done(s.sound(t), id, n); !there && err == nil || there && err != nil && m != applied && struck != "COMMIT" {
			t.Errorf("%s: the command said %v, and it is %t that it was done", where, err, there)
		}
		if err := tale.do(owner, s, id, n); err != nil && !errors.Is(err, crm.ErrReplayed) {
			t.Errorf("%s: again: %v, after %v", where, err, err)
		}
		if !tale.done(s.sound(t), id, n) {
			t.Errorf("%s: given again and not done", where)
		}
		if t.Failed() {
			t.FailNow()
		}
	}
}

// template returns a place with tables; on SQLite a copy of one that was made before.
func template(t *testing.T, dialect string) place {
	t.Helper()
	p := place{dialect: dialect, where: filepath.Join(t.TempDir(), "crm.db"), keys: filepath.Join(t.TempDir(), "crm.key")}
	if dialect == "postgres" {
		return newPlace(t, dialect)
	}
	tables.once.Do(func() { tables.file, tables.err = makeTables(p) })
	must(t, tables.err)
	must(t, os.WriteFile(p.where, tables.file, 0o600))
	return p
}

// tables are those of an empty SQLite database.
var tables struct {
	once sync.Once
	file []byte
	err  error
}

func makeTables(p place) ([]byte, error) {
	s, err := sqlite.Open(p.where)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(s.Migrate(owner), s.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(p.where)
}
