package crm_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/journal"
)

// tenant is somebody of another insurer who may do everything.
func tenant(name string) context.Context {
	return crm.WithActor(context.Background(), crm.Actor{ID: "owner", Tenant: name, Roles: crm.Owner.Roles})
}

// A backup is held against the seals that were kept, of all tenants: also one that nothing
// is left of.
func TestABackupAgainstKeptSeals(t *testing.T) {
	t.Parallel()
	w := over(t, "sqlite")
	dir := t.TempDir()
	seal := func(ctx context.Context, name string) crm.Seal {
		t.Helper()
		got(w.Customers.Register(ctx, organisation(name)))(t)
		return got(w.Seal(ctx))(t)
	}
	backup := func(name string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		got(w.Backup(owner, path))(t)
		return path
	}
	wants := func(backup string, kept []crm.Seal, words ...string) {
		t.Helper()
		ch := got(crm.CheckBackup(context.Background(), backup, openFile, w.config(), kept...))(t)
		var have []string
		for _, f := range ch.Faults {
			have = append(have, f.What)
		}
		if !slices.Equal(have, words) || ch.OK() != (len(words) == 0) || ch.Tenants != 2 {
			t.Errorf("%d tenants, %v, want %q", ch.Tenants, ch.Faults, words)
		}
	}
	mine, theirs := seal(owner, "first"), seal(tenant("other"), "second")
	old := backup("old")
	wants(old, nil)
	wants(old, []crm.Seal{theirs, mine, {}})

	mine2 := seal(owner, "third")
	wants(old, []crm.Seal{mine2, theirs}, journal.RolledBack)
	fresh := seal(tenant("new"), "fourth")
	wants(old, []crm.Seal{fresh}, journal.RolledBack)
	bad := theirs
	bad.Entries++
	path := filepath.Join(dir, "restored.db")
	if _, err := crm.Restore(context.Background(), old, path, openFile, w.config(), mine, bad); !errors.Is(err, crm.ErrInvalid) {
		t.Errorf("a damaged seal: %v", err)
	}
	if left := got(filepath.Glob(path + "*"))(t); len(left) > 0 {
		t.Errorf("left %v", left)
	}
	if ch := got(crm.Restore(context.Background(), old, path, openFile, w.config(), mine2))(t); ch.OK() {
		t.Error("an older database is restored and nobody is told")
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}

	// Somebody removes a whole tenant, and of another whatever came last, with all seals.
	for _, table := range append(covered(), "crm_seals") {
		w.exec(t, "DROP TRIGGER IF EXISTS "+table+"_no_delete")
		w.exec(t, "DELETE FROM "+table+" WHERE tenant = 'new'")
	}
	w.exec(t, "DELETE FROM crm_seals WHERE tenant = '' AND number = 2")
	w.exec(t, "DELETE FROM crm_journal WHERE tenant = '' AND seq > $1", mine.UpTo)
	w.exec(t, "DELETE FROM crm_contacts WHERE customer_id IN (SELECT id FROM crm_customers WHERE tenant = '' AND name = 'third')")
	w.exec(t, "DELETE FROM crm_customers WHERE tenant = '' AND name = 'third'")
	forged := backup("forged")
	wants(forged, []crm.Seal{mine, theirs})
	wants(forged, []crm.Seal{mine2, theirs, fresh}, journal.RolledBack, journal.RolledBack)
}
