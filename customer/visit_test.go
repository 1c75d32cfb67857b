package customer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/kernel/workflow"
)

// The script of new policies asks what article 15 of the basic service rules for personal
// insurance lists, in its order.
func TestTheSevenPoints(t *testing.T) {
	t.Parallel()
	want := map[string]string{ // a word of each point of the article
		"identity": "投保人本人", "signature": "签名", "materials": "投保提示", "cover": "责任免除",
		"surrender": "退保", "cooling_off": "犹豫期", "premium": "缴费频率",
	}
	for _, s := range customer.Scripts() {
		if s.Kind != customer.VisitNewPolicy {
			continue
		}
		var codes []string
		for _, p := range s.Points {
			codes = append(codes, p.Code)
			if !strings.Contains(p.Text.ZH, want[p.Code]) || p.Conditional != (p.Code == "premium") {
				t.Errorf("%+v", p)
			}
		}
		if d := cmp.Diff([]string{"identity", "signature", "materials", "cover", "surrender", "cooling_off", "premium"}, codes); d != "" {
			t.Error(d)
		}
		return
	}
	t.Error("no script for new policies")
}

// A policy is delivered; the customer is reached at the third attempt and all is well.
func TestACallbackInsideTheCoolingOffPeriod(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.visits()
		who := w.register(t, zhang()).ID.Ref()
		v := ok(s.Plan(zhao, callback(who)))(t)
		if v.State != customer.VisitPlanned || v.Script != "new_policy/1" || len(v.Points) != 7 || v.Round != 1 {
			t.Errorf("%+v", v)
		}
		ok(s.Attempt(wang, v.ID, customer.Try{Outcome: customer.NoAnswer, Channel: "phone"}))(t)
		w.clock.Advance(24 * time.Hour)
		ok(s.Attempt(wang, v.ID, customer.Try{Outcome: customer.CallLater, Channel: "phone", Note: secret("客户在开会，下午再拨")}))(t)
		v = ok(s.Reach(wang, v.ID, customer.Call{Channel: "phone", Recording: "REC-1"}))(t)
		if v.State != customer.VisitReached || v.Attempts != 3 || v.Handler != "wang" || !v.ReachedAt.Equal(w.clock.Now()) {
			t.Errorf("%+v", v)
		}
		answers := sevenPoints()
		answers[6].Result = customer.NotApplicable // a single premium
		answers[3].Words = secret("知道，保到七十岁")
		v = ok(s.Complete(wang, v.ID, customer.Outcome{Answers: answers}))(t)
		if v.State != customer.VisitCompleted || v.Recording != "REC-1" || v.EndedAt.IsZero() || v.Problem != "" {
			t.Errorf("%+v", v)
		}
		var tries []string
		for _, a := range ok(s.Attempts(auditor, v.ID))(t) {
			tries = append(tries, fmt.Sprintf("%d %s by %s", a.Number, a.Outcome, a.By))
		}
		if d := cmp.Diff([]string{"1 no_answer by wang", "2 call_later by wang", "3 spoken by wang"}, tries); d != "" {
			t.Error(d)
		}
		kept := ok(s.Answers(auditor, v.ID))(t)
		if len(kept) != 7 || kept[6].Result != customer.NotApplicable || !kept[3].Words.IsSealed() {
			t.Errorf("%+v", kept)
		}
		last := ok(s.History(auditor, v.ID))(t)
		if f := last[len(last)-1].Facts; f["kind"] != "new_policy" {
			t.Errorf("%v", f)
		}
		if r := ok(verifyJournal(t, w))(t); !r.OK() {
			t.Error(r.Faults)
		}
	})
}

// The customer says that nobody told of the cooling-off period. Somebody other than the
// seller puts it right.
func TestAMisleadingSaleIsPutRightByAnother(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.visits()
		v := w.reached(t, callback("c-host-1"))
		_, err := s.Complete(wang, v.ID, customer.Outcome{Answers: sevenPoints("cooling_off")})
		if d := cmp.Diff([]string{"answers conflict"}, faults(t, err)); d != "" {
			t.Error(d)
		}
		issue := customer.Issue{
			Problem: customer.ProblemMisselling, Text: secret("代理人没有说明犹豫期"), Answers: sevenPoints("cooling_off", "surrender"), Fixer: "li",
		}
		_, err = s.RaiseProblem(wang, v.ID, issue)
		if d := cmp.Diff([]string{"fixer conflict"}, faults(t, err)); d != "" {
			t.Error(d)
		}
		issue.Fixer = "zhao"
		v = ok(s.RaiseProblem(wang, v.ID, issue))(t)
		if v.State != customer.VisitProblemRaised || v.Handler != "zhao" || !v.ProblemText.IsSealed() {
			t.Errorf("%+v", v)
		}
		h := ok(s.History(auditor, v.ID))(t)
		if f := h[len(h)-1].Facts; f["problem"] != "misselling" || fmt.Sprint(f["denied"]) != "[surrender cooling_off]" {
			t.Errorf("%v", f)
		}
		remedy := customer.Outcome{Remedy: secret("已上门解释并重新告知犹豫期权利")}
		if _, err = s.Complete(li, v.ID, remedy); !errors.Is(err, kernel.ErrForbidden) {
			t.Errorf("the seller: %v", err)
		}
		for _, m := range ok(s.Allowed(li, v.ID))(t).Allowed {
			t.Errorf("the seller may %s", m.Event)
		}
		_, err = s.Complete(zhao, v.ID, customer.Outcome{Answers: sevenPoints()})
		if d := cmp.Diff([]string{"remedy required", "answers order"}, faults(t, err)); d != "" {
			t.Error(d)
		}
		v = ok(s.Complete(zhao, v.ID, remedy))(t)
		if v.State != customer.VisitCompleted || v.FixedBy != "zhao" || !v.Remedy.IsSealed() {
			t.Errorf("%+v", v)
		}
		if r := ok(verifyJournal(t, w))(t); !r.OK() {
			t.Error(r.Faults)
		}
	})
}

// Who sold a policy does not ask about the sale, but may call about anything else.
func TestTheSellerAsksNothingAboutTheSale(t *testing.T) {
	t.Parallel()
	w := newMemory()
	s := w.visits()
	v := ok(s.Plan(zhao, callback("c-1")))(t)
	if _, err := s.Reach(li, v.ID, customer.Call{}); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("%v", err)
	}
	if _, err := s.Attempt(li, v.ID, customer.Try{Outcome: customer.Busy}); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("%v", err)
	}
	care := customer.VisitPlan{Kind: customer.VisitCare, Customer: "c-1", Seller: "li", Handler: "li"}
	v = ok(s.Plan(li, care))(t)
	v = ok(s.Reach(li, v.ID, customer.Call{}))(t)
	v = ok(s.Complete(li, v.ID, customer.Outcome{Answers: []customer.Reply{
		{Point: "wishes", Result: customer.Told, Words: secret("想了解养老险")}, {Point: "identity", Result: customer.Confirmed}, {Point: "satisfied", Result: customer.Confirmed},
	}}))(t)
	if v.State != customer.VisitCompleted || v.Recording != "" || v.Concerns() != nil {
		t.Errorf("%+v", v)
	}
}

// Nobody gives up before the company's number of attempts, and all reasons are kept.
func TestACustomerWhoIsNeverReached(t *testing.T) {
	t.Parallel()
	w := newMemory()
	s := w.visits()
	v := ok(s.Plan(zhao, callback("c-1")))(t)
	for i, why := range []customer.AttemptResult{customer.NoAnswer, customer.SwitchedOff, customer.WrongNumber} {
		_, err := s.GiveUp(wang, v.ID, secret("no use"))
		var te *workflow.TransitionError
		if !errors.As(err, &te) || te.Reason != fmt.Sprintf("%d of 3 attempts were made", i) {
			t.Errorf("after %d attempts: %v", i, err)
		}
		ok(s.Attempt(wang, v.ID, customer.Try{Outcome: why}))(t)
	}
	v = ok(s.GiveUp(wang, v.ID, secret("a letter was sent instead")))(t)
	if v.State != customer.VisitUnreached || v.EndedAt.IsZero() || len(ok(s.Attempts(auditor, v.ID))(t)) != 3 {
		t.Errorf("%+v", v)
	}
	if _, err := s.Reach(wang, v.ID, customer.Call{}); !errors.Is(err, kernel.ErrState) {
		t.Error(err)
	}

	once := customer.NewVisits(w.engine, customer.VisitConfig{Attempts: 1})
	v = ok(once.Plan(zhao, callback("c-1")))(t)
	ok(once.Attempt(wang, v.ID, customer.Try{Outcome: customer.Refused}))(t)
	ok(once.GiveUp(wang, v.ID, secret("")))(t)
}

// A visit of a kind about one thing is open once; after it has ended there may be another.
func TestOneVisitAtATime(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := customer.NewVisits(w.engine, customer.VisitConfig{Attempts: 1})
		in := callback("c-1")
		v := ok(s.Plan(zhao, in))(t)
		_, err := s.Plan(zhao, in)
		if d := duplicate(t, err); !d.Certain || !slices.Equal(d.Candidates, []kernel.ID{v.ID}) {
			t.Errorf("%+v", d)
		}
		for round := int64(2); round <= 3; round++ {
			ok(s.Attempt(wang, v.ID, customer.Try{Outcome: customer.NoAnswer}))(t)
			ok(s.GiveUp(wang, v.ID, secret("")))(t)
			again := ok(s.Plan(zhao, in))(t)
			if again.Round != round || again.ID == v.ID {
				t.Errorf("%+v", again)
			}
			v = again
		}
		other := in
		other.Kind = customer.VisitBusiness
		ok(s.Plan(zhao, other))(t)
		for range 2 { // about nothing: as many as one likes
			ok(s.Plan(zhao, customer.VisitPlan{Kind: customer.VisitCare, Customer: "c-1"}))(t)
		}
	})
}

// A reaction plans the visit: in the unit of what it reacts to, once, as the system.
func TestAReactionPlansOnce(t *testing.T) {
	t.Parallel()
	w := newMemory()
	about := customer.About{Kind: "claim", ID: kernel.NewID()}
	script := customer.Script{Version: "claim/9", Kind: customer.VisitClaim, Points: []customer.Point{{Code: "paid", Text: workflow.Label{EN: "Paid?", ZH: "已支付？"}}}}
	w.engine.React(engine.On{Kind: "customer", To: string(customer.Dormant)}, func(ctx context.Context, r command.Runner, _ command.Happening) error {
		for range 2 {
			if err := customer.PlanVisit(ctx, r, customer.VisitPlan{Kind: customer.VisitClaim, Customer: "c-1", About: about}, script); err != nil {
				return err
			}
		}
		return nil
	})
	c := w.register(t, zhang())
	ok(w.Rest(archivist, c.ID, secret("")))(t)
	ok(w.Wake(archivist, c.ID, secret("")))(t)
	ok(w.Rest(archivist, c.ID, secret("")))(t)
	page := ok(w.visits().List(auditor, customer.VisitFilter{About: about}, kernel.List{}))(t)
	if len(page.Items) != 1 || page.Items[0].Script != "claim/9" {
		t.Fatalf("%+v", page.Items)
	}
	v := page.Items[0]
	if d := cmp.Diff([]command.Case{{Kind: "claim", ID: about.ID}}, v.Concerns()); d != "" || v.About() != about {
		t.Error(d)
	}
	h := ok(w.visits().History(auditor, v.ID))(t)
	if h[0].Role != "system" || h[0].OnBehalf == "" {
		t.Errorf("%+v", h[0])
	}
}

// What a visit tells the rulebook opens the statutory deadline: 15 working days for a
// problem of a sale to be solved.
func TestWhatTheRulebookSees(t *testing.T) {
	t.Parallel()
	w := newMemory()
	v := w.reached(t, callback("c-1"))
	v = ok(w.visits().RaiseProblem(wang, v.ID, customer.Issue{Problem: customer.ProblemMisselling, Text: secret("x"), Fixer: "zhao"}))(t)
	want := rulebook.Facts{
		"kind": "new_policy", "line": "life", "group": false, "handler": "zhao", "branch": "", "due_on": today.AddDays(15), "problem": "misselling",
	}
	if d := cmp.Diff(want, v.Circumstances()); d != "" {
		t.Error(d)
	}
	opened := func(v customer.Visit) (clocks []string) {
		h := rulebook.Happening{Kind: "visit", Event: "RaiseProblem", From: "reached", To: "problem_raised", At: noon, Case: v.Circumstances()}
		for _, r := range rulebook.Default().Answer(h) {
			if r.Act == rulebook.Open {
				clocks = append(clocks, r.Clock.ID)
			}
		}
		return clocks
	}
	if d := cmp.Diff([]string{"cn.callback.fix-misselling"}, opened(v)); d != "" {
		t.Error(d)
	}
	v.Group = true
	if got := opened(v); got != nil {
		t.Errorf("for a group: %v", got)
	}
}

func TestVisitsAreFound(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		s := w.visits()
		north := callback("c-1")
		north.Branch = "north"
		ok(s.Plan(zhao, north))(t)
		claim := customer.VisitPlan{Kind: customer.VisitClaim, Customer: "c-2", Handler: "qian", About: customer.About{Kind: "claim", ID: kernel.NewID()}}
		ok(s.Plan(zhao, claim))(t)
		done := w.reached(t, callback("c-2"))
		ok(s.Complete(wang, done.ID, customer.Outcome{Answers: sevenPoints()}))(t)
		for _, tt := range []struct {
			name string
			by   customer.VisitFilter
			want int
		}{
			{"all", customer.VisitFilter{}, 3},
			{"planned", customer.VisitFilter{State: customer.VisitPlanned}, 2},
			{"open", customer.VisitFilter{Open: true}, 2},
			{"about new policies", customer.VisitFilter{Kind: customer.VisitNewPolicy}, 2},
			{"due", customer.VisitFilter{DueBefore: today.AddDays(16)}, 2},
			{"due and open", customer.VisitFilter{DueBefore: today.AddDays(16), Open: true}, 1},
			{"not due yet", customer.VisitFilter{DueBefore: today.AddDays(15)}, 0},
			{"of a handler", customer.VisitFilter{Handler: "wang"}, 1},
			{"of a customer", customer.VisitFilter{Customer: "c-2"}, 2},
			{"about a claim", customer.VisitFilter{About: claim.About}, 1},
			{"about any claim", customer.VisitFilter{About: customer.About{Kind: "claim"}}, 1},
			{"about nonsense", customer.VisitFilter{About: customer.About{ID: "x"}}, 0},
		} {
			if page := ok(s.List(auditor, tt.by, kernel.List{}))(t); len(page.Items) != tt.want {
				t.Errorf("%s: %d, want %d", tt.name, len(page.Items), tt.want)
			}
		}
		if page := ok(s.List(staff("he", access.Manager, "south"), customer.VisitFilter{}, kernel.List{}))(t); len(page.Items) != 2 {
			t.Errorf("the south sees %d", len(page.Items))
		}
		first := ok(s.List(auditor, customer.VisitFilter{}, kernel.List{Limit: 2}))(t)
		rest := ok(s.List(auditor, customer.VisitFilter{}, kernel.List{Limit: 2, After: first.Next}))(t)
		if len(rest.Items) != 1 || rest.Items[0].ID != done.ID {
			t.Errorf("%+v", rest)
		}
		_, err := s.List(auditor, customer.VisitFilter{State: "x", Kind: "y", Handler: "\n"}, kernel.List{})
		if d := cmp.Diff([]string{"state unknown", "kind unknown", "handler control"}, faults(t, err)); d != "" {
			t.Error(d)
		}
	})
}
