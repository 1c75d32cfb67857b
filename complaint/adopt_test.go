package complaint_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

// adoption is a complaint of the older system in the state, with all that it can know.
func adoption(s complaint.State) complaint.Adoption {
	in := complaint.Adoption{State: s, Number: "OLD-" + string(s), Reason: text("moved over"), Receipt: letter(kernel.Ref("c-" + s))}
	in.Receipt.ReceivedAt = noon.AddDate(0, 0, -10)
	in.Classification = service
	in.Handler, in.HandledBy = "li", []kernel.Ref{"chen"}
	in.AcceptedAt = noon.AddDate(0, 0, -9)
	if slices.Contains([]complaint.State{complaint.AwaitingApproval, complaint.Resolved, complaint.Replied, complaint.Closed}, s) {
		decided := apology
		in.Decision, in.DecidedBy = &decided, "li"
	}
	if slices.Contains([]complaint.State{complaint.Replied, complaint.Closed, complaint.Escalated}, s) {
		in.RepliedAt, in.ArrivedAt = noon.AddDate(0, 0, -5), noon.AddDate(0, 0, -4)
	}
	if s == complaint.Closed {
		in.ClosedAt, in.Satisfied, in.Cause = noon.AddDate(0, 0, -3), true, complaint.RootCause{Code: "sales.misleading"}
	}
	return in
}

// Running cases of an older system go on in their state, with their own times.
func TestAdopt(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		for _, s := range complaint.Lifecycle.States() {
			c := got(w.Adopt(manager, adoption(s)))(t)
			if c.State != s || c.Number != "OLD-"+string(s) || !c.ReceivedAt.Equal(noon.AddDate(0, 0, -10)) {
				t.Errorf("%s: %+v", s, c)
			}
			want := day(7) // counted from the old receipt, 23 October
			if !complaint.Lifecycle.Class(s).Live() || !c.RepliedAt.IsZero() {
				want = 0 // what was promised then, nobody said
			}
			if c.PromisedBy != want {
				t.Errorf("%s: by %s", s, c.PromisedBy)
			}
		}
		closed := got(w.ByNumber(auditor, "OLD-closed"))(t)
		if closed.ReviewUntil != kernel.NewDate(2026, 11, 28) || closed.Cause != "sales.misleading" || !closed.Satisfied {
			t.Errorf("%+v", closed)
		}
		late := adoption(complaint.Replied)
		late.Number, late.ArrivedAt = "OLD-late", time.Time{}
		late.Receipt.About.Product = "life-b"
		replied := got(w.Adopt(manager, late))(t)
		replied = got(w.Notify(handler, replied.ID, complaint.Message{Sent: replied.ReplyID}))(t)
		if replied.ReviewUntil != kernel.NewDate(2026, 12, 2) {
			t.Errorf("review until %s", replied.ReviewUntil)
		}
		again := got(w.ComplainAgain(agent, closed.ID, complaint.Again{Content: text("no")}))(t)
		if r := got(w.Get(auditor, again.Second))(t); !slices.Equal(r.Excluded, []kernel.Ref{"li", "chen"}) {
			t.Error(r.Excluded)
		}
		waiting := got(w.ByNumber(auditor, "OLD-awaiting_approval"))(t)
		got(w.Countersign(manager, waiting.ID, complaint.Remark{}))(t)
		investigating := got(w.ByNumber(auditor, "OLD-investigating"))(t)
		w.concluded(t, handler, investigating.ID)
		w.sound(t)
	})
}

func TestAdoptionsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	got(w.Adopt(manager, adoption(complaint.Accepted)))(t)
	if err := last(w.Adopt(handler, adoption(complaint.Received))); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("by a handler: %v", err)
	}
	same := adoption(complaint.Classified)
	same.Number = "OLD-accepted"
	var dup *kernel.DuplicateError
	if err := last(w.Adopt(manager, same)); !errors.As(err, &dup) || !dup.Certain || len(dup.Candidates) != 1 {
		t.Errorf("the number twice: %v", err)
	}
	bare := func(s complaint.State) complaint.Adoption {
		return complaint.Adoption{State: s, Reason: text("x"), Receipt: complaint.Receipt{Anonymous: true, Content: text("x"), ReceivedAt: noon}}
	}
	with := func(s complaint.State, change func(*complaint.Adoption)) complaint.Adoption {
		in := adoption(s)
		in.Receipt.Complainants[0].Customer = "c-new"
		change(&in)
		return in
	}
	for name, tt := range map[string]struct {
		in   complaint.Adoption
		want []string
	}{
		"nothing":      {complaint.Adoption{}, []string{"state", "reason", "receipt.complainants", "receipt.content", "receipt.received_at"}},
		"accepted":     {bare(complaint.Accepted), []string{"accepted_at"}},
		"deciding":     {bare(complaint.Deciding), []string{"classification", "handler", "accepted_at"}},
		"to approve":   {bare(complaint.AwaitingApproval), []string{"classification", "handler", "accepted_at", "decision"}},
		"closed":       {bare(complaint.Closed), []string{"accepted_at", "replied_at", "closed_at"}},
		"in the air":   {with("floating", func(in *complaint.Adoption) {}), []string{"state"}},
		"levels":       {with(complaint.Accepted, func(in *complaint.Adoption) { in.Level, in.Extensions = 3, 3 }), []string{"level", "extensions"}},
		"reviews":      {with(complaint.Accepted, func(in *complaint.Adoption) { in.Level, in.Extensions = 2, 1 }), []string{"extensions"}},
		"backwards":    {with(complaint.Replied, func(in *complaint.Adoption) { in.RepliedAt, in.ArrivedAt = in.ArrivedAt, in.RepliedAt }), []string{"arrived_at"}},
		"before":       {with(complaint.Accepted, func(in *complaint.Adoption) { in.AcceptedAt = in.Receipt.ReceivedAt.Add(-time.Second) }), []string{"accepted_at"}},
		"tomorrow":     {with(complaint.Accepted, func(in *complaint.Adoption) { in.AcceptedAt = noon.AddDate(0, 0, 1) }), []string{"accepted_at"}},
		"far":          {with(complaint.Accepted, func(in *complaint.Adoption) { in.AcceptedAt = far }), []string{"accepted_at"}},
		"a respondent": {with(complaint.Investigating, func(in *complaint.Adoption) { in.Handler = "zhou" }), []string{"receipt.against[0]"}},
		"cause":        {with(complaint.Closed, func(in *complaint.Adoption) { in.Cause.Code, in.Verdict = "x", "x" }), []string{"verdict", "cause.code"}},
		"decided":      {with(complaint.Resolved, func(in *complaint.Adoption) { in.Decision, in.DecidedBy = &complaint.Decision{}, "" }), []string{"decision.measures", "decided_by"}},
		"hands":        {with(complaint.Resolved, func(in *complaint.Adoption) { in.HandledBy, in.Number = []kernel.Ref{""}, nul }), []string{"number", "handled_by[0]"}},
	} {
		if d := cmp.Diff(tt.want, paths(t, last(w.Adopt(manager, tt.in)))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if page := got(w.List(auditor, complaint.Filter{}, kernel.List{}))(t); len(page.Items) != 1 {
		t.Errorf("%d complaints", len(page.Items))
	}
	w.sound(t)
}
