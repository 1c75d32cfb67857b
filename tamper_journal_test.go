package crm_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Whatever somebody with plain SQL does to the journal, Verify names kind and version.
func TestEntriesEditedBehindTheLibrarysBack(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		f := forge(t, w)
		c := f.tale.claim.ID
		d := f.tale.declined.ID
		line := got(w.Claims.Lines(adjuster, c))(t)[0].ID
		last := f.tale.claim.Version
		set := func(version int64, set string) string {
			return fmt.Sprintf("UPDATE crm_journal SET %s WHERE subject_id = '%s' AND subject_version = %d", set, c, version)
		}
		swap := func(of kernel.ID, column string, a, b int64) []string {
			at := func(version int64) string {
				return fmt.Sprintf("subject_id = '%s' AND subject_version = %d", of, version)
			}
			x, y := f.text(t, "SELECT seq FROM crm_journal WHERE "+at(a)), f.text(t, "SELECT seq FROM crm_journal WHERE "+at(b))
			if column == "subject_version" {
				return []string{
					"UPDATE crm_journal SET subject_version = -1 WHERE seq = " + x,
					fmt.Sprintf("UPDATE crm_journal SET subject_version = %d WHERE seq = %s", a, y),
					fmt.Sprintf("UPDATE crm_journal SET subject_version = %d WHERE seq = %s", b, x),
				}
			}
			return []string{
				"UPDATE crm_journal SET seq = -1 WHERE seq = " + x,
				fmt.Sprintf("UPDATE crm_journal SET seq = %s WHERE seq = %s", x, y),
				fmt.Sprintf("UPDATE crm_journal SET seq = %s WHERE seq = -1", y),
			}
		}
		changed := func(version int64) []journal.Fault {
			return []journal.Fault{entry(journal.EntryChanged, "claim", c, version)}
		}
		for name, x := range map[string]struct {
			sql   []string
			wants []journal.Fault
		}{
			"a fact": {w.pick(
				[]string{set(10, `facts = replace(facts, '800', '900')`)},
				[]string{set(10, `facts = replace(facts::text, '800', '900')::json`)},
			), changed(10)},
			"the actor":  {[]string{set(10, "actor = 'li'")}, changed(10)},
			"the role":   {[]string{set(10, "role = 'owner'")}, changed(10)},
			"the event":  {[]string{set(10, "event = 'Assess'")}, changed(10)},
			"the branch": {[]string{set(10, "branch = 'north'")}, changed(10)},
			"the person": {[]string{set(5, "person = 'somebody'")}, changed(5)},
			"the reason": {[]string{set(8, "reason = NULL")}, changed(8)},
			"the unit":   {[]string{set(8, fmt.Sprintf("unit = '%s'", kernel.NewID()))}, changed(8)},
			"the time": {w.pick(
				[]string{set(10, "at = at - 60000000")}, []string{set(10, "at = at - interval '1 minute'")},
			), changed(10)},
			"a digest of a row": {w.pick(
				[]string{set(10, `row_digests = replace(row_digests, '"d":"', '"d":"00')`)},
				[]string{set(10, `row_digests = replace(row_digests::text, '"d":"', '"d":"00')::json`)},
			), append(changed(10), append(f.tasks(t, c, 10), row(journal.RowChanged, "claim", c, "crm_claim_lines", line))...)},
			"the hash":               {[]string{set(10, "hash = prev")}, append(changed(10), entry(journal.ChainBroken, "claim", c, 11))},
			"the hash before":        {[]string{set(10, "prev = hash")}, append(changed(10), entry(journal.ChainBroken, "claim", c, 10))},
			"deleted in the middle":  {[]string{fmt.Sprintf("DELETE FROM crm_journal WHERE subject_id = '%s' AND subject_version = 5", c)}, append(f.tasks(t, c, 5), entry(journal.EntryMissing, "claim", c, 5))},
			"the first deleted":      {[]string{fmt.Sprintf("DELETE FROM crm_journal WHERE subject_id = '%s' AND subject_version = 1", c)}, []journal.Fault{entry(journal.EntryMissing, "claim", c, 1)}},
			"the last deleted":       {[]string{fmt.Sprintf("DELETE FROM crm_journal WHERE subject_id = '%s' AND subject_version = %d", c, last)}, nil},
			"all of a subject":       {[]string{fmt.Sprintf("DELETE FROM crm_journal WHERE subject_id = '%s'", f.payment(t))}, []journal.Fault{row(journal.RowUnknown, "payment", f.payment(t), "crm_payments", f.payment(t))}},
			"two versions swapped":   {swap(c, "subject_version", 6, 7), []journal.Fault{entry(journal.EntryChanged, "claim", c, 6), entry(journal.EntryChanged, "claim", c, 7), entry(journal.ChainBroken, "claim", c, 6), entry(journal.ChainBroken, "claim", c, 7), entry(journal.ChainBroken, "claim", c, 8), entry(journal.EntryReordered, "claim", c, 7)}},
			"two numbers swapped":    {swap(c, "seq", 6, 7), []journal.Fault{entry(journal.EntryReordered, "claim", c, 7)}},
			"moved to other subject": {[]string{set(2, fmt.Sprintf("subject_id = '%s', subject_version = 99", d))}, nil},
			"the kind":               {[]string{set(1, "kind = 'riddle'")}, nil},
			"moved to other tenant":  {[]string{set(5, "tenant = 'other'")}, append(f.tasks(t, c, 5), entry(journal.EntryMissing, "claim", c, 5))},
		} {
			t.Run(name, func(t *testing.T) {
				for _, query := range x.sql {
					if f.exec(t, query) == 0 {
						t.Fatalf("nothing was changed by %s", query)
					}
				}
				if x.wants != nil {
					f.finds(t, x.wants...)
				} else if len(f.faults(t)) == 0 {
					t.Error("not found")
				} else if name == "the last deleted" && !f.names(t, entry(journal.EntryMissing, "claim", c, last)) {
					t.Errorf("the last entry is not named: %v", f.faults(t))
				}
				f.restore(t, "crm_journal")
				f.finds(t)
			})
		}
	})
}

// tasks returns the faults of the deadlines that the claim's entry was the last to write,
// for when it is gone.
func (f *forger) tasks(t testing.TB, c kernel.ID, version int64) []journal.Fault {
	t.Helper()
	writer := map[string]int64{}
	for _, e := range got(f.Claims.History(adjuster, c))(t) {
		for _, r := range e.Rows {
			if r.Table == "crm_tasks" {
				writer[r.ID] = e.SubjectVersion
			}
		}
	}
	var faults []journal.Fault
	for id, by := range writer {
		if by == version {
			faults = append(faults, row(journal.RowChanged, "claim", c, "crm_tasks", kernel.ID(id)))
		}
	}
	return faults
}

// names reports whether the fault is among those that Verify finds.
func (f *forger) names(t testing.TB, want journal.Fault) bool {
	t.Helper()
	for _, line := range f.faults(t) {
		if line == want.String() {
			return true
		}
	}
	return false
}

func (f *forger) payment(t testing.TB) kernel.ID {
	t.Helper()
	return got(f.Claims.Payments(adjuster, f.tale.claim.ID))(t)[0].ID
}

// Who computes the hash of a changed entry anew breaks the chain at the next one, or at
// the subject's head.
func TestAHashComputedAnewBreaksTheChain(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		f := forge(t, w)
		c, last := f.tale.claim.ID, f.tale.claim.Version
		lie := func(e *journal.Entry) { e.Actor = "somebody else" }
		f.forgeEntry(t, c, 10, nil, lie)
		f.finds(t, entry(journal.ChainBroken, "claim", c, 11))
		f.restore(t, "crm_journal")
		f.forgeEntry(t, c, last, nil, lie)
		f.finds(t, entry(journal.ChainBroken, "claim", c, last))
	})
}

// What nobody can see from inside one database, as the comment on Verify says.
func TestWhatVerifyCannotSee(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		f := forge(t, w)
		c, last := f.tale.claim.ID, f.tale.claim.Version

		// Somebody tells another story from the tenth entry on, to the end.
		_, prev := f.forgeEntry(t, c, 10, nil, func(e *journal.Entry) { e.Actor = "somebody else" })
		for v := int64(11); v <= last; v++ {
			_, prev = f.forgeEntry(t, c, v, prev, func(*journal.Entry) {})
		}
		f.exec(t, "UPDATE crm_claims SET head = $1 WHERE id = $2", prev, string(c))
		f.finds(t)
		f.restore(t, "crm_journal", "crm_claims")

		// Numbers that keep the order within each subject.
		f.exec(t, "UPDATE crm_journal SET seq = seq + 1000 WHERE subject_id = $1", string(c))
		f.finds(t)
		f.restore(t, "crm_journal")

		// A name in a document that no field has: nothing reads it.
		f.exec(t, f.pick(
			[]string{"UPDATE crm_claims SET cover = json_set(cover, '$.riddle', 1)"},
			[]string{`UPDATE crm_claims SET cover = (cover::jsonb || '{"riddle": 1}')::json`},
		)[0])
		f.finds(t)
		f.restore(t, "crm_claims")

		// A sealed text that is damaged, but for its commitment, fails when it is opened.
		f.exec(t, fmt.Sprintf("UPDATE crm_claims SET place = %s WHERE id = $1", w.pick(
			[]string{"CAST(substr(place, 1, 17) || x'00' AS BLOB)"}, []string{`substr(place, 1, 17) || '\x00'::bytea`},
		)[0]), string(c))
		f.finds(t)
		cl := got(w.Claims.Get(owner, c))(t)
		err := f.guarded().View(owner, func(tx *storage.GuardTx) error { _, err := tx.Open(&cl); return err })
		if !errors.Is(err, privacy.ErrCannotOpen) {
			t.Errorf("a damaged text: %v", err)
		}
	})
}

// What cannot be read at all ends the verification with an error that says where.
func TestADocumentThatCannotBeRead(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		f := forge(t, w)
		f.exec(t, "UPDATE crm_claims SET cover = '[7]' WHERE id = $1", string(f.tale.claim.ID))
		if _, err := w.Verify(auditor); !errors.Is(err, storage.ErrSchema) || !strings.Contains(err.Error(), "crm_claims.cover") {
			t.Errorf("%v", err)
		}
	})
}
