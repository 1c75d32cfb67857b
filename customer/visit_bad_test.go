package customer_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

func TestEveryFaultOfAVisitIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := newMemory()
	s := w.visits()
	planned := ok(s.Plan(zhao, callback("c-1")))(t)
	talking := w.reached(t, callback("c-2"))
	silent := ok(s.Plan(zhao, callback("c-3")))(t)
	ok(s.Reach(wang, silent.ID, customer.Call{}))(t) // not recorded
	caring := w.reached(t, customer.VisitPlan{Kind: customer.VisitCare, Customer: "c-4"})
	long := secret(strings.Repeat("x", customer.MaxText+1))
	last := func(_ customer.Visit, err error) error { return err }
	for _, tt := range []struct {
		name string
		err  error
		want []string
	}{
		{"nothing planned", last(s.Plan(zhao, customer.VisitPlan{})), []string{"kind required", "customer required"}},
		{"about nothing", last(s.Plan(zhao, customer.VisitPlan{Kind: customer.VisitClaim, Customer: "c-1"})), []string{"about required"}},
		{"everything wrong", last(s.Plan(zhao, customer.VisitPlan{
			Kind: customer.VisitNewPolicy, Customer: "\n", Branch: "\x00", About: customer.About{Kind: "", ID: "x"}, Seller: "li", Handler: "li",
			DueOn: kernel.NewDate(9999, 1, 1), Script: "claim/1",
		})), []string{"customer control", "branch control", "about.kind required", "about.id format", "line unknown", "handler conflict", "due_on range", "script unknown"}},
		{"no such line", last(s.Plan(zhao, customer.VisitPlan{Kind: customer.VisitCare, Customer: "c-1", Line: "luck"})), []string{"line unknown"}},
		{"reached by an attempt", last(s.Attempt(wang, planned.ID, customer.Try{Outcome: customer.Spoken, Channel: "\n", Recording: strings.Repeat("r", 65), Note: long})),
			[]string{"outcome unknown", "channel control", "recording length", "note length"}},
		{"a bad call", last(s.Reach(wang, planned.ID, customer.Call{Channel: "\n", Recording: "\x00", Note: long})),
			[]string{"channel control", "recording control", "note length"}},
		{"too long a reason", last(s.GiveUp(wang, planned.ID, long)), []string{"reason length"}},
		{"no answers", last(s.Complete(wang, talking.ID, customer.Outcome{})), slices.Repeat([]string{"answers required"}, 7)},
		{"too many answers", last(s.Complete(wang, talking.ID, customer.Outcome{Answers: make([]customer.Reply, 51)})), []string{"answers length"}},
		{"strange answers", last(s.Complete(wang, talking.ID, customer.Outcome{Answers: []customer.Reply{
			{Point: "identity", Result: "maybe", Words: long}, {Point: "identity", Result: customer.Confirmed},
		}})), []string{"answers[0].result unknown", "answers[0].words length", "answers[1].point duplicate"}},
		{"answers to other questions", last(s.Complete(wang, talking.ID, customer.Outcome{Answers: append(sevenPoints()[1:],
			customer.Reply{Point: "weather", Result: customer.Confirmed}, customer.Reply{Point: "identity", Result: customer.NotApplicable},
		), Remedy: secret("x")})), []string{"answers[6].point unknown", "answers[7].result conflict", "remedy order"}},
		{"yes to an open question", last(s.Complete(wang, caring.ID, customer.Outcome{Answers: []customer.Reply{
			{Point: "identity", Result: customer.Told}, {Point: "satisfied", Result: customer.NotApplicable}, {Point: "wishes", Result: customer.Confirmed},
		}})), []string{"answers[0].result conflict", "answers[1].result conflict", "answers[2].result conflict"}},
		{"not recorded", last(s.Complete(wang, silent.ID, customer.Outcome{Answers: sevenPoints()})), []string{"recording required"}},
		{"no problem", last(s.RaiseProblem(wang, silent.ID, customer.Issue{Fixer: "\x00"})), []string{"problem required", "text required", "fixer control"}},
		{"a problem not recorded", last(s.RaiseProblem(wang, silent.ID, customer.Issue{Problem: customer.ProblemOther, Text: secret("x")})), []string{"recording required"}},
	} {
		if d := cmp.Diff(tt.want, faults(t, tt.err)); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	if _, err := s.Get(auditor, kernel.NewID()); !errors.Is(err, kernel.ErrNotFound) {
		t.Error(err)
	}
	if _, err := s.Attempts(auditor, "x"); !errors.Is(err, kernel.ErrNotFound) {
		t.Error(err)
	}
	if n := len(ok(s.Answers(auditor, talking.ID))(t)); n != 0 {
		t.Errorf("%d answers were kept", n)
	}
}

func TestScriptsOfAHost(t *testing.T) {
	t.Parallel()
	if err := (customer.VisitConfig{}).Check(); err != nil {
		t.Errorf("the library's own: %v", err)
	}
	text := workflow.Label{EN: "Well?", ZH: "还好吗？"}
	bad := customer.VisitConfig{Attempts: -1, Scripts: []customer.Script{
		{Version: "care/1", Kind: customer.VisitCare, Points: []customer.Point{{Code: "a", Text: text}, {Code: "a", Text: text}}},
		{Version: "", Kind: "chat", Points: []customer.Point{{Code: "", Text: workflow.Label{EN: "x"}}}},
		{Version: "care/2", Kind: customer.VisitCare},
	}}
	want := []string{
		"attempts range", "scripts[0].points[1].code duplicate", "scripts[0].version duplicate",
		"scripts[1].version required", "scripts[1].kind unknown", "scripts[1].points[0].code required", "scripts[1].points[0].text required",
		"scripts[2].points length",
	}
	if d := cmp.Diff(want, faults(t, bad.Check())); d != "" {
		t.Error(d)
	}
	w := newMemory()
	good := customer.VisitConfig{Scripts: []customer.Script{{Version: "care/2", Kind: customer.VisitCare, Points: []customer.Point{{Code: "well", Text: text}}}}}
	s := customer.NewVisits(w.engine, good)
	in := customer.VisitPlan{Kind: customer.VisitCare, Customer: "c-1"}
	if v := ok(s.Plan(zhao, in))(t); good.Check() != nil || v.Script != "care/2" || v.Points[0].Code != "well" {
		t.Errorf("%+v", v)
	}
	in.Script = "care/1"
	v := ok(s.Plan(zhao, in))(t)
	if v.Script != "care/1" {
		t.Errorf("%+v", v)
	}
}
