package complaint_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

// A complaint that is said twice goes on once, with the earlier receipt and the earlier
// promise.
func TestMergingNeverBuysTime(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		early := w.receive(t, letter("c-1"))
		got(w.Accept(handler, early.ID, complaint.Acceptance{}))(t) // by 17 November
		w.days(5)
		in := letter("c-1")
		_, err := w.Receive(handler, in)
		var dup *kernel.DuplicateError
		if !errors.As(err, &dup) || !slices.Equal(dup.Candidates, []kernel.ID{early.ID}) {
			t.Fatalf("a likely duplicate: %v", err)
		}
		in.AcceptDuplicate, in.Reason = true, text("another call")
		in.Against = []complaint.Accused{{Kind: complaint.Person, Party: "qian"}}
		late := w.receive(t, in)
		got(w.Accept(handler, late.ID, complaint.Acceptance{}))(t) // by 22 November
		late = got(w.Extend(handler, late.ID, complaint.Extension{Reason: text("complex")}))(t)
		if late.PromisedBy != kernel.NewDate(2026, 12, 7) || late.Complexity != complaint.Complex {
			t.Errorf("extended to %s", late.PromisedBy)
		}
		merged := got(w.Merge(handler, early.ID, complaint.Merging{Survivor: late.ID, Reason: text("the same")}))(t)
		late = got(w.Get(handler, late.ID))(t)
		if merged.State != complaint.Merged || merged.Survivor != late.ID {
			t.Errorf("%+v", merged)
		}
		if !late.ReceivedAt.Equal(noon) || late.PromisedBy != day(17) {
			t.Errorf("received %s, promised by %s", late.ReceivedAt, late.PromisedBy)
		}
		if who := got(w.Respondents(auditor, late.ID))(t); len(who) != 2 {
			t.Errorf("%+v", who)
		}
		if w.fact(t, late.ID, "merged") != string(early.ID) {
			t.Error("the history of the survivor does not name the other")
		}
		w.sound(t)
	})
}

func TestWhatIsNotMerged(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	why := text("the same")
	c := w.receive(t, letter("c-1"))
	stranger := w.receive(t, letter("c-2"))
	in := letter("c-1")
	in.About.Claim = "C-9"
	answered := w.replied(t, in)
	in.About.Claim = "C-10"
	in.Against = nil
	handled := w.deciding(t, in, service) // by li
	in.About.Claim, in.Against = "C-11", []complaint.Accused{{Kind: complaint.Person, Party: "li"}}
	against := w.receive(t, in)
	anonymous := complaint.Receipt{Anonymous: true, Content: text("x")}
	one, two := w.receive(t, anonymous), w.receive(t, anonymous)
	for name, try := range map[string]struct {
		id, survivor kernel.ID
		want         error
	}{
		"with itself":                         {c.ID, c.ID, kernel.ErrInvalid},
		"with somebody else's":                {c.ID, stranger.ID, kernel.ErrInvalid},
		"with one that has its reply":         {c.ID, answered.ID, kernel.ErrState},
		"with none":                           {c.ID, kernel.NewID(), kernel.ErrNotFound},
		"with one that the respondent has":    {against.ID, handled.ID, kernel.ErrState},
		"two anonymous ones":                  {one.ID, two.ID, kernel.ErrInvalid},
		"one whose investigation is finished": {handled.ID, c.ID, kernel.ErrState},
	} {
		err := last(w.Merge(manager, try.id, complaint.Merging{Survivor: try.survivor, Reason: why}))
		if !errors.Is(err, try.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.sound(t)
}

// Who had a hand in the merged complaint is kept from the review of the survivor too.
func TestTheHandsOfTheMergedComplaint(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := adoption(complaint.Classified)
	in.Receipt.Complainants[0].Customer = "c-1"
	old := got(w.Adopt(manager, in))(t)
	c := w.receive(t, letter("c-1"))
	got(w.Merge(manager, old.ID, complaint.Merging{Survivor: c.ID, Reason: text("same")}))(t)
	c = got(w.Get(auditor, c.ID))(t)
	if !slices.Equal(c.HandledBy, []kernel.Ref{"li", "chen"}) || !c.ReceivedAt.Equal(old.ReceivedAt) {
		t.Errorf("%v, received %s", c.HandledBy, c.ReceivedAt)
	}
}

// The task of two complaints that are merged is due on the earlier day; what comes afterwards
// lengthens it, but not what was promised.
func TestTheTaskOfAMerger(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	early := w.receive(t, letter("c-1")) // by 17 November
	w.days(2)
	in := letter("c-1")
	in.AcceptDuplicate, in.Reason = true, text("another call")
	late := w.receive(t, in)
	got(w.Accept(handler, late.ID, complaint.Acceptance{}))(t)
	got(w.Extend(handler, late.ID, complaint.Extension{Reason: text("complex")}))(t)
	got(w.Merge(handler, early.ID, complaint.Merging{Survivor: late.ID, Reason: text("the same")}))(t)
	if on := w.promised(t, late.ID); on != day(17) {
		t.Errorf("the merger bought time: the task is due on %s", on)
	}
	more := complaint.SecondExtension{Approver: "zhao", Reason: text("x"), Notice: complaint.Message{Channel: "sms"}}
	c := got(w.ExtendAgain(handler, late.ID, more))(t)
	if on := w.promised(t, late.ID); c.PromisedBy != day(17) || on != kernel.NewDate(2026, 12, 17) {
		t.Errorf("by %s, the task by %s", c.PromisedBy, on)
	}
	c = got(w.AddFacts(agent, late.ID, complaint.Addition{Text: text("a witness")}))(t)
	if want := kernel.NewDate(2027, 1, 3); c.PromisedBy != want || w.promised(t, late.ID) != want {
		t.Errorf("by %s, the task by %s", c.PromisedBy, w.promised(t, late.ID))
	}
	w.sound(t)
}

// New facts end what was owed to those whose complaint was merged, even when they leave the
// task its day.
func TestNewFactsEndWhatWasOwed(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	early := w.receive(t, letter("c-1")) // by 17 November
	w.days(2)
	in := letter("c-1")
	in.AcceptDuplicate, in.Reason = true, text("another call")
	late := w.receive(t, in)
	got(w.Merge(handler, early.ID, complaint.Merging{Survivor: late.ID, Reason: text("the same")}))(t)
	got(w.Suspend(handler, late.ID, complaint.Pause{Kind: complaint.Appraisal, At: noon}))(t)
	w.days(3)
	c := got(w.Continue(handler, late.ID, complaint.Resumption{}))(t)
	if want := day(22); c.PromisedBy != day(17) || w.promised(t, late.ID) != want {
		t.Errorf("by %s, the task by %s, want %s", c.PromisedBy, w.promised(t, late.ID), want)
	}
	c = got(w.AddFacts(agent, late.ID, complaint.Addition{Text: text("a witness")}))(t)
	if c.PromisedBy != day(22) || w.promised(t, late.ID) != day(22) {
		t.Errorf("by %s, the task by %s", c.PromisedBy, w.promised(t, late.ID))
	}
	w.sound(t)
}
