package complaint_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

// Nobody complained of handles the complaint, whichever way is tried.
func TestARespondentIsNeverTheHandler(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		in := letter("c-1")
		in.Against = append(in.Against, complaint.Accused{Kind: complaint.Person, Party: "li"}, complaint.Accused{Kind: complaint.Branch, Party: "chen"})
		c := w.receive(t, in)
		got(w.Accept(second, c.ID, complaint.Acceptance{}))(t)
		spot := complaint.SpotDecision{Classification: service, Decision: apology}
		for name, err := range map[string]error{
			"classifies":           last(w.Classify(handler, c.ID, service)),
			"resolves on the spot": last(w.ResolveOnTheSpot(handler, c.ID, spot)),
			"withdraws":            last(w.Withdraw(agent, c.ID, complaint.Remark{Text: text("she changed her mind")})),
			"extends":              last(w.Extend(handler, c.ID, complaint.Extension{Reason: text("busy")})),
		} {
			if !errors.Is(err, kernel.ErrForbidden) || !errors.Is(err, kernel.ErrState) {
				t.Errorf("a respondent %s: %v", name, err)
			}
		}
		got(w.Classify(second, c.ID, service))(t)
		for _, who := range []kernel.Ref{"li", "zhou"} {
			if p := paths(t, last(w.Assign(manager, c.ID, complaint.Assignment{Handler: who}))); !slices.Equal(p, []string{"handler"}) {
				t.Errorf("%s: %v", who, p)
			}
		}
		// "chen" is the code of a branch there: of the same name is somebody else.
		c = got(w.Assign(manager, c.ID, complaint.Assignment{Handler: "chen"}))(t)
		err := last(w.NameRespondent(manager, c.ID, complaint.Accused{Kind: complaint.Person, Party: "chen"}))
		if c.Handler != "chen" || !errors.Is(err, kernel.ErrState) {
			t.Errorf("the handler is complained of: %v", err)
		}
		got(w.Assign(manager, c.ID, complaint.Assignment{Handler: "zhao", Reason: text("now complained of")}))(t)
		got(w.NameRespondent(manager, c.ID, complaint.Accused{Kind: complaint.Person, Party: "chen"}))(t)
		if err := last(w.NameRespondent(manager, c.ID, complaint.Accused{Kind: complaint.Person, Party: "chen"})); !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("named twice: %v", err)
		}
		if err := last(w.Conclude(second, c.ID, complaint.Conclusion{Findings: []complaint.Found{{Facts: text("x")}}})); !errors.Is(err, kernel.ErrForbidden) {
			t.Errorf("a respondent concludes: %v", err)
		}
		moves := got(w.Allowed(second, c.ID))(t)
		for _, m := range moves.Allowed {
			if m.Event == complaint.EventConclude || m.Event == complaint.EventWithdraw {
				t.Errorf("a respondent is told that %s is allowed", m.Event)
			}
		}
		w.concluded(t, other, c.ID)
		w.sound(t)
	})
}

// Not satisfied, the complainant complains again: nothing is reopened, a review by
// somebody else begins; and after that there is only the outside.
func TestNeverSilentlyReopened(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		in := letter("c-1")
		in.Complainants[0].Phone = text("13800138000")
		c := w.replied(t, in)
		c = got(w.Close(handler, c.ID, complaint.Closing{Satisfied: true, Cause: complaint.RootCause{Code: "service"}}))(t)
		if err := last(w.AddFacts(agent, c.ID, complaint.Addition{Text: text("and another thing")})); !errors.Is(err, kernel.ErrState) {
			t.Errorf("facts for a closed complaint: %v", err)
		}
		w.days(30) // the last day of the window
		again := complaint.Again{Content: text("still nobody calls"), Demand: text("money")}
		first := got(w.ComplainAgain(agent, c.ID, again))(t)
		if first.State != complaint.Escalated || first.Second == "" {
			t.Fatalf("%+v", first)
		}
		r := got(w.Get(auditor, first.Second))(t)
		if r.State != complaint.Accepted || r.Level != 2 || r.First != c.ID || r.Customer != "c-1" || r.Handler != "" ||
			r.PromisedBy != kernel.NewDate(2027, 1, 1) || r.Number != "CMP-2026-00000002" { // 30 days from 2 December
			t.Errorf("%+v", r)
		}
		if who := got(w.Complainants(auditor, r.ID))(t); len(who) != 1 || who[0].Customer != "c-1" {
			t.Errorf("%+v", who)
		}
		if err := last(w.ComplainAgain(agent, c.ID, again)); !errors.Is(err, kernel.ErrState) {
			t.Errorf("twice: %v", err)
		}

		// Who handled or decided it before does not now.
		got(w.Classify(handler, r.ID, service))(t)
		if p := paths(t, last(w.Assign(manager, r.ID, complaint.Assignment{Handler: "li"}))); !slices.Equal(p, []string{"handler"}) {
			t.Error(p)
		}
		if err := last(w.ResolveOnTheSpot(handler, r.ID, complaint.SpotDecision{Decision: apology})); !errors.Is(err, kernel.ErrForbidden) {
			t.Errorf("the first handler decides the review: %v", err)
		}
		got(w.Assign(manager, r.ID, complaint.Assignment{Handler: "chen"}))(t)
		w.concluded(t, second, r.ID)
		if err := last(w.Extend(second, r.ID, complaint.Extension{Reason: text("hard")})); !errors.Is(err, kernel.ErrState) {
			t.Errorf("a review is extended: %v", err)
		}
		got(w.Resolve(second, r.ID, apology))(t)
		answer := w.answer()
		answer.Remedies = []complaint.Remedy{complaint.Review, complaint.Court}
		if p := paths(t, last(w.Reply(second, r.ID, answer))); !slices.Equal(p, []string{"remedies"}) {
			t.Error(p)
		}
		got(w.Reply(second, r.ID, w.answer()))(t)
		if d := cmp.Diff([]any{"mediation", "arbitration", "court"}, w.fact(t, r.ID, "remedies")); d != "" {
			t.Error(d)
		}

		// And again: the outside body is named, no third level opened.
		if p := paths(t, last(w.ComplainAgain(agent, r.ID, again))); !slices.Equal(p, []string{"outside_body"}) {
			t.Error(p)
		}
		again.OutsideBody = "Mediation centre of the insurance association"
		r = got(w.ComplainAgain(agent, r.ID, again))(t)
		if r.State != complaint.Replied || r.OutsideBody != again.OutsideBody || r.Second != "" {
			t.Errorf("%+v", r)
		}
		w.days(31)
		if err := last(w.ComplainAgain(agent, r.ID, again)); !errors.Is(err, kernel.ErrState) {
			t.Errorf("after the window: %v", err)
		}
		got(w.Close(second, r.ID, complaint.Closing{Cause: complaint.RootCause{Code: "none"}}))(t)
		want := []string{"Escalated", "Classify", "Assign", "Conclude", "Resolve", "Reply", "NameOutsideBody", "Close"}
		if d := cmp.Diff(want, w.events(t, r.ID)); d != "" {
			t.Error(d)
		}
		if h := w.events(t, c.ID); h[len(h)-1] != "ComplainAgain" {
			t.Error(h)
		}
		w.sound(t)
	})
}

// The review window runs from the arrival of the reply; what came in time may be recorded
// later.
func TestTheReviewWindow(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	again := complaint.Again{Content: text("no")}
	cause := complaint.Closing{Cause: complaint.RootCause{Code: "service"}}

	unknown := w.deciding(t, letter("c-1"), service)
	got(w.Resolve(handler, unknown.ID, apology))(t)
	answer := w.answer()
	answer.Notice.ArrivedAt = kernel.LastDate.Time() // not there yet
	if p := paths(t, last(w.Reply(handler, unknown.ID, answer))); len(p) != 1 {
		t.Error(p)
	}
	answer.Notice.ArrivedAt = answer.Notice.DispatchedAt
	unknown = got(w.Reply(handler, unknown.ID, answer))(t)
	known := w.replied(t, letter("c-2"))
	if known.ReviewUntil != kernel.NewDate(2026, 12, 2) {
		t.Errorf("until %s", known.ReviewUntil)
	}
	for _, c := range []complaint.Complaint{unknown, known} {
		if err := last(w.Close(handler, c.ID, cause)); !errors.Is(err, kernel.ErrState) {
			t.Errorf("closed at once: %v", err)
		}
	}
	w.days(31)
	if err := last(w.ComplainAgain(agent, known.ID, again)); !errors.Is(err, kernel.ErrState) {
		t.Errorf("too late: %v", err)
	}
	if c := got(w.Get(agent, known.ID))(t); c.State != complaint.Replied || c.Second != "" {
		t.Errorf("%+v", c)
	}
	// Nobody knows whether the other reply ever arrived.
	if err := last(w.Close(handler, unknown.ID, cause)); !errors.Is(err, kernel.ErrState) {
		t.Errorf("closed without arrival: %v", err)
	}
	again.At = w.clock.Now().AddDate(0, 0, -1)
	late := again
	late.At = noon.AddDate(0, 0, -1)
	if p := paths(t, last(w.ComplainAgain(agent, unknown.ID, late))); !slices.Equal(p, []string{"at"}) {
		t.Error(p)
	}
	if c := got(w.ComplainAgain(agent, known.ID, again))(t); c.State != complaint.Escalated {
		t.Error("a letter of the last day, recorded on the day after")
	}
	if c := got(w.ComplainAgain(agent, unknown.ID, complaint.Again{Content: text("no")}))(t); c.State != complaint.Escalated {
		t.Error(c.State)
	}
}

// A major complaint takes two people.
func TestAMajorComplaintTakesTwo(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := letter("c-1")
	in.Heads, in.InPerson = 20, true // a joint complaint face to face is major, whatever anybody says
	c := w.receive(t, in)
	got(w.Accept(handler, c.ID, complaint.Acceptance{}))(t)
	if p := paths(t, last(w.Classify(handler, c.ID, service))); !slices.Equal(p, []string{"supervisor"}) {
		t.Error(p)
	}
	if err := last(w.ResolveOnTheSpot(handler, c.ID, complaint.SpotDecision{Classification: service, Decision: apology})); !errors.Is(err, kernel.ErrState) {
		t.Errorf("on the spot: %v", err)
	}
	major := service
	major.Supervisor = "zhao"
	c = got(w.Classify(handler, c.ID, major))(t)
	letters := got(w.Notices(auditor, c.ID))(t)
	if c.Severity != complaint.Major || letters[len(letters)-1].Kind != complaint.NoticeMajor || letters[len(letters)-1].To != "zhao" {
		t.Errorf("%s, %+v", c.Severity, letters)
	}
	got(w.Assign(manager, c.ID, complaint.Assignment{Handler: "li"}))(t)
	w.concluded(t, handler, c.ID)
	if err := last(w.Resolve(handler, c.ID, apology)); !errors.Is(err, kernel.ErrState) {
		t.Errorf("resolved by one: %v", err)
	}
	big := complaint.Decision{Measures: text("pay"), Compensation: yuan("20000")}
	got(w.Refer(manager, c.ID, big))(t)
	if err := last(w.Countersign(manager, c.ID, complaint.Remark{})); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("countersigned by the proposer: %v", err)
	}
	if err := last(w.Return(manager, c.ID, complaint.Remark{Text: text("no")})); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("returned by the proposer: %v", err)
	}
	got(w.Return(other, c.ID, complaint.Remark{Text: text("too much")}))(t)
	huge := big
	huge.Compensation = yuan("60000")
	got(w.Refer(handler, c.ID, huge))(t)
	if err := last(w.Countersign(other, c.ID, complaint.Remark{})); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("over the authority: %v", err)
	}
	got(w.Return(other, c.ID, complaint.Remark{Text: text("far too much")}))(t)
	got(w.Refer(handler, c.ID, big))(t)
	c = got(w.Countersign(other, c.ID, complaint.Remark{}))(t)
	if c.State != complaint.Resolved || c.ProposedBy != "" || c.ResolvedAt.IsZero() {
		t.Errorf("%+v", c)
	}
	var status []string
	for _, r := range got(w.Resolutions(auditor, c.ID))(t) {
		status = append(status, string(r.Status)+" "+string(r.ProposedBy)+" "+string(r.ApprovedBy))
	}
	if d := cmp.Diff([]string{"returned wang ", "returned li ", "approved li zhao"}, status); d != "" {
		t.Error(d)
	}
	// A review is decided by none of the three.
	got(w.Reply(handler, c.ID, w.answer()))(t)
	c = got(w.ComplainAgain(agent, c.ID, complaint.Again{Content: text("no")}))(t)
	if r := got(w.Get(auditor, c.Second))(t); !slices.Equal(r.Excluded, []kernel.Ref{"li", "wang", "zhao"}) {
		t.Error(r.Excluded)
	}
	w.sound(t)
}

// What can be put right at once is.
func TestOnTheSpot(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.receive(t, letter("c-1"))
	got(w.Accept(handler, c.ID, complaint.Acceptance{}))(t)
	spot := complaint.SpotDecision{Verdict: complaint.Justified, Decision: complaint.Decision{Measures: text("card sent again"), Compensation: yuan("501"), Cause: complaint.RootCause{Code: "service.mistake"}}}
	if p := paths(t, last(w.ResolveOnTheSpot(handler, c.ID, spot))); !slices.Equal(p, []string{"classification.category"}) {
		t.Error(p)
	}
	spot.Classification = complaint.Classification{Category: complaint.CategoryService}
	if err := last(w.ResolveOnTheSpot(handler, c.ID, spot)); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("over the authority: %v", err)
	}
	spot.Decision.Compensation = yuan("500")
	c = got(w.ResolveOnTheSpot(handler, c.ID, spot))(t)
	if c.State != complaint.Resolved || c.Handler != "li" || c.Category != complaint.CategoryService || c.Verdict != complaint.Justified {
		t.Errorf("%+v", c)
	}
	got(w.Reply(handler, c.ID, w.answer()))(t)
	if c = got(w.Close(handler, c.ID, complaint.Closing{Satisfied: true}))(t); c.Cause != "service.mistake" {
		t.Error(c.Cause)
	}
	d := w.classified(t, letter("c-2"), service)
	if p := paths(t, last(w.ResolveOnTheSpot(handler, d.ID, spot))); !slices.Equal(p, []string{"classification"}) {
		t.Error(p)
	}
	spot.Classification = complaint.Classification{}
	got(w.ResolveOnTheSpot(handler, d.ID, spot))(t)
	w.sound(t)
}

// Other ends: not ours to handle, taken back.
func TestOtherEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.receive(t, letter("c-1"))
	c = got(w.Refuse(handler, c.ID, complaint.Refusal{Reason: "before_court", TurnTo: "Haidian district court", Notice: complaint.Message{Channel: "letter"}}))(t)
	if letters := got(w.Notices(auditor, c.ID))(t); c.State != complaint.Refused || c.OutsideBody == "" || len(letters) != 1 || letters[0].Kind != complaint.NoticeRefusal || letters[0].To != "c-1" {
		t.Errorf("%+v, %+v", c, letters)
	}
	d := w.replied(t, letter("c-2"))
	if d = got(w.Withdraw(handler, d.ID, complaint.Remark{Text: text("she says so")}))(t); d.State != complaint.Withdrawn {
		t.Error(d.State)
	}
	e := w.receive(t, complaint.Receipt{Anonymous: true, Content: text("the lift is broken")})
	if e.Customer != "" || e.Person() != e.ID.Ref() {
		t.Errorf("%+v", e)
	}
	got(w.Accept(handler, e.ID, complaint.Acceptance{}))(t)
	got(w.ResolveOnTheSpot(handler, e.ID, complaint.SpotDecision{Classification: service, Decision: apology}))(t)
	e = got(w.Reply(handler, e.ID, complaint.Answer{Notice: complaint.Message{Text: text("repaired")}}))(t)
	if letters := got(w.Notices(auditor, e.ID))(t); len(letters) != 0 || !e.RepliedAt.Equal(noon) || !e.ArrivedAt.Equal(noon) || e.ReviewUntil.IsZero() {
		t.Errorf("%+v, %+v", e, letters)
	}
	w.sound(t)
}
