package complaint_test

import (
	"slices"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

// because opens the reasons in the history of a complaint, the oldest first.
func (w *world) because(t tb, id kernel.ID) (reasons []string) {
	t.Helper()
	for _, row := range got(w.Reveal(owner, id, reveal.Purpose{Text: text("to look"), Parts: []reveal.Part{"history"}}))(t) {
		if why := string(row.Values["reason"]); why != "" {
			reasons = append(reasons, why)
		}
	}
	return reasons
}

// A form with several remarks keeps all of them.
func TestNoRemarkIsDropped(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	says := func(id kernel.ID, want ...string) {
		t.Helper()
		if have := w.because(t, id); !slices.Equal(have, want) {
			t.Errorf("because %q", have)
		}
	}
	in := letter("c-1")
	in.Reason = text("called twice before")
	c := w.receive(t, in)
	got(w.Accept(handler, c.ID, complaint.Acceptance{}))(t)
	spot := complaint.SpotDecision{Classification: service, Decision: apology}
	spot.Classification.Remark, spot.Decision.Remark = text("a queue"), text("called at once")
	got(w.ResolveOnTheSpot(handler, c.ID, spot))(t)
	says(c.ID, "called twice before", "a queue\ncalled at once")

	old := adoption(complaint.Closed)
	old.Receipt.Reason, old.Classification.Remark, old.Decision.Remark = text("came twice"), text("sales, I think"), text("agreed")
	old.Decision.Cause, old.Cause.Text = complaint.RootCause{Code: "sales", Text: text("the leaflet")}, text("two agents")
	c = got(w.Adopt(manager, old))(t)
	says(c.ID, "moved over\ncame twice\nsales, I think\nagreed\nthe leaflet")
	rows := got(w.Reveal(owner, c.ID, reveal.Purpose{Text: text("to look"), Parts: []reveal.Part{"complaints"}}))(t)
	if string(rows[0].Values["cause_text"]) != "two agents" || c.Cause != "sales.misleading" {
		t.Errorf("%s: %q", c.Cause, rows[0].Values["cause_text"])
	}
	if e := got(w.History(auditor, c.ID))(t)[0]; e.Facts["decided_cause"] != "sales" {
		t.Errorf("%v", e.Facts)
	}
	old.Number, old.Receipt.Complainants[0].Customer, old.Cause = "OLD-2", "c-2", complaint.RootCause{}
	if c = got(w.Adopt(manager, old))(t); c.Cause != "sales" {
		t.Error(c.Cause)
	}
	says(c.ID, "moved over\ncame twice\nsales, I think\nagreed")

	undecided := adoption(complaint.Deciding)
	undecided.DecidedBy = "sun"
	if c = got(w.Adopt(manager, undecided))(t); !slices.Equal(c.HandledBy, []kernel.Ref{"li", "sun", "chen"}) {
		t.Errorf("handled by %v", c.HandledBy)
	}
	w.sound(t)
}

// After the review the complainant's demand is kept with the reason, and no further unit
// of the insurer is named.
func TestWhatIsAskedForAfterTheReview(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := adoption(complaint.Replied)
	in.Level, in.ArrivedAt = 2, noon.Add(-time.Hour)
	c := got(w.Adopt(manager, in))(t)
	again := complaint.Again{Content: text("no"), Demand: text("my money"), Channel: "phone", OutsideBody: "Mediation centre", Branch: "head"}
	if p := paths(t, last(w.ComplainAgain(agent, c.ID, again))); !slices.Equal(p, []string{"branch"}) {
		t.Error(p)
	}
	again.Branch = ""
	got(w.ComplainAgain(agent, c.ID, again))(t)
	if have := w.because(t, c.ID); !slices.Equal(have, []string{"moved over", "no\nmy money"}) {
		t.Errorf("because %q", have)
	}
	h := got(w.History(auditor, c.ID))(t)
	if e := h[len(h)-1]; e.Facts["channel"] != "phone" || e.Facts["outside_body"] != "Mediation centre" {
		t.Errorf("%v", e.Facts)
	}
	w.sound(t)
}
