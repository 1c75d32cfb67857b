package complaint_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// plans is what became of improvements, as somebody else knows it.
type plans map[kernel.ID]complaint.Standing

func (p plans) Standing(_ context.Context, ids []kernel.ID) (map[kernel.ID]complaint.Standing, error) {
	if len(ids) > 500 {
		return nil, errors.New("asked for too many at once")
	}
	out := map[kernel.ID]complaint.Standing{}
	for _, id := range ids {
		if s, ok := p[id]; ok {
			out[id] = s
		}
	}
	return out, nil
}

// A quarter with all that can happen to a complaint, counted by hand.
func TestAnalysis(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		work := plans{}
		w.Service = complaint.New(w.engine, complaint.Config{Improvements: work})
		letterOf := func(customer kernel.Ref, product, branch, channel string) complaint.Receipt {
			in := letter(customer)
			in.About.Product, in.Branch, in.Channel = product, branch, channel
			return in
		}
		closing := func(code string) complaint.Closing {
			return complaint.Closing{Satisfied: true, Cause: complaint.RootCause{Code: code}}
		}
		reply := func(id kernel.ID) {
			got(w.Resolve(handler, id, apology))(t)
			got(w.Reply(handler, id, w.answer()))(t)
		}
		// 2 November: two that are closed, after 4 and 20 days; the second was promised by the 17th.
		a := w.deciding(t, letterOf("c-1", "accident-a", "north", "phone"), service)
		b := w.deciding(t, letterOf("c-2", "accident-a", "south", "web"), service)
		w.days(4) // the 6th
		reply(a.ID)
		got(w.Close(handler, a.ID, closing("service.delay")))(t)
		work[a.ID] = complaint.Standing{Open: 1, Done: 2, Effective: 1}
		w.days(16) // the 22nd
		reply(b.ID)
		got(w.Close(handler, b.ID, closing("service.delay")))(t)
		// Then one that comes again, one merged into it before, one refused, one withdrawn.
		c := w.deciding(t, letterOf("c-3", "life-b", "north", "web"), complaint.Classification{Category: complaint.CategorySales, Severity: complaint.Major, Supervisor: "wang"})
		twin := letterOf("c-3", "life-b", "north", "web")
		twin.AcceptDuplicate, twin.Reason = true, text("again")
		m := w.receive(t, twin)
		got(w.Merge(handler, m.ID, complaint.Merging{Survivor: c.ID, Reason: text("same")}))(t)
		got(w.Refer(handler, c.ID, apology))(t)
		got(w.Countersign(other, c.ID, complaint.Remark{}))(t)
		got(w.Reply(handler, c.ID, w.answer()))(t)
		c = got(w.ComplainAgain(agent, c.ID, complaint.Again{Content: text("no")}))(t)
		work[c.Second] = complaint.Standing{Open: 1}
		r := w.receive(t, letterOf("c-4", "", "", ""))
		got(w.Refuse(handler, r.ID, complaint.Refusal{Reason: "x", TurnTo: "court"}))(t)
		x := w.receive(t, letterOf("c-5", "life-b", "south", "phone"))
		got(w.Withdraw(handler, x.ID, complaint.Remark{Text: text("x")}))(t)
		// One nobody answers, and one of the next month.
		late := w.classified(t, letterOf("c-6", "life-b", "south", "phone"), service)
		w.days(20) // 12 December: the promise of the 7th has passed
		spot := w.receive(t, letterOf("c-7", "life-b", "south", "phone"))
		got(w.Accept(handler, spot.ID, complaint.Acceptance{}))(t)
		got(w.ResolveOnTheSpot(handler, spot.ID, complaint.SpotDecision{Classification: service, Verdict: complaint.Unjustified, Decision: apology}))(t)
		got(w.Reply(handler, spot.ID, w.answer()))(t)
		got(w.Close(handler, spot.ID, closing("none")))(t)
		_ = late

		all := got(w.Analyse(auditor, complaint.Period{
			From: day(1), To: kernel.NewDate(2026, 12, 31),
			Exposure:   complaint.Exposure{Policies: 30_000, Premium: yuan("210000000"), Customers: 16_000},
			ExposureBy: map[complaint.Dimension]map[string]complaint.Exposure{complaint.ByProduct: {"accident-a": {Policies: 15_000}}},
		}))(t)
		rate := func(s string) decimal.NullDecimal { return decimal.NewNullDecimal(yuan(s)) }
		want := complaint.Group{
			Count: 7, Open: 1, Refused: 1, Withdrawn: 1, Merged: 1,
			PerPolicies:  rate("2.33"), // 7 / 30 000 × 10 000 = 2.3333…
			PerPremium:   rate("3.33"), // 7 / 2.1
			PerCustomers: rate("4.38"), // 4.375: the even neighbour is 4.38
			OnTime:       complaint.Share{Part: 3, Of: 5},
			Justified:    complaint.Share{Part: 3, Of: 4},
			Second:       complaint.Share{Part: 1, Of: 4},
			Closed:       3, MedianDays: 4, P95Days: 20,
			Repeated:     []complaint.Repeat{{Cause: "service.delay", Count: 2}},
			Improvements: &complaint.Standing{Open: 2, Done: 2, Effective: 1}, // one of them of the review
		}
		if d := cmp.Diff(want, all.Whole); d != "" {
			t.Error(d)
		}
		counts := map[string]int64{}
		for _, g := range all.By {
			counts[string(g.By)+"/"+g.Key] = g.Count
		}
		if d := cmp.Diff(map[string]int64{
			"category/": 2, "category/service": 4, "category/sales": 1,
			"severity/": 2, "severity/general": 4, "severity/major": 1,
			"cause/": 4, "cause/none": 1, "cause/service.delay": 2,
			"product/": 1, "product/accident-a": 2, "product/life-b": 4,
			"branch/": 1, "branch/north": 2, "branch/south": 4,
			"handler/": 3, "handler/li": 4,
			"channel/": 1, "channel/phone": 4, "channel/web": 2,
			"month/2026-11": 6, "month/2026-12": 1,
		}, counts); d != "" {
			t.Error(d)
		}
		g, ok := all.Group(complaint.ByProduct, "accident-a")
		if !ok || g.PerPolicies != rate("1.33") && !g.PerPolicies.Decimal.Equal(yuan("1.33")) || g.PerPremium.Valid || g.OnTime.Rate().String() != "0.5" || g.MedianDays != 4 || g.P95Days != 20 {
			t.Errorf("%+v", g)
		}
		south := kernel.WithActor(context.Background(), kernel.Actor{ID: "yu", Branches: []string{"south"}, Roles: []kernel.Role{access.Manager}})
		only := got(w.Analyse(south, complaint.Period{From: day(1), To: kernel.NewDate(2026, 12, 31), By: []complaint.Dimension{complaint.ByBranch}}))(t)
		if only.Whole.Count != 5 || len(only.By) != 2 { // with the one that has no branch
			t.Errorf("%+v", only)
		}
		none := got(w.Analyse(auditor, complaint.Period{From: day(3), To: day(3)}))(t)
		if none.Whole.Count != 0 || none.Whole.MedianDays != 0 || none.Whole.OnTime.Rate().String() != "0" || len(none.By) != 0 {
			t.Errorf("%+v", none)
		}
		if _, ok := none.Group(complaint.ByMonth, "2026-11"); ok {
			t.Error("a group of nothing")
		}
		w.sound(t)
	})
}

// The zone says to which day and month a complaint belongs.
func TestDaysOfTheZone(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	w.clock.Set(time.Date(2026, 11, 30, 16, 0, 0, 0, time.UTC)) // midnight in Beijing
	w.receive(t, letter("c-1"))
	in := func(zone string) string {
		a := got(w.Analyse(auditor, complaint.Period{From: kernel.NewDate(2026, 11, 1), To: kernel.NewDate(2026, 12, 1), Zone: zone, By: []complaint.Dimension{complaint.ByMonth}}))(t)
		return a.By[0].Key
	}
	if in("") != "2026-12" || in("UTC") != "2026-11" {
		t.Error(in(""), in("UTC"))
	}
	first := got(w.Analyse(auditor, complaint.Period{From: kernel.NewDate(2026, 12, 1), To: kernel.NewDate(2026, 12, 1)}))(t)
	last := got(w.Analyse(auditor, complaint.Period{From: kernel.NewDate(2026, 11, 30), To: kernel.NewDate(2026, 11, 30)}))(t)
	if first.Whole.Count != 1 || last.Whole.Count != 0 {
		t.Errorf("%+v, %+v", first.Whole, last.Whole)
	}
}

// More complaints than a page holds, and none is counted twice or left out.
func TestManyComplaints(t *testing.T) {
	t.Parallel()
	const n = 50_000
	if testing.Short() {
		t.Skip("50 000 complaints take a few seconds")
	}
	w := newWorldWith(onSQLite(t), complaint.Config{Improvements: plans{}})
	err := w.store.Update(owner, func(tx *storage.GuardTx) error {
		for i := range n {
			c := &complaint.Complaint{
				Number: fmt.Sprintf("N-%06d", i), PersonRef: kernel.Ref(fmt.Sprintf("p-%d", i)), Level: 1, State: complaint.Closed,
				ReceivedAt: noon.Add(time.Duration(i/7) * time.Minute), // seven at the same instant
				Topic:      complaint.Topic{Product: fmt.Sprintf("p-%d", i%10)},
			}
			c.ID = kernel.NewID()
			c.CreatedAt, c.UpdatedAt = noon, noon
			c.RepliedAt, c.PromisedBy = c.ReceivedAt.AddDate(0, 0, 1), kernel.LastDate
			c.ClosedAt = c.ReceivedAt.AddDate(0, 0, 1+i%100)
			if err := tx.Insert(c); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	a := got(w.Analyse(auditor, complaint.Period{From: day(1), To: kernel.NewDate(2026, 12, 31)}))(t)
	if g := a.Whole; g.Count != n || g.MedianDays != 50 || g.P95Days != 95 || g.OnTime != (complaint.Share{Part: n, Of: n}) {
		t.Errorf("%+v", g)
	}
	if g, _ := a.Group(complaint.ByProduct, "p-3"); g.Count != n/10 {
		t.Errorf("%+v", g)
	}
	page := got(w.List(auditor, complaint.Filter{From: noon.Add(time.Hour), To: noon.Add(2 * time.Hour)}, kernel.List{Limit: 500}))(t)
	if len(page.Items) != 420 || !slices.IsSortedFunc(page.Items, func(a, b complaint.Complaint) int { return b.ReceivedAt.Compare(a.ReceivedAt) }) {
		t.Errorf("%d complaints of an hour", len(page.Items))
	}
}

// Lists find what they are asked for.
func TestLists(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		in := letter("c-1")
		in.Branch = "north"
		a := w.classified(t, in, service)
		w.days(1)
		b := w.deciding(t, letter("c-2"), complaint.Classification{Category: complaint.CategoryClaims, Severity: complaint.Major, Supervisor: "wang"})
		w.days(1)
		c := w.replied(t, letter("c-3"))
		c = got(w.ComplainAgain(agent, c.ID, complaint.Again{Content: text("no")}))(t)
		for name, tt := range map[string]struct {
			by   complaint.Filter
			want []kernel.ID
		}{
			"all":      {complaint.Filter{Level: 1}, []kernel.ID{c.ID, b.ID, a.ID}},
			"reviews":  {complaint.Filter{Level: 2}, []kernel.ID{c.Second}},
			"state":    {complaint.Filter{State: complaint.Deciding}, []kernel.ID{b.ID}},
			"customer": {complaint.Filter{Customer: "c-1"}, []kernel.ID{a.ID}},
			"handler":  {complaint.Filter{Handler: "li", Severity: complaint.Major}, []kernel.ID{b.ID}},
			"category": {complaint.Filter{Category: complaint.CategoryClaims}, []kernel.ID{b.ID}},
			"branch":   {complaint.Filter{Branch: "north"}, []kernel.ID{a.ID}},
			"days":     {complaint.Filter{From: noon, To: noon.AddDate(0, 0, 2)}, []kernel.ID{b.ID, a.ID}},
			"nothing":  {complaint.Filter{State: complaint.Merged}, nil},
		} {
			var ids []kernel.ID
			for _, c := range got(w.List(auditor, tt.by, kernel.List{}))(t).Items {
				ids = append(ids, c.ID)
			}
			if d := cmp.Diff(tt.want, ids); d != "" {
				t.Errorf("%s: %s", name, d)
			}
		}
		page := got(w.List(auditor, complaint.Filter{Level: 1}, kernel.List{Limit: 2}))(t)
		rest := got(w.List(auditor, complaint.Filter{Level: 1}, kernel.List{Limit: 2, After: page.Next}))(t)
		if len(rest.Items) != 1 || rest.Items[0].ID != a.ID || rest.Next != "" {
			t.Errorf("%+v", rest)
		}
	})
}
