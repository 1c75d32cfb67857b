package storagetest_test

import (
	"context"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/storagetest"
)

// forgets says where a store forgets the tenant.
type forgets struct {
	read             func(storage.Read) bool // in which queries
	tally            bool
	save, del        bool // in the condition of a write: who knows the key may change the row
	unique, inserted bool // in a unique index; whose row it is
}

func always(storage.Read) bool { return true }

// defects are the ways to forget. In each a careful-looking store loses the tenant once.
var defects = map[string]forgets{
	"in every query":                      {read: always},
	"in queries of the empty tenant":      {read: func(r storage.Read) bool { return slices.Contains(r.Query.Where, storage.ColTenant.Eq("")) }},
	"in queries of any other tenant":      {read: func(r storage.Read) bool { return !slices.Contains(r.Query.Where, storage.ColTenant.Eq("")) }},
	"on later pages":                      {read: func(r storage.Read) bool { return r.Query.After != nil }},
	"in sorted queries":                   {read: func(r storage.Read) bool { return len(r.Query.Order) > 0 }},
	"in queries without other conditions": {read: func(r storage.Read) bool { return len(r.Query.Where) == 1 }},
	"in queries by key": {read: func(r storage.Read) bool {
		return slices.ContainsFunc(r.Query.Where, func(c storage.Cond) bool { return c.Column == string(storage.ColID) })
	}},
	"in tallies":            {tally: true},
	"when a row is changed": {save: true},
	"when a row is deleted": {del: true},
	"in a unique index":     {unique: true},
	"when a row is added":   {inserted: true},
}

// The suite fails every store that forgets the tenant in one place, and passes the same
// store when it forgets nowhere.
func TestForgetfulStoresAreCaught(t *testing.T) {
	t.Parallel()
	for name := range defects {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, failed := suite(t, name)
			if !failed {
				t.Fatalf("the suite does not notice\n%s", out)
			}
			t.Logf("%d cases notice", strings.Count(out, "\n    --- FAIL"))
		})
	}
	t.Run("nowhere", func(t *testing.T) {
		t.Parallel()
		if out, failed := suite(t, "nowhere"); failed {
			t.Errorf("the suite fails a store that forgets nothing:\n%s", out)
		}
	})
}

// suite runs the conformance suite over a store with the defect, in a process of its own,
// for it is to fail.
func suite(t *testing.T, defect string) (out string, failed bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestForgetful$/^(Tenants|Nulls|Prefixes|Amounts|Own|Missing|AllOr|Digests)", "-test.timeout=2m")
	cmd.Env = append(os.Environ(), "STORAGETEST_DEFECT="+defect)
	b, err := cmd.CombinedOutput()
	if err != nil && !strings.Contains(string(b), "--- FAIL: TestForgetful") {
		t.Fatalf("%v\n%s", err, b)
	}
	return string(b), err != nil
}

// TestForgetful is what the process above runs.
func TestForgetful(t *testing.T) {
	defect, ok := os.LookupEnv("STORAGETEST_DEFECT")
	if !ok {
		t.Skip("run by TestForgetfulStoresAreCaught")
	}
	storagetest.Exercise(t, func(*testing.T) storage.Store { return &forgetful{memory.New(), defects[defect]} })
}

// forgetful is a store with a defect.
type forgetful struct {
	storage.Store
	forgets
}

func (s *forgetful) View(ctx context.Context, fn func(storage.Tx) error) error {
	return s.Store.View(ctx, func(tx storage.Tx) error { return fn(&forgetfulTx{tx, s.forgets}) })
}

func (s *forgetful) Update(ctx context.Context, fn func(storage.Tx) error) error {
	return s.Store.Update(ctx, func(tx storage.Tx) error { return fn(&forgetfulTx{tx, s.forgets}) })
}

type forgetfulTx struct {
	storage.Tx
	forgets
}

// without returns the query without what is said about the tenant first.
func without(q storage.Query) *storage.Query {
	if len(q.Where) > 0 && q.Where[0].Column == string(storage.ColTenant) {
		q.Where = q.Where[1:]
	}
	return &q
}

func (t *forgetfulTx) Load(reads ...storage.Read) error {
	reads = slices.Clone(reads)
	for i, r := range reads {
		if r.Query != nil && t.read != nil && t.read(r) {
			reads[i].Query = without(*r.Query)
		}
	}
	return t.Tx.Load(reads...)
}

func (t *forgetfulTx) Tally(of storage.Record, q storage.Query, by []string, m ...storage.Measure) ([]storage.Row, error) {
	if t.tally {
		q = *without(q)
	}
	return t.Tx.Tally(of, q, by, m...)
}

func (t *forgetfulTx) Insert(recs ...storage.Record) error {
	for _, rec := range recs {
		if p, ok := rec.(*storagetest.Policy); ok && t.unique {
			same, err := storage.Count[storagetest.Policy](t.Tx, storage.Col[string]("number").Eq(p.Number))
			if err != nil {
				return err
			}
			if same > 0 {
				return kernel.ErrDuplicate
			}
		}
		if t.inserted {
			tenant(rec).SetString("")
		}
	}
	return t.Tx.Insert(recs...)
}

func (t *forgetfulTx) Save(recs ...storage.Versioned) error {
	for _, rec := range recs {
		if t.save {
			defer t.pretend(rec)()
		}
	}
	return t.Tx.Save(recs...)
}

func (t *forgetfulTx) Delete(recs ...storage.Record) error {
	for _, rec := range recs {
		if t.del {
			defer t.pretend(rec)()
		}
	}
	return t.Tx.Delete(recs...)
}

// pretend has a record be of the tenant whose row has its key.
func (t *forgetfulTx) pretend(rec storage.Record) (undo func()) {
	there := reflect.New(reflect.TypeOf(rec).Elem()).Interface().(storage.Record)
	id := reflect.ValueOf(rec).Elem().FieldByName("ID")
	if !id.IsValid() || t.Tx.Load(storage.ByID(there, id.Interface().(kernel.ID))) != nil {
		return func() {}
	}
	said := tenant(rec).String()
	tenant(rec).SetString(tenant(there).String())
	return func() { tenant(rec).SetString(said) }
}

func tenant(rec storage.Record) reflect.Value {
	return reflect.ValueOf(rec).Elem().FieldByName("Tenant")
}
