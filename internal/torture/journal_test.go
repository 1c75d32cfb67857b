package torture_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/sqlite"
)

const columns = `tenant, kind, branch, unit, command, event, from_state, to_state, actor, role, on_behalf, at, facts,
	person, reason, changes, row_digests, prev, hash`

// attacks are the ways to change a journal. After each, the seals in the database are made
// anew, as whoever can do it can do that too. What Verify then cannot see from inside the
// database it sees with a seal that was kept elsewhere, and so does whoever has relayed the
// entries.
var attacks = map[string]struct {
	do      func(t *testing.T, f *forged, id crm.ID)
	version int64  // that Verify names; 0: it sees nothing
	early   bool   // on the older copy
	sealed  string // what it finds with a seal that was kept
}{
	"an entry edited": {version: 3, do: func(t *testing.T, f *forged, id crm.ID) {
		f.exec(t, "UPDATE crm_journal SET actor = 'nobody' WHERE subject_id = ? AND subject_version = 3", id)
	}},
	"one deleted in the middle": {version: 3, do: func(t *testing.T, f *forged, id crm.ID) {
		f.exec(t, "DELETE FROM crm_journal WHERE subject_id = ? AND subject_version = 3", id)
	}},
	"the tail deleted": {version: 5, do: func(t *testing.T, f *forged, id crm.ID) {
		f.exec(t, "DELETE FROM crm_journal WHERE subject_id = ? AND subject_version = 5", id)
	}},
	"one inserted": {version: 6, do: func(t *testing.T, f *forged, id crm.ID) {
		f.exec(t, "INSERT INTO crm_journal (subject_id, subject_version, "+columns+") SELECT subject_id, 6, "+
			strings.Replace(columns, "event,", "'Merge',", 1)+" FROM crm_journal WHERE subject_id = ? AND subject_version = 4", id)
	}},
	"two swapped": {version: 2, do: func(t *testing.T, f *forged, id crm.ID) {
		for _, to := range [][2]int{{2, -1}, {3, 2}, {-1, 3}} {
			f.exec(t, "UPDATE crm_journal SET subject_version = ? WHERE subject_id = ? AND subject_version = ?", to[1], id, to[0])
		}
	}},
	"one duplicated": {version: 6, do: func(t *testing.T, f *forged, id crm.ID) {
		f.exec(t, "INSERT INTO crm_journal (subject_id, subject_version, "+columns+") SELECT subject_id, 6, "+columns+
			" FROM crm_journal WHERE subject_id = ? AND subject_version = 5", id)
	}},
	"another tenant's spliced in": {version: 3, do: func(t *testing.T, f *forged, id crm.ID) {
		f.exec(t, "DELETE FROM crm_journal WHERE subject_id = ? AND subject_version = 3", id)
		f.exec(t, "UPDATE crm_journal SET tenant = '', subject_id = ? WHERE subject_id = ? AND subject_version = 3", id, f.foreign[0])
	}},
	"the chain computed anew": {sealed: journal.SealedOther, do: func(t *testing.T, f *forged, id crm.ID) { f.rewrite(t, id) }},
	"an old backup":           {sealed: journal.RolledBack, early: true, do: func(*testing.T, *forged, crm.ID) {}},
	"an old backup, gone on with": {sealed: journal.SealChanged, early: true, do: func(t *testing.T, f *forged, id crm.ID) {
		f.with(t, func(s *shop) {
			_, err := s.Customers.Amend(owner, id, customer.Amendment{Name: &[]string{"another name"}[0], Reason: privacy.New("renamed")})
			must(t, err)
			_, err = s.Seal(owner)
			must(t, err)
		})
	}},
	"the tail deleted, its rows put back": {sealed: journal.SealedMissing, do: func(t *testing.T, f *forged, id crm.ID) {
		old := filepath.Join(t.TempDir(), "old.db")
		must(t, os.WriteFile(old, f.archive.early, 0o600))
		f.db.SetMaxOpenConns(1)
		_, err := f.db.Exec("ATTACH DATABASE ? AS old", old)
		must(t, err)
		f.exec(t, "DELETE FROM crm_journal WHERE subject_id = ? AND subject_version = 5", id)
		f.exec(t, "DELETE FROM crm_customers WHERE id = ?", id)
		f.exec(t, "INSERT INTO crm_customers SELECT * FROM old.crm_customers WHERE id = ?", id)
	}},
	"a whole subject removed": {sealed: journal.SubjectMissing, do: func(t *testing.T, f *forged, id crm.ID) { f.erase(t, id) }},
	"a subject put among the old ones": {sealed: journal.SealedAdded, do: func(t *testing.T, f *forged, _ crm.ID) {
		var late crm.ID
		f.with(t, func(s *shop) {
			c, err := s.Customers.Register(owner, firm("late"))
			must(t, err)
			late = c.ID
		})
		var seq int64 // a number that is free once somebody of the other tenant is gone
		must(t, f.db.QueryRow("SELECT seq FROM crm_journal WHERE subject_id = ? AND subject_version = 1", f.foreign[0]).Scan(&seq))
		f.erase(t, f.foreign[0])
		f.exec(t, "UPDATE crm_journal SET seq = ? WHERE subject_id = ?", seq, late)
	}},
	"the order of two subjects changed": {sealed: journal.SealedOther, do: func(t *testing.T, f *forged, id crm.ID) {
		of := func(id crm.ID) (seq int64) {
			must(t, f.db.QueryRow("SELECT seq FROM crm_journal WHERE subject_id = ? AND subject_version = 1", id).Scan(&seq))
			return seq
		}
		other := f.subjects[0]
		if other == id {
			other = f.subjects[1]
		}
		x, y := of(id), of(other)
		for _, to := range [][2]int64{{x, -1}, {y, x}, {-1, y}} {
			f.exec(t, "UPDATE crm_journal SET seq = ? WHERE seq = ?", to[1], to[0])
		}
	}},
}

// erase removes every trace of a customer.
func (f *forged) erase(t *testing.T, id crm.ID) {
	t.Helper()
	f.exec(t, "DELETE FROM crm_journal WHERE subject_id = ?", id)
	f.exec(t, "DELETE FROM crm_contacts WHERE customer_id = ?", id)
	f.exec(t, "DELETE FROM crm_customers WHERE id = ?", id)
}

// digester computes what anybody can who has the program: no keys are needed.
type digester struct{}

func (digester) Digest(rec storage.Record, version int64) ([32]byte, error) {
	return storage.DigestRow(rec, version)
}

// rewrite tells another story from the second entry of a subject on, to the end.
func (f *forged) rewrite(t *testing.T, id crm.ID) {
	t.Helper()
	s, err := sqlite.Open(f.path)
	must(t, err)
	var entries []journal.Entry
	must(t, s.View(owner, func(tx storage.Tx) (err error) {
		entries, err = journal.History(tx, "customer", id)
		return err
	}))
	must(t, s.Close())
	prev := entries[0].Hash
	for i := 1; i < len(entries); i++ {
		e := &entries[i]
		e.Actor = "somebody else"
		must(t, e.Link(digester{}, prev))
		prev = e.Hash
		f.exec(t, "UPDATE crm_journal SET actor = ?, prev = ?, hash = ? WHERE seq = ?", e.Actor, e.Prev, e.Hash, e.Seq)
	}
	f.exec(t, "UPDATE crm_customers SET head = ? WHERE id = ?", prev, id)
}

// TestAttacks changes a journal of 5,000 entries in each way: Verify names subject and
// version, or, where it sees nothing, says with a seal that was kept what is wrong.
func TestAttacks(t *testing.T) {
	t.Parallel()
	a := newArchive(t, long(5000))
	chance := torture.Rand(t)
	if faults := a.forge(t, a.file).verify(t); len(faults) > 0 {
		t.Fatalf("before anything: %v", faults)
	}
	for name, attack := range attacks {
		file := a.file
		if attack.early {
			file = a.early
		}
		f, id := a.forge(t, file), a.subjects[chance.IntN(len(a.subjects))]
		attack.do(t, f, id)
		asStored := f.verify(t)
		if !attack.early {
			f.reseal(t)
		}
		faults, astray := f.verify(t), f.astray(t)
		named := slices.ContainsFunc(faults, func(x journal.Fault) bool { return x.Subject == id && x.Version == attack.version })
		others := slices.ContainsFunc(faults, func(x journal.Fault) bool { return x.Subject != id })
		switch {
		case attack.version > 0 && (!named || others):
			t.Errorf("%s: want %s, version %d, got %v", name, id, attack.version, faults)
		case attack.version == 0 && len(faults) > 0:
			t.Errorf("%s: Verify sees what its comment says it cannot: %v", name, faults)
		case attack.version == 0 && astray == 0 && attack.sealed != journal.SealedAdded:
			t.Errorf("%s: nobody sees it", name)
		case attack.sealed != "" && !attack.early && !says(asStored, attack.sealed):
			t.Errorf("%s: the seals in the database are not asked: %v", name, asStored)
		}
		if attack.sealed == "" {
			continue
		}
		if faults := f.verify(t, a.seals...); !says(faults, attack.sealed) {
			t.Errorf("%s: the seals show %v, want %q", name, faults, attack.sealed)
		}
		if faults := f.verify(t, a.seals[1]); !slices.ContainsFunc(faults, func(x journal.Fault) bool { return x.Seal > 0 }) {
			t.Errorf("%s: the newest seal shows nothing: %v", name, faults)
		}
	}
	t.Logf("%d attacks on %d entries", len(attacks), len(a.relayed))
}

// says reports whether this is one of the faults.
func says(faults []journal.Fault, what string) bool {
	return slices.ContainsFunc(faults, func(x journal.Fault) bool { return x.What == what })
}

// mutations of one column of an entry, in SQL.
var mutations = map[string]string{
	"branch": "branch || 'x'", "unit": "'01890a5d-ac96-774b-bcce-b302099a8057'", "command": "command || 'x'", "event": "event || 'x'",
	"from_state": "coalesce(from_state, '') || 'x'", "to_state": "to_state || 'x'", "actor": "actor || 'x'", "role": "role || 'x'",
	"on_behalf": "coalesce(on_behalf, '') || 'x'", "at": "at + 1", "person": "person || 'x'", "facts": `'{"approved": "1"}'`,
	"row_digests": "replace(row_digests, '\"v\":', '\"v\":1')", "prev": "CAST(coalesce(prev, x'') || x'01' AS BLOB)",
	"hash": "CAST(hash || x'01' AS BLOB)", "kind": "'claim'", "idem": "x'0102'", "input": "x'0102'",
}

// TestMutations changes ten entries at a time, each of another subject: Verify names them
// all, and nothing else.
func TestMutations(t *testing.T) {
	t.Parallel()
	a := newArchive(t, long(5000))
	chance := torture.Rand(t)
	names := make([]string, 0, len(mutations)+1)
	for name := range mutations {
		names = append(names, name)
	}
	slices.Sort(names)
	names = append(names, "deleted")
	total := 0
	for range torture.Rounds(20, 200) {
		f, hit := a.forge(t, a.file), map[crm.ID]string{}
		for len(hit) < 10 {
			id, version, what := a.subjects[chance.IntN(len(a.subjects))], 1+chance.IntN(chain), names[chance.IntN(len(names))]
			if hit[id] != "" {
				continue
			}
			hit[id] = fmt.Sprintf("%s of version %d", what, version)
			if what == "deleted" {
				f.exec(t, "DELETE FROM crm_journal WHERE subject_id = ? AND subject_version = ?", id, version)
			} else {
				set := mutations[what]
				if what == "idem" || what == "input" { // unique, for all that have one
					set = fmt.Sprintf("x'%08x'", rand.Uint32())
				}
				f.exec(t, "UPDATE crm_journal SET "+what+" = "+set+" WHERE subject_id = ? AND subject_version = ?", id, version)
			}
			total++
		}
		named := map[crm.ID]bool{}
		for _, x := range f.verify(t) {
			if x.Seal > 0 { // which tell of it too
				continue
			}
			named[x.Subject] = true
			if hit[x.Subject] == "" {
				t.Errorf("a false alarm: %v", x)
			}
		}
		for id, what := range hit {
			if !named[id] {
				t.Errorf("%s of %s is not found", what, id)
			}
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d mutations, all found", total)
}

// TestClean verifies a journal that nobody has touched, while it grows.
func TestClean(t *testing.T) {
	t.Parallel()
	s := newPlace(t, "sqlite").open(t)
	defer func() { must(t, s.Close()) }()
	rounds := torture.Rounds(10, 200)
	for i := range rounds {
		must(t, s.act(owner, func(string, ...any) {}))
		if r, err := s.Verify(owner); err != nil || !r.OK() {
			t.Fatalf("round %d: %v %v", i, r, err)
		}
	}
	t.Logf("%d verifications without a false alarm", rounds)
}
