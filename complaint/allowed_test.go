package complaint_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

// allowed lists what somebody who may everything, but is complained of or not, can do.
func (w *world) allowed(t tb, who string, id kernel.ID) []complaint.Event {
	t.Helper()
	ctx := kernel.WithActor(owner, kernel.Actor{ID: who, Roles: []kernel.Role{kernel.RoleOwner}})
	events := []complaint.Event{}
	for _, m := range got(w.Allowed(ctx, id))(t).Allowed {
		if m.Event != complaint.EventAbsorb { // nobody gives it by hand
			events = append(events, m.Event)
		}
	}
	return events
}

// From state to state: what is possible, and what is left to somebody complained of, which
// is to take down what the complainant brings and to answer for the unit.
func TestWhatIsAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := letter("c-1") // against zhou
	c := w.receive(t, in)
	type events = []complaint.Event
	check := func(when string, others, respondent events) {
		t.Helper()
		if d := cmp.Diff(others, w.allowed(t, "ma", c.ID)); d != "" {
			t.Errorf("%s: %s", when, d)
		}
		if d := cmp.Diff(respondent, w.allowed(t, "zhou", c.ID)); d != "" {
			t.Errorf("%s, to a respondent: %s", when, d)
		}
	}
	takes := events{"AddFacts", "AnswerUnit"}
	check("received", events{"Accept", "AddFacts", "AnswerUnit", "AskUnit", "Extend", "Merge", "NameRespondent", "Notify", "Refuse", "Suspend", "Withdraw"}, takes)
	got(w.Accept(handler, c.ID, complaint.Acceptance{}))(t)
	got(w.Suspend(handler, c.ID, complaint.Pause{Kind: complaint.Inspection}))(t)
	got(w.Extend(handler, c.ID, complaint.Extension{Reason: text("x")}))(t)
	check("suspended and extended", events{"AddFacts", "AnswerUnit", "AskUnit", "Classify", "Continue", "ExtendAgain", "Merge", "NameRespondent", "Notify", "ResolveOnTheSpot", "Withdraw"}, takes)
	got(w.Continue(handler, c.ID, complaint.Resumption{}))(t)
	got(w.Classify(handler, c.ID, service))(t)
	notes := events{"AddFacts", "AnswerUnit", "AskUnit"}
	check("classified", append(notes, "Assign", "ExtendAgain", "Merge", "NameRespondent", "Notify", "ResolveOnTheSpot", "Suspend", "Withdraw"), takes)
	got(w.Assign(manager, c.ID, complaint.Assignment{Handler: "li"}))(t)
	check("investigating", append(notes, "Assign", "Conclude", "ExtendAgain", "NameRespondent", "Notify", "Suspend", "Withdraw"), takes)
	w.concluded(t, handler, c.ID)
	check("deciding", append(notes, "ExtendAgain", "NameRespondent", "Notify", "Resolve", "Suspend", "Withdraw"), takes)
	got(w.Resolve(handler, c.ID, apology))(t)
	check("resolved", append(notes, "ExtendAgain", "NameRespondent", "Notify", "Reply", "Suspend", "Withdraw"), takes)
	got(w.Reply(handler, c.ID, w.answer()))(t)
	check("replied", events{"AnswerUnit", "Close", "ComplainAgain", "Notify", "Withdraw"}, events{"AnswerUnit", "ComplainAgain"})
	c = got(w.ComplainAgain(agent, c.ID, complaint.Again{Content: text("no")}))(t)
	check("escalated", events{}, events{})

	// The review: who handled the first complaint does not handle it, and nothing is extended.
	c = got(w.Get(owner, c.Second))(t)
	major := complaint.Classification{Category: complaint.CategorySales, Severity: complaint.Major, Supervisor: "wang"}
	got(w.Classify(handler, c.ID, major))(t)
	got(w.Assign(manager, c.ID, complaint.Assignment{Handler: "chen"}))(t)
	w.concluded(t, second, c.ID)
	on := append(notes, "NameRespondent", "Notify")
	check("deciding the review", append(on, "Refer", "Suspend", "Withdraw"), takes)
	if d := cmp.Diff(append(on, "Suspend", "Withdraw"), w.allowed(t, "li", c.ID)); d != "" {
		t.Error(d)
	}
	got(w.Refer(second, c.ID, apology))(t)
	for who, want := range map[string]events{
		"ma":   {"AddFacts", "AnswerUnit", "AskUnit", "Countersign", "NameRespondent", "Notify", "Return", "Suspend", "Withdraw"},
		"li":   {"AddFacts", "AnswerUnit", "AskUnit", "NameRespondent", "Notify", "Suspend", "Withdraw"},
		"chen": {"AddFacts", "AnswerUnit", "AskUnit", "NameRespondent", "Notify", "Suspend", "Withdraw"},
		"zhou": takes,
	} {
		if d := cmp.Diff(want, w.allowed(t, who, c.ID)); d != "" {
			t.Errorf("awaiting approval, to %s: %s", who, d)
		}
	}
	got(w.Countersign(manager, c.ID, complaint.Remark{}))(t)
	got(w.Reply(second, c.ID, w.answer()))(t)
	check("replied to the review", events{"AnswerUnit", "Close", "NameOutsideBody", "Notify", "Withdraw"}, events{"AnswerUnit", "NameOutsideBody"})
	got(w.Close(second, c.ID, complaint.Closing{Satisfied: true, Cause: complaint.RootCause{Code: "none"}}))(t)
	check("closed", events{"NameOutsideBody"}, events{"NameOutsideBody"})
}
