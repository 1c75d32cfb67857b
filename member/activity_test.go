package member_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
)

// Who comes when no seat is free waits, and moves up in the order of coming.
func TestTheLineMovesUp(t *testing.T) {
	t.Parallel()
	onAll(t, member.Config{}, func(t *testing.T, w *world) {
		a := w.invites(t, w.lecture(2))
		var ups []member.SignUp
		for i := range 5 {
			ups = append(ups, got(w.Activities.SignUp(adviser, a.ID, kernel.Ref(fmt.Sprint("c-", i))))(t))
		}
		w.stand(t, a, "c-0 signed_up", "c-1 signed_up", "c-2 waiting", "c-3 waiting", "c-4 waiting")
		refused(w.Activities.SignUp(adviser, a.ID, "c-0"))(t, kernel.ErrDuplicate)
		refused(w.Activities.SignUp(adviser, a.ID, "c-3"))(t, kernel.ErrDuplicate)

		left := got(w.SignUps.Cancel(adviser, ups[0].ID, member.Grounds{Code: "ill"}))(t)
		if left.State != member.SignUpCancelled {
			t.Errorf("%+v", left)
		}
		w.stand(t, a, "c-0 cancelled", "c-1 signed_up", "c-2 signed_up", "c-3 waiting", "c-4 waiting")
		got(w.SignUps.Cancel(adviser, ups[3].ID, member.Grounds{}))(t) // from the line: nobody moves
		got(w.Activities.SignUp(adviser, a.ID, "c-0"))(t)              // again: behind the others
		w.stand(t, a, "c-0 cancelled", "c-1 signed_up", "c-2 signed_up", "c-3 cancelled", "c-4 waiting", "c-0 waiting")
		refused(w.Activities.Extend(adviser, a.ID, 2))(t, kernel.ErrInvalid)
		got(w.Activities.Extend(adviser, a.ID, 3))(t)
		w.stand(t, a, "c-0 cancelled", "c-1 signed_up", "c-2 signed_up", "c-3 cancelled", "c-4 signed_up", "c-0 waiting")

		refused(w.SignUps.Attend(adviser, ups[1].ID))(t, kernel.ErrState, "not held yet")
		refused(w.Activities.Hold(adviser, a.ID))(t, kernel.ErrState, "it begins at 2026-11-29 04:00 UTC")
		w.clock.Set(a.Begins)
		refused(w.Activities.SignUp(adviser, a.ID, "c-9"))(t, kernel.ErrState, "until 2026-11-29 04:00 UTC")
		held := got(w.Activities.Hold(adviser, a.ID))(t)
		if held.Taken != 3 || held.Waiting != 0 {
			t.Errorf("%+v", held)
		}
		got(w.SignUps.Attend(adviser, ups[1].ID))(t)
		got(w.SignUps.Attend(adviser, ups[2].ID))(t)
		got(w.SignUps.Miss(adviser, ups[4].ID))(t)
		refused(w.SignUps.Cancel(adviser, ups[4].ID, member.Grounds{}))(t, kernel.ErrState)
		f := got(w.SignUps.GiveFeedback(adviser, ups[1].ID, member.Opinion{Score: 5, Comment: secret("精彩")}))(t)
		refused(w.SignUps.GiveFeedback(adviser, ups[4].ID, member.Opinion{Score: 5}))(t, kernel.ErrState)
		if f.Score != 5 || !f.Comment.IsSealed() {
			t.Errorf("%+v", f)
		}
		w.stand(t, a, "c-0 cancelled", "c-1 attended", "c-2 attended", "c-3 cancelled", "c-4 absent", "c-0 cancelled")
		w.sound(t)
	})
}

// stand compares the sign-ups of an activity, in the order of coming.
func (w *world) stand(t tb, a member.Activity, want ...string) {
	t.Helper()
	var have []string
	for _, s := range got(w.Activities.SignUps(auditor, a.ID, kernel.List{}))(t).Items {
		have = append(have, fmt.Sprint(s.Customer, " ", s.State))
	}
	if d := cmp.Diff(want, have); d != "" {
		t.Error(d)
	}
}

// An activity that is called off leaves nobody with a seat, and no quota reserved.
func TestAnActivityIsCalledOff(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	for i := range 3 {
		w.joins(t, p, kernel.Ref(fmt.Sprint("c-", i)), "basic")
	}
	w.effective(t, salon(p, 1))
	plan := w.lecture(1)
	plan.Benefit = "salon"
	a := w.invites(t, plan)
	first := got(w.Activities.SignUp(adviser, a.ID, "c-0"))(t)
	got(w.Activities.SignUp(adviser, a.ID, "c-1"))(t)
	_, err := w.Activities.SignUp(adviser, a.ID, "c-stranger")
	if d := cmp.Diff([]string{"customer:not_a_member"}, faults(t, err)); d != "" {
		t.Error(d)
	}
	if g := w.quotaOf(t, "c-1"); g.Reserved != 1 {
		t.Errorf("who waits reserves too: %+v", g)
	}
	b := w.invites(t, plan) // the same evening twice: the quota allows one
	_, err = w.Activities.SignUp(adviser, b.ID, "c-0")
	if d := cmp.Diff([]string{"benefit:exhausted"}, faults(t, err)); d != "" {
		t.Error(d)
	}
	a = got(w.Activities.Cancel(adviser, a.ID, member.Grounds{Code: "storm"}))(t)
	if a.Taken != 0 || a.Waiting != 0 {
		t.Errorf("%+v", a)
	}
	w.stand(t, a, "c-0 cancelled", "c-1 cancelled")
	if g := w.quotaOf(t, "c-0"); g.Left() != 1 || g.ID != first.GrantID {
		t.Errorf("%+v", g)
	}
	up := got(w.Activities.SignUp(adviser, b.ID, "c-0"))(t)
	w.clock.Set(b.Begins)
	got(w.Activities.Hold(adviser, b.ID))(t)
	got(w.SignUps.Attend(adviser, up.ID))(t)
	if g := w.quotaOf(t, "c-0"); g.Used != 1 || g.Reserved != 0 {
		t.Errorf("%+v", g)
	}
	w.sound(t)
}

// Who is invited, and until when one may sign up.
func TestInvitations(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-basic", "basic")
	gold := w.joins(t, p, "c-gold", "gold")
	plan := w.lecture(10)
	plan.ProgramID, plan.Tiers = p.ID, []string{"gold"}
	plan.SignUpTo = w.clock.Now().Add(days)
	a := w.invites(t, plan)
	for _, c := range []kernel.Ref{"c-basic", "c-stranger"} {
		_, err := w.Activities.SignUp(adviser, a.ID, c)
		if d := cmp.Diff([]string{"customer:not_invited"}, faults(t, err)); d != "" {
			t.Errorf("%s: %s", c, d)
		}
	}
	up := got(w.Activities.SignUp(adviser, a.ID, "c-gold", kernel.Key("k-1")))(t)
	again := got(w.Activities.SignUp(adviser, a.ID, "c-gold", kernel.Key("k-1")))(t)
	if up.MemberID != gold.ID || again.ID != up.ID || !again.Replayed {
		t.Errorf("%+v, %+v", up, again)
	}
	refused(w.SignUps.Cancel(adviser, up.ID, member.Grounds{}, kernel.IfVersion(7)))(t, kernel.ErrConflict)
	dry := got(w.SignUps.Cancel(adviser, up.ID, member.Grounds{}, kernel.DryRun()))(t)
	if dry.State != member.SignUpCancelled || got(w.SignUps.Get(auditor, up.ID))(t).State != member.SignedUp {
		t.Errorf("%+v", dry)
	}
	off := got(w.SignUps.Cancel(adviser, up.ID, member.Grounds{}, kernel.IfVersion(up.Version), kernel.Key("k-2")))(t)
	off2 := got(w.SignUps.Cancel(adviser, up.ID, member.Grounds{}, kernel.IfVersion(up.Version), kernel.Key("k-2")))(t)
	if off.State != member.SignUpCancelled || off2.State != off.State || !off2.Replayed {
		t.Errorf("%+v, %+v", off, off2)
	}
	w.clock.Advance(days)
	refused(w.Activities.SignUp(adviser, a.ID, "c-gold"))(t, kernel.ErrState, "until 2026-11-23 04:00 UTC")
	for _, x := range []kernel.Ref{"c-gold", "c-basic"} {
		if n := len(got(w.SignUps.List(auditor, x, kernel.List{}))(t).Items); (n == 1) != (x == "c-gold") {
			t.Errorf("%s: %d sign-ups", x, n)
		}
	}
	if n := len(got(w.Activities.List(auditor, member.ActivityOpen, kernel.List{}))(t).Items); n != 1 {
		t.Errorf("%d activities", n)
	}
}

// A plan may be changed until people are invited.
func TestPlans(t *testing.T) {
	t.Parallel()
	w := inMemory()
	a := got(w.Activities.Plan(adviser, member.ActivityForm{Plan: w.lecture(5)}))(t)
	refused(w.Activities.SignUp(adviser, a.ID, "c-1"))(t, kernel.ErrState)
	plan := w.lecture(6)
	plan.From = plan.From.Add(time.Hour)
	a = got(w.Activities.Edit(adviser, a.ID, plan))(t)
	if a.Plan.Capacity != 6 || !a.Begins.Equal(plan.From) {
		t.Errorf("%+v", a)
	}
	w.clock.Set(a.Begins)
	refused(w.Activities.Invite(adviser, a.ID))(t, kernel.ErrInvalid, "in the future")
	a = got(w.Activities.Cancel(adviser, a.ID, member.Grounds{Code: "late"}))(t)
	refused(w.Activities.Edit(adviser, a.ID, w.lecture(5)))(t, kernel.ErrState)
	w.sound(t)
}
