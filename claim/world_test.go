package claim_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/internal/command"
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

// noon in Beijing on the day on which all stories begin, and the accident of the week
// before.
var (
	noon     = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	accident = noon.AddDate(0, 0, -7)
)

// The people of the stories.
var (
	adjuster = as("li", access.Adjuster)  // decides up to 10 000
	manager  = as("wang", access.Manager) // decides everything
	other    = as("zhao", access.Manager) // another manager
	cashier  = as("qian", access.Cashier) //
	auditor  = as("sun", access.Auditor)  //
	agent    = as("zhou", access.Agent)   //
	owner    = kernel.WithActor(context.Background(), kernel.Owner)
)

func as(id string, role kernel.Role) context.Context {
	return kernel.WithActor(context.Background(), kernel.Actor{ID: id, Roles: []kernel.Role{role}})
}

func yuan(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// policies are what the insurer of the stories has sold.
func policies() claim.StaticPolicies {
	year := func(c claim.Cover) claim.Cover {
		c.Line, c.InForce = kernel.Accident, true
		c.From, c.To = time.Date(2026, 1, 1, 0, 0, 0, 0, china), time.Date(2027, 1, 1, 0, 0, 0, 0, china)
		if c.Holder == "" {
			c.Holder = "c-holder"
		}
		if c.Insured == nil {
			c.Insured = []kernel.Ref{"c-1"}
		}
		c.Documents = map[string][]string{"": {"id_card"}, "injury": {"invoice"}, "death": {"death_certificate"}}
		return c
	}
	medical := claim.Coverage{
		Code: "medical", Clause: "2.3", Limit: yuan("20000"), LimitBasis: claim.PerPeriod, Period: "2026",
		Deductible: yuan("100"), Copay: yuan("0.1"),
	}
	tight := medical
	tight.Limit = yuan("1000")
	tight.Deductible, tight.Copay = decimal.Zero, decimal.Zero
	lapsed := year(claim.Cover{Coverages: []claim.Coverage{medical}})
	lapsed.InForce, lapsed.WhyNot = false, "lapsed"
	family := year(claim.Cover{Insured: []kernel.Ref{"c-1", "c-2"}, Coverages: []claim.Coverage{medical}})
	yen := year(claim.Cover{Currency: "JPY", Coverages: []claim.Coverage{{Code: "loss"}}})
	return claim.StaticPolicies{
		"P-1": year(claim.Cover{Number: "P-2026-1", Coverages: []claim.Coverage{medical}}),
		"P-2": year(claim.Cover{Number: "P-2026-2", Coverages: []claim.Coverage{tight}}),
		"P-3": year(claim.Cover{
			Number: "P-2026-3", Branch: "north",
			Entitled: []kernel.Share{{Party: "c-wife", Order: 1, Weight: 2}, {Party: "c-son", Order: 1, Weight: 1}, {Party: "c-brother", Order: 2}},
			Coverages: []claim.Coverage{
				{Code: "death", Calculator: "fixed_sum", Limit: yuan("100000"), Entitled: true, Clause: "2.1"},
				{Code: "medical", Limit: yuan("5000"), Clause: "2.3"},
			},
		}),
		"P-lapsed": lapsed,
		"P-family": family,
		"P-yen":    yen,
	}
}

var china = time.FixedZone("Asia/Shanghai", 8*60*60)

// world is an insurer with its claims and payments, wired as the library wires them.
type world struct {
	*claim.Service
	payments *payment.Service
	engine   *engine.Engine
	store    *storage.Guarded
	clock    *kernel.ManualClock
}

func newWorld(store storage.Store) *world {
	return newWorldWith(store, claim.Config{Policies: policies()})
}

func newWorldWith(store storage.Store, cfg claim.Config) *world {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	w := &world{clock: kernel.NewManualClock(noon), store: storage.Guard(store, keys)}
	grants := append(claim.Grants(), payment.Grants()...)
	table := access.Table{
		{Role: access.Adjuster, What: "claim.approve", UpTo: yuan("10000")},
		{Role: access.Adjuster, What: "claim.refuse", UpTo: yuan("10000")},
		{Role: access.Manager, What: "claim.approve", Unlimited: true},
		{Role: access.Manager, What: "claim.refuse", Unlimited: true},
	}
	w.engine = engine.New(w.store, w.clock, access.NewRoles(grants), table)
	react(w.engine)
	w.Service, w.payments = claim.New(w.engine, cfg), payment.New(w.engine)
	return w
}

// react wires payments to claims.
func react(e *engine.Engine) {
	ofClaim := func(then func(context.Context, command.Runner, kernel.ID) error) engine.Reaction {
		return func(ctx context.Context, r command.Runner, h command.Happening) error {
			if p, ok := h.Subject.(*payment.Payment); ok && p.OwnerKind == "claim" {
				return then(ctx, r, p.OwnerID)
			}
			return nil
		}
	}
	e.React(engine.On{Kind: "payment", To: "cleared"}, ofClaim(claim.OnPaymentCleared))
	e.React(engine.On{Kind: "payment", To: "bounced"}, ofClaim(claim.OnPaymentBounced))
	e.React(engine.On{Kind: "claim", To: "payable"}, func(ctx context.Context, r command.Runner, h command.Happening) error {
		return claim.OnPaymentCleared(ctx, r, h.ID)
	})
}

// because opens the reasons in the history of a claim, the oldest first.
func (w *world) because(t testing.TB, id kernel.ID) (reasons []string) {
	t.Helper()
	for _, row := range got(w.Reveal(manager, id, reveal.Purpose{Text: privacy.New("to look"), Parts: []reveal.Part{"history"}}))(t) {
		if why := string(row.Values["reason"]); why != "" {
			reasons = append(reasons, why)
		}
	}
	return reasons
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

func injury(policy kernel.Ref) claim.Notice {
	return claim.Notice{Policy: policy, OccurredAt: accident, Cause: "injury", Claimed: yuan("1100"), Account: privacy.New("6222 0212 3456 7890")}
}

var papers = []claim.Paper{{Kind: "id_card"}, {Kind: "invoice"}}

func filing(claimed string) claim.Filing {
	return claim.Filing{Claimed: yuan(claimed), Documents: papers}
}

func (w *world) report(t tb, in claim.Notice) claim.Claim {
	t.Helper()
	return got(w.Report(adjuster, in))(t)
}

// accepted takes a claim to acceptance with all three checks passed.
func (w *world) accepted(t tb, id kernel.ID, claimed string) {
	t.Helper()
	got(w.File(adjuster, id, filing(claimed)))(t)
	got(w.Check(adjuster, id, claim.Review{Kind: claim.CheckCompleteness}))(t)
	got(w.Accept(adjuster, id, claim.Acceptance{}))(t)
	got(w.Check(adjuster, id, claim.Review{Kind: claim.CheckAuthenticity}))(t)
	got(w.Check(adjuster, id, claim.Review{Kind: claim.CheckCoverage}))(t)
}

// assessed takes a new claim of the policy to assessment.
func (w *world) assessed(t tb, in claim.Notice, claimed string) claim.Claim {
	t.Helper()
	c := w.report(t, in)
	w.accepted(t, c.ID, claimed)
	return got(w.Assess(adjuster, c.ID, claim.Assessment{}))(t)
}

// approved takes a new claim to approval by the manager.
func (w *world) approved(t tb, in claim.Notice, claimed string) claim.Claim {
	t.Helper()
	c := w.assessed(t, in, claimed)
	return got(w.Approve(manager, c.ID, claim.Approval{}))(t)
}

// payable takes a new claim to agreement and its payments.
func (w *world) payable(t tb, in claim.Notice, claimed string) claim.Claim {
	t.Helper()
	c := w.approved(t, in, claimed)
	got(w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeAmount}))(t)
	got(w.Agree(adjuster, c.ID, claim.Agreement{How: "signed"}))(t)
	return got(w.RequestPayment(adjuster, c.ID, claim.PaymentOrder{}))(t)
}

// transfer lets the bank pay every pending payment of the claim.
func (w *world) transfer(t tb, id kernel.ID) {
	t.Helper()
	bank := payment.PayerFunc(func(context.Context, payment.Order) (string, error) { return "bank", nil })
	got(w.payments.Dispatch(cashier, bank))(t)
	for _, p := range got(w.Payments(adjuster, id))(t) {
		if p.State == payment.Requested {
			got(w.payments.Issue(cashier, p.ID, payment.Receipt{}))(t)
			got(w.payments.Clear(cashier, p.ID, payment.Receipt{Voucher: "V-1"}))(t)
		}
	}
}

func (w *world) events(t tb, id kernel.ID) []string {
	t.Helper()
	var events []string
	for _, e := range got(w.History(auditor, id))(t) {
		events = append(events, e.Event)
	}
	return events
}

// sound holds the journal against all rows.
func (w *world) sound(t tb) {
	t.Helper()
	err := w.store.View(owner, func(tx *storage.GuardTx) error {
		all := slices.Concat(claim.Subjects(), payment.Subjects())
		for i := range all {
			all[i].Parts = append(all[i].Parts, task.Part())
		}
		report, err := journal.Verify(tx, append(all, reveal.Subjects()...))
		if err == nil && !report.OK() {
			t.Error("the journal does not agree with the rows:", report.Faults)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// money holds the claim against the rules that always hold.
func (w *world) money(t tb, id kernel.ID) {
	t.Helper()
	c := got(w.Get(auditor, id))(t)
	live := payment.Sum(got(w.Payments(auditor, id))(t), func(p *payment.Payment) bool { return p.Kind != payment.Expense && p.Live() })
	bound := c.Undisputed
	if !c.DecidedAt.IsZero() {
		bound = c.Approved.Add(c.Overpaid)
	}
	if c.State == claim.Withdrawn {
		bound = c.Overpaid
	}
	if live.IsNegative() || live.GreaterThan(bound) {
		t.Errorf("in %s %s is paid or under way, of at most %s", c.State, live, bound)
	}
	for _, a := range got(w.Accumulators(auditor, c.Policy))(t) {
		if a.Used.IsNegative() || a.Limit.IsPositive() && a.Used.GreaterThan(a.Limit) || (a.State == claim.Exhausted) != (a.Limit.IsPositive() && a.Left().IsZero()) {
			t.Errorf("accumulator %s: %s of %s used, %s", a.Coverage, a.Used, a.Limit, a.State)
		}
	}
}

// tb is what tests of testing and of rapid have in common.
type tb interface {
	Helper()
	Error(...any)
	Errorf(string, ...any)
	Fatal(...any)
	Fatalf(string, ...any)
}
