package complaint_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

var (
	nul  = "a\x00b"
	huge = strings.Repeat("x", 1<<20)
	far  = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
)

func paths(t *testing.T, err error) []string {
	t.Helper()
	var fe *kernel.FieldErrors
	if !errors.As(err, &fe) {
		t.Fatalf("no field errors: %v", err)
	}
	var paths []string
	for _, f := range fe.Faults {
		paths = append(paths, f.Path)
		if strings.Contains(f.Message, nul) || len(f.Message) > 200 {
			t.Errorf("%s: the fault repeats the input", f.Path)
		}
	}
	return paths
}

// A form that is wrong everywhere is told so everywhere, at once, and nothing is written.
func TestEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	for name, tt := range map[string]struct {
		err  error
		want []string
	}{
		"a receipt": {
			last(w.Receive(handler, complaint.Receipt{
				Complainants: []complaint.Speaker{{}, {Customer: kernel.Ref(huge), Name: text(nul), OnBehalfOf: "c-9"}},
				Anonymous:    true, Heads: 1, Via: "rumour", Regulator: "R-1", Channel: nul, Branch: nul,
				About:      complaint.Topic{Policy: kernel.Ref(nul), Line: "pets"},
				Against:    []complaint.Accused{{Kind: "dog"}, {Kind: complaint.Person, Party: "a"}, {Kind: complaint.Person, Party: "a"}},
				ReceivedAt: far, AcceptDuplicate: true, Demand: text(huge),
			})),
			[]string{
				"anonymous", "complainants[0]", "complainants[1].customer", "complainants[1].name", "complainants[1].authority", "heads", "via", "regulator",
				"channel", "branch", "about.policy", "about.line", "against[0].kind", "against[0].party", "against[2]", "content", "demand", "received_at", "reason",
			},
		},
		"nobody":   {last(w.Receive(handler, complaint.Receipt{Content: text("x"), Heads: -1})), []string{"complainants", "heads"}},
		"tomorrow": {last(w.Receive(handler, complaint.Receipt{Anonymous: true, Content: text("x"), ReceivedAt: noon.Add(time.Microsecond)})), []string{"received_at"}},
		"regulator without reference": {
			last(w.Receive(handler, complaint.Receipt{Anonymous: true, Content: text("x"), Via: complaint.ViaRegulator})), []string{"regulator"},
		},
		"too many": {
			last(w.Receive(handler, complaint.Receipt{Complainants: make([]complaint.Speaker, 1000), Against: make([]complaint.Accused, 1000), Content: text("x")})),
			[]string{"complainants", "against"},
		},
		"six speakers": {
			last(w.Receive(handler, complaint.Receipt{Complainants: people(6), InPerson: true, Content: text("x")})), []string{"complainants"},
		},
	} {
		if d := cmp.Diff(tt.want, paths(t, tt.err)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	if page := got(w.List(auditor, complaint.Filter{}, kernel.List{}))(t); len(page.Items) != 0 {
		t.Errorf("something was written: %+v", page.Items)
	}
	in := complaint.Receipt{Complainants: people(6), InPerson: true, Content: text("x")}
	in.Complainants[3].Representative = true
	w.receive(t, in)
}

func people(n int) []complaint.Speaker {
	out := make([]complaint.Speaker, n)
	for i := range out {
		out[i].Phone = text("1380013800" + string(rune('0'+i)))
	}
	return out
}

// Every form of every command names its faults.
func TestFormsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	bad := text(nul)
	c := w.deciding(t, letter("c-1"), service)
	for name, tt := range map[string]struct {
		err  error
		want []string
	}{
		"refusal":   {last(w.Refuse(handler, c.ID, complaint.Refusal{Remark: bad, Notice: complaint.Message{Kind: "joke", Channel: nul}})), []string{"reason", "turn_to", "remark", "notice.kind", "notice.channel"}},
		"class":     {last(w.Classify(handler, c.ID, complaint.Classification{Category: "x", Severity: "x", Complexity: "x", Supervisor: kernel.Ref(nul), Remark: bad})), []string{"category", "severity", "complexity", "supervisor", "remark"}},
		"emergency": {last(w.Classify(handler, c.ID, complaint.Classification{Category: complaint.CategoryOther, Severity: complaint.General, Emergency: true})), []string{"severity"}},
		"handler":   {last(w.Assign(manager, c.ID, complaint.Assignment{Reason: bad})), []string{"handler", "reason"}},
		"facts":     {last(w.AddFacts(agent, c.ID, complaint.Addition{At: far})), []string{"at", "text"}},
		"pause":     {last(w.Suspend(handler, c.ID, complaint.Pause{Kind: "holiday", At: far, Text: bad, Notice: complaint.Message{Sent: c.ID}})), []string{"kind", "at", "text", "notice.sent"}},
		"resume":    {last(w.Continue(handler, c.ID, complaint.Resumption{At: far, Text: bad})), []string{"at", "text"}},
		"extension": {last(w.Extend(handler, c.ID, complaint.Extension{Notice: complaint.Message{To: kernel.Ref(nul)}})), []string{"reason", "notice.to"}},
		"again":     {last(w.ExtendAgain(handler, c.ID, complaint.SecondExtension{})), []string{"approver", "reason", "notice.channel"}},
		"accused":   {last(w.NameRespondent(handler, c.ID, complaint.Accused{})), []string{"kind", "party"}},
		"question":  {last(w.AskUnit(handler, c.ID, complaint.Question{})), []string{"unit", "due_on", "text"}},
		"past":      {last(w.AskUnit(handler, c.ID, complaint.Question{Unit: "u", DueOn: day(1), Text: text("?")})), []string{"due_on"}},
		"answer":    {last(w.AnswerUnit(agent, c.ID, complaint.UnitAnswer{})), []string{"text"}},
		"findings":  {last(w.Conclude(handler, c.ID, complaint.Conclusion{})), []string{"findings"}},
		"finding":   {last(w.Conclude(handler, c.ID, complaint.Conclusion{Findings: []complaint.Found{{Evidence: bad, Responsible: kernel.Ref(nul)}}})), []string{"findings[0].facts", "findings[0].evidence", "findings[0].responsible"}},
		"decision": {
			last(w.Resolve(handler, c.ID, complaint.Decision{Compensation: yuan("-1"), Currency: "XXX", Correction: bad, Cause: complaint.RootCause{Code: "aliens"}, Improvements: []kernel.Ref{""}, Remark: bad})),
			[]string{"measures", "currency", "compensation", "correction", "improvements[0]", "remark", "cause.code"},
		},
		"half a fen": {last(w.Refer(handler, c.ID, complaint.Decision{Measures: text("x"), Compensation: yuan("0.001"), Cause: complaint.RootCause{Text: text("?")}})), []string{"compensation", "cause.code"}},
		"spot":       {last(w.ResolveOnTheSpot(handler, c.ID, complaint.SpotDecision{Classification: complaint.Classification{Severity: "x"}, Verdict: "x"})), []string{"classification.category", "classification.severity", "verdict", "decision.measures"}},
		"reply":      {last(w.Reply(handler, c.ID, complaint.Answer{Remedies: []complaint.Remedy{"duel"}})), []string{"notice.text", "remedies[0]"}},
		"closing":    {last(w.Close(handler, c.ID, complaint.Closing{Cause: complaint.RootCause{Code: "x"}, Improvements: make([]kernel.Ref, 1000), Remark: bad})), []string{"cause.code", "improvements", "remark"}},
		"more":       {last(w.ComplainAgain(agent, c.ID, complaint.Again{At: far, Demand: bad, Channel: nul, Branch: nul, OutsideBody: nul})), []string{"at", "content", "demand", "channel", "branch", "outside_body", "outside_body"}},
		"withdrawal": {last(w.Withdraw(agent, c.ID, complaint.Remark{})), []string{"text"}},
		"merging":    {last(w.Merge(manager, c.ID, complaint.Merging{})), []string{"reason"}},
		"return":     {last(w.Return(manager, c.ID, complaint.Remark{})), []string{"text"}},
		"notice":     {last(w.Notify(handler, c.ID, complaint.Message{Kind: complaint.NoticeReply})), []string{"kind"}},
		"list": {
			last(w.List(auditor, complaint.Filter{State: "x", Customer: kernel.Ref(nul), Handler: kernel.Ref(nul), Category: "x", Severity: "x", Level: 3, Branch: nul, From: far, To: far}, kernel.List{})),
			[]string{"state", "customer", "handler", "category", "severity", "level", "branch", "from", "to"},
		},
		"analysis": {last(w.Analyse(auditor, complaint.Period{From: day(2), To: day(1), Zone: "Asia/Nowhere", By: []complaint.Dimension{"smell", complaint.ByCause, complaint.ByCause}})), []string{"to", "by[0]", "by[2]", "zone"}},
	} {
		if d := cmp.Diff(tt.want, paths(t, tt.err)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	w.sound(t)
}

// A finding for each respondent, neither less nor more.
func TestConclusionsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := letter("c-1")
	in.Against = append(in.Against, complaint.Accused{Kind: complaint.Product, Party: "accident-a"})
	c := w.classified(t, in, service)
	got(w.Assign(manager, c.ID, complaint.Assignment{Handler: "li"}))(t)
	who := got(w.Respondents(handler, c.ID))(t)
	stranger := w.receive(t, letter("c-2"))
	foreign := got(w.Respondents(handler, stranger.ID))(t)[0].ID
	found := func(ids ...kernel.ID) complaint.Conclusion {
		var in complaint.Conclusion
		for _, id := range ids {
			in.Findings = append(in.Findings, complaint.Found{Respondent: id, Facts: text("so it was")})
		}
		return in
	}
	for name, tt := range map[string]struct {
		in   complaint.Conclusion
		want []string
	}{
		"one is missing":         {found(who[0].ID), []string{"findings"}},
		"twice about one":        {found(who[0].ID, who[0].ID), []string{"findings[1].respondent", "findings"}},
		"about a stranger":       {found(who[0].ID, who[1].ID, foreign), []string{"findings[2].respondent"}},
		"about nobody":           {found(who[0].ID, who[1].ID, kernel.ID(nul)), []string{"findings[2].respondent"}},
		"about no one of them":   {found(""), []string{"findings", "findings"}},
		"with one that is known": {found(kernel.ID(huge), who[1].ID), []string{"findings[0].respondent", "findings"}},
	} {
		if d := cmp.Diff(tt.want, paths(t, last(w.Conclude(handler, c.ID, tt.in)))); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	mixed := found(who[0].ID, who[1].ID)
	mixed.Findings[0].Justified = true
	if c = got(w.Conclude(handler, c.ID, mixed))(t); c.Verdict != complaint.Partly {
		t.Error(c.Verdict)
	}
}

// Keys that no complaint has, whatever they look like.
func TestUnknownComplaints(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	why := text("x")
	for _, id := range []kernel.ID{"", "x", kernel.ID(nul), kernel.ID(huge), kernel.NewID()} {
		for i, err := range []error{
			last(w.Get(auditor, id)), last(w.Allowed(auditor, id)), last(w.History(auditor, id)), last(w.Complainants(auditor, id)),
			last(w.Suspensions(auditor, id)), last(w.Notices(auditor, id)), last(w.Accept(handler, id, complaint.Acceptance{})),
			last(w.ComplainAgain(agent, id, complaint.Again{Content: why})), last(w.Merge(handler, id, complaint.Merging{Survivor: id, Reason: why})),
		} {
			if !errors.Is(err, kernel.ErrNotFound) {
				t.Errorf("%.10q, %d: %v", id, i, err)
			}
		}
	}
	for _, n := range []string{"", nul, huge, "CMP-9"} {
		if err := last(w.ByNumber(auditor, n)); !errors.Is(err, kernel.ErrNotFound) {
			t.Errorf("%.10q: %v", n, err)
		}
	}
	c, d := w.receive(t, letter("c-1")), w.receive(t, letter("c-2"))
	mine := got(w.Respondents(auditor, c.ID))(t)[0].ID
	got(w.AskUnit(handler, c.ID, complaint.Question{Respondent: mine, Unit: "u", DueOn: day(3), Text: why}))(t)
	asked := got(w.Inquiries(auditor, c.ID))(t)[0].ID
	got(w.Notify(handler, c.ID, complaint.Message{Kind: complaint.NoticeProgress}))(t)
	sent := got(w.Notices(auditor, c.ID))(t)[0].ID
	for i, err := range []error{
		last(w.AskUnit(handler, d.ID, complaint.Question{Respondent: mine, Unit: "u", DueOn: day(3), Text: why})),
		last(w.AnswerUnit(agent, d.ID, complaint.UnitAnswer{Inquiry: asked, Text: why})),
		last(w.AnswerUnit(agent, d.ID, complaint.UnitAnswer{Inquiry: kernel.ID(nul), Text: why})),
		last(w.Notify(handler, d.ID, complaint.Message{Sent: sent})),
	} {
		if !errors.Is(err, kernel.ErrNotFound) {
			t.Errorf("a part of another complaint, %d: %v", i, err)
		}
	}
	got(w.AnswerUnit(agent, c.ID, complaint.UnitAnswer{Inquiry: asked, Text: why}))(t)
	if err := last(w.AnswerUnit(agent, c.ID, complaint.UnitAnswer{Inquiry: asked, Text: why})); !errors.Is(err, kernel.ErrState) {
		t.Errorf("answered twice: %v", err)
	}
	if c := got(w.ByNumber(auditor, c.Number))(t); c.Customer != "c-1" {
		t.Errorf("%+v", c)
	}
}
