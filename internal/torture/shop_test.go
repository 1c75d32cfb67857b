package torture_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) {
	if order := os.Getenv(childOrder); order != "" {
		if racing, ok := strings.CutPrefix(order, "race:"); ok {
			race(racing)
		}
		work(order) // never returns, nor does race
	}
	pgtest.Main(m)
}

// began is when the process began, an hour back: the same loss again is told alike.
var began = time.Now().Add(-time.Hour)

var owner = crm.WithActor(context.Background(), crm.Owner)

// dialects are where all of it happens.
var dialects = []string{"sqlite", "postgres"}

// place is a database that several processes may open, with the keys beside it.
type place struct{ dialect, where, keys string }

func newPlace(t testing.TB, dialect string) place {
	t.Helper()
	p := place{dialect: dialect, where: filepath.Join(t.TempDir(), "crm.db"), keys: filepath.Join(t.TempDir(), "crm.key")}
	if dialect == "postgres" {
		p.where = pgtest.DSN(t)
	}
	return p.migrated(t)
}

// migrated makes keys and tables.
func (p place) migrated(t testing.TB) place {
	t.Helper()
	s := p.open(t)
	must(t, s.Migrate(owner))
	must(t, s.Close())
	return p
}

func (p place) String() string { return strings.Join([]string{p.dialect, p.where, p.keys}, "|") }

// parse is the place that String has told.
func parse(told string) place {
	part := strings.SplitN(told, "|", 3)
	return place{part[0], part[1], part[2]}
}

// shop is the library over a place, with policies that all claims share.
type shop struct {
	*crm.CRM
	store storage.Store
	keys  privacy.Cipher
}

// limit of each policy for all claims together; far more than a test pays.
var limit = decimal.NewFromInt(900_000_000)

func (p place) connect() (*gormstore.Store, error) {
	if p.dialect == "postgres" {
		return postgres.Open(p.where, postgres.MaxConns(8))
	}
	return sqlite.Open(p.where)
}

func (p place) tryOpen() (*shop, error) {
	keys, err := privacy.OpenKeyFile(p.keys)
	if err != nil {
		return nil, err
	}
	s, err := p.connect()
	if err != nil {
		return nil, err
	}
	return newShop(s, keys)
}

func newShop(s storage.Store, keys privacy.Cipher, change ...func(*crm.Config)) (*shop, error) {
	cover := claim.Cover{
		Line: kernel.Property, InForce: true, Holder: "K-1", From: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC),
		Coverages: []claim.Coverage{{Code: "HAIL", Limit: limit, LimitBasis: claim.PerPeriod, Period: "2026"}},
	}
	config := crm.Config{Keys: keys, Policies: claim.StaticPolicies{"P-0": cover, "P-1": cover, "P-2": cover, "P-3": cover}}
	for _, c := range change {
		c(&config)
	}
	c, err := crm.Open(owner, s, config)
	return &shop{CRM: c, store: s, keys: keys}, err
}

func (p place) open(t testing.TB) *shop {
	t.Helper()
	s, err := p.tryOpen()
	must(t, err)
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// The acts of the shop. Each is one unit of work, under a key made of the act and n.

// register enters a customer.
func (s *shop) register(ctx context.Context, n string) (crm.ID, error) {
	c, err := s.Customers.Register(ctx, firm("firm "+n), crm.Key("register/"+n))
	return c.ID, err
}

func firm(name string) customer.Registration {
	return customer.Registration{
		Party: customer.Organisation, Name: name,
		Contacts: []customer.ContactDetail{{Kind: customer.Email, Value: privacy.New(strings.ReplaceAll(name, " ", ".") + "@example.com")}},
	}
}

// report takes the notice of a loss on one of the four policies.
func (s *shop) report(ctx context.Context, policy int, n string) (crm.ID, error) {
	c, err := s.Claims.Report(ctx, loss(policy, n), crm.Key("report/"+n))
	return c.ID, err
}

func loss(policy int, cause string) claim.Notice {
	return claim.Notice{
		Policy: crm.Ref(fmt.Sprintf("P-%d", policy%4)), OccurredAt: began, Cause: cause,
		Account: privacy.New("6228480402564890018"),
	}
}

// settle takes a claim from the form to the payment: five rows of the table in one unit,
// with the policy's limit, a line, a document, two checks and the payment.
func (s *shop) settle(ctx context.Context, id crm.ID) error {
	_, err := s.Claims.SettleDirect(ctx, id, settlement, crm.Key("settle/"+string(id)))
	return err
}

var settlement = claim.Settlement{
	Filing: claim.Filing{Claimed: decimal.NewFromInt(900), Documents: []claim.Paper{{Kind: "claim_form"}}}, Agreed: "app",
}

// both enters a customer and a claim of the same name in one unit.
func (s *shop) both(ctx context.Context, policy int, n string) error {
	return s.InTx(ctx, func(c *crm.CRM) error {
		if _, err := c.Customers.Register(ctx, firm("both "+n)); err != nil {
			return err
		}
		_, err := c.Claims.Report(ctx, loss(policy, "both "+n))
		return err
	}, crm.Key("both/"+n))
}

// count is what a shop holds.
type count struct {
	customers map[string]crm.ID // by name
	claims    map[string]claim.Claim
	byID      map[crm.ID]claim.Claim
	entries   int64
}

// sound fails unless everything fits together: journal and rows, units of two commands,
// payments and decisions, limits and what was taken of them.
func (s *shop) sound(t testing.TB) count {
	t.Helper()
	r, err := s.Verify(owner)
	must(t, err)
	if !r.OK() {
		t.Fatalf("%d faults, the first of them: %v", len(r.Faults), r.Faults[:min(5, len(r.Faults))])
	}
	n := count{customers: map[string]crm.ID{}, claims: map[string]claim.Claim{}, byID: map[crm.ID]claim.Claim{}, entries: r.Entries}
	paid := map[crm.ID]decimal.Decimal{}
	used := map[crm.Ref]decimal.Decimal{}
	must(t, storage.Guard(s.store, s.keys).View(owner, func(tx *storage.GuardTx) error {
		customers, err := storage.Find[customer.Customer](tx, storage.Query{})
		for _, c := range customers {
			if n.customers[c.Name] != "" {
				t.Errorf("%s: there are two of them", c.Name)
			}
			n.customers[c.Name] = c.ID
		}
		claims, err2 := storage.Find[claim.Claim](tx, storage.Query{})
		for _, c := range claims {
			if n.claims[c.Cause].ID != "" {
				t.Errorf("%s: there are two claims", c.Cause)
			}
			n.claims[c.Cause], n.byID[c.ID] = c, c
			used[c.Policy] = used[c.Policy].Add(c.Approved)
		}
		payments, err3 := storage.Find[payment.Payment](tx, storage.Query{})
		for _, p := range payments {
			paid[p.OwnerID] = paid[p.OwnerID].Add(p.Amount)
		}
		limits, err4 := storage.Find[claim.Accumulator](tx, storage.Query{})
		for _, a := range limits {
			if !a.Used.Equal(used[a.Policy]) {
				t.Errorf("%s: %s taken of the limit, %s approved", a.Policy, a.Used, used[a.Policy])
			}
			delete(used, a.Policy)
		}
		return errors.Join(err, err2, err3, err4)
	}))
	for policy, sum := range used {
		if !sum.IsZero() {
			t.Errorf("%s: %s approved, and no limit", policy, sum)
		}
	}
	for _, c := range n.claims {
		if !paid[c.ID].Equal(c.Approved) {
			t.Errorf("claim %s, %s: %s approved, %s on its way", c.Number, c.State, c.Approved, paid[c.ID])
		}
	}
	for name := range n.customers {
		if both, ok := strings.CutPrefix(name, "both "); ok && n.claims["both "+both].ID == "" {
			t.Errorf("%s: the customer without the claim", name)
		}
	}
	for name := range n.claims {
		if strings.HasPrefix(name, "both ") && n.customers[name] == "" {
			t.Errorf("%s: the claim without the customer", name)
		}
	}
	return n
}

// happened reports whether the event is in the journal of the subject.
func (s *shop) happened(t testing.TB, kind string, id crm.ID, event string) bool {
	t.Helper()
	found := false
	must(t, storage.Guard(s.store, s.keys).View(owner, func(tx *storage.GuardTx) error {
		all, err := journal.History(tx, kind, id)
		for _, e := range all {
			found = found || e.Event == event
		}
		return err
	}))
	return found
}
