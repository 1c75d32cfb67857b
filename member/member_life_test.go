package member_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/storage/memory"
)

// A membership from the application to the end, on every store.
func TestTheLifeOfAMembership(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		rules := ladder()
		rules.TermMonths, rules.PointMonths = 12, 0
		p := w.founded(t, "club", rules)
		m := got(w.Members.Enrol(agent, member.Enrolment{Program: p.ID, Customer: "c-1", Channel: "desk", Adviser: "li", ReferredBy: "c-2"}))(t)
		if m.State != member.Applied || m.Number != "M-2026-00000001" || m.JoinedOn != 0 {
			t.Errorf("%+v", m)
		}
		w.on(day + 1)
		m = got(w.Members.Admit(agent, m.ID))(t)
		if m.State != member.Active || m.JoinedOn != day+1 || m.Since != day+1 || m.ExpiresOn != kernel.NewDate(2027, 11, 23) || m.Tier != "basic" {
			t.Errorf("%+v", m)
		}
		got(w.Members.Earn(agent, m.ID, earning(40, "r")))(t)
		got(w.Members.Freeze(agent, m.ID, why))(t)
		refused(w.Members.Earn(agent, m.ID, earning(40, "s")))(t, kernel.ErrState)
		got(w.Members.Unfreeze(agent, m.ID, why))(t)
		wrong(w.Members.Expire(manager, m.ID))(t, "expires_on:range")

		w.on(kernel.NewDate(2027, 11, 23))
		m = got(w.Members.Expire(system, m.ID))(t)
		refused(w.Members.Spend(agent, m.ID, spending(1)))(t, kernel.ErrState)
		// Who could renew does not join anew.
		var dup *kernel.DuplicateError
		if err := second(w.Members.Enrol(agent, member.Enrolment{Program: p.ID, Customer: "c-1"})); !errors.As(err, &dup) || !dup.Certain || !slices.Equal(dup.Candidates, []kernel.ID{m.ID}) {
			t.Errorf("%v", err)
		}
		w.on(kernel.NewDate(2028, 1, 1))
		m = got(w.Members.Renew(agent, m.ID))(t)
		if m.State != member.Active || m.ExpiresOn != kernel.NewDate(2029, 1, 1) || m.Points != 40 || m.JoinedOn != day+1 {
			t.Errorf("%+v", m)
		}
		m = got(w.Members.Terminate(agent, m.ID, why))(t)
		if m.State != member.Terminated || m.Points != 0 {
			t.Errorf("%+v", m)
		}
		again := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: "c-1"}))(t)
		if again.ID == m.ID || again.Points != 0 {
			t.Errorf("%+v", again)
		}
		if all := got(w.Members.ForCustomer(auditor, "c-1"))(t); len(all) != 2 {
			t.Errorf("%d memberships", len(all))
		}
		if one := got(w.Members.ByNumber(auditor, again.Number))(t); one.ID != again.ID {
			t.Errorf("%+v", one)
		}
		w.sound(t)
	})
}

// Membership without a term never expires.
func TestWithoutATerm(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	m := w.joined(t, "c-1")
	refused(w.Members.Expire(manager, m.ID))(t, kernel.ErrState, "no term")
}

// Of many who enrol one customer at the same moment, one does.
func TestOneLiveMembership(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		p := w.founded(t, "club", ladder())
		in := member.Enrolment{Program: p.ID, Customer: "c-1"}
		joined := 0
		for _, err := range together(16, func(int) error { return second(w.Members.EnrolDirect(agent, in)) }) {
			switch {
			case err == nil:
				joined++
			case !errors.Is(err, kernel.ErrDuplicate) && !errors.Is(err, kernel.ErrConflict):
				t.Error(err)
			}
		}
		all := got(w.Members.List(auditor, member.Filter{Program: p.ID, State: member.Active}, kernel.List{}))(t)
		if joined != 1 || len(all.Items) != 1 {
			t.Errorf("%d joined, %d members", joined, len(all.Items))
		}
		other := w.founded(t, "other", ladder())
		got(w.Members.Enrol(agent, member.Enrolment{Program: other.ID, Customer: "c-1"}))(t)
		refusedOne := got(w.Members.Enrol(agent, member.Enrolment{Program: p.ID, Customer: "c-2"}))(t)
		got(w.Members.Refuse(agent, refusedOne.ID, why))(t)
		got(w.Members.Enrol(agent, member.Enrolment{Program: p.ID, Customer: "c-2"}))(t)
		w.sound(t)
	})
}

// Two memberships of one customer become one with the points of both; each point keeps its
// source and its end.
func TestMerge(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		p := w.founded(t, "club", ladder())
		one := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: "c-1"}))(t)
		two := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: "c-2"}))(t)
		got(w.Members.Earn(agent, one.ID, earning(100, "a")))(t)
		got(w.Members.Spend(agent, one.ID, spending(30)))(t)
		got(w.Members.Earn(agent, one.ID, earning(5, "b")))(t)
		got(w.Members.Earn(agent, two.ID, earning(7, "a")))(t)
		one = got(w.Members.Merge(manager, one.ID, member.Merger{Into: two.ID, Grounds: why}))(t)
		two = got(w.Members.Get(agent, two.ID))(t)
		if one.State != member.Merged || one.Points != 0 || one.MergedInto != two.ID || two.Points != 82 || two.State != member.Active {
			t.Errorf("%+v\n%+v", one, two)
		}
		_, lots, err := w.Members.Lots(auditor, two.ID)
		have := map[int64]kernel.Date{}
		for _, l := range lots {
			have[l.Remaining] = l.ExpiresOn
		}
		if until := day.AddMonths(24); err != nil || fmt.Sprint(have) != fmt.Sprint(map[int64]kernel.Date{70: until, 5: until, 7: until}) {
			t.Errorf("%v, %v", have, err)
		}
		// What the first had earned the second has not to be given again.
		got(w.Members.Earn(agent, two.ID, earning(9, "c")))(t)
		three := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: "c-3"}))(t)
		got(w.Members.Spend(agent, two.ID, spending(1)))(t)
		got(w.Members.Merge(manager, two.ID, member.Merger{Into: three.ID, Grounds: why}))(t)
		for points, source := range map[int64]string{5: "b", 7: "a", 9: "c"} {
			if m := got(w.Members.Earn(agent, three.ID, earning(points, source)))(t); !m.Replayed || m.Points != 90 {
				t.Errorf("%s is given twice: %+v", source, m)
			}
		}
		// The points count towards the tier by the day on which they were earned.
		w.on(day + 1)
		if e := got(w.Members.EvaluateTier(agent, three.ID, 0))(t); e.Figures.Points != 90 {
			t.Errorf("%+v", e.Figures)
		}
		w.sound(t)
	})
}

// Two who merge each into the other at the same time: one goes on, no point is lost.
func TestMergeCrosswise(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		p := w.founded(t, "club", ladder())
		var ids [2]kernel.ID
		for i := range ids {
			m := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: kernel.Ref(fmt.Sprint("c-", i))}))(t)
			ids[i] = got(w.Members.Earn(agent, m.ID, earning(10, "r")))(t).ID
		}
		merged := 0
		for _, err := range together(2, func(i int) error {
			return second(w.Members.Merge(manager, ids[i], member.Merger{Into: ids[1-i], Grounds: why}))
		}) {
			switch {
			case err == nil:
				merged++
			case !errors.Is(err, kernel.ErrInvalid) && !errors.Is(err, kernel.ErrState) && !errors.Is(err, kernel.ErrConflict):
				t.Error(err)
			}
		}
		points := map[member.State]int64{}
		for _, id := range ids {
			m := got(w.Members.Get(auditor, id))(t)
			points[m.State] += m.Points
		}
		if merged != 1 || points[member.Active] != 20 || points[member.Merged] != 0 {
			t.Errorf("%d merged, points %v", merged, points)
		}
		w.sound(t)
	})
}

// Memberships whose term is over end, some at a time.
func TestExpireDue(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		rules := ladder()
		rules.TermMonths = 1
		p := w.founded(t, "club", rules)
		for i := range 5 {
			w.on(day + kernel.Date(i))
			m := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: kernel.Ref(fmt.Sprint("c-", i))}))(t)
			if i == 1 {
				got(w.Members.Freeze(agent, m.ID, why))(t)
			}
		}
		w.on(day.AddMonths(1) + 2)
		var gone []int
		for {
			done := got(w.Members.ExpireDue(system, 2))(t)
			if len(done) == 0 {
				break
			}
			gone = append(gone, len(done))
		}
		if fmt.Sprint(gone) != "[2 1]" {
			t.Errorf("%v", gone)
		}
		local := kernel.WithActor(t.Context(), kernel.Actor{ID: "x", Roles: []kernel.Role{access.Manager}, Branches: []string{"north"}})
		refused(w.Members.ExpireDue(local, 0))(t, kernel.ErrForbidden)
		refused(w.Members.ExpireDuePoints(local, 0, 0))(t, kernel.ErrForbidden)
		w.sound(t)
	})
}

func TestFaultyMergers(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	one, other := w.joined(t, "c-1"), w.joined(t, "c-2")
	cold := got(w.Members.EnrolDirect(agent, member.Enrolment{Program: one.ProgramID, Customer: "c-3"}))(t)
	got(w.Members.Freeze(agent, cold.ID, why))(t)
	w.unwritten(t, func() {
		for into, code := range map[kernel.ID]string{one.ID: "conflict", other.ID: "conflict", cold.ID: "state", "x": "unknown", "": "required"} {
			wrong(w.Members.Merge(manager, one.ID, member.Merger{Into: into, Grounds: why}))(t, "into:"+code)
		}
		refused(w.Members.Merge(agent, one.ID, member.Merger{Into: other.ID, Grounds: why}))(t, kernel.ErrForbidden)
	})
}

// A membership of another system keeps its number, years, tier and points; the tier lasts
// until the next review.
func TestAdopt(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		p := w.founded(t, "club", ladder())
		in := member.Adoption{
			Enrolment: member.Enrolment{Program: p.ID, Customer: "c-1", Branch: "north"}, Number: "VIP-7",
			JoinedOn: kernel.NewDate(2020, 3, 15), Tier: "platinum",
			Points: []member.OldPoints{{Earning: earning(500, "old-1"), EarnedOn: kernel.NewDate(2026, 3, 14)}},
		}
		m := got(w.Members.Adopt(manager, in, kernel.Key("k")))(t)
		if m.State != member.Active || m.Number != "VIP-7" || m.Tier != "platinum" || m.Points != 500 || m.Since != day {
			t.Errorf("%+v", m)
		}
		if again := got(w.Members.Adopt(manager, in, kernel.Key("k")))(t); !again.Replayed || again.ID != m.ID {
			t.Errorf("%+v", again)
		}
		refused(w.Members.Adopt(manager, in))(t, kernel.ErrDuplicate)
		in.Enrolment.Customer = "c-2"
		refused(w.Members.Adopt(manager, in))(t, kernel.ErrDuplicate)

		w.on(kernel.NewDate(2027, 3, 14))
		e := got(w.Members.EvaluateTier(agent, m.ID, 0))(t)
		if e.Tier != "platinum" || e.Figures.Points != 500 || e.Figures.Years != 6 ||
			e.Why.EN != "kept from 2026-11-22 until the review of 2027-03-15: taken over from the system before" {
			t.Errorf("%+v", e)
		}
		w.on(kernel.NewDate(2027, 3, 15))
		if e := got(w.Members.EvaluateTier(agent, m.ID, 0))(t); e.Tier != "silver" || e.Figures.Years != 7 || e.Figures.Points != 0 {
			t.Errorf("%+v", e)
		}
		w.sound(t)
	})
}

func TestFaultyMemberships(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	p := w.founded(t, "club", ladder())
	shut := w.founded(t, "shut", ladder())
	got(w.Programs.Close(manager, shut.ID, why))(t)
	m := got(w.Members.Enrol(agent, member.Enrolment{Program: p.ID, Customer: "c-7"}))(t)
	ill := w.hired(t, "ill")
	got(w.Staff.Suspend(manager, ill.ID, why))(t)
	w.unwritten(t, func() {
		wrong(w.Members.Enrol(agent, member.Enrolment{}))(t, "program:required", "customer:required")
		wrong(w.Members.Enrol(agent, member.Enrolment{Program: p.ID, Customer: "a\x00", Branch: "\xff", Channel: "\n", ReferredBy: "a\x00", Adviser: "\t"}))(t,
			"customer:control", "branch:encoding", "channel:control", "referred_by:control", "referred_by:conflict", "adviser:control")
		wrong(w.Members.Enrol(agent, member.Enrolment{Program: p.ID, Customer: "stranger"}))(t, "customer:unknown")
		wrong(w.Members.Enrol(agent, member.Enrolment{Program: "x", Customer: "c-1"}))(t, "program:unknown")
		wrong(w.Members.Enrol(agent, member.Enrolment{Program: shut.ID, Customer: "c-1"}))(t, "program:closed")
		wrong(w.Members.Enrol(agent, member.Enrolment{Program: p.ID, Customer: "c-1", Adviser: "ill"}))(t, "adviser:state")
		wrong(w.Members.Adopt(manager, member.Adoption{
			Enrolment: member.Enrolment{}, Number: "\n", ExpiresOn: kernel.LastDate + 1,
			Points: []member.OldPoints{{Earning: earning(1, "s")}, {Earning: earning(0, "s"), EarnedOn: day}},
		}))(t, "enrolment.program:required", "enrolment.customer:required", "number:control", "joined_on:required", "expires_on:range",
			"tier:required", "points[0].earned_on:required", "points[1].points:range", "points[1].source:duplicate")
		late := earning(1, "s")
		late.Expires = day
		wrong(w.Members.Adopt(manager, member.Adoption{
			Enrolment: member.Enrolment{Program: p.ID, Customer: "c-1"}, JoinedOn: day + 1, ExpiresOn: day, Tier: "basic",
			Points: []member.OldPoints{{Earning: late, EarnedOn: day + 1}},
		}))(t, "joined_on:range", "expires_on:range", "points[0].earned_on:range", "points[0].expires:range")
		wrong(w.Members.Adopt(manager, member.Adoption{Enrolment: member.Enrolment{Program: p.ID, Customer: "c-1"}, JoinedOn: day, Tier: "iron"}))(t, "tier:unknown")
		wrong(w.Members.Refuse(agent, m.ID, member.Grounds{}))(t, "code:required")
		wrong(w.Members.Assign(agent, m.ID, member.Assignment{}))(t, "adviser:required")
		wrong(w.Members.Assign(agent, m.ID, member.Assignment{Adviser: "ill"}))(t, "adviser:state")
		wrong(w.Members.List(agent, member.Filter{State: "odd"}, kernel.List{}))(t, "state:unknown")
		refused(w.Members.Admit(auditor, m.ID))(t, kernel.ErrForbidden)
	})
}

// The host's policies may fail; then nobody is admitted, and nothing is written.
func TestTheHostDoesNotAnswer(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	p := w.founded(t, "club", ladder())
	m := got(w.Members.Enrol(agent, member.Enrolment{Program: p.ID, Customer: "c-1"}))(t)
	w.unwritten(t, func() {
		w.host.pays("c-1", day, "-1")
		if err := second(w.Members.Admit(agent, m.ID)); err == nil {
			t.Error("a negative premium was taken")
		}
		w.host.pays("c-1", day, "0.00001")
		if err := second(w.Members.Admit(agent, m.ID)); err == nil {
			t.Error("a premium that is no amount was taken")
		}
	})
}

// Each insurer has programs, members and staff of its own under the same names.
func TestTenantsOfMembers(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		var numbers []string
		for _, tenant := range []string{"one", "two"} {
			ctx := kernel.WithActor(t.Context(), kernel.Actor{ID: "owner", Tenant: tenant, Roles: []kernel.Role{kernel.RoleOwner}})
			p := got(w.Programs.Found(ctx, member.Founding{Code: "club", Name: both("Club", "俱乐部"), Rules: ladder()}))(t)
			m := got(w.Members.EnrolDirect(ctx, member.Enrolment{Program: p.ID, Customer: "c-1"}))(t)
			got(w.Members.Earn(ctx, m.ID, earning(10, "r")))(t)
			got(w.Staff.Hire(ctx, member.Hiring{Actor: "li", Name: "李", Role: access.Adviser}))(t)
			numbers = append(numbers, m.Number)
			refused(w.Members.Get(owner, m.ID))(t, kernel.ErrNotFound)
			refused(w.Members.Earn(owner, m.ID, earning(10, "r")))(t, kernel.ErrNotFound)
			wrong(w.Members.Enrol(owner, member.Enrolment{Program: p.ID, Customer: "c-1"}))(t, "program:unknown")
			if n := len(got(w.Members.List(ctx, member.Filter{Tier: "basic"}, kernel.List{}))(t).Items); n != 1 {
				t.Errorf("%d members", n)
			}
		}
		if numbers[0] != numbers[1] {
			t.Errorf("%q", numbers)
		}
	})
}

// Rows of one branch are not there for another.
func TestBranchesOfMembers(t *testing.T) {
	t.Parallel()
	w := open(memory.New(), member.Config{})
	p := w.founded(t, "club", ladder())
	north := kernel.Actor{ID: "n", Roles: []kernel.Role{access.Agent}, Branches: []string{"north"}}
	south := kernel.Actor{ID: "s", Roles: []kernel.Role{access.Agent}, Branches: []string{"south"}}
	inNorth, inSouth := kernel.WithActor(t.Context(), north), kernel.WithActor(t.Context(), south)
	m := got(w.Members.EnrolDirect(inNorth, member.Enrolment{Program: p.ID, Customer: "c-1", Branch: "north"}))(t)
	refused(w.Members.Get(inSouth, m.ID))(t, kernel.ErrNotFound)
	refused(w.Members.Spend(inSouth, m.ID, spending(1)))(t, kernel.ErrNotFound)
	refused(w.Members.Earn(inSouth, m.ID, earning(1, "s")))(t, kernel.ErrNotFound)
	refused(w.Members.EvaluateTier(inSouth, m.ID, 0))(t, kernel.ErrNotFound)
	refused(w.Members.ByNumber(inSouth, m.Number))(t, kernel.ErrNotFound)
	if n := len(got(w.Members.List(inSouth, member.Filter{}, kernel.List{}))(t).Items); n != 0 {
		t.Errorf("%d are listed", n)
	}
	if n := len(got(w.Members.List(inNorth, member.Filter{Adviser: ""}, kernel.List{}))(t).Items); n != 1 {
		t.Errorf("%d are listed", n)
	}
}
