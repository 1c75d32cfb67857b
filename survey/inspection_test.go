package survey_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/survey"
)

// hotline is how calls are scored: 10 points, and who does not check identity fails.
func hotline() survey.Sheet {
	return survey.Sheet{Code: "HOTLINE", Title: "Hotline", Pass: 80, Items: []survey.SheetItem{
		{Code: "greeting", Text: both("Greets"), Points: 2},
		{Code: "identity", Text: both("Checks identity"), Points: 3, Critical: true},
		{Code: "answer", Text: both("Answers the question"), Points: 5},
	}}
}

func call() survey.Drawing {
	return survey.Drawing{
		Contact:   survey.Contact{Customer: "c-1", Branch: "north", About: survey.About{Kind: "call", Handler: "zhou"}},
		Recording: "call-77", ServedAt: noon.Add(-time.Hour), Sheet: hotline(),
	}
}

func marks(greeting, identity, answer int) []survey.Mark {
	return []survey.Mark{{Item: "answer", Points: answer}, {Item: "identity", Points: identity}, {Item: "greeting", Points: greeting}}
}

// improvement is what should be done about it.
func improvement() survey.Proposal {
	return survey.Proposal{Cause: secret("Nobody trained the new ones."), Measure: secret("Train them."), Unit: "hotline", Person: "qian", Due: today + 30}
}

// A call is drawn, scored by somebody else, and an improvement proposed from it.
func TestInspection(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		var proposed []survey.Proposal
		w.react("inspection", func(ctx context.Context, r command.Runner, h command.Happening) error {
			p, ok, err := survey.Proposed(ctx, r, h)
			if ok {
				proposed = append(proposed, p)
			}
			return err
		})
		i := got(w.Inspections.Draw(manager, call()))(t)
		i = got(w.Inspections.Score(manager, i.ID, survey.Scoring{Marks: marks(0, 3, 5), Findings: secret("客户等了三分钟"), Proposal: improvement()}))(t)
		if i.Points != 8 || i.Most != 10 || !i.Passed || i.Inspector != "wang" || i.Marks[0].Item != "greeting" || i.State != survey.Scored {
			t.Errorf("%+v", i)
		}
		if len(proposed) != 1 || proposed[0] != improvement() {
			t.Errorf("%+v", proposed)
		}
		texts := got(w.Inspections.Reveal(manager, i.ID, reveal.Purpose{Text: secret("coaching")}))(t)
		if len(texts) != 1 || texts[0].Values["findings"] != "客户等了三分钟" || texts[0].Values["improve_measure"] != "Train them." || len(texts[0].Values) != 3 {
			t.Errorf("%+v", texts)
		}
		list := got(w.Inspections.List(auditor, survey.InspectionFilter{State: survey.Scored, Handler: "zhou"}, kernel.List{}))(t)
		if len(list.Items) != 1 || len(proposed) != 1 {
			t.Errorf("%d scored", len(list.Items))
		}
		_, err := w.Inspections.Score(manager, i.ID, survey.Scoring{Marks: marks(2, 3, 5)})
		refused(t, err, kernel.ErrState)

		// So it is with a campaign that is analysed, and with nothing else.
		w.react("campaign", func(ctx context.Context, r command.Runner, h command.Happening) error {
			p, ok, err := survey.Proposed(ctx, r, h)
			if ok {
				proposed = append(proposed, p)
			}
			return err
		})
		c := w.asking(t)
		got(w.Campaigns.Close(manager, c.ID, survey.Grounds{}))(t)
		got(w.Campaigns.Analyse(manager, c.ID, survey.Conclusion{Summary: secret("Nobody answered."), Proposal: improvement()}))(t)
		got(w.Campaigns.Reveal(manager, c.ID, reveal.Purpose{Text: secret("report")}))(t)
		if len(proposed) != 2 || proposed[1] != improvement() {
			t.Errorf("%+v", proposed)
		}

		gone := got(w.Inspections.Draw(system, call()))(t)
		got(w.Inspections.Drop(manager, gone.ID, survey.Grounds{Code: "no_recording"}))(t)
		w.sound(t)
	})
}

// What passes: enough points of those that applied, and no critical item without any.
func TestScoring(t *testing.T) {
	t.Parallel()
	w := inMemory()
	for _, tt := range []struct {
		name         string
		marks        []survey.Mark
		points, most int64
		passed       bool
	}{
		{"all", marks(2, 3, 5), 10, 10, true},
		{"just enough", marks(2, 1, 5), 8, 10, true},
		{"just not", marks(1, 1, 5), 7, 10, false},
		{"critical", marks(2, 0, 5), 7, 10, false},
		{"critical with enough points", []survey.Mark{{Item: "greeting", Not: true}, {Item: "identity"}, {Item: "answer", Points: 5}}, 5, 8, false},
		{"did not apply", []survey.Mark{{Item: "greeting", Points: 2}, {Item: "identity", Not: true}, {Item: "answer", Points: 4}}, 6, 7, true},
		{"nothing applied", []survey.Mark{{Item: "greeting", Not: true}, {Item: "identity", Not: true}, {Item: "answer", Not: true}}, 0, 0, false},
	} {
		i := got(w.Inspections.Draw(manager, call()))(t)
		i = got(w.Inspections.Score(manager, i.ID, survey.Scoring{Marks: tt.marks}))(t)
		if i.Points != tt.points || i.Most != tt.most || i.Passed != tt.passed {
			t.Errorf("%s: %d of %d, %v", tt.name, i.Points, i.Most, i.Passed)
		}
	}
}

// Marks that are no marks, sheets that are no sheets: told at once, nothing stored.
func TestBadInspections(t *testing.T) {
	t.Parallel()
	w := inMemory()
	i := got(w.Inspections.Draw(manager, call()))(t)
	before := w.rows(t)
	bad := survey.Drawing{
		Contact: survey.Contact{Customer: "\x00", Branch: strings.Repeat("x", 65), About: survey.About{Kind: "a\nb"}}, ServedAt: time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC),
		Sheet: survey.Sheet{Title: "\x00", Pass: 101, Items: []survey.SheetItem{{Code: "a", Points: 0}, {Code: "a", Points: 1001}}},
	}
	_, err := w.Inspections.Draw(manager, bad)
	want := []string{
		"customer control", "branch length", "kind control", "id required", "served_at range", "sheet.code required", "sheet.title control", "sheet.pass range",
		"sheet.items[0].points range", "sheet.items[1].points range", "sheet.items[1].code duplicate",
	}
	if diff := cmp.Diff(want, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	late := call()
	late.ServedAt = noon.Add(time.Minute)
	_, err = w.Inspections.Draw(manager, late)
	if diff := cmp.Diff([]string{"served_at range"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = w.Inspections.Score(manager, i.ID, survey.Scoring{Marks: []survey.Mark{
		{Item: "greeting", Points: 3}, {Item: "greeting"}, {Item: "smile"}, {Item: "identity", Points: 1, Not: true},
	}})
	want = []string{"marks[0].points range", "marks[1].item duplicate", "marks[2].item unknown", "marks[3].points range", "marks required"}
	if diff := cmp.Diff(want, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = w.Inspections.Score(manager, i.ID, survey.Scoring{Marks: make([]survey.Mark, 1000), Proposal: survey.Proposal{Unit: "hotline"}})
	if diff := cmp.Diff([]string{"proposal.cause required", "proposal.measure required", "proposal.person required", "proposal.due required"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	// Nobody scores the own work, and a purpose is needed to read what was found.
	own := as("zhou", "manager")
	_, err = w.Inspections.Score(own, i.ID, survey.Scoring{Marks: marks(2, 3, 5)})
	refused(t, err, kernel.ErrForbidden, kernel.ErrState)
	_, err = w.Inspections.Reveal(manager, i.ID, reveal.Purpose{})
	if diff := cmp.Diff([]string{"text required"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = w.Inspections.Get(agent, i.ID)
	refused(t, err, kernel.ErrForbidden)
	if diff := cmp.Diff(before, w.rows(t)); diff != "" {
		t.Error("something was written:", diff)
	}
}

// However the marks arrive, they add up to the same.
func TestMarksInAnyOrder(t *testing.T) {
	t.Parallel()
	w := inMemory()
	rapid.Check(t, func(t *rapid.T) {
		all := marks(rapid.IntRange(0, 2).Draw(t, "g"), rapid.IntRange(0, 3).Draw(t, "i"), rapid.IntRange(0, 5).Draw(t, "a"))
		one, two := got(w.Inspections.Draw(manager, call()))(t), got(w.Inspections.Draw(manager, call()))(t)
		one = got(w.Inspections.Score(manager, one.ID, survey.Scoring{Marks: all}))(t)
		two = got(w.Inspections.Score(manager, two.ID, survey.Scoring{Marks: rapid.Permutation(all).Draw(t, "order")}))(t)
		if one.Points != two.Points || one.Passed != two.Passed || cmp.Diff(one.Marks, two.Marks) != "" {
			t.Fatalf("%+v, %+v", one, two)
		}
		sum := int64(0)
		for _, m := range all {
			sum += int64(m.Points)
		}
		if one.Points != sum || one.Passed != (sum >= 8 && all[1].Points > 0) {
			t.Fatalf("%+v", one)
		}
	})
}
