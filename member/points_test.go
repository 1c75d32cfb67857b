package member_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

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
