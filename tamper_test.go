package crm_test

import (
	"fmt"
	"testing"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Whatever somebody with plain SQL does to a row, Verify names the row.
func TestRowsEditedBehindTheLibrarysBack(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		f := forge(t, w)
		f.finds(t)
		c, d, p := f.tale.claim.ID, f.tale.declined.ID, f.tale.policy.ID
		line := got(w.Claims.Lines(adjuster, c))(t)[0].ID
		pay := got(w.Claims.Payments(adjuster, c))(t)[0].ID
		acc := got(w.Claims.Accumulators(adjuster, p.Ref()))(t)[0].ID
		terms := got(w.Policies.Terms(agent, p))(t)[0].ID
		edit := func(table, set string, key kernel.ID) string {
			return fmt.Sprintf("UPDATE %s SET %s WHERE id = '%s'", table, set, key)
		}
		changed := func(kind string, subject kernel.ID, table string, key kernel.ID) []journal.Fault {
			return []journal.Fault{row(journal.RowChanged, kind, subject, table, key)}
		}
		for name, c := range map[string]struct {
			sql   []string
			wants []journal.Fault
		}{
			"a line's approved amount":     {[]string{edit("crm_claim_lines", "approved = approved + 1", line)}, changed("claim", c, "crm_claim_lines", line)},
			"the claim's approved amount":  {[]string{edit("crm_claims", "approved = approved + 1", c)}, changed("claim", c, "crm_claims", c)},
			"a payment's amount":           {[]string{edit("crm_payments", "amount = amount * 10", pay)}, changed("payment", pay, "crm_payments", pay)},
			"a payment's state":            {[]string{edit("crm_payments", "state = 'pending'", pay)}, changed("payment", pay, "crm_payments", pay)},
			"what an accumulator has used": {[]string{edit("crm_accumulators", "used = 0", acc)}, changed("accumulator", acc, "crm_accumulators", acc)},
			"terms in a document": {w.pick(
				[]string{edit("crm_policy_terms", `content = replace(content, '20000', '90000')`, terms)},
				[]string{edit("crm_policy_terms", `content = replace(content::text, '20000', '90000')::json`, terms)},
			), changed("policy", p, "crm_policy_terms", terms)},
			"a step of the calculation": {w.pick(
				[]string{edit("crm_claim_lines", `trace = replace(trace, '800', '801')`, line)},
				[]string{edit("crm_claim_lines", `trace = replace(trace::text, '800', '801')::json`, line)},
			), changed("claim", c, "crm_claim_lines", line)},
			"sealed texts of two claims": {[]string{
				fmt.Sprintf("UPDATE crm_claims SET description = (SELECT o.description FROM aside_crm_claims o WHERE o.id <> crm_claims.id) WHERE id IN ('%s', '%s')", c, d),
			}, []journal.Fault{row(journal.RowChanged, "claim", c, "crm_claims", c), row(journal.RowChanged, "claim", d, "crm_claims", d)}},
			"two sealed columns of a row": {[]string{edit("crm_claims", "place = description, description = place", c)}, changed("claim", c, "crm_claims", c)},
			"a sealed text emptied":       {[]string{edit("crm_claims", "description = NULL", c)}, changed("claim", c, "crm_claims", c)},
			"the version of a part":       {[]string{edit("crm_claim_lines", "version = version + 1", line)}, changed("claim", c, "crm_claim_lines", line)},
			"the version of a subject": {[]string{edit("crm_payments", "version = version + 1", pay)}, []journal.Fault{
				row(journal.RowChanged, "payment", pay, "crm_payments", pay), entry(journal.EntryMissing, "payment", pay, 8),
			}},
			"the head of a subject": {[]string{edit("crm_payments", "head = NULL", pay)}, []journal.Fault{entry(journal.ChainBroken, "payment", pay, 7)}},
			"the branch":            {[]string{edit("crm_claims", "branch = 'north'", c)}, changed("claim", c, "crm_claims", c)},
			"the tenant of a part":  {[]string{edit("crm_claim_lines", "tenant = 'other'", line)}, []journal.Fault{row(journal.RowMissing, "claim", c, "crm_claim_lines", line)}},
			"whose a part is": {[]string{edit("crm_claim_checks", fmt.Sprintf("claim_id = '%s'", d), f.firstCheck(t, c))}, []journal.Fault{
				row(journal.RowMissing, "claim", c, "crm_claim_checks", f.firstCheck(t, c)), row(journal.RowUnknown, "claim", d, "crm_claim_checks", f.firstCheck(t, c)),
			}},
			"a part deleted":    {[]string{fmt.Sprintf("DELETE FROM crm_claim_lines WHERE id = '%s'", line)}, []journal.Fault{row(journal.RowMissing, "claim", c, "crm_claim_lines", line)}},
			"a subject deleted": {[]string{fmt.Sprintf("DELETE FROM crm_payments WHERE id = '%s'", pay)}, []journal.Fault{row(journal.RowMissing, "payment", pay, "crm_payments", pay)}},
		} {
			t.Run(name, func(t *testing.T) {
				for _, query := range c.sql {
					if f.exec(t, query) == 0 {
						t.Fatal("nothing was changed")
					}
				}
				f.finds(t, c.wants...)
				f.restore(t, covered()...)
				f.finds(t)
			})
		}
	})
}

func (f *forger) firstCheck(t testing.TB, c kernel.ID) kernel.ID {
	t.Helper()
	return got(f.Claims.Checks(adjuster, c))(t)[0].ID
}

// Rows that nothing was ever written about are named, wherever they claim to belong.
func TestRowsPutInBehindTheLibrarysBack(t *testing.T) {
	t.Parallel()
	onDatabases(t, func(t *testing.T, w *world) {
		f := forge(t, w)
		c, nobody := f.tale.claim.ID, kernel.NewID()
		copyOf := func(rec storage.Record, without, values string, where kernel.ID) func() kernel.ID {
			return func() kernel.ID {
				id := kernel.NewID()
				rest := columns(t, rec, without)
				f.exec(t, fmt.Sprintf("INSERT INTO %[1]s (id, %[2]s, %[3]s) SELECT '%[4]s', %[5]s, %[3]s FROM %[1]s WHERE id = '%[6]s'",
					rec.TableName(), without, rest, id, values, where))
				return id
			}
		}
		check := f.firstCheck(t, c)
		line := got(w.Claims.Lines(adjuster, c))(t)[0].ID
		pay := got(w.Claims.Payments(adjuster, c))(t)[0].ID
		for name, x := range map[string]struct {
			put     func() kernel.ID
			kind    string
			table   string
			subject func(kernel.ID) kernel.ID
		}{
			"a second check of a claim":  {copyOf(&claim.Check{}, "sequence", "99", check), "claim", "crm_claim_checks", func(kernel.ID) kernel.ID { return c }},
			"a line of no claim":         {copyOf(&claim.Line{}, "claim_id", "'"+string(nobody)+"'", line), "claim", "crm_claim_lines", func(kernel.ID) kernel.ID { return nobody }},
			"a line without any owner":   {copyOf(&claim.Line{}, "claim_id", "NULL", line), "claim", "crm_claim_lines", func(kernel.ID) kernel.ID { return "" }},
			"a line of a payment":        {copyOf(&claim.Line{}, "claim_id", "'"+string(pay)+"'", line), "claim", "crm_claim_lines", func(kernel.ID) kernel.ID { return pay }},
			"a claim that nobody opened": {copyOf(&claim.Claim{}, "number, twin", "'CLM-2026-00000099', 9", c), "claim", "crm_claims", func(id kernel.ID) kernel.ID { return id }},
		} {
			t.Run(name, func(t *testing.T) {
				id := x.put()
				f.finds(t, row(journal.RowUnknown, x.kind, x.subject(id), x.table, id))
				f.restore(t, x.table)
				f.finds(t)
			})
		}
	})
}
