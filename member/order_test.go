package member_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
)

// From the request to the evaluation: the quota is reserved, then used.
func TestAServiceIsOrderedAndGiven(t *testing.T) {
	t.Parallel()
	onAll(t, member.Config{}, func(t *testing.T, w *world) {
		p := w.club(t, "club")
		w.joins(t, p, "c-1", "gold")
		w.effective(t, checkup(p))
		clinic := w.clinic(t)
		o := w.ordered(t, "c-1")
		if o.State != member.OrderRequested || o.Number != "SO-2026-00000001" || o.Benefit != "checkup" {
			t.Fatalf("%+v", o)
		}
		o = got(w.Orders.Reserve(desk, o.ID, member.Hold{}))(t)
		if g := w.quotaOf(t, "c-1"); g.Reserved != 1 || g.Left() != 0 || g.ID != o.GrantID || g.Period != "2026" {
			t.Errorf("%+v", g)
		}
		o = got(w.Orders.Schedule(desk, o.ID, w.appointment(clinic)))(t)
		refused(w.Orders.Start(desk, o.ID))(t, kernel.ErrState, "agreed for 2026-12-23 04:00 UTC")
		refused(w.Orders.NoShow(desk, o.ID, member.Grounds{}))(t, kernel.ErrState)
		w.clock.Advance(days)
		o = got(w.Orders.Start(desk, o.ID))(t)
		w.clock.Advance(3 * time.Hour)
		refused(w.Orders.Deliver(desk, o.ID, member.Delivery{At: o.StartedAt.Add(-1)}))(t, kernel.ErrInvalid)
		o = got(w.Orders.Deliver(desk, o.ID, member.Delivery{At: o.SlotTo, Result: secret("正常")}))(t)
		if o.Late {
			t.Error("delivered in time")
		}
		o = got(w.Orders.Evaluate(desk, o.ID, member.Opinion{Score: 4, Comment: secret("很好")}))(t)
		if g := w.quotaOf(t, "c-1"); g.Used != 1 || g.Reserved != 0 || g.Left() != 0 {
			t.Errorf("%+v", g)
		}
		if r := got(w.Partners.Rating(auditor, clinic.ID))(t); r.Evaluations != 1 || !r.Mean.Equal(yuan("4")) {
			t.Errorf("%+v", r)
		}
		if o = got(w.Orders.ByNumber(auditor, o.Number))(t); o.State != member.OrderEvaluated || !o.AgreedContent.IsSealed() {
			t.Errorf("%+v", o)
		}
		var events []string
		for _, e := range got(w.Orders.History(auditor, o.ID))(t) {
			events = append(events, e.Event)
		}
		if d := cmp.Diff([]string{"Order", "Reserve", "Schedule", "Start", "Deliver", "Evaluate"}, events); d != "" {
			t.Error(d)
		}
		w.sound(t)
	})
}

// An order without entitlement is refused, and the field says why.
func TestOrdersWithoutEntitlement(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-basic", "basic")
	gold := w.joins(t, p, "c-gold", "gold")
	w.joins(t, p, "c-used", "gold")
	frozen := w.joins(t, p, "c-frozen", "gold")
	got(w.Members.Freeze(adviser, frozen.ID, member.Grounds{Code: "doubt"}))(t)
	w.effective(t, checkup(p), discount(p))
	got(w.Orders.Reserve(desk, w.ordered(t, "c-used").ID, member.Hold{}))(t)
	for _, tt := range []struct {
		in   member.ServiceRequest
		want string
	}{
		{member.ServiceRequest{Customer: "c-stranger", Service: member.HealthService}, "customer:not_a_member"},
		{member.ServiceRequest{Customer: "c-frozen", Service: member.HealthService}, "customer:not_a_member"},
		{member.ServiceRequest{Customer: "c-gold", Service: member.HealthService, Benefit: "spa"}, "benefit:unknown"},
		{member.ServiceRequest{Customer: "c-gold", Service: member.HealthService, Benefit: "acc-5"}, "benefit:kind"},
		{member.ServiceRequest{Customer: "c-gold", Service: member.LegalService}, "service:not_included"},
		{member.ServiceRequest{Customer: "c-basic", Service: member.HealthService}, "benefit:tier"},
		{member.ServiceRequest{Customer: "c-used", Service: member.HealthService}, "benefit:exhausted"},
	} {
		before := w.rows(t)
		_, err := w.Orders.Order(desk, tt.in)
		if d := cmp.Diff([]string{tt.want}, faults(t, err)); d != "" {
			t.Errorf("%+v: %s", tt.in, d)
		}
		if d := cmp.Diff(before, w.rows(t)); d != "" {
			t.Errorf("%+v: something was written: %s", tt.in, d)
		}
	}
	o := w.ordered(t, "c-gold") // and then the membership ends
	got(w.Members.Terminate(adviser, gold.ID, member.Grounds{Code: "wish"}))(t)
	_, err := w.Orders.Reserve(desk, o.ID, member.Hold{})
	if d := cmp.Diff([]string{"customer:not_a_member"}, faults(t, err)); d != "" {
		t.Error(d)
	}
}

// What was reserved comes back when the order is called off or runs out, and not when the
// member does not show up.
func TestQuotasComeBack(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "gold")
	w.effective(t, checkup(p))
	clinic := w.clinic(t)

	o := w.ordered(t, "c-1")
	got(w.Orders.Refuse(desk, o.ID, member.Grounds{Code: "no_capacity"}))(t)
	o = got(w.Orders.Reserve(desk, w.ordered(t, "c-1").ID, member.Hold{}))(t)
	got(w.Orders.Cancel(desk, o.ID, member.Grounds{Code: "wish"}))(t)
	o = w.scheduled(t, "c-1", clinic)
	got(w.Orders.Cancel(desk, o.ID, member.Grounds{Code: "wish"}))(t)
	if g := w.quotaOf(t, "c-1"); g.Left() != 1 || g.Released != 2 {
		t.Errorf("%+v", g)
	}
	o = got(w.Orders.Reserve(desk, w.ordered(t, "c-1").ID, member.Hold{Until: w.clock.Now().Add(time.Hour)}))(t)
	refused(w.Orders.Expire(system, o.ID))(t, kernel.ErrState, "reserved until")
	w.clock.Advance(time.Hour)
	if n := got(w.Orders.ExpireAll(system))(t); n != 1 {
		t.Errorf("%d expired", n)
	}
	if g := w.quotaOf(t, "c-1"); g.Left() != 1 || g.Released != 3 {
		t.Errorf("%+v", g)
	}
	o = w.scheduled(t, "c-1", clinic)
	w.clock.Set(o.SlotFrom)
	o = got(w.Orders.NoShow(desk, o.ID, member.Grounds{}))(t)
	if g := w.quotaOf(t, "c-1"); g.Left() != 0 || g.Used != 1 {
		t.Errorf("%+v", g)
	}
	w.clock.Set(time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)) // the new year of Beijing
	if n := got(w.Quotas.ExpireAll(system))(t); n != 1 {
		t.Errorf("%d expired", n)
	}
	w.ordered(t, "c-1") // a new year, a new quota
	w.sound(t)
}

// What was reserved in a period may be used after it; what comes back then is lost.
func TestReservationsOutliveTheirPeriod(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "gold")
	twice := checkup(p)
	twice.Quota = 3
	w.effective(t, twice)
	first := got(w.Orders.Reserve(desk, w.ordered(t, "c-1").ID, member.Hold{Until: w.clock.Now().Add(60 * days)}))(t)
	second := got(w.Orders.Reserve(desk, w.ordered(t, "c-1").ID, member.Hold{Until: w.clock.Now().Add(60 * days)}))(t)
	g := w.quotaOf(t, "c-1")
	refused(w.Quotas.Expire(system, g.ID))(t, kernel.ErrState, "the period runs until 2026-12-31")
	w.clock.Advance(20 * days)
	g = got(w.Quotas.Expire(system, g.ID))(t)
	if g.Expired != 1 || g.Reserved != 2 || g.Left() != 0 {
		t.Errorf("%+v", g)
	}
	first = got(w.Orders.Schedule(desk, first.ID, w.appointment(w.clinic(t))))(t)
	w.clock.Set(first.SlotFrom)
	got(w.Orders.Start(desk, first.ID))(t)
	got(w.Orders.Deliver(desk, first.ID, member.Delivery{}))(t)
	got(w.Orders.Cancel(desk, second.ID, member.Grounds{Code: "wish"}))(t)
	g = got(w.Quotas.Get(auditor, g.ID))(t)
	if g.Used != 1 || g.Expired != 2 || g.Reserved != 0 || g.Released != 1 || g.Left() != 0 {
		t.Errorf("%+v", g)
	}
	w.sound(t)
}

// A higher tier gives more from the next use on, in the period that runs.
func TestAHigherTierGivesMore(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	m := w.joins(t, p, "c-1", "basic")
	d := checkup(p)
	d.Tiers = []member.TierQuota{{Tier: "basic"}, {Tier: "gold", Quota: 3}}
	w.effective(t, d)
	redeem := member.Redemption{Customer: "c-1", Benefit: "checkup"}
	got(w.Quotas.Redeem(desk, redeem))(t)
	refused(w.Quotas.Redeem(desk, redeem))(t, kernel.ErrInvalid, "used up")
	got(w.Members.Earn(adviser, m.ID, member.Earning{Source: "s-1", Code: "policy", Points: 5000}))(t)
	w.clock.Advance(days)
	if e := got(w.Members.EvaluateTier(adviser, m.ID, 0))(t); e.Tier != "gold" {
		t.Fatalf("%+v", e)
	}
	if have := got(w.Benefits.ForCustomer(auditor, "c-1"))(t); have[0].Left() != 2 {
		t.Errorf("%d left", have[0].Left())
	}
	got(w.Quotas.Redeem(desk, redeem))(t)
	g := got(w.Quotas.Redeem(desk, redeem))(t)
	if g.Granted != 3 || g.Used != 3 {
		t.Errorf("%+v", g)
	}
	refused(w.Quotas.Redeem(desk, redeem))(t, kernel.ErrInvalid)
	w.sound(t)
}

// Quotas can be opened with the tier, so that it shows what was granted and never used.
func TestQuotasAreOpenedWithTheTier(t *testing.T) {
	t.Parallel()
	onAll(t, member.Config{}, func(t *testing.T, w *world) {
		opens := func(ctx context.Context, r command.Runner, h command.Happening) error {
			return w.Quotas.OpenAll(ctx, r, h.ID)
		}
		w.engine.React(engine.On{Kind: "member", Event: "EvaluateTier"}, opens)
		w.engine.React(engine.On{Kind: "member", Event: "Freeze"}, opens)
		p := w.club(t, "club")
		m := w.joins(t, p, "c-1", "basic")
		d := checkup(p)
		d.Tiers = []member.TierQuota{{Tier: "basic"}, {Tier: "gold", Quota: 3}}
		w.effective(t, d, discount(p))
		got(w.Members.EvaluateTier(adviser, m.ID, 0))(t)
		grants := func() map[string]int64 {
			out := map[string]int64{}
			for _, g := range got(w.Quotas.List(auditor, "c-1", kernel.List{}))(t).Items {
				out[g.Benefit] = g.Left()
			}
			return out
		}
		if d := cmp.Diff(map[string]int64{"checkup": 1, "acc-5": math.MaxInt64}, grants()); d != "" {
			t.Error(d)
		}
		got(w.Members.Earn(adviser, m.ID, member.Earning{Source: "s-1", Code: "policy", Points: 5000}))(t)
		w.clock.Advance(days)
		got(w.Members.EvaluateTier(adviser, m.ID, 0))(t)
		if d := cmp.Diff(map[string]int64{"checkup": 3, "acc-5": math.MaxInt64}, grants()); d != "" {
			t.Error(d)
		}
		w.clock.Advance(20 * days) // another year
		got(w.Members.Freeze(adviser, m.ID, member.Grounds{Code: "doubt"}))(t)
		if n := len(grants()); n != 2 {
			t.Errorf("a frozen member got quotas: %d", n)
		}
		have := got(w.Benefits.SuperviseBenefits(auditor, member.Supervising{Period: member.ReportPeriod{From: day, To: day.AddDays(60)}}))(t)
		want := []member.QuotaLine{{Benefit: "acc-5", Members: 1}, {Benefit: "checkup", Members: 1, Granted: 3}}
		if d := cmp.Diff(want, have.Quotas); d != "" {
			t.Error(d)
		}
		w.sound(t)
	})
}

// A partner is asked only for what it offers, while its agreement holds.
func TestPartnersThatCannotServe(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "gold")
	w.effective(t, checkup(p))
	clinic := w.clinic(t)
	refused(w.Partners.Engage(designer, member.Engagement{Code: "clinic", Agreement: agreement()}))(t, kernel.ErrDuplicate)
	lawyers := got(w.Partners.Engage(designer, member.Engagement{Code: "law", Agreement: agreement()}))(t)
	o := got(w.Orders.Reserve(desk, w.ordered(t, "c-1").ID, member.Hold{}))(t)
	try := func(change func(*member.Appointment), want ...string) {
		t.Helper()
		in := w.appointment(clinic)
		change(&in)
		before := w.rows(t)
		_, err := w.Orders.Schedule(desk, o.ID, in)
		if d := cmp.Diff(want, faults(t, err)); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(before, w.rows(t)); d != "" {
			t.Error("something was written:", d)
		}
	}
	try(func(a *member.Appointment) { a.PartnerID = kernel.NewID() }, "partner_id:unknown")
	try(func(a *member.Appointment) { a.PartnerID = lawyers.ID }, "partner_id:service")
	try(func(a *member.Appointment) {
		a.From, a.To = w.clock.Now().AddDate(2, 0, 0), w.clock.Now().AddDate(2, 0, 1)
		a.Agreement.To = kernel.NewDate(2029, 1, 1)
	}, "partner_id:agreement")
	try(func(a *member.Appointment) {
		a.From, a.To = w.clock.Now().Add(-2*days), w.clock.Now().Add(-days)
		a.Agreement.SignedOn = a.Agreement.SignedOn.AddDays(1)
	}, "agreement.signed_on:future", "agreement.to:range", "to:range")
	got(w.Partners.Suspend(designer, clinic.ID, member.Grounds{Code: "hygiene"}))(t)
	try(func(*member.Appointment) {}, "partner_id:state")
	got(w.Partners.Resume(designer, clinic.ID, member.Grounds{}))(t)
	got(w.Orders.Schedule(desk, o.ID, w.appointment(clinic)))(t)

	ended := got(w.Partners.End(manager, lawyers.ID, member.Grounds{Code: "price"}))(t)
	refused(w.Partners.Resume(designer, ended.ID, member.Grounds{}))(t, kernel.ErrState)
	amended := got(w.Partners.Amend(designer, clinic.ID, agreement()))(t)
	if amended.Name != "同信律所" || len(got(w.Partners.List(auditor, kernel.List{}))(t).Items) != 2 {
		t.Errorf("%+v", amended)
	}
	w.sound(t)
}

func agreement() member.PartnerAgreement {
	return member.PartnerAgreement{
		Name: "同信律所", Services: []member.ServiceKind{member.LegalService},
		From: kernel.NewDate(2026, 1, 1), To: kernel.NewDate(2030, 12, 31),
	}
}
