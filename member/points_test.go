package member_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
)

func earning(points int64, source string) member.Earning {
	return member.Earning{Points: points, Source: kernel.Ref(source), Code: "premium"}
}

func spending(points int64) member.Spending {
	return member.Spending{Points: points, Reference: "gift"}
}

// What expires first is spent first; what is over is gone; what was given in error is
// taken back, unless it is spent.
func TestPointsComeAndGo(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		m := w.joined(t, "c-1")
		got(w.Members.Earn(agent, m.ID, earning(100, "receipt-1")))(t) // until 2028-11-22
		soon := earning(50, "birthday")
		soon.Expires = day + 30
		got(w.Members.Earn(agent, m.ID, soon))(t)
		m = got(w.Members.Earn(agent, m.ID, earning(30, "error")))(t)
		if m.Points != 180 {
			t.Fatalf("%d points", m.Points)
		}
		left := func() string {
			b, lots, err := w.Members.Lots(auditor, m.ID)
			if err != nil {
				t.Fatal(err)
			}
			s := fmt.Sprintf("%d, %d go %s:", b.Points, b.Going, b.Next)
			for _, l := range lots {
				s += fmt.Sprintf(" %s %d", l.Source, l.Remaining)
			}
			return s
		}
		if have, want := left(), "180, 50 go 2026-12-22: birthday 50 receipt-1 100 error 30"; have != want {
			t.Errorf("%s", have)
		}
		m = got(w.Members.Spend(agent, m.ID, spending(20)))(t)
		if have, want := left(), "160, 30 go 2026-12-22: birthday 30 receipt-1 100 error 30"; have != want || m.Points != 160 {
			t.Errorf("%s; %d", have, m.Points)
		}
		got(w.Members.Reverse(agent, m.ID, member.Reversal{Source: "error", Grounds: why}))(t)
		w.unwritten(t, func() {
			wrong(w.Members.Reverse(agent, m.ID, member.Reversal{Source: "error", Grounds: why}))(t, "source:empty")
			refused(w.Members.Reverse(agent, m.ID, member.Reversal{Source: "birthday", Grounds: why}))(t, kernel.ErrInvalid, "20 of its 50 points are spent")
			wrong(w.Members.Reverse(agent, m.ID, member.Reversal{Source: "nothing", Grounds: why}))(t, "source:unknown")
			refused(w.Members.Spend(agent, m.ID, spending(131)))(t, kernel.ErrInvalid, "only 130 points are there")
		})

		// On the thirtieth day the birthday's are over, booked or not.
		w.on(day + 30)
		if have, want := left(), "100, 100 go 2028-11-22: receipt-1 100"; have != want {
			t.Errorf("%s", have)
		}
		wrong(w.Members.Spend(agent, m.ID, spending(101)))(t, "points:balance")
		m = got(w.Members.ExpirePoints(manager, m.ID, 0))(t)
		if m.Points != 100 {
			t.Errorf("%d points", m.Points)
		}
		w.unwritten(t, func() { got(w.Members.ExpirePoints(manager, m.ID, 0))(t) })
		m = got(w.Members.Spend(agent, m.ID, spending(100)))(t)
		if have, want := left(), "0, 0 go :"; have != want || m.Points != 0 {
			t.Errorf("%s; %d", have, m.Points)
		}
		var tale []string
		for _, x := range got(w.Members.Statement(auditor, m.ID, kernel.List{}))(t).Items {
			tale = append(tale, fmt.Sprint(x.Kind, " ", x.Points))
		}
		if want := "spent 100, expired 30, reversed 30, spent 20, earned 30, earned 50, earned 100"; strings.Join(tale, ", ") != want {
			t.Errorf("%q", tale)
		}
		w.sound(t)
	})
}

// A source gives its points once, whoever says it how often at the same time.
func TestASourceGivesOnce(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		m := w.joined(t, "c-1")
		for _, err := range together(16, func(int) error { return second(w.Members.Earn(agent, m.ID, earning(10, "receipt"))) }) {
			if err != nil {
				t.Error(err)
			}
		}
		again := got(w.Members.Earn(agent, m.ID, earning(10, "receipt")))(t)
		if !again.Replayed || again.Points != 10 {
			t.Errorf("%+v", again)
		}
		w.unwritten(t, func() {
			wrong(w.Members.Earn(agent, m.ID, earning(11, "receipt")))(t, "points:conflict")
			got(w.Members.Earn(agent, m.ID, earning(10, "receipt"), kernel.Key("k")))(t)
		})
		w.sound(t)
	})
}

// Sixty-four people spend at once what is enough for ten of them.
func TestNobodyOverdraws(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		m := w.joined(t, "c-1")
		for i := range 5 {
			got(w.Members.Earn(agent, m.ID, earning(21, fmt.Sprint("r-", i))))(t)
		}
		spent := 0
		for _, err := range together(64, func(int) error { return second(w.Members.Spend(agent, m.ID, spending(10))) }) {
			switch {
			case err == nil:
				spent++
			case !errors.Is(err, kernel.ErrInvalid) && !errors.Is(err, kernel.ErrConflict):
				t.Error(err)
			}
		}
		m = got(w.Members.Get(agent, m.ID))(t)
		if spent > 10 || m.Points != 105-10*int64(spent) {
			t.Errorf("%d times spent, %d left", spent, m.Points)
		}
		for range 10 - spent { // who met others again and again may try once more
			got(w.Members.Spend(agent, m.ID, spending(10)))(t)
		}
		wrong(w.Members.Spend(agent, m.ID, spending(10)))(t, "points:balance")
		w.sound(t)
	})
}

// Whatever happens in whatever order: no column of a lot is negative, the balance is the
// sum of what is left, and every figure is that of a ledger kept by hand.
func TestBalanceIsTheSumOfLots(t *testing.T) {
	t.Parallel()
	type byHand struct {
		points, left, spent int64
		until               kernel.Date
		earned              kernel.Date
	}
	rapid.Check(t, func(rt *rapid.T) {
		w := newInsurer()
		rules := ladder()
		forever := rapid.Bool().Draw(rt, "forever")
		if forever {
			rules.PointMonths = 0
		}
		m := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: w.founded(rt, "club", rules).ID, Customer: "c-1"}))(rt)
		today := day
		var names, spendings []string
		lots := map[string]*byHand{}
		spent := map[string]map[*byHand]int64{} // by reference
		usable := func() (sum int64) {
			for _, l := range lots {
				if l.until > today {
					sum += l.left
				}
			}
			return sum
		}
		for range rapid.IntRange(1, 25).Draw(rt, "steps") {
			switch rapid.SampledFrom([]string{"earn", "earn", "spend", "spend", "reverse", "return", "expire", "wait", "freeze"}).Draw(rt, "step") {
			case "earn":
				source := fmt.Sprint("s-", rapid.IntRange(0, 8).Draw(rt, "source"))
				in := earning(rapid.Int64Range(-1, 100).Draw(rt, "points"), source)
				if n := rapid.IntRange(0, 40).Draw(rt, "days"); n > 0 {
					in.Expires = today.AddDays(n)
				}
				_, err := w.Members.Earn(agent, m.ID, in)
				before := lots[source]
				switch {
				case in.Points < 1, before != nil && before.points != in.Points:
					refused(0, err)(rt, kernel.ErrInvalid)
				case err != nil:
					rt.Fatal(err)
				case before == nil:
					switch {
					case in.Expires == 0 && forever:
						in.Expires = kernel.LastDate
					case in.Expires == 0:
						in.Expires = today.AddMonths(24)
					}
					lots[source] = &byHand{points: in.Points, left: in.Points, until: in.Expires, earned: today}
					names = append(names, source)
				}
			case "spend":
				in := spending(rapid.Int64Range(0, 150).Draw(rt, "points"))
				in.Reference = kernel.Ref(fmt.Sprint("gift-", rapid.IntRange(0, 3).Draw(rt, "reference")))
				_, err := w.Members.Spend(agent, m.ID, in)
				n, ref := in.Points, string(in.Reference)
				if n < 1 || n > usable() {
					refused(0, err)(rt, kernel.ErrInvalid)
					continue
				}
				if err != nil {
					rt.Fatal(err)
				}
				if spent[ref] == nil {
					spent[ref], spendings = map[*byHand]int64{}, append(spendings, ref)
				}
				for n > 0 { // always from the lot that goes first
					var next *byHand
					for _, name := range names {
						l := lots[name]
						if l.left > 0 && l.until > today && (next == nil || l.until < next.until || l.until == next.until && l.earned < next.earned) {
							next = l
						}
					}
					k := min(n, next.left)
					next.left, next.spent, n = next.left-k, next.spent+k, n-k
					spent[ref][next] += k
				}
			case "return":
				if len(spendings) == 0 {
					continue
				}
				ref := rapid.SampledFrom(spendings).Draw(rt, "reference")
				_, err := w.Members.Return(agent, m.ID, member.Refund{Reference: kernel.Ref(ref), Grounds: why})
				if len(spent[ref]) == 0 {
					refused(0, err)(rt, kernel.ErrInvalid)
				} else if err != nil {
					rt.Fatal(err)
				}
				for l, n := range spent[ref] {
					l.left, l.spent = l.left+n, l.spent-n
				}
				clear(spent[ref])
			case "reverse":
				if len(names) == 0 {
					continue
				}
				source := rapid.SampledFrom(names).Draw(rt, "source")
				_, err := w.Members.Reverse(agent, m.ID, member.Reversal{Source: kernel.Ref(source), Grounds: why})
				switch l := lots[source]; {
				case l.spent > 0 || l.left == 0:
					refused(0, err)(rt, kernel.ErrInvalid)
				case err == nil:
					l.left = 0
				case l.until > today: // when it is over, and that was booked, nothing is left
					rt.Fatal(err)
				}
			case "expire":
				got(w.Members.ExpirePoints(manager, m.ID, today-kernel.Date(rapid.IntRange(0, 3).Draw(rt, "ago"))))(rt)
			case "wait":
				today = today.AddDays(rapid.IntRange(1, 20).Draw(rt, "days"))
				w.on(today)
			case "freeze":
				got(w.Members.Freeze(agent, m.ID, why))(rt)
				refused(w.Members.Spend(agent, m.ID, spending(1)))(rt, kernel.ErrState)
				refused(w.Members.Earn(agent, m.ID, earning(1, "frozen")))(rt, kernel.ErrState)
				got(w.Members.Unfreeze(agent, m.ID, why))(rt)
			}
			balance, _, err := w.Members.Lots(agent, m.ID)
			if err != nil || balance.Points != usable() {
				rt.Fatalf("%d can be spent, by hand %d, %v", balance.Points, usable(), err)
			}
		}
		var sum, booked int64
		for _, l := range allLots(rt, w, m.ID) {
			if min(l.Spent, l.Expired, l.Reversed, l.Merged, l.Remaining) < 0 || l.Earned != l.Spent+l.Expired+l.Reversed+l.Merged+l.Remaining {
				rt.Fatalf("lot %+v", l)
			}
			if hand := lots[string(l.Source)]; hand.spent != l.Spent || hand.points != l.Earned {
				rt.Fatalf("lot %+v, by hand %+v", l, hand)
			}
			sum += l.Remaining
		}
		for _, x := range got(w.Members.Statement(agent, m.ID, kernel.List{Limit: kernel.MaxLimit}))(rt).Items {
			if x.Kind == member.MoveEarned || x.Kind == member.MoveReturned {
				booked += x.Points
			} else {
				booked -= x.Points
			}
		}
		if m = got(w.Members.Get(agent, m.ID))(rt); m.Points != sum || m.Points != booked || m.Points < 0 {
			rt.Fatalf("balance %d, lots %d, statement %d", m.Points, sum, booked)
		}
		w.sound(rt)
	})
}

// What was spent comes back to where it came from; what is over by then is gone.
func TestSpentPointsComeBack(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		m := w.joined(t, "c-1")
		soon := earning(10, "soon")
		soon.Expires = day + 5
		got(w.Members.Earn(agent, m.ID, soon))(t)
		got(w.Members.Earn(agent, m.ID, earning(10, "late")))(t)
		got(w.Members.Spend(agent, m.ID, spending(15)))(t)
		got(w.Members.Spend(agent, m.ID, member.Spending{Points: 2, Reference: "tea"}))(t)
		w.on(day + 5)
		back := member.Refund{Reference: "gift", Grounds: why}
		m = got(w.Members.Return(agent, m.ID, back))(t)
		if m.Points != 8 { // ten less the tea
			t.Errorf("%d points", m.Points)
		}
		w.unwritten(t, func() {
			wrong(w.Members.Return(agent, m.ID, back))(t, "reference:unknown")
			wrong(w.Members.Return(agent, m.ID, member.Refund{Reference: "nothing", Grounds: why}))(t, "reference:unknown")
			wrong(w.Members.Return(agent, m.ID, member.Refund{}))(t, "reference:required", "grounds.code:required")
			refused(w.Members.Return(auditor, m.ID, back))(t, kernel.ErrForbidden)
		})
		w.sound(t)
	})
}

// In one unit of work a source gives once, too, and all is taken back together.
func TestPointsInAUnit(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		m := w.joined(t, "c-1")
		unit := func(points int64) error {
			return w.engine.Together(agent, command.Group{}, func(ctx context.Context, r command.Runner) error {
				in := member.New(r, member.Config{}).Members
				got(in.Earn(ctx, m.ID, earning(30, "a")))(t)
				if again := got(in.Earn(ctx, m.ID, earning(30, "a")))(t); !again.Replayed || again.Points != 30 {
					t.Errorf("%+v", again)
				}
				return second(in.Spend(ctx, m.ID, spending(points)))
			})
		}
		w.unwritten(t, func() { refused(0, unit(31))(t, kernel.ErrInvalid) })
		if err := unit(29); err != nil {
			t.Fatal(err)
		}
		if m = got(w.Members.Get(agent, m.ID))(t); m.Points != 1 {
			t.Errorf("%d points", m.Points)
		}
		w.unwritten(t, func() {
			if try := got(w.Members.Spend(agent, m.ID, spending(1), kernel.DryRun()))(t); try.Points != 0 {
				t.Errorf("%d points", try.Points)
			}
		})
		first := got(w.Members.Spend(agent, m.ID, spending(1), kernel.Key("k")))(t)
		again := got(w.Members.Spend(agent, m.ID, spending(1), kernel.Key("k")))(t)
		refused(w.Members.Spend(agent, m.ID, spending(2), kernel.Key("k")))(t, kernel.ErrKeyReused)
		if !again.Replayed || first.Points != 0 || again.Points != 0 {
			t.Errorf("%+v, %+v", first, again)
		}
		w.sound(t)
	})
}

// Points that are over are booked for everybody, some at a time.
func TestExpireDuePoints(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		p := w.founded(t, "club", ladder())
		for i := range 5 {
			m := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: kernel.Ref(fmt.Sprint("c-", i))}))(t)
			in := earning(10, "r")
			in.Expires = day + kernel.Date(10*(i+1))
			got(w.Members.Earn(agent, m.ID, in))(t)
		}
		w.on(day + 40)
		wrong(w.Members.ExpireDuePoints(manager, day+41, 0))(t, "on:range")
		var gone []int
		for {
			done := got(w.Members.ExpireDuePoints(manager, day+39, 2))(t)
			if len(done) == 0 {
				break
			}
			gone = append(gone, len(done))
		}
		if fmt.Sprint(gone) != "[2 1]" {
			t.Errorf("%v", gone)
		}
		w.sound(t)
	})
}

func TestFaultyPoints(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	m := w.joined(t, "c-1")
	w.unwritten(t, func() {
		wrong(w.Members.Earn(agent, m.ID, member.Earning{Code: "\n", Expires: kernel.LastDate + 1}))(t, "points:range", "source:required", "code:control", "expires:range")
		wrong(w.Members.Earn(agent, m.ID, member.Earning{Points: 1, Source: "s", Expires: day}))(t, "expires:range")
		wrong(w.Members.Earn(agent, m.ID, earning(1_000_000_000_001, "s")))(t, "points:range")
		wrong(w.Members.Spend(agent, m.ID, member.Spending{Points: -5, Code: "\n"}))(t, "points:range", "reference:required", "code:control")
		wrong(w.Members.Reverse(agent, m.ID, member.Reversal{}))(t, "source:required", "grounds.code:required")
		wrong(w.Members.ExpirePoints(manager, m.ID, day+1))(t, "on:range")
		refused(w.Members.Earn(auditor, m.ID, earning(1, "s")))(t, kernel.ErrForbidden)
		refused(w.Members.Earn(agent, "nobody", earning(1, "s")))(t, kernel.ErrNotFound)
	})
}
