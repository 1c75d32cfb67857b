package complaint_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/internal/canary"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/sqlite"
)

// What a complaint holds of people and in words lies readable nowhere: not in the
// database, in no fact of the journal, in no error, in nothing that is printed.
func TestPersonalDataIsSealed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	s, err := sqlite.Open(path)
	w := newWorld(ready(t, s, err))
	n := 0
	var birds []string
	// bird is a text that must not be heard again.
	bird := func() privacy.Secret {
		n++
		birds = append(birds, fmt.Sprintf("canary-%04d-sings", n))
		return text(birds[n-1])
	}
	phone := "13987654321"
	birds, n = append(birds, phone), 1
	in := letter("c-1")
	in.Complainants = []complaint.Speaker{
		{Name: bird(), Phone: text(phone), Email: bird(), Address: bird(), BehalfName: bird(), Authority: "POA-1"},
		{Customer: "c-2", Name: bird(), Email: bird()},
	}
	in.Content, in.Demand = bird(), bird()
	c := w.receive(t, in)
	var errs []error
	fails := func(err error) {
		t.Helper()
		if err == nil {
			t.Error("a command that was to fail did not")
		}
		errs = append(errs, err)
	}
	fails(last(w.Receive(handler, in)))
	fails(last(w.Receive(auditor, in)))
	broken := in
	broken.Content, broken.Via = text(birds[2]+"\x00"), "x"
	fails(last(w.Receive(handler, broken)))
	in.AcceptDuplicate, in.Reason = true, bird()
	twin := w.receive(t, in)
	got(w.Merge(handler, twin.ID, complaint.Merging{Survivor: c.ID, Reason: bird()}))(t)
	got(w.Accept(handler, c.ID, complaint.Acceptance{Notice: complaint.Message{Channel: "sms", Text: bird()}}))(t)
	got(w.AddFacts(agent, c.ID, complaint.Addition{Text: bird()}))(t)
	got(w.Suspend(handler, c.ID, complaint.Pause{Kind: complaint.Mediation, Text: bird(), Notice: complaint.Message{Text: bird()}}))(t)
	got(w.Continue(handler, c.ID, complaint.Resumption{Text: bird()}))(t)
	got(w.Extend(handler, c.ID, complaint.Extension{Reason: bird()}))(t)
	got(w.Classify(handler, c.ID, complaint.Classification{Category: complaint.CategorySales, Severity: complaint.Major, Supervisor: "wang", Remark: bird()}))(t)
	got(w.Assign(manager, c.ID, complaint.Assignment{Handler: "li", Reason: bird()}))(t)
	got(w.AskUnit(handler, c.ID, complaint.Question{Unit: "u", DueOn: day(9), Text: bird()}))(t)
	asked := got(w.Inquiries(auditor, c.ID))(t)[0].ID
	got(w.AnswerUnit(handler, c.ID, complaint.UnitAnswer{Inquiry: asked, Text: bird()}))(t)
	fails(last(w.AnswerUnit(handler, c.ID, complaint.UnitAnswer{Inquiry: asked, Text: bird()})))
	fails(last(w.Conclude(handler, c.ID, complaint.Conclusion{Findings: []complaint.Found{{Facts: bird()}}})))
	who := got(w.Respondents(auditor, c.ID))(t)
	got(w.Conclude(handler, c.ID, complaint.Conclusion{Findings: []complaint.Found{{Respondent: who[0].ID, Facts: bird(), Evidence: bird()}}}))(t)
	decision := complaint.Decision{Measures: bird(), Correction: bird(), Remark: bird(), Cause: complaint.RootCause{Code: "sales", Text: bird()}}
	fails(last(w.Resolve(handler, c.ID, decision)))
	got(w.Refer(handler, c.ID, decision))(t)
	got(w.Return(manager, c.ID, complaint.Remark{Text: bird()}))(t)
	got(w.Refer(handler, c.ID, decision))(t)
	got(w.Countersign(manager, c.ID, complaint.Remark{Text: bird()}))(t)
	got(w.Reply(handler, c.ID, complaint.Answer{Notice: complaint.Message{Text: bird()}}))(t)
	got(w.Close(handler, c.ID, complaint.Closing{Satisfied: true, Cause: complaint.RootCause{Code: "none", Text: bird()}, Remark: bird()}))(t)
	c = got(w.ComplainAgain(agent, c.ID, complaint.Again{Content: bird(), Demand: bird()}))(t)
	got(w.Withdraw(handler, c.Second, complaint.Remark{Text: bird()}))(t)
	refused := w.receive(t, letter("c-9"))
	got(w.Refuse(handler, refused.ID, complaint.Refusal{Reason: "x", TurnTo: "court", Remark: bird(), Notice: complaint.Message{Text: bird()}}))(t)
	w.sound(t)

	heard := map[string][]byte{}
	for i, err := range errs {
		heard[fmt.Sprintf("error %d", i)] = fmt.Appendf(nil, "%s %+v %#v", err, err, err)
	}
	for name, v := range map[string]any{
		"complaint": got(w.Get(owner, c.ID))(t), "history": got(w.History(owner, c.ID))(t), "complainants": got(w.Complainants(owner, c.ID))(t),
		"findings": got(w.Findings(owner, c.ID))(t), "resolutions": got(w.Resolutions(owner, c.ID))(t), "notices": got(w.Notices(owner, c.ID))(t),
		"suspensions": got(w.Suspensions(owner, c.ID))(t), "inquiries": got(w.Inquiries(owner, c.ID))(t), "input": in, "decision": decision,
		"review": got(w.History(owner, c.Second))(t),
	} {
		doc, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		heard[name] = fmt.Appendf(doc, "%v %+v %#v", v, v, v)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, f := range got(filepath.Glob(path + "*"))(t) {
		heard[f] = got(os.ReadFile(f))(t)
	}
	for where, bytes := range heard {
		for _, b := range birds {
			for _, form := range canary.FindIn(bytes, b) {
				t.Errorf("%s: %q is there: %s", where, b, form)
			}
		}
	}
	if len(birds) < 35 {
		t.Errorf("only %d canaries", len(birds))
	}
}

// Any text from outside is taken or refused, and never found again in the refusal.
func FuzzReceive(f *testing.F) {
	f.Add("c-1", "13800138000", "P-1", "person", "zhou", "it is broken", int64(1))
	f.Add("", "", "\x00", "dog", "\xff", "", int64(-1))
	f.Fuzz(func(t *testing.T, customer, phone, policy, kind, party, content string, heads int64) {
		w := newWorld(memory.New())
		c, err := w.Receive(handler, complaint.Receipt{
			Complainants: []complaint.Speaker{{Customer: kernel.Ref(customer), Phone: text(phone)}}, Heads: heads,
			About:   complaint.Topic{Policy: kernel.Ref(policy)},
			Against: []complaint.Accused{{Kind: complaint.RespondentKind(kind), Party: kernel.Ref(party)}}, Content: text(content),
		})
		switch {
		case errors.Is(err, kernel.ErrInvalid):
			if len(content) > 20 && strings.Contains(err.Error(), content) {
				t.Error("the error repeats the complaint")
			}
		case err != nil:
			t.Error(err)
		default:
			if got(w.Get(auditor, c.ID))(t).State != complaint.Received {
				t.Error("not received")
			}
			w.sound(t)
		}
	})
}
