package complaint_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// More time: once for a complex case, once more with the approval of somebody else and a
// letter to the complainant, never a third time.
func TestExtensions(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.classified(t, letter("c-1"), service)
	got(w.Assign(manager, c.ID, complaint.Assignment{Handler: "li"}))(t)
	more := complaint.SecondExtension{Approver: "zhao", Reason: text("abroad"), Notice: complaint.Message{Channel: "sms"}}
	if err := last(w.ExtendAgain(handler, c.ID, more)); !errors.Is(err, kernel.ErrState) {
		t.Errorf("again before once: %v", err)
	}
	c = got(w.Extend(handler, c.ID, complaint.Extension{Reason: text("complex")}))(t)
	if c.PromisedBy != kernel.NewDate(2026, 12, 2) || c.Complexity != complaint.Complex || len(got(w.Notices(auditor, c.ID))(t)) != 1 {
		t.Errorf("%+v", c)
	}
	if err := last(w.Extend(handler, c.ID, complaint.Extension{Reason: text("complex")})); !errors.Is(err, kernel.ErrState) {
		t.Errorf("twice: %v", err)
	}
	for _, who := range []kernel.Ref{"li", "wang", "zhou"} { // the handler, the actor, the respondent
		more.Approver = who
		if p := paths(t, last(w.ExtendAgain(manager, c.ID, more))); !slices.Equal(p, []string{"approver"}) {
			t.Errorf("approved by %s: %v", who, p)
		}
	}
	more.Approver = "zhao"
	c = got(w.ExtendAgain(manager, c.ID, more))(t)
	letters := got(w.Notices(auditor, c.ID))(t)
	if c.PromisedBy != kernel.NewDate(2027, 1, 1) || c.Complexity != complaint.Special || letters[len(letters)-1].Kind != complaint.NoticeExtension {
		t.Errorf("%+v, %+v", c, letters)
	}
	if w.fact(t, c.ID, "approver") != "zhao" {
		t.Error("the history does not say who approved")
	}
	if err := last(w.ExtendAgain(manager, c.ID, more)); !errors.Is(err, kernel.ErrState) {
		t.Errorf("a third time: %v", err)
	}
	w.concluded(t, handler, c.ID)
	got(w.Resolve(handler, c.ID, apology))(t)
	got(w.Reply(handler, c.ID, w.answer()))(t)
	for name, err := range map[string]error{
		"suspended": last(w.Suspend(handler, c.ID, complaint.Pause{Kind: complaint.Mediation})),
		"new facts": last(w.AddFacts(agent, c.ID, complaint.Addition{Text: text("x")})),
		"asked":     last(w.AskUnit(handler, c.ID, complaint.Question{Unit: "u", DueOn: day(9), Text: text("x")})),
	} {
		if !errors.Is(err, kernel.ErrState) {
			t.Errorf("%s after the reply: %v", name, err)
		}
	}
	w.sound(t)
}

// Days of an appraisal are not counted, and new facts begin the period anew.
func TestPausesAndNewFacts(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.classified(t, letter("c-1"), service) // by 17 November
		w.days(3)
		at := w.clock.Now().AddDate(0, 0, -1)
		c = got(w.Suspend(handler, c.ID, complaint.Pause{Kind: complaint.Appraisal, At: at, Text: text("the watch"), Notice: complaint.Message{Channel: "sms"}}))(t)
		if !c.Suspended || c.PromisedBy != day(17) {
			t.Errorf("%+v", c)
		}
		if err := last(w.Suspend(handler, c.ID, complaint.Pause{Kind: complaint.Mediation})); !errors.Is(err, kernel.ErrState) {
			t.Errorf("twice: %v", err)
		}
		w.days(4)
		if p := paths(t, last(w.Continue(handler, c.ID, complaint.Resumption{At: at.Add(-time.Hour)}))); !slices.Equal(p, []string{"at"}) {
			t.Error(p)
		}
		c = got(w.Continue(handler, c.ID, complaint.Resumption{}))(t)
		if c.Suspended || c.PromisedBy != day(22) { // from the 4th to the 9th: five days
			t.Errorf("%v, %s", c.Suspended, c.PromisedBy)
		}
		if err := last(w.Continue(handler, c.ID, complaint.Resumption{})); !errors.Is(err, kernel.ErrState) {
			t.Errorf("twice: %v", err)
		}
		if p := paths(t, last(w.Suspend(handler, c.ID, complaint.Pause{Kind: complaint.Mediation, At: at}))); !slices.Equal(p, []string{"at"}) {
			t.Errorf("two pauses at once: %v", p)
		}
		c = got(w.AddFacts(agent, c.ID, complaint.Addition{At: w.clock.Now().AddDate(0, 0, -1), Text: text("a witness")}))(t)
		if c.PromisedBy != day(24) { // 15 days from the 8th, and the one day of the pause after it
			t.Errorf("after the new facts by %s", c.PromisedBy)
		}
		pauses := got(w.Suspensions(auditor, c.ID))(t)
		if len(pauses) != 1 || pauses[0].Kind != complaint.Appraisal || !pauses[0].Until.Equal(w.clock.Now()) {
			t.Errorf("%+v", pauses)
		}
		w.sound(t)
	})
}

// A letter that lay for two days counts from the day it came.
func TestALetterThatLay(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := letter("c-1")
	in.ReceivedAt = noon.AddDate(0, 0, -2)
	c := w.receive(t, in)
	c = got(w.Accept(handler, c.ID, complaint.Acceptance{}))(t)
	if c.PromisedBy != day(15) || w.promised(t, c.ID) != day(15) {
		t.Errorf("by %s, the task by %s", c.PromisedBy, w.promised(t, c.ID))
	}
}

// promised returns the day of the task that is the promise.
func (w *world) promised(t tb, id kernel.ID) (on kernel.Date) {
	t.Helper()
	book := rulebook.Default()
	err := w.store.View(owner, func(tx *storage.GuardTx) error {
		tasks, err := task.Running(tx, command.Case{Kind: "complaint", ID: id})
		for _, t := range tasks {
			if clock, ok := book.Clock(t.Clock); ok && clock.Promise && (on.IsZero() || t.DueOn < on) {
				on = t.DueOn
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return on
}

// Whatever lengthens and stops the period: the day that was promised is the day of the
// task.
func TestThePromiseIsTheTask(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(memory.New())
		c := w.receive(t, letter("c-1"))
		w.days(rapid.IntRange(0, 3).Draw(rt, "until it is accepted"))
		steps := map[string]func() error{
			"accept":   func() error { return last(w.Accept(handler, c.ID, complaint.Acceptance{})) },
			"suspend":  func() error { return last(w.Suspend(handler, c.ID, complaint.Pause{Kind: complaint.Mediation})) },
			"continue": func() error { return last(w.Continue(handler, c.ID, complaint.Resumption{})) },
			"extend":   func() error { return last(w.Extend(handler, c.ID, complaint.Extension{Reason: text("x")})) },
			"again": func() error {
				return last(w.ExtendAgain(handler, c.ID, complaint.SecondExtension{Approver: "zhao", Reason: text("x"), Notice: complaint.Message{Channel: "sms"}}))
			},
			"facts": func() error { return last(w.AddFacts(agent, c.ID, complaint.Addition{Text: text("x")})) },
		}
		names := []string{"accept", "suspend", "continue", "extend", "again", "facts"}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			name := rapid.SampledFrom(names).Draw(rt, "step")
			if err := steps[name](); err != nil && !errors.Is(err, kernel.ErrState) {
				rt.Fatalf("%s: %v", name, err)
			}
			now := got(w.Get(auditor, c.ID))(rt)
			if on := w.promised(rt, c.ID); !now.Suspended && !now.PromisedBy.IsZero() && on != now.PromisedBy {
				rt.Fatalf("after %s: promised by %s, the task by %s", name, now.PromisedBy, on)
			}
			w.days(rapid.IntRange(0, 5).Draw(rt, "days"))
		}
		w.sound(rt)
	})
}

// A host whose book has no rules has its own standard.
func TestTheCompanysStandard(t *testing.T) {
	t.Parallel()
	book, err := rulebook.New(rulebook.Source{})
	if err != nil {
		t.Fatal(err)
	}
	w := newWorldWith(memory.New(), complaint.Config{Book: book, ReviewWindow: 10})
	c := w.classified(t, letter("c-1"), service)
	if !c.PromisedBy.IsZero() {
		t.Errorf("by %s, though no rule says so", c.PromisedBy)
	}
	d := w.replied(t, letter("c-2"))
	if d.ReviewUntil != day(12) {
		t.Errorf("review until %s", d.ReviewUntil)
	}
	w.clock.Set(time.Date(2026, 11, 12, 15, 59, 59, 0, time.UTC)) // the last second in Beijing
	closing := complaint.Closing{Cause: complaint.RootCause{Code: "none"}}
	if err := last(w.Close(handler, d.ID, closing)); !errors.Is(err, kernel.ErrState) {
		t.Errorf("inside the window: %v", err)
	}
	w.clock.Advance(time.Second)
	got(w.Close(handler, d.ID, closing))(t)
	// The standard of the embedded book holds for what came before the law did.
	in := letter("c-3")
	in.ReceivedAt = time.Date(2009, 1, 5, 4, 0, 0, 0, time.UTC)
	w = newWorld(memory.New())
	old := w.classified(t, in, service)
	if old.PromisedBy != kernel.NewDate(2009, 2, 4) {
		t.Errorf("by %s", old.PromisedBy)
	}
	old = got(w.Extend(handler, old.ID, complaint.Extension{Reason: text("x")}))(t)
	if old.PromisedBy != kernel.NewDate(2009, 3, 6) {
		t.Errorf("extended to %s", old.PromisedBy)
	}
}

// The rulebook is told what deadlines depend on.
func TestCircumstances(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := letter("c-1")
	in.Branch = "north"
	c := w.classified(t, in, service)
	facts := c.Circumstances()
	for name, want := range map[string]any{
		"level": int64(1), "line": "accident", "category": "service", "severity": "general", "complexity": "simple",
		"branch": "north", "received_at": noon, "group": false, "channel": "phone",
	} {
		if facts[name] != want {
			t.Errorf("%s: %v, want %v", name, facts[name], want)
		}
	}
	if _, ok := facts["handler"]; ok {
		t.Error("nobody handles it yet")
	}
}

// A review has one period: pauses and new facts are taken down and move nothing.
func TestAReviewHasOnePeriod(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.replied(t, letter("c-1"))
	c = got(w.ComplainAgain(agent, c.ID, complaint.Again{Content: text("no")}))(t)
	by := kernel.NewDate(2026, 12, 2)
	w.days(2)
	got(w.Suspend(second, c.Second, complaint.Pause{Kind: complaint.Mediation}))(t)
	w.days(3)
	got(w.Continue(second, c.Second, complaint.Resumption{}))(t)
	r := got(w.AddFacts(agent, c.Second, complaint.Addition{Text: text("a witness")}))(t)
	if r.PromisedBy != by || w.promised(t, r.ID) != by || r.RestartedAt.IsZero() {
		t.Errorf("by %s, the task by %s", r.PromisedBy, w.promised(t, r.ID))
	}
	w.sound(t)
}
