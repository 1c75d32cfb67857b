package member_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/member"
)

// Who leaves hands their members over; each knows it, and the successor works.
func TestWhoLeavesHandsOver(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		li, zhao := w.hired(t, "li"), w.hired(t, "zhao")
		p := w.founded(t, "club", ladder())
		var mine []member.Member
		for i := range 3 {
			mine = append(mine, got(w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: kernel.Ref(fmt.Sprint("c-", i)), Adviser: "li"}))(t))
		}
		got(w.Members.Freeze(agent, mine[1].ID, why))(t) // has a use for an adviser still
		got(w.Members.Terminate(agent, mine[2].ID, why))(t)
		w.unwritten(t, func() {
			refused(w.Staff.Leave(manager, li.ID, member.Departure{}))(t, kernel.ErrInvalid, "2 members need another adviser")
			wrong(w.Staff.Leave(manager, li.ID, member.Departure{Successor: "li"}))(t, "successor:conflict")
			got(w.Staff.Suspend(manager, zhao.ID, why, kernel.DryRun()))(t)
		})
		got(w.Staff.Suspend(manager, zhao.ID, why))(t)
		wrong(w.Staff.Leave(manager, li.ID, member.Departure{Successor: "zhao"}))(t, "successor:state")
		got(w.Staff.Resume(manager, zhao.ID, why))(t)

		li = got(w.Staff.Leave(manager, li.ID, member.Departure{Successor: "zhao", Grounds: why}))(t)
		if li.State != member.StaffLeft || li.Successor != "zhao" {
			t.Errorf("%+v", li)
		}
		for i, m := range mine {
			want, entries := kernel.Ref("zhao"), 3+min(i, 1)
			if i == 2 { // who is gone keeps the last adviser
				want, entries = "li", 3
			}
			m = got(w.Members.Get(auditor, m.ID))(t)
			h := got(w.Members.History(auditor, m.ID))(t)
			if last := h[len(h)-1]; m.Adviser != want || len(h) != entries || i < 2 && (last.Actor != "system" || last.OnBehalf != "wang") {
				t.Errorf("%+v, %d entries, the last by %s on behalf of %s", m, len(h), last.Actor, last.OnBehalf)
			}
		}
		if all := got(w.Members.List(auditor, member.Filter{Adviser: "zhao"}, kernel.List{}))(t); len(all.Items) != 2 {
			t.Errorf("%d members", len(all.Items))
		}
		refused(w.Staff.Resume(manager, li.ID, why))(t, kernel.ErrState)
		refused(w.Staff.Hire(manager, member.Hiring{Actor: "li", Name: "李", Role: access.Agent}))(t, kernel.ErrDuplicate)
		w.sound(t)
	})
}

// Nobody has to be left behind: without members one may go without a successor.
func TestLeaveWithoutMembers(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	got(w.Staff.Leave(manager, w.hired(t, "li").ID, member.Departure{}))(t)
}

func TestQualifications(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		li := w.hired(t, "li")
		got(w.Staff.Qualify(manager, li.ID, member.Proof{Code: "life", Certificate: secret("ZY-1"), Until: day + 10}))(t)
		got(w.Staff.Qualify(manager, li.ID, member.Proof{Code: "life", From: day + 10}))(t)
		got(w.Staff.Qualify(manager, li.ID, member.Proof{Code: "motor"}))(t)
		w.on(day + 20)
		got(w.Staff.Disqualify(manager, li.ID, member.Disqualification{Code: "life", Grounds: why}))(t)
		wrong(w.Staff.Disqualify(manager, li.ID, member.Disqualification{Code: "life", Grounds: why}))(t, "code:unknown")
		var tale []string
		for _, q := range got(w.Staff.Qualifications(auditor, li.ID))(t) {
			tale = append(tale, fmt.Sprintf("%s %s-%s %s", q.Code, q.From, q.Until, q.Certificate))
		}
		want := []string{"life 2026-11-22-2026-12-02 •••", "life 2026-12-02-2026-12-12 ", "motor 2026-11-22- "}
		if !slices.Equal(tale, want) {
			t.Errorf("%q", tale)
		}
		if one := got(w.Staff.ByActor(auditor, "li"))(t); one.ID != li.ID {
			t.Errorf("%+v", one)
		}
		got(w.Staff.Transfer(manager, li.ID, member.Post{Role: access.Agent, Team: "north", Branch: "n"}))(t)
		if all := got(w.Staff.List(auditor, member.StaffFilter{State: member.StaffActive, Role: access.Agent, Team: "north"}, kernel.List{}))(t); len(all.Items) != 1 {
			t.Errorf("%+v", all)
		}
		w.sound(t)
	})
}

func TestFaultyStaff(t *testing.T) {
	t.Parallel()
	w := newInsurer()
	li := w.hired(t, "li")
	w.unwritten(t, func() {
		wrong(w.Staff.Hire(manager, member.Hiring{}))(t, "actor:required", "name:required", "role:required")
		wrong(w.Staff.Hire(manager, member.Hiring{Actor: "\n", Name: "a\nb", Role: "\t", Team: "\t", Branch: "\xff"}))(t,
			"actor:control", "name:control", "role:control", "team:control", "branch:encoding")
		wrong(w.Staff.Transfer(manager, li.ID, member.Post{}))(t, "role:required")
		wrong(w.Staff.Qualify(manager, li.ID, member.Proof{Certificate: secret("\x00"), From: 5, Until: 4}))(t,
			"code:required", "certificate:control", "from:range", "until:range", "until:range")
		wrong(w.Staff.Qualify(manager, li.ID, member.Proof{Code: "life", Until: day}))(t, "until:range")
		wrong(w.Staff.Disqualify(manager, li.ID, member.Disqualification{}))(t, "code:required", "grounds.code:required")
		wrong(w.Staff.SignAgreement(manager, li.ID, member.Agreement{On: day + 1}))(t, "on:range")
		wrong(w.Staff.SignAgreement(manager, li.ID, member.Agreement{Until: day}))(t, "until:range")
		wrong(w.Staff.SignAgreement(manager, li.ID, member.Agreement{On: -1, Until: -1}))(t, "on:range", "until:range")
		wrong(w.Staff.Suspend(manager, li.ID, member.Grounds{}))(t, "code:required")
		wrong(w.Staff.List(auditor, member.StaffFilter{State: "odd"}, kernel.List{}))(t, "state:unknown")
		refused(w.Staff.Hire(agent, member.Hiring{}))(t, kernel.ErrForbidden)
	})
}

// The gate: besides the role one needs a confidentiality agreement and a qualification,
// and the refusal says all that is missing.
func TestTheGate(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, w *insurer) {
		li := w.hired(t, "li")
		m := w.joined(t, "c-1")
		got(w.Members.Earn(agent, m.ID, earning(100, "r")))(t)
		gate := got(member.NewGate(nil,
			member.Requirement{Action: "member.Spend", Qualification: "points"}, member.Requirement{Action: "member.Spend", Agreement: true},
			member.Requirement{Action: "member.EnrolDirect", Agreement: true}, member.Requirement{Action: "member.Statement", Agreement: true},
			member.Requirement{Action: "program.Found", Agreement: true},
		))(t)
		host := w.Room // what the wiring does not put behind the gate
		room := member.New(gate.Over(w.engine), member.Config{})

		spend := func(ctx context.Context) error { return second(room.Members.Spend(ctx, m.ID, spending(1))) }
		missing := func(err error, want ...string) {
			t.Helper()
			var e *member.MissingError
			if !errors.As(err, &e) || !errors.Is(err, kernel.ErrForbidden) || !slices.Equal(e.Missing, want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
		w.unwritten(t, func() {
			missing(spend(agent), "being known as staff")
			missing(spend(adviser), "the qualification points", "a confidentiality agreement")
			missing(second(room.Members.Statement(adviser, m.ID, kernel.List{})), "a confidentiality agreement")
			missing(second(room.Members.EnrolDirect(adviser, member.Enrolment{Program: m.ProgramID, Customer: "c-2"})), "a confidentiality agreement")
			missing(second(room.Programs.Found(manager, member.Founding{Code: "x", Name: both("X", "某"), Rules: ladder()})), "being known as staff")
			if err := spend(auditor); errors.As(err, new(*member.MissingError)) || !errors.Is(err, kernel.ErrForbidden) {
				t.Errorf("the role comes first: %v", err)
			}
		})
		// What is missing is told beforehand, too.
		moves := got(room.Members.Allowed(adviser, m.ID))(t)
		told := ""
		for _, no := range moves.WhyNot {
			if no.Event == member.EventSpend {
				told = no.Reason
			}
		}
		if want := "member.Spend: forbidden: without the qualification points, a confidentiality agreement"; told != want {
			t.Errorf("told %q", told)
		}
		got(room.Members.Earn(adviser, m.ID, earning(1, "free")))(t)

		got(host.Staff.SignAgreement(manager, li.ID, member.Agreement{Until: day + 30}))(t)
		missing(spend(adviser), "the qualification points")
		got(room.Members.Statement(adviser, m.ID, kernel.List{}))(t)
		got(host.Staff.Qualify(manager, li.ID, member.Proof{Code: "points", From: day + 1, Until: day + 20}))(t)
		missing(spend(adviser), "the qualification points")
		w.on(day + 1)
		if err := spend(adviser); err != nil {
			t.Error(err)
		}
		// A group asks once; the commands in it act on its authority.
		got(room.Members.EnrolDirect(adviser, member.Enrolment{Program: m.ProgramID, Customer: "c-2"}))(t)
		got(host.Staff.Suspend(manager, li.ID, why))(t)
		missing(spend(adviser), "being at work")
		got(host.Staff.Resume(manager, li.ID, why))(t)
		w.on(day + 20)
		missing(spend(adviser), "the qualification points")
		w.on(day + 30)
		missing(spend(adviser), "the qualification points", "a confidentiality agreement")

		// In a unit of the host's own each command is asked, by what the unit has written.
		err := gate.Over(w.engine).Together(owner, command.Group{}, func(ctx context.Context, r command.Runner) error {
			in := member.New(r, member.Config{})
			got(in.Staff.SignAgreement(ctx, li.ID, member.Agreement{}))(t)
			return second(in.Members.Spend(ctx, m.ID, spending(1)))
		})
		if err != nil {
			t.Errorf("the owner passes: %v", err)
		}
		w.sound(t)
	})
}

func TestFaultyGates(t *testing.T) {
	t.Parallel()
	wrong(member.NewGate(nil, member.Requirement{}, member.Requirement{Action: "x", Qualification: "\n"}, member.Requirement{Action: "a.", Agreement: true}))(t,
		"requirements[0].action:format", "requirements[0]:required", "requirements[1].action:format", "requirements[1].qualification:control",
		"requirements[2].action:format")
}
