package policy_test

import (
	"os"
	"reflect"
	"slices"
	"testing"

	"github.com/coverkit/crm/internal/matrix"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// The tables do what was written down by hand, and nothing else.
func TestMatrices(t *testing.T) {
	t.Parallel()
	compare(t, "product", policy.ProductLife)
	compare(t, "application", policy.ApplicationLife)
	compare(t, "objection", policy.ObjectionLife)
	compare(t, "policy", policy.PolicyLife)
}

func compare[S, E ~string](t *testing.T, name string, m *workflow.Machine[S, E]) {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".matrix")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	diffs, err := matrix.Compare(m, f)
	for _, d := range diffs {
		t.Errorf("%s: %s", name, d)
	}
	if err != nil {
		t.Error(err)
	}
}

// Everything that a service offers is granted to somebody; auditors only read, and the
// owner is never listed.
func TestGrants(t *testing.T) {
	t.Parallel()
	roles := access.NewRoles(policy.Grants())
	read := []string{"Get", "Allowed", "History", "List", "OnSale", "Folder", "ByNumber", "ForCustomer", "CoverAt", "CoversAt", "TermsAt", "Terms", "Instalments", "Receipts"}
	for kind, service := range map[string]any{"product": &policy.Products{}, "application": &policy.Applications{}, "policy": &policy.Policies{}} {
		typ := reflect.TypeOf(service)
		for i := range typ.NumMethod() {
			method := typ.Method(i).Name
			if method == "Workflow" {
				continue
			}
			who, known := roles.Granted(kind + "." + method)
			if !known || len(who) == 0 {
				t.Errorf("%s.%s is granted to nobody", kind, method)
			}
			if slices.Contains(who, access.Auditor) != slices.Contains(read, method) {
				t.Errorf("%s.%s: auditors only read", kind, method)
			}
			if slices.Contains(who, kernel.RoleOwner) {
				t.Errorf("%s.%s lists the owner", kind, method)
			}
		}
	}
}

// The tables in the databases are those of the records.
func TestTables(t *testing.T) {
	t.Parallel()
	var recs []storage.Record
	for _, s := range policy.Subjects() {
		recs = append(recs, s.Root)
		for _, p := range s.Parts {
			recs = append(recs, p.Record)
		}
	}
	for _, s := range []*gormstore.Store{onSQLite(t, t.TempDir()+"/crm.db"), onPostgres(t, pgtest.DSN(t))} {
		diffs, err := s.Differences(t.Context(), recs...)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range diffs {
			t.Error(d)
		}
	}
}
