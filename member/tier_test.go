package member_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/member"
)

// Gold for a premium, kept until the review although it fell, silver for two years, and
// platinum for points: each with its reason in words.
func TestWhyGold(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		w.host.pays("c-1", day, "60000")
		w.host.pays("c-1", kernel.NewDate(2027, 3, 1), "10000")
		m := w.joined(t, "c-1")
		if m.Tier != "gold" || m.JoinedOn != day {
			t.Fatalf("%+v", m)
		}
		step := func(on kernel.Date, tier string, basis member.Basis, en, zh string) member.Evaluation {
			t.Helper()
			w.on(on)
			e := got(w.Members.EvaluateTier(agent, m.ID, 0))(t)
			if e.Tier != tier || e.Basis != basis || e.On != on || e.Why != (workflow.Label{EN: en, ZH: zh}) {
				t.Errorf("%s: %s by %s: %s / %s", on, e.Tier, e.Basis, e.Why.EN, e.Why.ZH)
			}
			return e
		}
		step(day, "gold", member.ByDay, "premium in force 60000.00 of 50000.00 CNY", "有效保费 60000.00 元，要求 50000.00 元")
		e := step(kernel.NewDate(2027, 3, 1), "gold", member.ByReview,
			"kept from 2026-11-22 until the review of 2027-11-22: premium in force 60000.00 of 50000.00 CNY",
			"自 2026-11-22 起保留至 2027-11-22 评定：有效保费 60000.00 元，要求 50000.00 元")
		if !e.Figures.Premium.Equal(yuan("10000")) || !e.Review.Premium.Equal(yuan("60000")) || e.NextReview != kernel.NewDate(2027, 11, 22) {
			t.Errorf("%+v", e)
		}
		if want := "Platinum: one of: premium in force 10000.00 of 200000.00 CNY; 0 points of 20000"; e.Next.EN != want {
			t.Errorf("next: %s", e.Next.EN)
		}
		step(kernel.NewDate(2027, 11, 22), "basic", member.ByDay, "open to every member", "所有会员均可享有")
		step(kernel.NewDate(2028, 11, 21), "basic", member.ByDay, "open to every member", "所有会员均可享有")
		step(kernel.NewDate(2028, 11, 22), "silver", member.ByDay, "membership of 2 full years of 2", "入会满 2 年，要求 2 年")

		// What is earned on a day counts from the next, at whatever hour one asks.
		w.on(kernel.NewDate(2028, 12, 1))
		got(w.Members.Earn(agent, m.ID, member.Earning{Points: 20_000, Source: "campaign"}))(t)
		step(kernel.NewDate(2028, 12, 1), "silver", member.ByDay, "membership of 2 full years of 2", "入会满 2 年，要求 2 年")
		e = step(kernel.NewDate(2028, 12, 2), "platinum", member.ByDay,
			"one of: premium in force 10000.00 of 200000.00 CNY; 20000 points of 20000",
			"满足其一：有效保费 10000.00 元，要求 200000.00 元；积分 20000 分，要求 20000 分")
		if e.Next != (workflow.Label{}) {
			t.Errorf("above platinum is %s", e.Next.EN)
		}
		tiers := got(w.Members.Tiers(auditor, m.ID))(t)
		var tale []string
		for _, p := range tiers {
			tale = append(tale, fmt.Sprintf("%s %s-%s", p.Tier, p.From, p.To))
		}
		if want := []string{"gold 2026-11-22-2027-11-22", "basic 2027-11-22-2028-11-22", "silver 2028-11-22-2028-12-02", "platinum 2028-12-02-"}; !slices.Equal(tale, want) {
			t.Errorf("%q", tale)
		}
		if e := got(w.Members.TierOn(auditor, m.ID, kernel.NewDate(2027, 7, 1)))(t); e.Tier != "gold" || e.On != kernel.NewDate(2027, 3, 1) {
			t.Errorf("%+v", e)
		}
		refused(w.Members.TierOn(auditor, m.ID, day-1))(t, kernel.ErrNotFound)
		w.sound(t)
	})
}

// deed is something that happens to a member's figures on a day.
type deed struct {
	on     kernel.Date
	what   string
	amount int64
}

// The same day gives the same answer: asked on the day itself or years later, once or
// again, in whatever order.
func TestTheSameAnswerWheneverAsked(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		last := day.AddMonths(40)
		anyDay := rapid.Custom(func(rt *rapid.T) kernel.Date { return day.AddDays(rapid.IntRange(0, last.Sub(day)).Draw(rt, "day")) })
		deeds := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) deed {
			return deed{anyDay.Draw(rt, "on"), rapid.SampledFrom([]string{"premium", "earn", "reverse"}).Draw(rt, "what"),
				rapid.SampledFrom([]int64{0, 9_000, 11_000, 49_999, 50_000, 250_000}).Draw(rt, "amount")}
		}), 0, 12).Draw(rt, "deeds")
		asked := rapid.SliceOfNDistinct(anyDay, 1, 8, rapid.ID).Draw(rt, "asked")
		review := rapid.SampledFrom([]int{1, 5, 12}).Draw(rt, "review")
		revised := rapid.Bool().Draw(rt, "revised")
		slices.SortStableFunc(deeds, func(a, b deed) int { return a.on.Sub(b.on) })

		live := func(w *insurer, onTheDay func(m member.Member, d kernel.Date)) member.Member {
			w.host.pays("c-1", day, "1000")
			for _, d := range deeds { // the host knows what will have been in force
				if d.what == "premium" {
					w.host.pays("c-1", d.on, fmt.Sprint(d.amount))
				}
			}
			rules := ladder()
			rules.ReviewMonths = review
			p := w.founded(rt, "club", rules)
			m := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: "c-1"}))(rt)
			if revised {
				rules.Tiers = slices.Delete(slices.Clone(rules.Tiers), 2, 3) // gold is no more
				got(w.Programs.Revise(designer, p.ID, member.Revision{From: day.AddMonths(15), Rules: rules}))(rt)
			}
			earned, n := "", 0
			for on := day; on <= last; on++ {
				due := slices.IndexFunc(deeds, func(d deed) bool { return d.on == on }) >= 0
				if !due && !slices.Contains(asked, on) {
					continue
				}
				w.on(on)
				onTheDay(m, on)
				for _, d := range deeds {
					switch {
					case d.on != on || d.amount == 0:
					case d.what == "earn":
						n++
						earned = fmt.Sprint("s-", n)
						got(w.Members.Earn(agent, m.ID, member.Earning{Points: d.amount, Source: kernel.Ref(earned)}))(rt)
					case d.what == "reverse" && earned != "":
						got(w.Members.Reverse(agent, m.ID, member.Reversal{Source: kernel.Ref(earned), Grounds: why}))(rt)
						earned = ""
					}
				}
			}
			w.on(last)
			return got(w.Members.Get(agent, m.ID))(rt)
		}
		answer := func(w *insurer, m member.Member, on kernel.Date) member.Evaluation {
			e := got(w.Members.EvaluateTier(agent, m.ID, on))(rt)
			e.Meta, e.MemberID = kernel.Meta{}, ""
			return e
		}

		// One is asked on each day, before anything happens there.
		early := newInsurer()
		first := map[kernel.Date]member.Evaluation{}
		m := live(early, func(m member.Member, on kernel.Date) {
			if slices.Contains(asked, on) {
				first[on] = answer(early, m, on)
			}
		})
		// The other is asked when all is over, in another order, twice.
		late := newInsurer()
		n := live(late, func(member.Member, kernel.Date) {})
		order := slices.Clone(asked)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for range 2 {
			for _, on := range order {
				if d := cmp.Diff(first[on], answer(late, n, on)); d != "" {
					rt.Fatalf("%s: on the day, later:\n%s", on, d)
				}
			}
		}
		m, n = got(early.Members.Get(agent, m.ID))(rt), got(late.Members.Get(agent, n.ID))(rt)
		if m.Tier != n.Tier || m.TierOn != n.TierOn || m.Points != n.Points {
			rt.Fatalf("the members differ: %+v, %+v", m, n)
		}
		if d := cmp.Diff(got(early.Members.Tiers(auditor, m.ID))(rt), got(late.Members.Tiers(auditor, n.ID))(rt)); d != "" {
			rt.Fatal(d)
		}
	})
}

// Points that are taken back do not count from the next day on. They did before, and what
// was reached with them at a review is kept.
func TestReversedPointsDoNotCount(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	m := w.joined(t, "c-1")
	got(w.Members.Earn(agent, m.ID, earning(15_000, "a")))(t)
	got(w.Members.Earn(agent, m.ID, earning(9_000, "b")))(t)
	w.on(day + 2)
	got(w.Members.Reverse(agent, m.ID, member.Reversal{Source: "b", Grounds: why}))(t)
	got(w.Members.Spend(agent, m.ID, spending(15_000)))(t) // what is spent was earned all the same
	w.on(kernel.NewDate(2027, 11, 23))
	for _, x := range []struct {
		on     kernel.Date
		points int64
		tier   string
	}{
		{day, 0, "basic"}, {day + 1, 24_000, "platinum"}, {day + 2, 24_000, "platinum"}, {day + 3, 15_000, "basic"},
		{kernel.NewDate(2027, 11, 22), 15_000, "basic"}, {kernel.NewDate(2027, 11, 23), 0, "basic"},
	} {
		if e := got(w.Members.EvaluateTier(agent, m.ID, x.on))(t); e.Figures.Points != x.points || e.Tier != x.tier {
			t.Errorf("%s: %d points, %s", x.on, e.Figures.Points, e.Tier)
		}
	}
}

// A day that was evaluated is answered from what was written: the host is not asked and
// nothing is written. So it is for those who ask at the same time.
func TestADayIsEvaluatedOnce(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		m := w.joined(t, "c-1")
		w.on(day + 100)
		errs := together(16, func(int) error { return second(w.Members.EvaluateTier(agent, m.ID, day+50)) })
		for _, err := range errs {
			if err != nil {
				t.Error(err)
			}
		}
		if h := got(w.Members.History(auditor, m.ID))(t); len(h) != 3 { // enrolled, admitted, evaluated
			t.Errorf("%d entries", len(h))
		}
		asked := w.host.asked
		w.unwritten(t, func() { got(w.Members.EvaluateTier(agent, m.ID, day+50))(t) })
		if w.host.asked != asked {
			t.Error("the host was asked again")
		}
		w.sound(t)
	})
}

func TestDaysWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	m := w.joined(t, "c-1")
	w.on(day + 10)
	w.unwritten(t, func() {
		wrong(w.Members.EvaluateTier(agent, m.ID, day+11))(t, "on:range")
		wrong(w.Members.EvaluateTier(agent, m.ID, day-1))(t, "on:range")
		wrong(w.Members.EvaluateTier(agent, m.ID, kernel.LastDate+1))(t, "on:range")
		wrong(w.Members.EvaluateTiers(manager, member.Evaluating{On: day + 11}, kernel.List{}))(t, "on:range")
		wrong(w.Members.EvaluateTiers(manager, member.Evaluating{On: -5}, kernel.List{}))(t, "on:range")
		wrong(w.Members.EvaluateTiers(manager, member.Evaluating{Program: "x"}, kernel.List{}))(t, "program:unknown")
		refused(w.Members.EvaluateTiers(agent, member.Evaluating{}, kernel.List{}))(t, kernel.ErrForbidden)
		refused(w.Members.EvaluateTier(auditor, m.ID, 0))(t, kernel.ErrForbidden)
		refused(w.Members.EvaluateTier(agent, "nobody", 0))(t, kernel.ErrNotFound)
	})
	got(w.Members.Terminate(agent, m.ID, why))(t)
	refused(w.Members.EvaluateTier(agent, m.ID, 0))(t, kernel.ErrState)
}

// All members of a program, page by page; a second run gives the same and writes nothing.
func TestEvaluateAllByPages(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		p, other := w.founded(t, "club", ladder()), w.founded(t, "other", ladder())
		for i := range 7 {
			c := kernel.Ref(fmt.Sprint("c-", i))
			w.host.pays(c, day, fmt.Sprint(i*20_000))
			m := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: c}))(t)
			if i == 6 {
				got(w.Members.Freeze(agent, m.ID, why))(t)
			}
		}
		got(w.Members.EnrolDirect(agent, member.Enrolment{Program: other.ID, Customer: "c-1"}))(t)
		gone := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: "c-9"}))(t)
		got(w.Members.Terminate(agent, gone.ID, why))(t)
		w.on(day + 30)
		all := func() []string {
			var tiers []string
			for list := (kernel.List{Limit: 3}); ; {
				page := got(w.Members.EvaluateTiers(manager, member.Evaluating{Program: p.ID, On: day + 20}, list))(t)
				for _, e := range page.Items {
					tiers = append(tiers, e.Tier)
				}
				if list.After = page.Next; list.After == "" {
					return tiers
				}
			}
		}
		want := []string{"basic", "basic", "basic", "gold", "gold", "gold", "gold"}
		if have := all(); !slices.Equal(have, want) {
			t.Errorf("%q", have)
		}
		w.unwritten(t, func() {
			if again := all(); !slices.Equal(again, want) {
				t.Errorf("%q", again)
			}
		})
		w.sound(t)
	})
}

// Rules change from a day to come, and never for a day that has begun.
func TestRulesOfADayNeverChange(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	p := w.founded(t, "club", ladder())
	harder := ladder()
	harder.Tiers[2].Premium = yuan("90000")
	w.unwritten(t, func() {
		wrong(w.Programs.Revise(designer, p.ID, member.Revision{From: day, Rules: harder}))(t, "from:range")
		wrong(w.Programs.Found(designer, member.Founding{Code: "b", Name: both("B", "乙"), From: day + 1, Rules: harder}))(t, "from:range")
		refused(w.Programs.Found(designer, member.Founding{Code: "club", Name: both("B", "乙"), Rules: harder}))(t, kernel.ErrDuplicate)
	})
	got(w.Programs.Revise(designer, p.ID, member.Revision{From: day + 10, Rules: harder}))(t)
	wrong(w.Programs.Revise(designer, p.ID, member.Revision{From: day + 10, Rules: ladder()}))(t, "from:duplicate")
	w.host.pays("c-1", day, "60000")
	m := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: "c-1"}))(t)
	other := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: "c-2"}))(t)
	w.host.pays("c-2", day+5, "60000")
	w.on(day + 20)
	for _, x := range []struct {
		id   kernel.ID
		on   kernel.Date
		tier string
		from kernel.Date
	}{
		{m.ID, day + 9, "gold", day}, {m.ID, day + 10, "gold", day + 10}, // kept from the day of joining
		{other.ID, day + 9, "gold", day}, {other.ID, day + 10, "basic", day + 10},
	} {
		if e := got(w.Members.EvaluateTier(agent, x.id, x.on))(t); e.Tier != x.tier || e.RulesFrom != x.from {
			t.Errorf("%s: %s by the rules of %s", x.on, e.Tier, e.RulesFrom)
		}
	}
	if all := got(w.Programs.Rules(auditor, p.ID))(t); len(all) != 2 || all[0].From != day || !all[1].Rules.Tiers[2].Premium.Equal(yuan("90000")) {
		t.Errorf("%+v", all)
	}
	w.sound(t)
}

// Every fault of a program is told at once, and nothing is written.
func TestFaultyPrograms(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	long := string(slices.Repeat([]rune("长"), 201))
	w.unwritten(t, func() {
		wrong(w.Programs.Found(designer, member.Founding{}))(t, "code:required", "name.en:required", "name.zh:required", "rules.tiers:required")
		wrong(w.Programs.Found(designer, member.Founding{
			Code: "a\x00", Name: both(long, "\xff"), From: kernel.LastDate + 1, Branch: string(slices.Repeat([]byte("b"), 65)),
			Rules: member.Rules{
				ReviewMonths: -1, CountMonths: 121, PointMonths: -1, TermMonths: 999,
				Tiers: []member.Tier{
					{Code: "", Premium: yuan("1")},
					{Code: "x", Name: both("X", "某"), Premium: yuan("-1"), Years: -1, Points: -1},
					{Code: "x", Name: both("X", "某"), Premium: decimal.New(1, 1_000_000)},
					{Code: "y", Name: both("X", "某")},
					{Code: "z", Name: both("X", "某"), Premium: yuan("0.001"), Years: 101, Points: 1_000_000_000_001},
				},
			},
		}))(t,
			"code:control", "name.en:length", "name.zh:encoding", "from:range", "branch:length",
			"rules.review_months:range", "rules.count_months:range", "rules.point_months:range", "rules.term_months:range",
			"rules.tiers[0]:open", "rules.tiers[0].code:required", "rules.tiers[0].name.en:required", "rules.tiers[0].name.zh:required",
			"rules.tiers[1].premium:range", "rules.tiers[1].years:range", "rules.tiers[1].points:range",
			"rules.tiers[2].premium:range", "rules.tiers[2].code:duplicate", "rules.tiers[3]:required",
			"rules.tiers[4].premium:range", "rules.tiers[4].years:range", "rules.tiers[4].points:range",
		)
		refused(w.Programs.Found(agent, member.Founding{}))(t, kernel.ErrForbidden)
	})
}
