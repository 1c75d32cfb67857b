package member_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/storage/memory"
)

// purchases is a host that knows who bought more cover in which month.
type purchases map[kernel.Ref]time.Month

func (p purchases) BoughtMore(_ context.Context, customers []kernel.Ref, from, to kernel.Date) (int, error) {
	n := 0
	for _, c := range customers {
		if m, ok := p[c]; ok && m >= from.Time().Month() && m <= to.Time().Month() {
			n++
		}
	}
	return n, nil
}

var january = member.ReportPeriod{From: kernel.NewDate(2027, 1, 1), To: kernel.NewDate(2027, 1, 31)}

// served tells of a January: four members with a yearly check of which three order one.
func served(t tb, w *world) member.Partner {
	t.Helper()
	w.clock.Set(time.Date(2026, 12, 10, 4, 0, 0, 0, time.UTC))
	p := w.club(t, "club")
	for _, c := range []kernel.Ref{"c-1", "c-2", "c-3", "c-4"} {
		w.joins(t, p, c, "gold")
	}
	b := w.announced(t, checkup(p))
	w.clock.Set(time.Date(2027, 1, 9, 4, 0, 0, 0, time.UTC))
	got(w.Benefits.Start(system, b.ID))(t)
	clinic := w.clinic(t)

	o := w.delivered(t, "c-1", clinic, time.Hour) // in time
	got(w.Orders.Evaluate(desk, o.ID, member.Opinion{Score: 5}))(t)
	o = w.delivered(t, "c-2", clinic, 3*time.Hour) // late
	got(w.Orders.Evaluate(desk, o.ID, member.Opinion{Score: 2}))(t)
	got(w.Orders.Refuse(desk, w.ordered(t, "c-3").ID, member.Grounds{Code: "no_capacity"}))(t)
	got(w.Orders.Cancel(desk, w.ordered(t, "c-3").ID, member.Grounds{Code: "wish"}))(t)
	o = w.scheduled(t, "c-3", clinic)
	w.clock.Set(o.SlotTo.Add(time.Minute)) // and nobody begins
	w.ordered(t, "c-4")
	return clinic
}

// What was granted against what was delivered, late, refused.
func TestSupervision(t *testing.T) {
	t.Parallel()
	onAll(t, member.Config{}, func(t *testing.T, w *world) {
		clinic := served(t, w)
		have := got(w.Benefits.SuperviseBenefits(auditor, member.Supervising{Period: january}))(t)
		want := member.Supervision{
			Period: january,
			Quotas: []member.QuotaLine{{Benefit: "checkup", Members: 3, Granted: 3, Reserved: 1, Used: 2}},
			Services: []member.ServiceLine{
				{Benefit: "checkup", Requested: 3, Open: 1, Refused: 1, Cancelled: 1},
				{Benefit: "checkup", Partner: clinic.ID, Requested: 3, Open: 1, Delivered: 2, Late: 1, Overdue: 1},
			},
		}
		if d := cmp.Diff(want, have); d != "" {
			t.Error(d)
		}
		one := got(w.Benefits.SuperviseBenefits(manager, member.Supervising{Period: january, Benefit: "checkup", Partner: clinic.ID}))(t)
		if len(one.Services) != 1 || one.Services[0].Requested != 3 {
			t.Errorf("%+v", one)
		}
		empty := got(w.Benefits.SuperviseBenefits(manager, member.Supervising{Period: member.ReportPeriod{From: day, To: day}}))(t)
		if len(empty.Services) != 0 || len(empty.Quotas) != 0 {
			t.Errorf("%+v", empty)
		}
		refused(w.Benefits.SuperviseBenefits(agent, member.Supervising{Period: january}))(t, kernel.ErrForbidden)
	})
}

// Satisfaction, loyalty and quality, against the month before and what others reach.
func TestServicesAreEvaluated(t *testing.T) {
	t.Parallel()
	onAll(t, member.Config{Purchases: purchases{"c-1": time.January, "c-2": time.March, "c-9": time.January}}, func(t *testing.T, w *world) {
		served(t, w)
		a := w.invites(t, w.lecture(5))
		up := got(w.Activities.SignUp(adviser, a.ID, "c-5"))(t)
		w.clock.Set(a.Begins)
		got(w.Activities.Hold(adviser, a.ID))(t)
		got(w.SignUps.Attend(adviser, up.ID))(t)
		got(w.SignUps.GiveFeedback(adviser, up.ID, member.Opinion{Score: 4}))(t)

		others := member.Benchmark{Satisfaction: yuan("4.2"), Quality: yuan("0.9")}
		have := got(w.Benefits.EvaluateServices(manager, january, others))(t)
		want := member.ServiceEvaluation{
			Period: january, Before: member.ReportPeriod{From: kernel.NewDate(2026, 12, 1), To: kernel.NewDate(2026, 12, 31)},
			Figures: member.ServiceFigures{
				Evaluations: 3, Satisfaction: yuan("3.67"), // of 5, 2, 4
				Served: 3, Loyal: 1, Loyalty: yuan("0.3333"), // of c-1, c-2, c-5
				Ended: 3, Good: 1, Quality: yuan("0.3333"), // in time, late, refused
			},
			AgainstOthers: member.Benchmark{Satisfaction: yuan("-0.53"), Quality: yuan("-0.5667")},
		}
		if d := cmp.Diff(want, have); d != "" {
			t.Error(d)
		}
		february := member.ReportPeriod{From: kernel.NewDate(2027, 2, 1), To: kernel.NewDate(2027, 3, 3)}
		w.clock.Set(time.Date(2027, 2, 10, 4, 0, 0, 0, time.UTC))
		page := got(w.Orders.List(auditor, member.OrderFilter{State: member.OrderScheduled}, kernel.List{}))(t)
		got(w.Orders.Start(desk, page.Items[0].ID))(t)
		o := got(w.Orders.Deliver(desk, page.Items[0].ID, member.Delivery{}))(t)
		got(w.Orders.Evaluate(desk, o.ID, member.Opinion{Score: 3}))(t)
		expired := got(w.Orders.Reserve(desk, w.ordered(t, "c-4").ID, member.Hold{Until: w.clock.Now().Add(time.Hour)}))(t)
		w.clock.Advance(time.Hour)
		got(w.Orders.Expire(system, expired.ID))(t)
		next := got(w.Benefits.EvaluateServices(manager, february, member.Benchmark{}))(t)
		if next.Before != january || !next.AgainstBefore.Satisfaction.Equal(yuan("-0.67")) || !next.AgainstBefore.Loyalty.Equal(yuan("-0.3333")) ||
			!next.AgainstBefore.Quality.Equal(yuan("-0.3333")) || next.Figures.Ended != 2 || next.AgainstOthers != (member.Benchmark{}) {
			t.Errorf("%+v", next)
		}
	})
}

type brokenPurchases struct {
	n   int
	err error
}

func (b brokenPurchases) BoughtMore(context.Context, []kernel.Ref, kernel.Date, kernel.Date) (int, error) {
	return b.n, b.err
}

// A host that cannot tell, or tells nonsense, is no reason for a figure.
func TestLoyaltyThatNobodyKnows(t *testing.T) {
	t.Parallel()
	down := errors.New("down")
	for name, host := range map[string]brokenPurchases{"fails": {err: down}, "too many": {n: 99}, "negative": {n: -1}} {
		w := newWorld(memory.New(), member.Config{Purchases: host})
		served(t, w)
		_, err := w.Benefits.EvaluateServices(manager, january, member.Benchmark{})
		if err == nil || host.err != nil && !errors.Is(err, down) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w := inMemory()
	served(t, w)
	e := got(w.Benefits.EvaluateServices(manager, january, member.Benchmark{Loyalty: yuan("0.5")}))(t)
	if !e.LoyaltyUnknown || !e.AgainstOthers.Loyalty.Equal(decimal.Zero) || e.Figures.Served != 2 {
		t.Errorf("%+v", e)
	}
}

// Many customers are asked about in portions, each once.
func TestLoyaltyIsAskedInPortions(t *testing.T) {
	t.Parallel()
	asked := &counting{}
	w := newWorld(memory.New(), member.Config{Purchases: asked})
	served(t, w)
	got(w.Benefits.EvaluateServices(manager, january, member.Benchmark{}))(t)
	slices.Sort(asked.customers)
	if d := cmp.Diff([]kernel.Ref{"c-1", "c-2"}, asked.customers); d != "" {
		t.Error(d)
	}
}

type counting struct{ customers []kernel.Ref }

func (c *counting) BoughtMore(_ context.Context, customers []kernel.Ref, _, _ kernel.Date) (int, error) {
	c.customers = append(c.customers, customers...)
	return 0, nil
}
