package complaint_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage/memory"
)

// Any commands, by anybody, in any order, on complaints that merge and come again: what
// must never happen does not.
func TestAnyWalk(t *testing.T) {
	t.Parallel()
	people := map[string]context.Context{"li": handler, "chen": second, "wang": manager, "zhao": other, "zhou": agent, "owner": owner}
	names := []string{"li", "chen", "wang", "zhao", "zhou", "owner"}
	why := text("x")
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(memory.New())
		in := letter("c-1")
		in.Against = []complaint.Accused{{Kind: complaint.Person, Party: "zhao"}}
		ids := []kernel.ID{w.receive(rt, in).ID}
		in.AcceptDuplicate, in.Reason = true, why
		in.Against[0].Party = "chen"
		ids = append(ids, w.receive(rt, in).ID)
		anyID := func() kernel.ID { return rapid.SampledFrom(ids).Draw(rt, "complaint") }
		one := func(id kernel.ID) complaint.Conclusion {
			var c complaint.Conclusion
			for _, r := range got(w.Respondents(owner, id))(rt) {
				c.Findings = append(c.Findings, complaint.Found{Respondent: r.ID, Justified: rapid.Bool().Draw(rt, "justified"), Facts: why})
			}
			return c
		}
		type command = func(ctx context.Context, id kernel.ID) error
		commands := map[string]command{
			"Accept": func(ctx context.Context, id kernel.ID) error { return last(w.Accept(ctx, id, complaint.Acceptance{})) },
			"Refuse": func(ctx context.Context, id kernel.ID) error {
				return last(w.Refuse(ctx, id, complaint.Refusal{Reason: "x", TurnTo: "court"}))
			},
			"Classify": func(ctx context.Context, id kernel.ID) error {
				return last(w.Classify(ctx, id, complaint.Classification{Category: complaint.CategoryClaims, Severity: rapid.SampledFrom([]complaint.Severity{complaint.General, complaint.Major}).Draw(rt, "severity"), Supervisor: "wang"}))
			},
			"Assign": func(ctx context.Context, id kernel.ID) error {
				return last(w.Assign(ctx, id, complaint.Assignment{Handler: kernel.Ref(rapid.SampledFrom(names).Draw(rt, "handler"))}))
			},
			"NameRespondent": func(ctx context.Context, id kernel.ID) error {
				return last(w.NameRespondent(ctx, id, complaint.Accused{Kind: complaint.Person, Party: kernel.Ref(rapid.SampledFrom(names[:2]).Draw(rt, "respondent"))}))
			},
			"ResolveOnTheSpot": func(ctx context.Context, id kernel.ID) error {
				in := complaint.SpotDecision{Decision: apology}
				if got(w.Get(owner, id))(rt).Category == "" {
					in.Classification = service
				}
				return last(w.ResolveOnTheSpot(ctx, id, in))
			},
			"AddFacts": func(ctx context.Context, id kernel.ID) error {
				return last(w.AddFacts(ctx, id, complaint.Addition{Text: why}))
			},
			"Suspend": func(ctx context.Context, id kernel.ID) error {
				return last(w.Suspend(ctx, id, complaint.Pause{Kind: complaint.Appraisal}))
			},
			"Continue": func(ctx context.Context, id kernel.ID) error {
				return last(w.Continue(ctx, id, complaint.Resumption{}))
			},
			"Extend": func(ctx context.Context, id kernel.ID) error {
				return last(w.Extend(ctx, id, complaint.Extension{Reason: why}))
			},
			"Conclude":    func(ctx context.Context, id kernel.ID) error { return last(w.Conclude(ctx, id, one(id))) },
			"Resolve":     func(ctx context.Context, id kernel.ID) error { return last(w.Resolve(ctx, id, apology)) },
			"Refer":       func(ctx context.Context, id kernel.ID) error { return last(w.Refer(ctx, id, apology)) },
			"Countersign": func(ctx context.Context, id kernel.ID) error { return last(w.Countersign(ctx, id, complaint.Remark{})) },
			"Return": func(ctx context.Context, id kernel.ID) error {
				return last(w.Return(ctx, id, complaint.Remark{Text: why}))
			},
			"Reply": func(ctx context.Context, id kernel.ID) error { return last(w.Reply(ctx, id, w.answer())) },
			"Close": func(ctx context.Context, id kernel.ID) error {
				return last(w.Close(ctx, id, complaint.Closing{Satisfied: rapid.Bool().Draw(rt, "satisfied"), Cause: complaint.RootCause{Code: "none"}}))
			},
			"ComplainAgain": func(ctx context.Context, id kernel.ID) error {
				c, err := w.ComplainAgain(ctx, id, complaint.Again{Content: why})
				if err == nil {
					ids = append(ids, c.Second)
				}
				return err
			},
			"Merge": func(ctx context.Context, id kernel.ID) error {
				survivor := anyID()
				before, mine := got(w.Get(owner, survivor))(rt), got(w.Get(owner, id))(rt)
				err := last(w.Merge(ctx, id, complaint.Merging{Survivor: survivor, Reason: why}))
				if err == nil {
					after := got(w.Get(owner, survivor))(rt)
					bought := after.ReceivedAt.After(before.ReceivedAt) || after.ReceivedAt.After(mine.ReceivedAt)
					for _, promised := range []kernel.Date{before.PromisedBy, mine.PromisedBy} {
						bought = bought || !promised.IsZero() && after.PromisedBy > promised
					}
					if bought {
						rt.Fatalf("merging bought time: %+v and %+v became %+v", before, mine, after)
					}
				}
				return err
			},
		}
		var order []string
		for name := range commands {
			order = append(order, name)
		}
		slices.Sort(order)
		ended := map[kernel.ID]complaint.State{}
		for range rapid.IntRange(20, 60).Draw(rt, "length") {
			id := anyID()
			who := rapid.SampledFrom(append([]string{"owner", "owner", "wang"}, names...)).Draw(rt, "actor")
			name := rapid.SampledFrom(order).Draw(rt, "command")
			if rapid.IntRange(0, 3).Draw(rt, "onwards") > 0 { // what the table has here, so that walks lead far
				var on []string
				for _, m := range got(w.Allowed(owner, id))(rt).Allowed {
					if seldom := m.Event == complaint.EventRefuse || m.To == got(w.Get(owner, id))(rt).State; commands[string(m.Event)] != nil && !seldom {
						on = append(on, string(m.Event))
					}
				}
				if len(on) > 0 {
					name = rapid.SampledFrom(on).Draw(rt, "onward")
				}
			}
			w.clock.Advance(time.Duration(rapid.IntRange(0, 72).Draw(rt, "hours")) * time.Hour)
			err := commands[name](people[who], id)
			if err != nil && !errors.Is(err, kernel.ErrState) && !errors.Is(err, kernel.ErrInvalid) && !errors.Is(err, kernel.ErrForbidden) {
				rt.Fatalf("%s: %v", name, err)
			}
			for _, id := range ids {
				c := got(w.Get(owner, id))(rt)
				w.holds(rt, &c)
				if was, ok := ended[id]; ok && was != c.State && (was != complaint.Closed || c.State != complaint.Escalated || c.Second == "") {
					rt.Fatalf("%s: from %s to %s", name, was, c.State)
				}
				if complaint.Lifecycle.Class(c.State) == workflow.Ended {
					ended[id] = c.State
				}
			}
		}
		w.sound(rt)
	})
}

// holds is what is always so.
func (w *world) holds(t tb, c *complaint.Complaint) {
	t.Helper()
	if c.Level == 2 && (c.First == "" || slices.Contains(c.Excluded, c.Handler)) || c.Level == 1 && c.First != "" {
		t.Fatalf("level %d after %q, excluded %v, handled by %s", c.Level, c.First, c.Excluded, c.Handler)
	}
	for _, r := range got(w.Respondents(owner, c.ID))(t) {
		if r.Party == c.Handler && r.Kind == complaint.Person {
			t.Fatalf("%s handles a complaint about %s", c.Handler, r.Party)
		}
	}
	replied := []complaint.State{complaint.Replied, complaint.Closed, complaint.Escalated}
	if slices.Contains(replied, c.State) != !c.RepliedAt.IsZero() && c.State != complaint.Withdrawn {
		t.Fatalf("%s, replied at %s", c.State, c.RepliedAt)
	}
	if c.State != complaint.Received && c.State != complaint.Refused && c.State != complaint.Merged && c.State != complaint.Withdrawn && c.PromisedBy.IsZero() {
		t.Fatalf("%s without a promised day", c.State)
	}
}
