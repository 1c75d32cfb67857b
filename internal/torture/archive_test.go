package torture_test

import (
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/sqlite"
)

// chain is how many entries each subject of the long journal has.
const chain = 5

// long is how many entries a journal has of which so many are wanted: fewer under -short,
// and more than 5,000 only for [torture.Soak].
func long(entries int) int {
	switch {
	case testing.Short():
		return 500
	case torture.Soak():
		return entries
	}
	return min(entries, 5000)
}

// archive is a database with a long journal, closed, so that its file can be copied and
// forged.
type archive struct {
	place
	file     []byte
	early    []byte           // the same, before the last entry of each subject
	subjects []crm.ID         // of the tenant ""
	foreign  []crm.ID         // of another tenant
	relayed  map[int64]string // hash by number: what a consumer of Relay has kept elsewhere
	seals    []crm.Seal       // of when early was, and of all; kept elsewhere
}

func as(tenant string) context.Context {
	return crm.WithActor(context.Background(), crm.Actor{ID: "owner", Tenant: tenant, Roles: crm.Owner.Roles})
}

// newArchive makes a journal of so many entries: customers who are renamed four times.
func newArchive(t testing.TB, entries int) *archive {
	t.Helper()
	a := &archive{place: newPlace(t, "sqlite"), relayed: map[int64]string{}}
	s := a.open(t)
	a.subjects, a.foreign = make([]crm.ID, entries/chain), make([]crm.ID, 10)
	all := func(do func(tenant string, id *crm.ID, n int) error) {
		var wg sync.WaitGroup
		for worker := range 16 {
			wg.Go(func() {
				for i := worker; i < len(a.subjects); i += 16 {
					if err := do("", &a.subjects[i], i); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		wg.Wait()
		for i := range a.foreign {
			must(t, do("other", &a.foreign[i], i))
		}
	}
	all(func(tenant string, id *crm.ID, n int) error {
		c, err := s.Customers.Register(as(tenant), firm(fmt.Sprintf("firm %d", n)))
		*id = c.ID
		return err
	})
	for v := range chain - 1 {
		if v == chain-2 {
			a.sealed(t, s)
			a.early = a.snapshot(t, s)
		}
		all(func(tenant string, id *crm.ID, n int) error {
			name := fmt.Sprintf("firm %d, by its %d. name", n, v+2)
			_, err := s.Customers.Amend(as(tenant), *id, customer.Amendment{Name: &name, Reason: privacy.New("renamed")})
			return err
		})
	}
	a.sealed(t, s)
	_, err := s.Relay(owner, "elsewhere", func(_ context.Context, e crm.Entry) error {
		a.relayed[e.Seq] = hex.EncodeToString(e.Hash)
		return nil
	})
	must(t, err)
	a.file = a.snapshot(t, s)
	must(t, s.Close())
	if t.Failed() {
		t.FailNow()
	}
	return a
}

func (a *archive) sealed(t testing.TB, s *shop) {
	t.Helper()
	seal, err := s.Seal(owner)
	must(t, err)
	a.seals = append(a.seals, seal)
}

func (a *archive) snapshot(t testing.TB, s *shop) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "copy.db")
	_, err := s.store.(storage.Backuper).Backup(owner, path)
	must(t, err)
	doc, err := os.ReadFile(path)
	must(t, err)
	return doc
}

// forged is a copy of the archive that somebody has changed who may write to the file.
type forged struct {
	*archive
	path string
	db   *sql.DB
}

func (a *archive) forge(t testing.TB, file []byte) *forged {
	t.Helper()
	f := &forged{archive: a, path: filepath.Join(t.TempDir(), "crm.db")}
	must(t, os.WriteFile(f.path, file, 0o600))
	var err error
	f.db, err = sql.Open(sqlite.DriverName, f.path)
	must(t, err)
	t.Cleanup(func() { _ = f.db.Close() })
	rows, err := f.db.Query("SELECT name FROM sqlite_master WHERE type = 'trigger'")
	must(t, err)
	var triggers []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		triggers = append(triggers, name)
	}
	must(t, rows.Close())
	for _, name := range triggers {
		f.exec(t, "DROP TRIGGER "+name)
	}
	return f
}

func (f *forged) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	res, err := f.db.Exec(query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 && !strings.HasPrefix(query, "DROP") {
		t.Fatalf("%s: %d rows, %v", query, n, err)
	}
}

// with opens the copy with the library.
func (f *forged) with(t testing.TB, do func(*shop)) {
	t.Helper()
	s := place{"sqlite", f.path, f.keys}.open(t)
	defer func() { must(t, s.Close()) }()
	do(s)
}

// verify returns the faults.
func (f *forged) verify(t testing.TB, kept ...crm.Seal) (faults []journal.Fault) {
	t.Helper()
	f.with(t, func(s *shop) {
		r, err := s.Verify(owner, kept...)
		must(t, err)
		faults = r.Faults
	})
	return faults
}

// reseal puts new seals in the place of those that somebody's doing has made untrue. It
// takes no keys where seals are not signed.
func (f *forged) reseal(t testing.TB) {
	t.Helper()
	f.exec(t, "DELETE FROM crm_seals WHERE tenant = ''")
	f.with(t, func(s *shop) {
		_, err := s.Seal(owner)
		must(t, err)
	})
}

// astray counts the entries that were relayed and are not there as they were.
func (f *forged) astray(t testing.TB) (n int) {
	t.Helper()
	have := map[int64]string{}
	rows, err := f.db.Query("SELECT seq, lower(hex(hash)) FROM crm_journal WHERE tenant = ''")
	must(t, err)
	for rows.Next() {
		var seq int64
		var hash string
		must(t, rows.Scan(&seq, &hash))
		have[seq] = hash
	}
	must(t, rows.Close())
	for seq, hash := range f.relayed {
		if have[seq] != hash {
			n++
		}
	}
	return n
}
