package storagetest

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// The model of a query: what it should find, said in plain Go over a slice.

// cond is a condition and what it means.
type cond struct {
	storage.Cond
	holds func(*Policy) bool
}

// column draws conditions on a column of the model.
type column[T any] struct {
	col    storage.Col[T]
	get    func(*Policy) T
	cmp    func(a, b T) int
	null   func(T) bool // nil: never NULL
	values []T          // to compare with; few, so that conditions often hold
}

func (c column[T]) draw(t *rapid.T) cond {
	isNull := func(v T) bool { return c.null != nil && c.null(v) }
	v := rapid.SampledFrom(c.values).Draw(t, string(c.col))
	// A comparison with NULL, on either side, does not hold.
	test := func(sc storage.Cond, ok func(n int) bool) cond {
		return cond{sc, func(p *Policy) bool {
			x := c.get(p)
			return !isNull(x) && !isNull(v) && ok(c.cmp(x, v))
		}}
	}
	switch rapid.SampledFrom([]string{"=", "<>", "<", "<=", ">", ">=", "in", "null", "not null"}).Draw(t, "op") {
	case "=":
		return test(c.col.Eq(v), func(n int) bool { return n == 0 })
	case "<>":
		return test(c.col.Ne(v), func(n int) bool { return n != 0 })
	case "<":
		return test(c.col.Lt(v), func(n int) bool { return n < 0 })
	case "<=":
		return test(c.col.Le(v), func(n int) bool { return n <= 0 })
	case ">":
		return test(c.col.Gt(v), func(n int) bool { return n > 0 })
	case ">=":
		return test(c.col.Ge(v), func(n int) bool { return n >= 0 })
	case "in":
		set := rapid.SliceOfN(rapid.SampledFrom(c.values), 0, 4).Draw(t, "set")
		return cond{c.col.In(set...), func(p *Policy) bool {
			x := c.get(p)
			return !isNull(x) && slices.ContainsFunc(set, func(v T) bool { return !isNull(v) && c.cmp(x, v) == 0 })
		}}
	case "null":
		return cond{c.col.Null(), func(p *Policy) bool { return isNull(c.get(p)) }}
	default:
		return cond{c.col.NotNull(), func(p *Policy) bool { return !isNull(c.get(p)) }}
	}
}

var (
	states = []State{"", "a", "a%", "a_b", "ab", "A", "é", "保", "保单", "保险", "\uffff", "\U00020BB7", "\U00020BB7野家"}
	days   = []kernel.Date{0, kernel.NewDate(1949, 10, 1), kernel.NewDate(1970, 1, 1), kernel.NewDate(2026, 3, 2)}
	times  = []time.Time{{}, time.Unix(0, 0).UTC(), noon, noon.Add(-time.Microsecond), noon.AddDate(-80, 0, 0)}
	blobs  = [][]byte{nil, {}, {0}, {0, 0}, {0x7f}, {0xff}, []byte("a"), []byte("ab")}
	ints   = []int64{-1 << 62, -2, -1, 0, 1, 2, 1 << 53, 1<<53 + 1}
	keys   = []kernel.ID{"", "01890000-0000-7000-8000-000000000001", "01890000-0000-7000-8000-0000000000ff"}
	sums   = []decimal.Decimal{dec("-0.0001"), dec("0"), dec("9.99"), dec("10"), dec("899999999999999.9999")}
	flags  = []bool{false, true}
)

func byBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

var columns = []func(*rapid.T) cond{
	column[State]{colState, func(p *Policy) State { return p.State }, cmp.Compare[State], nil, states}.draw,
	column[int64]{colLives, func(p *Policy) int64 { return p.Lives }, cmp.Compare[int64], nil, ints}.draw,
	column[int8]{colGrade, func(p *Policy) int8 { return p.Grade }, cmp.Compare[int8], nil, []int8{-128, 0, 127}}.draw,
	column[bool]{colGroup, func(p *Policy) bool { return p.Group }, byBool, nil, flags}.draw,
	column[decimal.Decimal]{colPremium, func(p *Policy) decimal.Decimal { return p.Premium }, decimal.Decimal.Cmp, nil, sums}.draw,
	column[kernel.Date]{colSignedOn, func(p *Policy) kernel.Date { return p.SignedOn }, cmp.Compare[kernel.Date], kernel.Date.IsZero, days}.draw,
	column[time.Time]{colIssuedAt, func(p *Policy) time.Time { return p.IssuedAt }, time.Time.Compare, time.Time.IsZero, times}.draw,
	column[[]byte]{colTerms, func(p *Policy) []byte { return p.Terms }, bytes.Compare, func(b []byte) bool { return len(b) == 0 }, blobs}.draw,
	column[kernel.ID]{colRenews, func(p *Policy) kernel.ID { return p.Renews }, cmp.Compare[kernel.ID], func(id kernel.ID) bool { return id == "" }, keys}.draw,
	drawPrefix,
}

func drawPrefix(t *rapid.T) cond {
	s := rapid.SampledFrom(states).Draw(t, "prefix")
	return cond{colState.Prefix(s), func(p *Policy) bool { return strings.HasPrefix(string(p.State), string(s)) }}
}

// sorting is a column to sort by and what it means.
type sorting struct {
	column string
	cmp    func(a, b *Policy) int
	value  func(*Policy) any
}

// sortings are over columns that are never NULL.
var sortings = []sorting{
	{"state", func(a, b *Policy) int { return cmp.Compare(a.State, b.State) }, func(p *Policy) any { return p.State }},
	{"lives", func(a, b *Policy) int { return cmp.Compare(a.Lives, b.Lives) }, func(p *Policy) any { return p.Lives }},
	{"is_group", func(a, b *Policy) int { return byBool(a.Group, b.Group) }, func(p *Policy) any { return p.Group }},
	{"premium", func(a, b *Policy) int { return a.Premium.Cmp(b.Premium) }, func(p *Policy) any { return p.Premium }},
	{"created_at", func(a, b *Policy) int { return a.CreatedAt.Compare(b.CreatedAt) }, func(p *Policy) any { return p.CreatedAt }},
	{"id", func(a, b *Policy) int { return cmp.Compare(a.ID, b.ID) }, func(p *Policy) any { return p.ID }},
}

// modelOf returns what a query over rows finds.
func modelOf(rows []Policy, conds []cond, by []sorting, order []storage.Order) []Policy {
	var out []Policy
	for _, p := range rows {
		if !slices.ContainsFunc(conds, func(c cond) bool { return !c.holds(&p) }) {
			out = append(out, p)
		}
	}
	slices.SortFunc(out, func(a, b Policy) int {
		desc := false
		for i, s := range by {
			if desc = order[i].Desc; s.cmp(&a, &b) != 0 {
				return turn(s.cmp(&a, &b), desc)
			}
		}
		return turn(cmp.Compare(a.ID, b.ID), desc)
	})
	return out
}

func turn(n int, desc bool) int {
	if desc {
		return -n
	}
	return n
}

// drawPolicies draws the rows of a tenant, with many ties.
func drawPolicies(t *rapid.T, tenant string) []Policy {
	rows := make([]Policy, rapid.IntRange(0, 24).Draw(t, "rows"))
	taken := map[kernel.ID]bool{}
	for i := range rows {
		p := policy()
		p.Tenant = tenant
		p.State = rapid.SampledFrom(states).Draw(t, "state")
		p.Lives = rapid.SampledFrom(ints).Draw(t, "lives")
		p.Grade = rapid.SampledFrom([]int8{-128, 0, 127}).Draw(t, "grade")
		p.Group = rapid.Bool().Draw(t, "group")
		p.Premium = rapid.SampledFrom(sums).Draw(t, "premium")
		p.SignedOn = rapid.SampledFrom(days).Draw(t, "signed")
		p.IssuedAt = rapid.SampledFrom(times).Draw(t, "issued")
		p.Terms = rapid.SampledFrom(blobs).Draw(t, "terms")
		p.CreatedAt = noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "created")) * time.Microsecond)
		if k := rapid.SampledFrom(keys).Draw(t, "renews"); !taken[k] {
			p.Renews, taken[k] = k, k != ""
		}
		p.Version = 1
		rows[i] = *p
	}
	return rows
}

// show writes a query down for a report.
func show(q storage.Query) string { return fmt.Sprintf("%+v", q) }
