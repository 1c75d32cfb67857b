package claim_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/memory"
)

var (
	nul  = "a\x00b"
	huge = strings.Repeat("x", 1<<20)
)

func paths(t *testing.T, err error) []string {
	t.Helper()
	var fe *kernel.FieldErrors
	if !errors.As(err, &fe) {
		t.Fatalf("no field errors: %v", err)
	}
	var paths []string
	for _, f := range fe.Faults {
		paths = append(paths, f.Path)
		if strings.Contains(f.Message, nul) || len(f.Message) > 200 {
			t.Errorf("%s: the fault repeats the input", f.Path)
		}
	}
	return paths
}

// A form that is wrong everywhere is told so everywhere, at once, and nothing is written.
func TestEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	before := w.rows(t)
	_, err := w.Report(adjuster, claim.Notice{
		Policy: kernel.Ref(nul), Cause: "", Insured: kernel.Ref(huge), Claimant: kernel.Ref(nul), Channel: nul,
		KnownAt: time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), Place: privacy.New(huge), Description: privacy.New(nul),
		Claimed: yuan("-1"), Currency: "XXX", AcceptDuplicate: true,
	})
	want := []string{"policy", "occurred_at", "known_at", "cause", "insured", "claimant", "channel", "place", "description", "currency", "claimed", "reason"}
	if d := cmp.Diff(want, paths(t, err)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(before, w.rows(t)); d != "" {
		t.Error("something was written:", d)
	}
}

// A reason is checked wherever it is given.
func TestAReasonThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := injury("P-1")
	in.Reason = privacy.New(huge)
	if p := paths(t, last(w.Report(adjuster, in))); !cmp.Equal(p, []string{"reason"}) {
		t.Error(p)
	}
}

func TestReportsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		change func(*claim.Notice)
		want   error
		path   string
	}{
		{name: "no such policy", change: func(n *claim.Notice) { n.Policy = "P-9" }, want: kernel.ErrNotFound},
		{name: "tomorrow", change: func(n *claim.Notice) { n.OccurredAt = noon.Add(time.Microsecond) }, path: "occurred_at"},
		{name: "known tomorrow", change: func(n *claim.Notice) { n.KnownAt = noon.Add(time.Hour) }, path: "known_at"},
		{name: "known before", change: func(n *claim.Notice) { n.KnownAt = accident.Add(-time.Hour) }, path: "known_at"},
		{name: "year 0", change: func(n *claim.Notice) { n.OccurredAt = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC) }, path: "occurred_at"},
		{name: "year 9999", change: func(n *claim.Notice) { n.OccurredAt = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, path: "occurred_at"},
		{name: "another currency", change: func(n *claim.Notice) { n.Currency = "USD" }, path: "currency"},
		{name: "half a fen", change: func(n *claim.Notice) { n.Claimed = yuan("0.005") }, path: "claimed"},
		{name: "too much", change: func(n *claim.Notice) { n.Claimed = yuan("1e15") }, path: "claimed"},
		{name: "a stranger", change: func(n *claim.Notice) { n.Insured = "c-9" }, path: "insured"},
		{name: "whom of two", change: func(n *claim.Notice) { n.Policy = "P-family" }, path: "insured"},
		{name: "half a yen", change: func(n *claim.Notice) { n.Policy, n.Claimed = "P-yen", yuan("0.5") }, path: "claimed"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(memory.New())
			before := w.rows(t)
			n := injury("P-1")
			tt.change(&n)
			_, err := w.Report(adjuster, n)
			if tt.path != "" {
				if !slices.Contains(paths(t, err), tt.path) {
					t.Error(err)
				}
			} else if !errors.Is(err, tt.want) {
				t.Error(err)
			}
			if d := cmp.Diff(before, w.rows(t)); d != "" {
				t.Error("something was written:", d)
			}
		})
	}
}

// A host whose policies answer nonsense is told what is wrong with the answer.
func TestACoverThatCannotBeWorkedWith(t *testing.T) {
	t.Parallel()
	bad := claim.Cover{
		Line: "pets", Currency: "XXX", Zone: "Asia/Nowhere", From: noon, To: noon, Insured: []kernel.Ref{""},
		Entitled:      []kernel.Share{{Party: "c-1", Order: 0}},
		UnpaidPremium: yuan("-1"),
		Coverages: []claim.Coverage{
			{Code: "a", Calculator: "magic", Limit: yuan("-1"), Copay: yuan("1.1"), LimitBasis: "lifetime"},
			{Code: "a", Grades: map[string]decimal.Decimal{nul: yuan("2")}},
		},
	}
	w := newWorldWith(memory.New(), claim.Config{Policies: claim.StaticPolicies{"P": bad}})
	_, err := w.Report(adjuster, injury("P"))
	want := []string{
		"cover.line", "cover.currency", "cover.to", "cover.insured[0]", "cover.entitled[0]", "cover.unpaid_premium",
		"cover.coverages[0].calculator", "cover.coverages[0].limit_basis", "cover.coverages[0].limit", "cover.coverages[0].copay",
		"cover.coverages[1].code", "cover.coverages[1].grades[?]",
	}
	if d := cmp.Diff(want, paths(t, err)); d != "" {
		t.Error(d)
	}
	zone := policies()["P-1"]
	zone.Zone = "Asia/Nowhere"
	w = newWorldWith(memory.New(), claim.Config{Policies: claim.StaticPolicies{"P": zone}})
	if _, err := w.Report(adjuster, injury("P")); !cmp.Equal(paths(t, err), []string{"cover.zone"}) {
		t.Error(err)
	}
	w = newWorldWith(memory.New(), claim.Config{})
	if _, err := w.Report(adjuster, injury("P")); err == nil {
		t.Error("reported without policies")
	}
}

func TestLinesThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.report(t, injury("P-1"))
	w.accepted(t, c.ID, "1100")
	for name, tt := range map[string]struct {
		lines []claim.Item
		path  string
	}{
		"no such coverage":      {[]claim.Item{{Coverage: "dental"}}, "lines[0].coverage"},
		"twice":                 {[]claim.Item{{Coverage: "medical"}, {}}, "lines[1].coverage"},
		"negative":              {[]claim.Item{{Claimed: yuan("-1")}}, "lines[0].claimed"},
		"half a fen":            {[]claim.Item{{Claimed: yuan("0.001")}}, "lines[0].claimed"},
		"negative days":         {[]claim.Item{{Days: -1}}, "lines[0].days"},
		"no such sub-limit":     {[]claim.Item{{Claimed: yuan("1"), SubLimit: "teeth"}}, "lines[0].sub_limit"},
		"refused for no clause": {[]claim.Item{{Refuse: "excluded"}}, "lines[0].clause"},
		"NUL":                   {[]claim.Item{{Coverage: nul}}, "lines[0].coverage"},
		"too many":              {make([]claim.Item, 1000), "lines"},
	} {
		before := w.rows(t)
		_, err := w.Assess(adjuster, c.ID, claim.Assessment{Lines: tt.lines})
		if !slices.Contains(paths(t, err), tt.path) {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(before, w.rows(t)); d != "" {
			t.Errorf("%s: something was written: %s", name, d)
		}
	}
	if got(w.Get(auditor, c.ID))(t).State != claim.Accepted {
		t.Error("the claim moved")
	}
}

// Keys that no claim has, whatever they look like.
func TestUnknownClaims(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	for _, id := range []kernel.ID{"", "x", kernel.ID(nul), kernel.ID(huge), kernel.NewID()} {
		_, err1 := w.Get(auditor, id)
		_, err2 := w.File(adjuster, id, claim.Filing{})
		_, err3 := w.Progress(auditor, id)
		_, err4 := w.SettleDirect(adjuster, id, claim.Settlement{})
		_, err5 := w.Lines(auditor, id)
		for i, err := range []error{err1, err2, err3, err4, err5} {
			if !errors.Is(err, kernel.ErrNotFound) {
				t.Errorf("%.10q, %d: %v", id, i, err)
			}
		}
	}
	for _, n := range []string{"", nul, huge, "CLM-9"} {
		if _, err := w.ByNumber(auditor, n); !errors.Is(err, kernel.ErrNotFound) {
			t.Errorf("%.10q: %v", n, err)
		}
	}
	c := w.report(t, injury("P-1"))
	d := w.report(t, injury("P-2"))
	got(w.File(adjuster, d.ID, filing("10")))(t)
	doc := got(w.Documents(auditor, d.ID))(t)[0]
	if _, err := w.JudgeDocument(adjuster, c.ID, claim.Judgement{Document: doc.ID, Verdict: claim.Genuine}); !errors.Is(err, kernel.ErrNotFound) {
		t.Errorf("a document of another claim: %v", err)
	}
	if _, err := w.List(auditor, claim.Filter{State: "x", Policy: kernel.Ref(nul)}, kernel.List{}); !cmp.Equal(paths(t, err), []string{"state", "policy"}) {
		t.Error(err)
	}
}

// Branches and tenants do not see each other's claims.
func TestOthersClaimsDoNotExist(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.report(t, claim.Notice{Policy: "P-3", OccurredAt: accident, Cause: "injury"})
	for name, a := range map[string]kernel.Actor{
		"branch": {ID: "x", Branches: []string{"south"}, Roles: []kernel.Role{kernel.RoleOwner}},
		"tenant": {ID: "x", Tenant: "t-2", Roles: []kernel.Role{kernel.RoleOwner}},
	} {
		ctx := kernel.WithActor(t.Context(), a)
		_, err1 := w.Get(ctx, c.ID)
		_, err2 := w.File(ctx, c.ID, claim.Filing{})
		_, err3 := w.ByNumber(ctx, c.Number)
		_, err4 := w.Checks(ctx, c.ID)
		for i, err := range []error{err1, err2, err3, err4} {
			if !errors.Is(err, kernel.ErrNotFound) {
				t.Errorf("%s %d: %v", name, i, err)
			}
		}
		if page := got(w.List(ctx, claim.Filter{}, kernel.List{}))(t); len(page.Items) != 0 {
			t.Errorf("%s: %d claims", name, len(page.Items))
		}
	}
}

// Lists come in pages, the latest first.
func TestListing(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		var want []kernel.ID
		for i := range 7 {
			in := injury("P-1")
			in.OccurredAt = in.OccurredAt.AddDate(0, 0, -i)
			want = append([]kernel.ID{w.report(t, in).ID}, want...)
			w.clock.Advance(time.Minute)
		}
		w.report(t, injury("P-2"))
		var have []kernel.ID
		page := kernel.List{Limit: 3}
		for {
			p := got(w.List(auditor, claim.Filter{Policy: "P-1", Insured: "c-1", State: claim.Reported, From: noon, To: noon.Add(7 * time.Minute)}, page))(t)
			for _, c := range p.Items {
				have = append(have, c.ID)
			}
			if page.After = p.Next; p.Next == "" {
				break
			}
		}
		if d := cmp.Diff(want, have); d != "" {
			t.Error(d)
		}
	})
}
