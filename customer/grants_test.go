package customer_test

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
)

// Every command and question of the service has a grant, and no grant is for nothing.
func TestEveryMethodHasAGrant(t *testing.T) {
	t.Parallel()
	roles := access.NewRoles(customer.Grants())
	methods := map[string]bool{}
	for _, typ := range []reflect.Type{reflect.TypeFor[*customer.Service](), reflect.TypeFor[*customer.Directory]()} {
		for i := range typ.NumMethod() {
			name := typ.Method(i).Name
			methods["customer."+name] = true
			if who, ok := roles.Granted("customer." + name); !ok || len(who) == 0 {
				t.Errorf("%s is granted to nobody", name)
			}
		}
	}
	for _, g := range customer.Grants() {
		if !methods[g.Action] && !strings.HasPrefix(g.Action, "visit.") {
			t.Errorf("%s is granted, but there is no such method", g.Action)
		}
		if slices.Contains(g.Roles, kernel.RoleOwner) {
			t.Errorf("%s lists the owner", g.Action)
		}
	}
	for _, row := range customer.Lifecycle.Rows() {
		if !methods["customer."+string(row.Event)] {
			t.Errorf("the table has %s, the service has not", row.Event)
		}
		if slices.Contains(row.Who, access.Auditor) {
			t.Errorf("the auditor may %s", row.Event)
		}
	}
}

func TestTablesFitTheRecords(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*gormstore.Store{"sqlite": onSQLite(t, filepath.Join(t.TempDir(), "crm.db")), "postgres": onPostgres(t)} {
		var recs []storage.Record
		for _, sub := range slices.Concat(customer.Subjects(), reveal.Subjects()) {
			recs = append(recs, sub.Root)
			for _, part := range sub.Parts {
				recs = append(recs, part.Record)
			}
		}
		diffs, err := s.Differences(t.Context(), recs...)
		if err != nil || len(diffs) > 0 || len(recs) != 8 {
			t.Errorf("%s: %v, %v", name, diffs, err)
		}
	}
}

func verifyJournal(t *testing.T, w *world) (report *journal.Report, err error) {
	t.Helper()
	err = w.store.View(kernel.WithActor(t.Context(), kernel.Owner), func(tx *storage.GuardTx) error {
		report, err = journal.Verify(tx, slices.Concat(customer.Subjects(), reveal.Subjects()))
		return err
	})
	return report, err
}
