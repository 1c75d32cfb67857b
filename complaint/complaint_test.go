package complaint_test

import (
	"context"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/internal/matrix"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

func TestTheTableIsThatOfTheSpecification(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/complaint.matrix")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	diffs, err := matrix.Compare(complaint.Lifecycle, f)
	if err != nil || len(diffs) > 0 {
		t.Fatal(strings.Join(diffs, "\n"), err)
	}
}

// Every command and question has a grant, and every event its method: but for those that
// follow from another complaint.
func TestEveryMethodHasAGrant(t *testing.T) {
	t.Parallel()
	roles := access.NewRoles(complaint.Grants())
	methods := map[string]bool{}
	typ := reflect.TypeFor[*complaint.Service]()
	for i := range typ.NumMethod() {
		name := typ.Method(i).Name
		methods[name] = true
		if who, ok := roles.Granted("complaint." + name); !ok || len(who) == 0 {
			t.Errorf("%s is granted to nobody", name)
		}
	}
	for _, g := range complaint.Grants() {
		if slices.Contains(g.Roles, kernel.RoleOwner) {
			t.Errorf("%s lists the owner", g.Action)
		}
	}
	for _, row := range complaint.Lifecycle.Rows() {
		followed := row.Event == complaint.EventEscalated || row.Event == complaint.EventAbsorb
		if methods[string(row.Event)] == followed {
			t.Errorf("%s: method %v", row.Event, !followed)
		}
		if followed && !slices.Equal(row.Who, []kernel.Role{access.System}) {
			t.Errorf("%s is given by hand", row.Event)
		}
		if slices.Contains(row.Who, access.Auditor) {
			t.Errorf("the auditor may %s", row.Event)
		}
	}
}

func TestTablesFitTheRecords(t *testing.T) {
	t.Parallel()
	var recs []storage.Record
	for _, sub := range complaint.Subjects() {
		recs = append(recs, sub.Root)
		for _, part := range sub.Parts {
			recs = append(recs, part.Record)
		}
	}
	for name, open := range map[string]storage.Store{"sqlite": onSQLite(t), "postgres": onPostgres(t)} {
		s := open.(interface {
			Differences(ctx context.Context, recs ...storage.Record) ([]string, error)
		})
		diffs, err := s.Differences(t.Context(), recs...)
		if err != nil || len(diffs) > 0 || len(recs) != 8 {
			t.Errorf("%s: %v, %v, %d records", name, diffs, err, len(recs))
		}
	}
}

// What the rulebook says about complaints names events and states that there are.
func TestTheRulebookKnowsTheWorkflow(t *testing.T) {
	t.Parallel()
	life := complaint.Kinds()[0]
	for _, c := range rulebook.Default().Clocks() {
		if c.Case != "complaint" {
			continue
		}
		for _, triggers := range [][]rulebook.Trigger{c.Opens, c.Meets, c.Cancels, c.Restarts, c.Rebases} {
			for _, trigger := range triggers {
				head, _, _ := strings.Cut(string(trigger), "[")
				kind, state, isState := strings.Cut(head, ":")
				if isState && (kind != "complaint" || !life.HasState(state)) {
					t.Errorf("%s: %s", c.ID, trigger)
				}
				kind, event, isEvent := strings.Cut(head, ".")
				if isEvent && (kind != "complaint" || !life.HasEvent(event)) {
					t.Errorf("%s: %s", c.ID, trigger)
				}
			}
		}
	}
}

// A complaint about an agent who never called back: received, accepted with a promised
// day, classified, assigned, asked about, found justified, resolved, replied to, closed.
func TestTheStraightWay(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.receive(t, letter("c-1"))
		if c.State != complaint.Received || c.Number != "CMP-2026-00000001" || c.Customer != "c-1" || c.Level != 1 || c.Heads != 1 || !c.ReceivedAt.Equal(noon) {
			t.Errorf("%+v", c)
		}
		w.days(1)
		c = got(w.Accept(handler, c.ID, complaint.Acceptance{Notice: complaint.Message{Channel: "sms"}}))(t)
		if c.State != complaint.Accepted || c.PromisedBy != day(17) { // the day after receipt is the first of 15
			t.Errorf("%s, promised by %s", c.State, c.PromisedBy)
		}
		c = got(w.Classify(handler, c.ID, service))(t)
		if c.Severity != complaint.General || c.Complexity != complaint.Simple {
			t.Errorf("%s and %s", c.Severity, c.Complexity)
		}
		got(w.Assign(manager, c.ID, complaint.Assignment{Handler: "li"}))(t)
		who := got(w.Respondents(auditor, c.ID))(t)
		got(w.AskUnit(handler, c.ID, complaint.Question{Respondent: who[0].ID, Unit: "sales-north", DueOn: day(6), Text: text("why?")}))(t)
		asked := got(w.Inquiries(agent, c.ID))(t)
		got(w.AnswerUnit(as("boss", access.Agent), c.ID, complaint.UnitAnswer{Inquiry: asked[0].ID, Text: text("he was ill")}))(t)
		got(w.Notify(handler, c.ID, complaint.Message{Kind: complaint.NoticeProgress, Channel: "phone"}))(t)
		c = w.concluded(t, handler, c.ID)
		if c.State != complaint.Deciding || c.Verdict != complaint.Justified {
			t.Errorf("%s: %s", c.State, c.Verdict)
		}
		got(w.Resolve(handler, c.ID, complaint.Decision{Measures: text("trained"), Apology: true, Compensation: yuan("200"), Improvements: []kernel.Ref{"I-1"}}))(t)
		w.days(3)
		c = got(w.Reply(handler, c.ID, complaint.Answer{Notice: complaint.Message{Channel: "letter", Text: text("we are sorry")}}))(t)
		if c.State != complaint.Replied || !c.ReviewUntil.IsZero() {
			t.Errorf("%s, review until %s", c.State, c.ReviewUntil)
		}
		w.days(2)
		c = got(w.Notify(handler, c.ID, complaint.Message{Sent: c.ReplyID}))(t)
		if c.ReviewUntil != kernel.NewDate(2026, 12, 8) { // 30 days from the arrival on 8 November
			t.Errorf("review until %s", c.ReviewUntil)
		}
		c = got(w.Close(handler, c.ID, complaint.Closing{Satisfied: true, Cause: complaint.RootCause{Code: "service.delay", Text: text("no deputy")}}))(t)
		if c.State != complaint.Closed || c.ClosedAt.IsZero() || c.Cause != "service.delay" || len(c.Improvements) != 1 {
			t.Errorf("%+v", c)
		}
		want := []string{"Receive", "Accept", "Classify", "Assign", "AskUnit", "AnswerUnit", "Notify", "Conclude", "Resolve", "Reply", "Notify", "Close"}
		if d := cmp.Diff(want, w.events(t, c.ID)); d != "" {
			t.Error(d)
		}
		if n := len(got(w.Notices(auditor, c.ID))(t)); n != 3 {
			t.Errorf("%d letters", n)
		}
		f := got(w.Findings(auditor, c.ID))(t)
		r := got(w.Resolutions(auditor, c.ID))(t)
		if len(f) != 1 || f[0].RespondentID != who[0].ID || len(r) != 1 || r[0].Status != complaint.Approved || !r[0].Compensation.Equal(yuan("200")) {
			t.Errorf("%+v, %+v", f, r)
		}
		if now := got(w.Respondents(auditor, c.ID))(t); now[0].Verdict != complaint.Justified {
			t.Errorf("%+v", now)
		}
		w.sound(t)
	})
}
