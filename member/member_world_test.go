package member_test

import (
	"context"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/sqlite"
)

// insurer is a world whose customers and premiums are the host's.
type insurer struct {
	*world
	host *host
}

// host answers for customers and policies. Its customers are c-1, c-2 …; nobody else is
// known.
type host struct {
	mu      sync.Mutex
	premium map[kernel.Ref]map[kernel.Date]decimal.Decimal // from the day on
	asked   int
}

func (h *host) Known(_ context.Context, c kernel.Ref) error {
	if !strings.HasPrefix(string(c), "c-") {
		return kernel.ErrNotFound
	}
	return nil
}

// pays notes that a customer's yearly premium in force is so much from the day on.
func (h *host) pays(c kernel.Ref, from kernel.Date, premium string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.premium[c] == nil {
		h.premium[c] = map[kernel.Date]decimal.Decimal{}
	}
	h.premium[c][from] = yuan(premium)
}

func (h *host) PremiumInForce(_ context.Context, c kernel.Ref, on kernel.Date) (decimal.Decimal, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked++
	last, sum := kernel.Date(0), decimal.Zero
	for from, p := range h.premium[c] {
		if from <= on && from > last {
			last, sum = from, p
		}
	}
	return sum, nil
}

// open makes an insurer over a store. When staff leave, their members go to the successor.
func open(store storage.Store, cfg member.Config) *insurer {
	h := &host{premium: map[kernel.Ref]map[kernel.Date]decimal.Decimal{}}
	cfg.Customers, cfg.Policies = h, h
	w := &insurer{newWorld(store, cfg), h}
	w.engine.React(engine.On{Kind: "staff", To: string(member.StaffLeft)}, func(ctx context.Context, r command.Runner, h command.Happening) error {
		return member.OnStaffLeft(ctx, r, h.Subject.(*member.Staff))
	})
	return w
}

func newInsurer() *insurer { return open(memory.New(), member.Config{}) }

// everywhere tells a story on memory, SQLite and PostgreSQL.
func everywhere(t *testing.T, story func(*testing.T, *insurer)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { t.Parallel(); story(t, newInsurer()) })
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); story(t, open(onSQLite(t), member.Config{})) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); story(t, open(onPostgres(t), member.Config{})) })
}

// sqliteAt opens a database file that a test wants to look into.
func sqliteAt(t *testing.T, path string) *gormstore.Store {
	t.Helper()
	s, err := sqlite.Open(filepath.Clean(path))
	return ready(t, s, err)
}

var why = member.Grounds{Code: "test", Reason: secret("as the story goes")}

// ladder has four tiers: basic, silver for two years, gold for a premium of 50 000,
// platinum for one of 200 000 or 20 000 points. Points last two years.
func ladder() member.Rules {
	return member.Rules{
		Tiers: []member.Tier{
			{Code: "basic", Name: both("Basic", "普通")},
			{Code: "silver", Name: both("Silver", "白银"), Years: 2},
			{Code: "gold", Name: both("Gold", "黄金"), Premium: yuan("50000")},
			{Code: "platinum", Name: both("Platinum", "铂金"), Premium: yuan("200000"), Points: 20_000, Any: true},
		},
		ReviewMonths: 12, CountMonths: 12, PointMonths: 24,
	}
}

// founded founds a program.
func (w *insurer) founded(t tb, code string, rules member.Rules) member.Program {
	t.Helper()
	return got(w.Programs.Found(designer, member.Founding{Code: code, Name: both("Club", "俱乐部"), Rules: rules}))(t)
}

// joined makes a customer a member of a program of their own, with the usual rules.
func (w *insurer) joined(t tb, customer kernel.Ref) member.Member {
	t.Helper()
	p := w.founded(t, "club-of-"+string(customer), ladder())
	return got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: customer}))(t)
}

// hired is somebody who works as an adviser.
func (w *insurer) hired(t tb, actor kernel.Ref) member.Staff {
	t.Helper()
	return got(w.Staff.Hire(manager, member.Hiring{Actor: actor, Name: "顾问 " + string(actor), Role: access.Adviser, Team: "advisers"}))(t)
}

// on moves the clock to noon, in Beijing, of a day.
func (w *insurer) on(d kernel.Date) { w.clock.Set(d.Time().Add(4 * time.Hour)) }

// unwritten fails when do writes anything.
func (w *insurer) unwritten(t tb, do func()) {
	t.Helper()
	before := w.rows(t)
	do()
	if after := w.rows(t); !reflect.DeepEqual(before, after) {
		t.Errorf("rows before %v, after %v", before, after)
	}
}

// wrong fails unless the error has exactly these faults, as "path:code".
func wrong[T any](_ T, err error) func(t tb, want ...string) {
	return func(t tb, want ...string) {
		t.Helper()
		slices.Sort(want)
		if have := faults(t, err); !slices.Equal(have, want) {
			t.Errorf("faults\n%q, want\n%q", have, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// allLots reads every lot of a member from the store.
func allLots(t tb, w *insurer, id kernel.ID) []member.Lot {
	t.Helper()
	var lots []member.Lot
	err := w.store.View(owner, func(tx *storage.GuardTx) (err error) {
		lots, err = storage.Find[member.Lot](tx, storage.Query{Where: []storage.Cond{storage.Col[kernel.ID]("member_id").Eq(id)}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return lots
}
