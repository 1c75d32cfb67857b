package policy_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// world is an insurer with products, applications and policies.
type world struct {
	policy.Services
	engine   *engine.Engine
	payments *payment.Service
	clock    *kernel.ManualClock
	store    *storage.Guarded
}

// noon in Beijing on the day on which all stories begin.
var (
	noon  = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)
	day   = kernel.NewDate(2026, 11, 22)
	china = time.FixedZone("", 8*60*60)
)

// authority: agents let the machine decide up to 1 million, underwriters up to 2, managers
// without limit.
var authority = access.Table{
	{Role: access.Agent, What: policy.AuthorityUnderwriting, UpTo: decimal.NewFromInt(1_000_000)},
	{Role: access.Underwriter, What: policy.AuthorityUnderwriting, UpTo: decimal.NewFromInt(2_000_000)},
	{Role: access.Manager, What: policy.AuthorityUnderwriting, Unlimited: true},
}

func newWorld(store storage.Store, cfg policy.Config) *world {
	keys, err := privacy.NewKeys()
	if err != nil {
		panic(err)
	}
	return worldOver(storage.Guard(store, keys), cfg)
}

func worldOver(store *storage.Guarded, cfg policy.Config) *world {
	w := &world{clock: kernel.NewManualClock(noon), store: store}
	grants := append(policy.Grants(), payment.Grants()...)
	w.engine = engine.New(store, w.clock, access.NewRoles(grants), authority)
	w.Services, w.payments = policy.New(w.engine, cfg), payment.New(w.engine)
	return w
}

func inMemory() *world { return newWorld(memory.New(), policy.Config{}) }

// onAll tells a story on memory, SQLite and PostgreSQL.
func onAll(t *testing.T, story func(*testing.T, *world)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { t.Parallel(); story(t, inMemory()) })
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		story(t, newWorld(onSQLite(t, filepath.Join(t.TempDir(), "crm.db")), policy.Config{}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		story(t, newWorld(onPostgres(t, pgtest.DSN(t)), policy.Config{}))
	})
}

func onSQLite(t *testing.T, path string) *gormstore.Store {
	t.Helper()
	s, err := sqlite.Open(path)
	return ready(t, s, err)
}

func onPostgres(t *testing.T, dsn string) *gormstore.Store {
	t.Helper()
	s, err := postgres.Open(dsn)
	return ready(t, s, err)
}

func ready(t *testing.T, s *gormstore.Store, err error) *gormstore.Store {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// as returns a context in which somebody acts in the roles.
func as(roles ...kernel.Role) context.Context {
	return kernel.WithActor(context.Background(), kernel.Actor{ID: "u-" + fmt.Sprint(roles), Roles: roles})
}

var (
	owner       = kernel.WithActor(context.Background(), kernel.Owner)
	agent       = as(access.Agent)
	underwriter = as(access.Underwriter)
	manager     = as(access.Manager)
	designer    = as(access.ProductManager)
	cashier     = as(access.Cashier)
	auditor     = as(access.Auditor)
)

func yuan(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func secret(s string) privacy.Secret { return privacy.New(s) }

func name(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }

// described is a description with all its parts.
var described = policy.Description{
	Basics: "One year.", Liability: "Accidents.", Exclusions: "War.", Sums: "As chosen.", ClaimProcedure: "Report at once.",
	Rights: "To cancel.", ServicePromise: "Five days.", Conditions: "18 to 65 years.", Payment: "Yearly.", Surrender: "Pro rata.",
}

// accident is a product for a year: death and disability by choice of sum, a fixed sum
// for doctors.
func accident() policy.Design {
	return policy.Design{
		Code: "ACC", Name: name("Accident", "意外险"), Line: kernel.Accident,
		Coverages: []policy.Coverage{
			{Code: "DEATH", Name: name("Death", "身故"), Calculator: "fixed_sum", Basis: policy.SumInsured, MaxSum: yuan("3000000"), Death: true},
			{Code: "MED", Name: name("Medical", "医疗"), Calculator: "reimbursement", Basis: policy.Fixed, Limit: yuan("20000"),
				Deductible: yuan("100"), Copay: yuan("0.2"), WaitingDays: 30, Exclusions: []string{"EX-1"}},
		},
		Terms: []policy.Term{{Years: 1}}, PayModes: []policy.PayMode{policy.Single, policy.Quarterly},
		IssueAges: policy.Ages{From: 0, Below: 66},
		Rates: []policy.Rate{
			{Coverage: "DEATH", Ages: policy.Ages{Below: 40}, PerMille: yuan("1.2")},
			{Coverage: "DEATH", Ages: policy.Ages{From: 40}, PerMille: yuan("2.35")},
			{Coverage: "MED", Flat: yuan("80.5")},
		},
		Documents: policy.Documents{
			Application: []string{"identity"},
			Claims:      map[string][]string{"": {"claim_form"}, "death": {"death_certificate"}},
		},
		Description: described,
	}
}

// zhang wants 500 000 for himself: 600.00 + 80.50 = 680.50.
func zhang() policy.Form {
	return policy.Form{
		Product: "ACC", Holder: "c-zhang", PayMode: policy.Single,
		Insured:   []policy.InsuredForm{{Party: "c-zhang", Relation: policy.Self, Birth: kernel.NewDate(1990, 5, 1)}},
		Items:     []policy.Item{{Coverage: "DEATH", SumInsured: yuan("500000")}},
		Documents: []policy.DocumentForm{{Kind: "identity", FileName: secret("张三.pdf")}},
	}
}

func paid(amount string) policy.ReceiptForm {
	return policy.ReceiptForm{Reference: kernel.Ref("bank-" + amount), Amount: yuan(amount), Method: "transfer"}
}

func (w *world) sell(t testing.TB, d policy.Design) policy.Product {
	t.Helper()
	return must(w.Products.Publish(manager, d))(t)
}

// insured issues a policy for a form.
func (w *world) insured(t testing.TB, form policy.Form, receipts ...policy.ReceiptForm) policy.Policy {
	t.Helper()
	return must(w.Applications.IssueDirect(agent, policy.Direct{Form: form, Receipts: receipts}))(t)
}

// sound fails unless the journal and the rows agree.
func (w *world) sound(t testing.TB) {
	t.Helper()
	err := w.store.View(owner, func(tx *storage.GuardTx) error {
		r, err := journal.Verify(tx, append(policy.Subjects(), payment.Subjects()...))
		if err == nil && !r.OK() {
			err = fmt.Errorf("%v", r.Faults)
		}
		return err
	})
	if err != nil {
		t.Error("journal and rows disagree:", err)
	}
}

// must returns the record of a command that is to succeed.
func must[T any](got T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
}

// refused fails unless the error is one of the kind.
func refused[T any](_ T, err error) func(t testing.TB, kind error, saying ...string) {
	return func(t testing.TB, kind error, saying ...string) {
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

// faults returns the paths of field errors.
func faults(t testing.TB, err error) map[string]string {
	t.Helper()
	var fe *kernel.FieldErrors
	if !errors.As(err, &fe) {
		t.Fatalf("got %v, want field errors", err)
	}
	out := map[string]string{}
	for _, f := range fe.Faults {
		out[f.Path] = f.Code
	}
	return out
}

// count returns how many rows a table has.
func count[T any, P interface {
	*T
	storage.Record
}](t testing.TB, w *world) int64 {
	t.Helper()
	var n int64
	if err := w.store.View(owner, func(tx *storage.GuardTx) (err error) { n, err = storage.Count[T, P](tx); return err }); err != nil {
		t.Fatal(err)
	}
	return n
}
