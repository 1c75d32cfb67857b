package number_test

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

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

var owner = crm.WithActor(context.Background(), crm.Owner)

// archive opens the library, whose customers are numbered.
func archive(s storage.Store, n number.Numberer) (*crm.CRM, *kernel.ManualClock) {
	clock := kernel.NewManualClock(time.Date(2026, 12, 31, 10, 0, 0, 0, time.UTC))
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	c, err := crm.Open(owner, s, crm.Config{Keys: keys, Clock: clock, Numbers: n})
	if err != nil {
		panic(err)
	}
	if err := c.Migrate(owner); err != nil {
		panic(err)
	}
	return c, clock
}

func register(ctx context.Context, c *crm.CRM, name string, opts ...crm.Option) (customer.Customer, error) {
	return c.Customers.Register(ctx, customer.Registration{
		Party: customer.Organisation, Name: name,
		Contacts: []customer.ContactDetail{{Kind: customer.Email, Value: privacy.New("office@example.com")}},
	}, opts...)
}

// onAll runs a test over the three stores.
func onAll(t *testing.T, test func(*testing.T, storage.Store)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { t.Parallel(); test(t, memory.New()) })
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		s, err := sqlite.Open(filepath.Join(t.TempDir(), "crm.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		test(t, s)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		s, err := postgres.Open(pgtest.DSN(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		test(t, s)
	})
}

// Many who need a number at once get each their own, and none is left out: not by those
// who are refused, not by a dry run.
func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s storage.Store) {
		c, _ := archive(s, nil)
		var mu sync.Mutex
		var numbers []string
		var wg sync.WaitGroup
		refused := errors.New("refused")
		for i := range 40 {
			wg.Go(func() {
				name := fmt.Sprintf("公司%02d", i)
				switch i % 4 {
				case 1:
					if _, err := register(owner, c, name, crm.DryRun()); err != nil {
						t.Error(err)
					}
				case 2:
					err := c.InTx(owner, func(c *crm.CRM) error { _, err := register(owner, c, name); return errors.Join(err, refused) })
					if !errors.Is(err, refused) && !errors.Is(err, kernel.ErrConflict) && !errors.Is(err, kernel.ErrDuplicate) {
						t.Error(err)
					}
				default:
					got, err := register(owner, c, name)
					for errors.Is(err, kernel.ErrConflict) { // beaten five times
						got, err = register(owner, c, name)
					}
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					numbers = append(numbers, got.Number)
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		slices.Sort(numbers)
		for i, no := range numbers {
			if want := fmt.Sprintf("C-2026-%08d", i+1); no != want {
				t.Fatalf("number %d is %s", i+1, no)
			}
		}
	})
}

// Every year, kind and tenant begins with 1.
func TestNumbersBeginAnew(t *testing.T) {
	t.Parallel()
	c, clock := archive(memory.New(), nil)
	want := func(ctx context.Context, name, no string) {
		t.Helper()
		if got, err := register(ctx, c, name); err != nil || got.Number != no {
			t.Errorf("%s, %v, want %s", got.Number, err, no)
		}
	}
	want(owner, "甲公司", "C-2026-00000001")
	want(owner, "乙公司", "C-2026-00000002")
	other := crm.WithActor(owner, crm.Actor{ID: "owner", Tenant: "other", Roles: []kernel.Role{kernel.RoleOwner}})
	want(other, "甲公司", "C-2026-00000001")
	clock.Advance(24 * time.Hour)
	want(owner, "丙公司", "C-2027-00000001")
}

// numbererFunc is a host's own way of giving numbers.
type numbererFunc func(ctx context.Context, kind string, at time.Time) (string, error)

// Next calls the function.
func (f numbererFunc) Next(ctx context.Context, kind string, at time.Time) (string, error) {
	return f(ctx, kind, at)
}

// What a host's numberer gives is looked at before it is used.
func TestTheHostsNumbersAreChecked(t *testing.T) {
	t.Parallel()
	down := errors.New("the number server is down")
	next, failing := "A-1", error(nil)
	c, _ := archive(memory.New(), numbererFunc(func(context.Context, string, time.Time) (string, error) { return next, failing }))
	if got, err := register(owner, c, "甲公司"); err != nil || got.Number != "A-1" {
		t.Fatalf("%s, %v", got.Number, err)
	}
	for name, x := range map[string]struct {
		next string
		err  error
		want error
	}{
		"one that was given": {"A-1", nil, kernel.ErrDuplicate},
		"none":               {"", nil, kernel.ErrInvalid},
		"too long":           {strings.Repeat("9", kernel.MaxRef+1), nil, kernel.ErrInvalid},
		"not a text":         {"A\x00", nil, kernel.ErrInvalid},
		"an error":           {"", down, down},
	} {
		next, failing = x.next, x.err
		if _, err := register(owner, c, "乙公司"); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
	page, err := c.Customers.List(owner, customer.Listing{}, kernel.List{})
	if err != nil || len(page.Items) != 1 {
		t.Errorf("%d customers, %v", len(page.Items), err)
	}
}
