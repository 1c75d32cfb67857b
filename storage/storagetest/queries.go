package storagetest

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// queriesFollowTheModel draws rows and queries at random; what a store finds is
// what the model finds. Each round has a tenant of its own in the same store.
func queriesFollowTheModel(w *world) {
	rapid.Check(w.T, func(t *rapid.T) {
		tenant := string(kernel.NewID())
		rows := drawPolicies(t, tenant)
		w.fill(t, rows)
		for range 4 {
			conds, by, q := drawQuery(t, tenant)
			want := modelOf(rows, conds, by, q.Order)
			if q.Limit > 0 && q.Limit < len(want) {
				want = want[:q.Limit]
			}
			var got []Policy
			var n int64
			err := w.store.View(w.ctx, func(tx storage.Tx) (err error) {
				if got, err = storage.Find[Policy](tx, q); err == nil {
					n, err = storage.Count[Policy](tx, q.Where...)
				}
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", show(q), err)
			}
			if d := diff(ids(got), ids(want)); d != "" {
				t.Fatalf("%s (-want +got):\n%s", show(q), d)
			}
			if all := len(modelOf(rows, conds, nil, nil)); int(n) != all {
				t.Fatalf("%s: counted %d, want %d", show(q), n, all)
			}
			for i := range got {
				if d := diff(got[i], want[i]); d != "" {
					t.Fatalf("%s: row %d (-want +got):\n%s", show(q), i, d)
				}
			}
		}
	})
}

func (w *world) fill(t *rapid.T, rows []Policy) {
	recs := make([]storage.Record, len(rows))
	for i := range rows {
		recs[i] = &rows[i]
	}
	if err := w.attempt(func(tx storage.Tx) error { return tx.Insert(recs...) }); err != nil {
		t.Fatalf("Insert: %v", err)
	}
}

func drawQuery(t *rapid.T, tenant string) (conds []cond, by []sorting, q storage.Query) {
	q.Where = []storage.Cond{storage.ColTenant.Eq(tenant)}
	for range rapid.IntRange(0, 3).Draw(t, "conditions") {
		c := rapid.SampledFrom(columns).Draw(t, "column")(t)
		c.Skim = rapid.Bool().Draw(t, "skimmed") // which finds the same
		conds, q.Where = append(conds, c), append(q.Where, c.Cond)
	}
	for range rapid.IntRange(0, 3).Draw(t, "order") {
		s := rapid.SampledFrom(sortings).Draw(t, "by")
		if slices.ContainsFunc(by, func(o sorting) bool { return o.column == s.column }) {
			continue
		}
		by = append(by, s)
		q.Order = append(q.Order, storage.Order{Column: s.column, Desc: rapid.Bool().Draw(t, "desc")})
	}
	q.Limit = rapid.IntRange(0, 5).Draw(t, "limit")
	return conds, by, q
}

// pagesFollowTheModel: page after page, up or down, gives every row once and in
// order, however many rows tie.
func pagesFollowTheModel(w *world) {
	rapid.Check(w.T, func(t *rapid.T) {
		tenant := string(kernel.NewID())
		rows := drawPolicies(t, tenant)
		w.fill(t, rows)
		conds, by, q := drawQuery(t, tenant)
		desc := rapid.Bool().Draw(t, "down")
		for i := range q.Order {
			q.Order[i].Desc = desc
		}
		q.Limit = rapid.IntRange(1, 4).Draw(t, "page")
		want := modelOf(rows, conds, by, q.Order)
		var got []Policy
		var cursor kernel.Cursor
		byCursor := rapid.Bool().Draw(t, "by cursor")
		for range len(rows) + 1 {
			var page []Policy
			err := w.store.View(w.ctx, func(tx storage.Tx) (err error) {
				if !byCursor {
					page, err = storage.Find[Policy](tx, q)
					return err
				}
				p, err := storage.Page[Policy](tx, q, kernel.List{After: cursor, Limit: q.Limit})
				page, cursor = p.Items, p.Next
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", show(q), err)
			}
			got = append(got, page...)
			if len(page) < q.Limit || byCursor && cursor == "" {
				break
			}
			last := &page[len(page)-1]
			q.After = nil
			for _, s := range by {
				q.After = append(q.After, s.value(last))
			}
			q.After = append(q.After, last.ID)
		}
		if d := diff(ids(got), ids(want)); d != "" {
			t.Fatalf("%s (-want +got):\n%s", show(q), d)
		}
	})
}

// talliesFollowTheModel: counts and sums by random groups.
func talliesFollowTheModel(w *world) {
	groups := []string{"state", "is_group", "grade", "signed_on", "renews"}
	rapid.Check(w.T, func(t *rapid.T) {
		tenant := string(kernel.NewID())
		rows := drawPolicies(t, tenant)
		w.fill(t, rows)
		conds, _, q := drawQuery(t, tenant)
		by := slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(rapid.SampledFrom(groups), 0, 3).Draw(t, "groups"))))
		var got []storage.Row
		err := w.store.View(w.ctx, func(tx storage.Tx) (err error) {
			got, err = tx.Tally((*Policy)(nil), q, by, storage.Sum("premium"), storage.Sum("grade"))
			return err
		})
		if err != nil {
			t.Fatalf("%s by %v: %v", show(q), by, err)
		}
		if d := diff(got, tallyOf(modelOf(rows, conds, nil, nil), by)); d != "" {
			t.Fatalf("%s by %v (-want +got):\n%s", show(q), by, d)
		}
	})
}

// tallyOf is the model of a tally: rows sorted by group, then counted.
func tallyOf(rows []Policy, by []string) []storage.Row {
	groupOf := func(p *Policy) (values []any) {
		for _, c := range by {
			values = append(values, map[string]any{
				"state": p.State, "is_group": p.Group, "grade": p.Grade, "signed_on": p.SignedOn, "renews": p.Renews,
			}[c])
		}
		return values
	}
	slices.SortFunc(rows, func(a, b Policy) int {
		for _, c := range by {
			if n := map[string]int{
				"state": cmp.Compare(a.State, b.State), "is_group": byBool(a.Group, b.Group), "grade": cmp.Compare(a.Grade, b.Grade),
				"signed_on": cmp.Compare(a.SignedOn, b.SignedOn), "renews": cmp.Compare(a.Renews, b.Renews),
			}[c]; n != 0 {
				return n
			}
		}
		return 0
	})
	var out []storage.Row
	if len(by) == 0 {
		out = []storage.Row{{Sums: make([]storage.Decimal, 2)}}
	}
	for i := range rows {
		g := groupOf(&rows[i])
		if n := len(out); n == 0 || fmt.Sprint(out[n-1].Group) != fmt.Sprint(g) {
			out = append(out, storage.Row{Group: g, Sums: make([]storage.Decimal, 2)})
		}
		r := &out[len(out)-1]
		r.Count++
		r.Sums[0] = r.Sums[0].Add(rows[i].Premium)
		r.Sums[1] = r.Sums[1].Add(decimal.NewFromInt(int64(rows[i].Grade)))
	}
	return out
}

// nullsSortFirst, and last when sorted down.
func nullsSortFirst(w *world) {
	var recs []storage.Record
	for _, d := range days {
		p := policy()
		p.SignedOn = d
		recs = append(recs, p)
	}
	w.insert(recs...)
	for _, desc := range []bool{false, true} {
		want := slices.Clone(days)
		if desc {
			slices.Reverse(want)
		}
		w.view(func(tx storage.Tx) error {
			list, err := storage.Find[Policy](tx, storage.Query{Order: []storage.Order{{Column: "signed_on", Desc: desc}}})
			var got []kernel.Date
			for _, p := range list {
				got = append(got, p.SignedOn)
			}
			w.same(fmt.Sprintf("desc=%t", desc), got, want)
			return err
		})
	}
}

// prefixes go by code points: no wildcard, no case, no half of a character.
func prefixes(w *world) {
	numbers := []string{"100%", "100", "1000", "A-1", "a-1", "a_1", "b", "保", "保单", "保单1", "保险", "俞", "\U00020BB7a", "\U00020BB8", "\uffff"}
	var recs []storage.Record
	for _, n := range numbers {
		p := policy()
		p.Number = n
		recs = append(recs, p)
	}
	w.insert(recs...)
	for prefix, want := range map[string]int{
		"": 15, "100": 3, "100%": 1, "%": 0, "_": 0, "a": 2, "a_": 1, "A": 1, "保": 4, "保单": 2, "保单1": 1, "保单12": 0,
		"\U00020BB7": 1, "\uffff": 1, "\\": 0,
	} {
		if n := w.count(colNumber.Prefix(prefix)); n != want {
			w.Errorf("%d numbers begin with %q, want %d", n, prefix, want)
		}
	}
}

// badQueries: a query that makes no sense is an error, not a panic and not an answer.
func badQueries(w *world) {
	w.insert(policy())
	asc := []storage.Order{colState.Asc()}
	for name, q := range map[string]storage.Query{
		"a column that is not there":    {Where: []storage.Cond{storage.Col[string]("nope").Eq("")}},
		"an injected column":            {Where: []storage.Cond{storage.Col[string]("1=1 OR number").Eq("")}},
		"a value of another type":       {Where: []storage.Cond{{Column: "number", Op: storage.Eq, Value: 7}}},
		"no value":                      {Where: []storage.Cond{{Column: "number", Op: storage.Eq}}},
		"a list of another type":        {Where: []storage.Cond{{Column: "number", Op: storage.In, Value: []int{7}}}},
		"one value for a list":          {Where: []storage.Cond{{Column: "number", Op: storage.In, Value: "7"}}},
		"a prefix of a number":          {Where: []storage.Cond{{Column: "lives", Op: storage.Prefix, Value: 7}}},
		"an operator that is not there": {Where: []storage.Cond{{Column: "number", Op: 99, Value: "7"}}},
		"an order that is not there":    {Order: []storage.Order{{Column: "nope"}}},
		"an injected order":             {Order: []storage.Order{{Column: "number; DROP TABLE st_policies"}}},
		"too short a place":             {Order: asc, After: []any{kernel.NewID()}},
		"too long a place":              {Order: asc, After: []any{State(""), State(""), kernel.NewID()}},
		"a place of another type":       {Order: asc, After: []any{7, kernel.NewID()}},
		"a place in two directions":     {Order: append(asc, colLives.Desc()), After: []any{State(""), int64(1), kernel.NewID()}},
	} {
		err := w.store.View(w.ctx, func(tx storage.Tx) error {
			_, err := storage.Find[Policy](tx, q)
			return err
		})
		if err == nil {
			w.Errorf("%s: found something", name)
		}
	}
	err := w.store.View(w.ctx, func(tx storage.Tx) error {
		_, err := tx.Tally((*Policy)(nil), storage.Query{}, []string{"nope"})
		return err
	})
	_ = w.store.View(w.ctx, func(tx storage.Tx) error {
		_, sum := tx.Tally((*Policy)(nil), storage.Query{}, nil, storage.Sum("number"))
		if err == nil || sum == nil {
			w.Errorf("a group that is not there: %v; a sum of texts: %v; want errors", err, sum)
		}
		return nil
	})
	if n := w.count(); n != 1 {
		w.Errorf("%d policies are left, want 1", n)
	}
}
