package improve_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/matrix"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/memory"
)

func TestTheTableIsThatOfTheSpecification(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/improvement.matrix")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	diffs, err := matrix.Compare(improve.Lifecycle, f)
	if err != nil || len(diffs) > 0 {
		t.Fatal(strings.Join(diffs, "\n"), err)
	}
}

func TestEveryMethodHasAGrant(t *testing.T) {
	t.Parallel()
	roles := access.NewRoles(improve.Grants())
	methods := map[string]bool{"Workflow": true}
	typ := reflect.TypeFor[*improve.Service]()
	for i := range typ.NumMethod() {
		name := typ.Method(i).Name
		if who, ok := roles.Granted("improvement." + name); (!ok || len(who) == 0) && !methods[name] {
			t.Errorf("%s is granted to nobody", name)
		}
		methods[name] = true
	}
	for _, row := range improve.Lifecycle.Rows() {
		if !methods[string(row.Event)] {
			t.Errorf("%s has no method", row.Event)
		}
		if slices.Contains(row.Who, access.Auditor) || slices.Contains(row.Who, kernel.RoleOwner) {
			t.Errorf("%s: %v", row.Event, row.Who)
		}
	}
}

func TestTheTableFitsTheRecord(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*gormstore.Store{"sqlite": onSQLite(t), "postgres": onPostgres(t)} {
		if diffs, err := s.Differences(t.Context(), improve.Subjects()[0].Root); err != nil || len(diffs) > 0 {
			t.Errorf("%s: %v, %v", name, diffs, err)
		}
	}
}

// A complaint shows that letters lie about; the measure is taken, sent back once, and
// helps.
func TestAMeasureThatHelps(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		i := got(w.Propose(handler, late("B-1")))(t)
		if i.State != improve.Proposed || i.ProposedBy != "li" || i.Responsible != "" || i.Source().ID != "B-1" {
			t.Errorf("%+v", i)
		}
		i = got(w.Approve(manager, i.ID, plan()))(t)
		if i.State != improve.Approved || i.Responsible != "zhao" || i.DueOn != today.AddDays(30) || i.Unit != "claims" || len(i.Figures) != 2 {
			t.Errorf("%+v", i)
		}
		got(w.Start(adviser, i.ID))(t)
		got(w.Finish(adviser, i.ID, improve.Completion{Evidence: privacy.New("the list hangs at the door")}))(t)
		i = got(w.Reopen(manager, i.ID, improve.Return{DueOn: today.AddDays(60), Reason: privacy.New("the list is of last month")}))(t)
		if i.State != improve.InProgress || i.Reopened != 1 || !i.FinishedAt.IsZero() || i.FinishedBy != "" || i.DueOn != today.AddDays(60) || i.Responsible != "zhao" {
			t.Errorf("%+v", i)
		}
		got(w.Finish(adviser, i.ID, improve.Completion{Document: "MIN-12"}))(t)
		i = got(w.Verify(handler, i.ID, measured("4", "4.5")))(t)
		if i.State != improve.Verified || !i.Effective || i.VerifiedBy != "li" || i.VerifiedAt.IsZero() {
			t.Errorf("%+v", i)
		}
		i = got(w.Get(auditor, i.ID))(t)
		if !i.Figures[0].Improved() || !i.Figures[0].After.Equal(num("4")) || !i.Figures[1].Before.Equal(num("3.25")) {
			t.Errorf("%+v", i.Figures)
		}
		var events []string
		for _, e := range got(w.History(auditor, i.ID))(t) {
			events = append(events, e.Event)
			if doc, _ := json.Marshal(e.Facts); strings.Contains(string(doc), "Chen") || strings.Contains(string(doc), "letters") {
				t.Errorf("%s tells %s", e.Event, doc)
			}
		}
		want := []string{"Propose", "Approve", "Start", "Finish", "Reopen", "Finish", "Verify"}
		if d := cmp.Diff(want, events); d != "" {
			t.Error(d)
		}
		w.sound(t)
	})
}

// A measure that changes nothing, or makes one thing better and another worse, is no
// effective one.
func TestAMeasureThatDoesNotHelp(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	for _, tt := range []struct {
		days, points string
		effective    bool
	}{
		{"9.5", "3.25", false}, {"4", "3.25", false}, {"9.5", "4", false}, {"12", "4.5", false}, {"9.4", "3.26", true}, {"-1", "9", true},
	} {
		i := w.done(t, late("B-1"))
		if i = got(w.Verify(manager, i.ID, measured(tt.days, tt.points)))(t); i.Effective != tt.effective || i.State != improve.Verified {
			t.Errorf("%s days, %s points: %v", tt.days, tt.points, i.Effective)
		}
	}
	if (improve.Figure{Better: improve.Lower, Before: num("5")}).Improved() {
		t.Error("never measured, yet better")
	}
}

// Nobody verifies what he is responsible for or has finished himself, and WhyNot says so.
func TestSomebodyElseVerifies(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	i := w.done(t, late("B-1")) // the adviser zhao is responsible and finished it
	zhao := as("zhao", access.Manager)
	if _, err := w.Verify(zhao, i.ID, measured("4", "4.5")); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("%v", err)
	}
	moves := got(w.Allowed(zhao, i.ID))(t)
	for _, m := range moves.Allowed {
		if m.Event == improve.EventVerify {
			t.Error("the responsible person may verify")
		}
	}
	// Responsible is another one, but who finished it is the same.
	got(w.Reopen(manager, i.ID, improve.Return{Responsible: "qian", Reason: privacy.New("not yet")}))(t)
	got(w.Finish(manager, i.ID, improve.Completion{Document: "MIN-13"}))(t)
	for id, may := range map[string]bool{"qian": false, "wang": false, "zhao": true} {
		_, err := w.Verify(as(id, access.Manager), i.ID, measured("4", "4.5"), kernel.DryRun())
		if may != (err == nil) {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestEveryFaultIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	open := got(w.Propose(handler, late("B-1")))(t)
	finished := w.done(t, late("B-2"))
	long := privacy.New(strings.Repeat("x", improve.MaxText+1))
	bad := improve.Figure{Name: "", Unit: "\x00", Better: "sideways", Before: num("0.123456789"), Measured: true}
	last := func(_ improve.Improvement, err error) error { return err }
	for _, tt := range []struct {
		name  string
		err   error
		paths []string
	}{
		{"nothing proposed", last(w.Propose(handler, improve.Proposal{})),
			[]string{"source.kind", "source.id", "cause", "measure", "unit"}},
		{"everything wrong", last(w.Propose(handler, improve.Proposal{
			Source: improve.Source{Kind: "gossip", ID: "\n"}, Person: "\x00", Branch: "a\x00", CauseCode: "\x00", Cause: long, Measure: long,
			Unit: "\x00", Responsible: "\x00", DueOn: kernel.NewDate(9999, 1, 1), Figures: []improve.Figure{bad, bad},
		})), []string{
			"source.kind", "source.id", "person", "branch", "cause_code", "cause", "measure", "unit", "responsible", "due_on",
			"figures[0].name", "figures[0].unit", "figures[0].better", "figures[0].before", "figures[0].after",
			"figures[1].name", "figures[1].unit", "figures[1].better", "figures[1].before", "figures[1].name", "figures[1].after",
		}},
		{"too many figures", last(w.Approve(manager, open.ID, improve.Plan{Figures: make([]improve.Figure, improve.MaxFigures+1)})), []string{"figures"}},
		{"no plan", last(w.Approve(manager, open.ID, improve.Plan{})), []string{"responsible", "due_on", "figures"}},
		{"a day that is past", last(w.Approve(manager, open.ID, improve.Plan{Responsible: "zhao", DueOn: today.AddDays(-2), Figures: plan().Figures})), []string{"due_on"}},
		{"no reason to reject", last(w.Reject(manager, open.ID, improve.Remark{})), []string{"text"}},
		{"not measured", last(w.Verify(manager, finished.ID, improve.Verification{})), []string{"after", "after"}},
		{"another figure", last(w.Verify(manager, finished.ID, func() improve.Verification {
			v := measured("1", "1")
			v.After["mood"] = num("1")
			return v
		}())), []string{"after"}},
		{"endless digits", last(w.Verify(manager, finished.ID, measured("1e-400", "1"))), []string{"after"}},
		{"no reason to reopen", last(w.Reopen(manager, finished.ID, improve.Return{DueOn: kernel.NewDate(1, 1, 1)})), []string{"due_on", "reason"}},
		{"reopened for yesterday", last(w.Reopen(manager, finished.ID, improve.Return{DueOn: today.AddDays(-2), Reason: privacy.New("x")})), []string{"due_on"}},
	} {
		var fe *kernel.FieldErrors
		if !errors.As(tt.err, &fe) {
			t.Errorf("%s: %v", tt.name, tt.err)
			continue
		}
		var paths []string
		for _, f := range fe.Faults {
			paths = append(paths, f.Path)
		}
		if d := cmp.Diff(tt.paths, paths); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
	yesterday := plan()
	yesterday.DueOn = today.AddDays(-1) // somewhere on earth it is that day still
	got(w.Approve(manager, open.ID, yesterday, kernel.DryRun()))(t)
	got(w.Approve(manager, open.ID, plan()))(t)
	got(w.Start(adviser, open.ID))(t)
	if _, err := w.Finish(adviser, open.ID, improve.Completion{}); !errors.Is(err, kernel.ErrInvalid) {
		t.Errorf("without evidence: %v", err)
	}
	var te *workflow.TransitionError
	if _, err := w.Start(adviser, open.ID); !errors.As(err, &te) || te.From != "in_progress" {
		t.Errorf("started twice: %v", err)
	}
}

func TestRejected(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	i := got(w.Propose(handler, late("B-1")))(t)
	if _, err := w.Reject(handler, i.ID, improve.Remark{Text: privacy.New("no")}); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("%v", err)
	}
	i = got(w.Reject(manager, i.ID, improve.Remark{Text: privacy.New("it is done already")}))(t)
	if i.State != improve.Rejected || i.DecidedBy != "wang" {
		t.Errorf("%+v", i)
	}
}

// The analysis of complaints asks how far the improvements are, by complaint and at all.
func TestCountsAndLists(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		survey := late("S-1")
		survey.Source.Kind, survey.Unit, survey.Branch = improve.FromSurvey, "sales", "north"
		got(w.Propose(handler, survey))(t)
		proposed := got(w.Propose(handler, late("B-1")))(t)
		w.done(t, late("B-1"))
		got(w.Verify(manager, w.done(t, late("B-1")).ID, measured("4", "4.5")))(t)
		got(w.Verify(manager, w.done(t, late("B-2")).ID, measured("9", "2")))(t)
		got(w.Reject(manager, got(w.Propose(handler, late("B-2")))(t).ID, improve.Remark{Text: privacy.New("no")}))(t)

		want := improve.Counts{Open: 1, Done: 3, Effective: 1, Rejected: 1}
		if c := got(w.Counts(auditor, improve.Filter{Source: improve.Source{Kind: improve.FromComplaint}}))(t); c != want {
			t.Errorf("%+v", c)
		}
		south := as("he", access.Manager, "south")
		if c := got(w.Counts(south, improve.Filter{}))(t); c != want { // the survey's is of the north
			t.Errorf("%+v", c)
		}
		err := w.store.View(auditor, func(tx *storage.GuardTx) error {
			ids := []kernel.Ref{"B-1", "B-2", "B-3"}
			for n := range 600 { // more than one query takes, and one of them twice
				ids = append(ids, kernel.Ref(fmt.Sprint("C-", n)))
			}
			by, err := improve.BySource(tx, improve.FromComplaint, append(ids, "B-1")...)
			if d := cmp.Diff(map[kernel.Ref]improve.Counts{"B-1": {Open: 1, Done: 2, Effective: 1}, "B-2": {Done: 1, Rejected: 1}}, by); d != "" {
				t.Error(d)
			}
			all, err2 := improve.Of(tx, improve.Source{Kind: improve.FromComplaint, ID: "B-1"})
			if len(all) != 3 || all[0].ID != proposed.ID {
				t.Errorf("%d improvements of the complaint", len(all))
			}
			return errors.Join(err, err2)
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name string
			by   improve.Filter
			want int
		}{
			{"all", improve.Filter{}, 6},
			{"proposed", improve.Filter{State: improve.Proposed}, 2},
			{"open", improve.Filter{Open: true}, 3},
			{"by unit", improve.Filter{Unit: "sales"}, 1},
			{"by person", improve.Filter{Responsible: "zhao"}, 3},
			{"by person in a unit", improve.Filter{Responsible: "zhao", Unit: "sales"}, 0},
			{"due before the day", improve.Filter{DueBefore: today.AddDays(30)}, 0},
			{"due before the day after", improve.Filter{DueBefore: today.AddDays(31)}, 3},
			{"overdue", improve.Filter{DueBefore: today.AddDays(31), Open: true}, 1},
			{"of surveys", improve.Filter{Source: improve.Source{Kind: improve.FromSurvey}}, 1},
			{"of a complaint", improve.Filter{Source: improve.Source{Kind: improve.FromComplaint, ID: "B-2"}}, 2},
		} {
			if page := got(w.List(auditor, tt.by, kernel.List{}))(t); len(page.Items) != tt.want {
				t.Errorf("%s: %d, want %d", tt.name, len(page.Items), tt.want)
			}
		}
		first := got(w.List(auditor, improve.Filter{}, kernel.List{Limit: 4}))(t)
		rest := got(w.List(auditor, improve.Filter{}, kernel.List{Limit: 4, After: first.Next}))(t)
		if len(first.Items) != 4 || len(rest.Items) != 2 || rest.Next != "" {
			t.Errorf("%d and %d", len(first.Items), len(rest.Items))
		}
		if _, err := w.List(auditor, improve.Filter{State: "x", Unit: "\x00", Source: improve.Source{ID: "B-1"}}, kernel.List{}); !errors.Is(err, kernel.ErrInvalid) {
			t.Error(err)
		}
		if _, err := w.Counts(auditor, improve.Filter{State: "x"}); !errors.Is(err, kernel.ErrInvalid) {
			t.Error(err)
		}
	})
}

// A room proposes inside its own unit of work: when that fails, nothing is proposed.
func TestAProposalStandsAndFallsWithItsUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	broken := errors.New("the complaint was not closed")
	err := w.engine.Together(handler, command.Group{}, func(ctx context.Context, r command.Runner) error {
		if _, err := improve.Propose(ctx, r, late("B-1")); err != nil {
			return err
		}
		return broken
	})
	if !errors.Is(err, broken) {
		t.Fatal(err)
	}
	if page := got(w.List(auditor, improve.Filter{}, kernel.List{}))(t); len(page.Items) != 0 {
		t.Errorf("%d improvements", len(page.Items))
	}
}

// Free text shows nowhere: not in the record's JSON nor when input or record is printed.
func TestTextsAreSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	in := late("B-1")
	i := got(w.Propose(handler, in))(t)
	doc, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{string(doc), fmt.Sprintf("%+v", in), fmt.Sprintf("%+v %#v", i, i)} {
		if strings.Contains(shown, "Chen") || strings.Contains(shown, "absent") {
			t.Error(shown)
		}
	}
}

// Whatever people try in whatever order, what is effective was verified by somebody else
// and is better by every figure, and the counts add up.
func TestImprovementsInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(memory.New())
		i := got(w.Propose(handler, late("B-1")))(t)
		people := []context.Context{handler, manager, adviser, as("zhao", access.Manager)}
		t.Repeat(map[string]func(*rapid.T){
			"act": func(t *rapid.T) {
				who := rapid.SampledFrom(people).Draw(t, "who")
				days := fmt.Sprint(rapid.IntRange(0, 20).Draw(t, "days"))
				var err error
				switch rapid.SampledFrom([]string{"Approve", "Reject", "Start", "Finish", "Verify", "Reopen"}).Draw(t, "event") {
				case "Approve":
					_, err = w.Approve(who, i.ID, plan())
				case "Reject":
					_, err = w.Reject(who, i.ID, improve.Remark{Text: privacy.New("no")})
				case "Start":
					_, err = w.Start(who, i.ID)
				case "Finish":
					_, err = w.Finish(who, i.ID, improve.Completion{Document: "D"})
				case "Verify":
					_, err = w.Verify(who, i.ID, measured(days, days))
				case "Reopen":
					_, err = w.Reopen(who, i.ID, improve.Return{Reason: privacy.New("no")})
				}
				if err != nil && !errors.Is(err, kernel.ErrState) && !errors.Is(err, kernel.ErrForbidden) {
					t.Fatal(err)
				}
			},
			"": func(t *rapid.T) {
				now := got(w.Get(auditor, i.ID))(t)
				better := !slices.ContainsFunc(now.Figures, func(f improve.Figure) bool { return !f.Improved() })
				if now.Effective != (now.State == improve.Verified && better) {
					t.Fatalf("%+v", now)
				}
				if now.State == improve.Verified && (now.VerifiedBy == now.Responsible || now.VerifiedBy == now.FinishedBy) {
					t.Fatalf("verified by %s", now.VerifiedBy)
				}
				if c := got(w.Counts(auditor, improve.Filter{}))(t); c.Open+c.Done+c.Rejected != 1 || c.Effective > c.Done {
					t.Fatalf("%+v", c)
				}
				w.sound(t)
			},
		})
	})
}
