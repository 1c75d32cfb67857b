package member_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/matrix"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/member"
)

// The tables do what was written down by hand, and nothing else.
func TestBenefitMatrices(t *testing.T) {
	t.Parallel()
	follows(t, "benefit", member.BenefitLifecycle)
	follows(t, "grant", member.GrantLifecycle)
	follows(t, "told", member.ToldLifecycle)
	follows(t, "order", member.OrderLifecycle)
	follows(t, "partner", member.PartnerLifecycle)
	follows(t, "activity", member.ActivityLifecycle)
	follows(t, "sign_up", member.SignUpLifecycle)
}

func follows[S, E ~string](t *testing.T, name string, m *workflow.Machine[S, E]) {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".matrix")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	diffs, err := matrix.Compare(m, f)
	for _, d := range diffs {
		t.Errorf("%s: %s", name, d)
	}
	if err != nil {
		t.Error(err)
	}
}

// A benefit starts and ends not before members have known it for thirty days, and who
// asks too early is told from when.
func TestABenefitIsAnnouncedBeforeItChanges(t *testing.T) {
	t.Parallel()
	onAll(t, member.Config{}, func(t *testing.T, w *world) {
		p := w.club(t, "club")
		w.joins(t, p, "c-1", "basic")
		b := w.announced(t, discount(p))
		if b.StartsFrom != day.AddDays(30) || !b.AnnouncedAt.Equal(noon) {
			t.Errorf("%+v", b)
		}
		refused(w.Benefits.Start(designer, b.ID))(t, kernel.ErrState, "announced on 2026-11-22, may start from 2026-12-22")
		moves := got(w.Benefits.Allowed(designer, b.ID))(t)
		if d := cmp.Diff([]member.BenefitEvent{"Promote"}, allowed(moves)); d != "" {
			t.Error(d)
		}
		w.clock.Advance(30*days - 13*3600e9) // 23:00 of the day before in Beijing
		refused(w.Benefits.Start(designer, b.ID))(t, kernel.ErrState)
		if n := len(got(w.Benefits.ForCustomer(auditor, "c-1"))(t)); n != 0 {
			t.Error("enjoyed before the start")
		}
		w.clock.Advance(3600e9)
		b = got(w.Benefits.Start(designer, b.ID))(t)
		have := got(w.Benefits.ForCustomer(auditor, "c-1"))(t)
		if b.State != member.BenefitEffective || len(have) != 1 || have[0].Benefit.Code != "acc-5" {
			t.Errorf("%+v, %+v", b, have)
		}
		got(w.Benefits.Promote(designer, b.ID, member.Publication{Channels: []member.Channel{member.SMS}, Text: both("Do not forget.", "温馨提示")}))(t)

		later := published
		later.TakesEffect = kernel.NewDate(2027, 3, 1)
		b = got(w.Benefits.AnnounceEnd(designer, b.ID, later))(t)
		refused(w.Benefits.End(designer, b.ID))(t, kernel.ErrState, "announced on 2026-12-22, may end from 2027-03-01")
		if n := len(got(w.Benefits.ForCustomer(auditor, "c-1"))(t)); n != 1 {
			t.Error("a benefit whose end is announced is enjoyed until then")
		}
		w.clock.Set(kernel.NewDate(2027, 3, 1).Time())
		b = got(w.Benefits.End(system, b.ID))(t)
		if n := len(got(w.Benefits.ForCustomer(auditor, "c-1"))(t)); n != 0 || b.EndedAt.IsZero() {
			t.Errorf("%+v", b)
		}
		var kinds []member.AnnouncementKind
		for _, a := range got(w.Benefits.Announcements(auditor, b.ID))(t) {
			kinds = append(kinds, a.Kind)
		}
		if d := cmp.Diff([]member.AnnouncementKind{member.TellsStart, member.TellsAgain, member.TellsEnd}, kinds); d != "" {
			t.Error(d)
		}
		w.sound(t)
	})
}

func allowed[S, E ~string](m workflow.Moves[S, E]) []E {
	var out []E
	for _, x := range m.Allowed {
		out = append(out, x.Event)
	}
	return out
}

// A change is the next edition: announced, and in the place of the first on one day.
func TestAChangeIsTheNextEdition(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "basic")
	first := w.effective(t, discount(p))[0]
	better := discount(p)
	better.Rate = yuan("0.08")
	second := w.announced(t, better)
	if second.Edition != 2 {
		t.Fatalf("edition %d", second.Edition)
	}
	first = got(w.Benefits.Get(auditor, first.ID))(t)
	if first.State != member.BenefitRetiring || first.EndsFrom != second.StartsFrom {
		t.Errorf("the first edition is %s and ends from %s", first.State, first.EndsFrom)
	}
	if d := got(w.Benefits.Discount(agent, "c-1", "ACC"))(t); !d.Rate.Equal(yuan("0.05")) {
		t.Errorf("%+v", d)
	}
	third := discount(p)
	third.Rate = yuan("0.10")
	early := got(w.Benefits.Approve(manager, got(w.Benefits.Draft(designer, third))(t).ID))(t)
	refused(w.Benefits.Announce(designer, early.ID, published))(t, kernel.ErrState, "edition 2 is announced and has not started")
	w.clock.Advance(30 * days)
	second = got(w.Benefits.Start(designer, second.ID))(t)
	first = got(w.Benefits.Get(auditor, first.ID))(t)
	if first.State != member.BenefitRetired || second.State != member.BenefitEffective {
		t.Errorf("first %s, second %s", first.State, second.State)
	}
	d := got(w.Benefits.Discount(agent, "c-1", "ACC"))(t)
	if !d.Rate.Equal(yuan("0.08")) || d.Benefit != "acc-5" {
		t.Errorf("%+v", d)
	}
	told := got(w.Benefits.Announcements(auditor, first.ID))(t)
	if len(told) != 2 || told[1].Kind != member.TellsChange {
		t.Errorf("%+v", told)
	}
	got(w.Benefits.Discard(designer, early.ID, member.Grounds{Code: "too_much"}))(t)
	page := got(w.Benefits.List(auditor, member.BenefitFilter{Program: p.ID, Code: "acc-5", Kind: member.ProductDiscount, State: member.BenefitEffective}, kernel.List{}))(t)
	if len(page.Items) != 1 || page.Items[0].ID != second.ID {
		t.Errorf("%+v", page.Items)
	}
	w.sound(t)
}

// When the end of an edition is told already, the next one does not tell it again, and
// cannot start before that end.
func TestAnEditionAfterOneThatEnds(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	first := w.effective(t, discount(p))[0]
	late := published
	late.TakesEffect = kernel.DateOf(w.clock.Now()).AddDays(60)
	first = got(w.Benefits.AnnounceEnd(designer, first.ID, late))(t)
	second := w.announced(t, discount(p))
	if b := got(w.Benefits.Get(auditor, first.ID))(t); b.EndsFrom != late.TakesEffect || b.Version != first.Version {
		t.Errorf("%+v", b)
	}
	told := got(w.Benefits.Announcements(auditor, second.ID))(t)
	if len(told) != 1 || told[0].Kind != member.TellsChange {
		t.Errorf("%+v", told)
	}
	w.clock.Advance(30 * days)
	refused(w.Benefits.Start(designer, second.ID))(t, kernel.ErrState, "may end from 2027-02-20")
	w.clock.Advance(30 * days)
	got(w.Benefits.Start(designer, second.ID))(t)
	if b := got(w.Benefits.Get(auditor, first.ID))(t); b.State != member.BenefitRetired {
		t.Error(b.State)
	}
	w.sound(t)
}

// What members have already, by another system, is taken over, and ends like any other;
// mornings turn what was announced.
func TestOldBenefitsGoOn(t *testing.T) {
	t.Parallel()
	onAll(t, member.Config{}, func(t *testing.T, w *world) {
		p := w.club(t, "club")
		w.joins(t, p, "c-1", "basic")
		old := member.OldBenefit{Design: discount(p), Since: kernel.NewDate(2024, 1, 1)}
		_, err := w.Benefits.Adopt(manager, member.OldBenefit{Design: discount(p), Since: day.AddDays(1)})
		if d := cmp.Diff([]string{"since:future"}, faults(t, err)); d != "" {
			t.Error(d)
		}
		first := got(w.Benefits.Adopt(manager, old))(t)
		refused(w.Benefits.Adopt(manager, old))(t, kernel.ErrDuplicate)
		if d := got(w.Benefits.Discount(agent, "c-1", "ACC"))(t); d.BenefitID != first.ID {
			t.Errorf("%+v", d)
		}
		better := discount(p)
		better.Rate = yuan("0.08")
		second := w.announced(t, better)
		other := got(w.Benefits.Adopt(manager, member.OldBenefit{Design: salon(p, 1), Since: day}))(t)
		got(w.Benefits.AnnounceEnd(designer, other.ID, published))(t)
		if done := got(w.Benefits.TurnAll(system))(t); done != (member.Turned{}) {
			t.Errorf("%+v", done)
		}
		w.clock.Advance(30 * days)
		if done := got(w.Benefits.TurnAll(system))(t); done != (member.Turned{Started: 1, Ended: 1}) {
			t.Errorf("%+v", done)
		}
		if d := got(w.Benefits.Discount(agent, "c-1", "ACC"))(t); d.BenefitID != second.ID {
			t.Errorf("%+v", d)
		}
		if b := got(w.Benefits.Get(auditor, first.ID))(t); b.State != member.BenefitRetired {
			t.Error(b.State)
		}
		w.sound(t)
	})
}

// Of two editions that are announced at once, one is.
func TestTwoEditionsAreAnnouncedAtOnce(t *testing.T) {
	t.Parallel()
	onAll(t, member.Config{}, func(t *testing.T, w *world) {
		p := w.club(t, "club")
		var ids []kernel.ID
		for range 4 {
			b := got(w.Benefits.Draft(designer, discount(p)))(t)
			ids = append(ids, got(w.Benefits.Approve(manager, b.ID))(t).ID)
		}
		if d := cmp.Diff([]member.BenefitEvent{"Announce", "Discard"}, allowed(got(w.Benefits.Allowed(designer, ids[0]))(t))); d != "" {
			t.Error(d)
		}
		n := 0
		for _, err := range together(len(ids), func(i int) error { _, err := w.Benefits.Announce(designer, ids[i], published); return err }) {
			switch {
			case err == nil:
				n++
			case !beaten(err):
				t.Error(err)
			}
		}
		if n != 1 {
			t.Errorf("%d editions are announced", n)
		}
		for _, id := range ids {
			if got(w.Benefits.Get(auditor, id))(t).State != member.BenefitApproved {
				continue
			}
			if d := cmp.Diff([]member.BenefitEvent{"Discard"}, allowed(got(w.Benefits.Allowed(designer, id))(t))); d != "" {
				t.Error(d)
			}
		}
		w.sound(t)
	})
}

// Who has the best discount, and who none.
func TestDiscounts(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-basic", "basic")
	w.joins(t, p, "c-gold", "gold")
	all := discount(p)
	all.Code, all.Rate, all.Products, all.Tiers = "all-10", yuan("0.1"), nil, []member.TierQuota{{Tier: "gold"}}
	all.Quota, all.Per = 1, member.PerMembershipYear
	w.effective(t, discount(p), all)
	for _, tt := range []struct {
		customer kernel.Ref
		product  string
		rate     string
		benefit  string
	}{
		{"c-basic", "ACC", "0.05", "acc-5"},
		{"c-basic", "LIFE", "0", ""},
		{"c-gold", "ACC", "0.1", "all-10"},
		{"c-gold", "LIFE", "0.1", "all-10"},
		{"c-stranger", "ACC", "0", ""},
	} {
		d := got(w.Benefits.Discount(agent, tt.customer, tt.product))(t)
		if !d.Rate.Equal(yuan(tt.rate)) || d.Benefit != tt.benefit {
			t.Errorf("%s, %s: %+v", tt.customer, tt.product, d)
		}
	}
	g := got(w.Quotas.Redeem(agent, member.Redemption{Customer: "c-gold", Benefit: "all-10", Product: "LIFE", AboutKind: "application", About: "A-1"}, kernel.Key("A-1")))(t)
	again := got(w.Quotas.Redeem(agent, member.Redemption{Customer: "c-gold", Benefit: "all-10", Product: "LIFE", AboutKind: "application", About: "A-1"}, kernel.Key("A-1")))(t)
	if g.Used != 1 || g.Period != "2026-03-15/1y" || again.Used != 1 || !again.Replayed || again.ID != g.ID {
		t.Errorf("%+v, %+v", g, again)
	}
	if d := got(w.Benefits.Discount(agent, "c-gold", "ACC"))(t); d.Benefit != "acc-5" {
		t.Errorf("the quota is used up, the other one is left: %+v", d)
	}
	_, err := w.Quotas.Redeem(agent, member.Redemption{Customer: "c-gold", Benefit: "all-10"})
	if d := cmp.Diff([]string{"benefit:exhausted"}, faults(t, err)); d != "" {
		t.Error(d)
	}
	w.clock.Set(kernel.NewDate(2027, 3, 15).Time()) // another membership year
	if d := got(w.Benefits.Discount(agent, "c-gold", "ACC"))(t); d.Benefit != "all-10" || d.Left != 1 {
		t.Errorf("%+v", d)
	}
	w.sound(t)
}

// At a transaction a member is told what the membership gives, once.
func TestMembersAreToldAtTheirTransactions(t *testing.T) {
	t.Parallel()
	onAll(t, member.Config{}, func(t *testing.T, w *world) {
		p := w.club(t, "club")
		w.joins(t, p, "c-1", "gold")
		w.effective(t, discount(p), checkup(p))
		policy := command.Case{Kind: "policy", ID: kernel.NewID()}
		for range 2 {
			if err := w.Benefits.TellBenefits(agent, w.engine, policy, "c-1"); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Benefits.TellBenefits(agent, w.engine, policy, "c-stranger"); err != nil {
			t.Fatal(err)
		}
		if err := w.Benefits.TellBenefits(agent, w.engine, command.Case{Kind: "claim", ID: kernel.NewID()}, "c-1"); err != nil {
			t.Fatal(err)
		}
		told := got(w.Benefits.Told(auditor, "c-1", kernel.List{}))(t).Items
		if len(told) != 2 || told[1].AboutKind != "policy" || told[1].AboutID != policy.ID {
			t.Fatalf("%+v", told)
		}
		want := []member.ToldBenefit{
			{Code: "acc-5", Edition: 1, Name: both("Accident discount", "意外险优惠"), Tier: "gold", Without: true},
			{Code: "checkup", Edition: 1, Name: both("Health check", "健康体检"), Tier: "gold", Left: 1},
		}
		if d := cmp.Diff(want, told[1].Benefits); d != "" {
			t.Error(d)
		}
		if c := told[1].Concerns(); len(c) != 1 || c[0] != policy {
			t.Errorf("%+v", c)
		}
		if n := len(got(w.Benefits.Told(auditor, "c-stranger", kernel.List{}))(t).Items); n != 0 {
			t.Error("a stranger was told")
		}
		w.sound(t)
	})
}
