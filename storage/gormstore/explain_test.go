package gormstore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/storagetest"
)

// TestQueriesUseIndexes asks the database how it means to answer the queries that
// every command and every list makes: by the index that is meant for them, and
// without sorting.
func TestQueriesUseIndexes(t *testing.T) {
	t.Parallel()
	tenant := storage.ColTenant.Eq("north")
	signed := storage.Col[kernel.Date]("signed_on")
	state := storage.Col[storagetest.State]("state")
	id := kernel.NewID()
	cases := map[string]struct {
		rec   storage.Record
		q     storage.Query
		index string
		few   bool // rows are found, so that sorting them costs nothing
	}{
		"history of a subject": {&journal.Entry{}, storage.Query{
			Where: []storage.Cond{tenant, journal.ColSubject.Eq(id), journal.ColKind.Eq("claim")},
			Order: []storage.Order{journal.ColVersion.Asc()},
		}, "crm_journal_subject", true},
		"idempotency key": {&journal.Entry{}, storage.Query{
			Where: []storage.Cond{tenant, journal.ColIdem.Eq([]byte("x"))}, Limit: 1,
		}, "crm_journal_idem", true},
		"relay": {&journal.Entry{}, storage.Query{
			Where: []storage.Cond{tenant, journal.ColSeq.Gt(7)}, Limit: 30,
		}, "crm_journal_", false}, // the key's own index serves as well, unless there are many tenants
		"data key": {&storage.DataKey{}, storage.Query{
			Where: []storage.Cond{tenant, storage.Col[kernel.Ref]("person").Eq("c-1")}, Limit: 1,
		}, "crm_data_keys_person", true},
		"number": {&storagetest.Policy{}, storage.Query{
			Where: []storage.Cond{tenant, storage.Col[string]("number").Eq("P-1")},
		}, "st_policies_number", true},
		"prefix of a number": {&storagetest.Policy{}, storage.Query{
			Where: []storage.Cond{tenant, storage.Col[string]("number").Prefix("P-")},
			Order: []storage.Order{storage.Col[string]("number").Asc()}, Limit: 20,
		}, "st_policies_number", false},
		"a page by state": {&storagetest.Policy{}, storage.Query{
			Where: []storage.Cond{tenant, state.Eq("active")}, After: []any{id}, Limit: 20,
		}, "st_policies_state", false},
		"a page by a day, the last first": {&storagetest.Policy{}, storage.Query{
			Where: []storage.Cond{tenant}, Order: []storage.Order{signed.Desc()}, After: []any{kernel.NewDate(2026, 1, 1), id}, Limit: 20,
		}, "st_policies_day", false},
		"the first page by a day": {&storagetest.Policy{}, storage.Query{
			Where: []storage.Cond{tenant}, Order: []storage.Order{signed.Asc()}, Limit: 20,
		}, "st_policies_day", false},
		"a page by creation": {&storagetest.Policy{}, storage.Query{
			Where: []storage.Cond{tenant}, Order: []storage.Order{storage.ColCreated.Desc()}, After: []any{time.Now(), id}, Limit: 20,
		}, "st_policies_created", false},
	}
	each(t, nil, func(t *testing.T, h host) {
		store := h.store(t)
		h.exec(t, "DROP TABLE crm_data_keys")
		if err := store.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		nulls := ""
		if h.db.Name() == "postgres" {
			nulls = " NULLS FIRST"
		}
		h.exec(t, "CREATE INDEX st_policies_state ON st_policies (tenant, state, id)")
		h.exec(t, "CREATE INDEX st_policies_day ON st_policies (tenant, signed_on"+nulls+", id)")
		h.exec(t, "CREATE INDEX st_policies_created ON st_policies (tenant, created_at, id)")
		insert(t, store, book(2000)...)
		if h.db.Name() == "postgres" { // SQLite does without statistics; so must we
			h.exec(t, "ANALYZE")
		}
		for name, c := range cases {
			plan := store.Explain(t, c.rec, c.q)
			sorts := strings.Contains(strings.ReplaceAll(plan, "Incremental Sort", ""), "Sort  (") || strings.Contains(plan, "TEMP B-TREE")
			if !strings.Contains(plan, c.index) || sorts && !c.few || strings.Contains(plan, "SCAN ") {
				t.Errorf("%s: want %s without sorting, got\n%s", name, c.index, plan)
			}
		}
	})
}

// book returns n rows of each table, of twenty tenants.
func book(n int) (recs []storage.Record) {
	for i := range n {
		p := policy()
		tenant := []string{"north", "south"}[min(i%20, 1)] + strings.Repeat("-west", i%20)
		p.Tenant = tenant
		p.SignedOn = kernel.NewDate(2020, 1, 1+i)
		p.CreatedAt = p.SignedOn.Time()
		if i/20%2 == 0 {
			p.State = "lapsed"
		}
		e := &journal.Entry{Tenant: tenant, Kind: "policy", SubjectID: p.ID, SubjectVersion: 1, Idem: []byte(p.ID), At: p.CreatedAt}
		k := &storage.DataKey{PersonRef: p.Holder}
		k.ID, k.Tenant = kernel.NewID(), tenant
		recs = append(recs, p, e, k)
	}
	return recs
}
