package survey_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/survey"
)

// autumn is a year's end of answers: in October two products and branches were liked, in
// November one of them less.
func autumn(t tb, w *world) survey.Campaign {
	t.Helper()
	w.clock.Set(time.Date(2026, 10, 5, 4, 0, 0, 0, time.UTC))
	c := w.asking(t, func(p *survey.Plan) { p.RestDays = survey.NoRest })
	n := 0
	for month, scores := range [][][2]int{ // nps and satisfaction
		{{10, 5}, {9, 5}, {9, 4}, {8, 4}, {6, 3}, {10, 5}},
		{{3, 3}, {5, 3}, {7, 4}, {10, 5}, {0, 3}, {9, 5}},
	} {
		w.clock.Set(time.Date(2026, time.Month(10+month), 31-month, 15, 59, 0, 0, time.UTC)) // the month's last minute in China
		for k, s := range scores {
			to := claimOf(n)
			to.Branch = []string{"north", "south"}[k%2]
			to.Product = []string{"ACC", "CAR", ""}[k%3]
			to.Handler = kernel.Ref([]string{"li", "wu"}[k%2])
			w.answered(t, c, to, []survey.Answer{survey.Score("nps", s[0]), survey.Score("satisfied", s[1])})
			n++
		}
	}
	return c
}

func summary(groups []survey.Group) []string {
	var out []string
	for _, g := range groups {
		out = append(out, fmt.Sprintf("%s: %.2f of %d", g.Value, g.Estimate.Value, g.Estimate.N))
	}
	return out
}

// The figures by product, branch, handler, month: counted by hand from the scores above.
func TestScores(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := autumn(t, w)
		for _, tt := range []struct {
			q    survey.Query
			want []string
		}{
			{survey.Query{Kind: survey.NPS}, []string{": 16.67 of 12"}}, // 6 promoters, 4 detractors
			{survey.Query{Kind: survey.CSAT, By: survey.ByMonth}, []string{"2026-10: 0.83 of 6", "2026-11: 0.50 of 6"}},
			{survey.Query{Kind: survey.NPS, By: survey.ByMonth}, []string{"2026-10: 50.00 of 6", "2026-11: -16.67 of 6"}},
			{survey.Query{Kind: survey.NPS, By: survey.ByBranch}, []string{"north: -16.67 of 6", "south: 50.00 of 6"}},
			{survey.Query{Kind: survey.NPS, By: survey.ByHandler, From: kernel.NewDate(2026, 11, 1)}, []string{"li: -66.67 of 3", "wu: 33.33 of 3"}},
			{survey.Query{Kind: survey.CSAT, By: survey.ByProduct, To: kernel.NewDate(2026, 10, 31)}, []string{": 1.00 of 2", "ACC: 1.00 of 2", "CAR: 0.50 of 2"}},
			{survey.Query{Kind: survey.CSAT, By: survey.ByQuestion, Campaign: c.ID}, []string{"satisfied: 0.67 of 12"}},
			{survey.Query{Kind: survey.NPS, By: survey.ByCampaign}, []string{string(c.ID) + ": 16.67 of 12"}},
			{survey.Query{Kind: survey.NPS, By: survey.ByChannel, Product: "ACC", Branch: "north", Handler: "li", Channel: "app", Question: "nps"}, []string{"app: 0.00 of 2"}},
			{survey.Query{Kind: survey.CES}, nil},
			{survey.Query{Kind: survey.NPS, Campaign: kernel.NewID()}, nil},
			{survey.Query{Kind: survey.NPS, From: kernel.NewDate(2026, 11, 1), To: kernel.NewDate(2026, 11, 29)}, nil},
		} {
			if diff := cmp.Diff(tt.want, summary(got(w.Analysis.Scores(auditor, tt.q))(t))); diff != "" {
				t.Errorf("%+v: %s", tt.q, diff)
			}
		}
		northern := kernel.WithActor(context.Background(), kernel.Actor{ID: "n", Branches: []string{"north"}, Roles: []kernel.Role{kernel.RoleOwner}})
		if diff := cmp.Diff([]string{": -16.67 of 6"}, summary(got(w.Analysis.Scores(northern, survey.Query{Kind: survey.NPS}))(t))); diff != "" {
			t.Error("another branch's answers:", diff)
		}
	})
}

// From October to November the score fell by 66.67, which twelve answers cannot prove.
func TestTrend(t *testing.T) {
	t.Parallel()
	w := inMemory()
	autumn(t, w)
	trend := got(w.Analysis.Trend(auditor, survey.Query{Kind: survey.NPS}))(t)
	if near(t, "change", trend.Change.Value, -200.0/3); len(trend.Months) != 2 || trend.Change.Certain() || trend.Change.Low > -100 || trend.Change.High < 0 {
		t.Errorf("%+v", trend)
	}
	short := got(w.Analysis.Trend(auditor, survey.Query{Kind: survey.NPS, From: kernel.NewDate(2026, 11, 1)}))(t)
	if short.Change.Known() || len(short.Months) != 1 {
		t.Errorf("%+v", short)
	}
}

// Half past midnight in China is the next day and month, whatever the day is in London.
func TestDaysBeginInChina(t *testing.T) {
	t.Parallel()
	w := inMemory()
	c := w.asking(t)
	w.clock.Set(time.Date(2026, 11, 30, 16, 30, 0, 0, time.UTC))
	w.answered(t, c, claimOf(1), happy())
	november := survey.Query{Kind: survey.NPS, By: survey.ByMonth, To: kernel.NewDate(2026, 11, 30)}
	december := survey.Query{Kind: survey.NPS, By: survey.ByMonth, From: kernel.NewDate(2026, 12, 1)}
	if diff := cmp.Diff([]string{"2026-12: 100.00 of 1"}, summary(got(w.Analysis.Scores(auditor, december))(t))); diff != "" {
		t.Error(diff)
	}
	if got := got(w.Analysis.Scores(auditor, november))(t); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestQuestionsThatAreRefused(t *testing.T) {
	t.Parallel()
	w := inMemory()
	_, err := w.Analysis.Scores(auditor, survey.Query{Kind: survey.Text, By: "weather", Campaign: "7", Product: "\x00", From: today, To: today - 1})
	want := []string{"kind unknown", "by unknown", "campaign format", "product control", "to range"}
	if diff := cmp.Diff(want, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = w.Analysis.Trend(auditor, survey.Query{})
	refused(t, err, kernel.ErrInvalid)
	_, err = w.Analysis.Choices(auditor, survey.Query{Kind: survey.Single})
	if diff := cmp.Diff([]string{"question required", "campaign required"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = w.Analysis.Quality(auditor, survey.QualityQuery{From: today, To: today - 1, Branch: "\x00"})
	refused(t, err, kernel.ErrInvalid)
	_, err = w.Analysis.Scores(website, survey.Query{Kind: survey.NPS})
	refused(t, err, kernel.ErrForbidden)
	_, err = w.Invitations.List(auditor, survey.InvitationFilter{Campaign: "7", State: "lost", Customer: "\x00"}, kernel.List{})
	if diff := cmp.Diff([]string{"campaign format", "state unknown", "customer control"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	for name, err := range map[string]error{
		"campaigns":      second(w.Campaigns.List(auditor, survey.CampaignFilter{State: "lost", Trigger: "\x00"}, kernel.List{})),
		"questionnaires": second(w.Questionnaires.List(auditor, survey.QuestionnaireFilter{State: "lost"}, kernel.List{})),
		"inspections":    second(w.Inspections.List(auditor, survey.InspectionFilter{State: "lost"}, kernel.List{})),
	} {
		if !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, err := range map[string]error{
		"get": second(w.Invitations.Get(auditor, "7")), "allowed": second(w.Invitations.Allowed(auditor, kernel.NewID())),
		"enter": second(w.Invitations.Enter(agent, "7", survey.Entry{})), "progress": second(w.Campaigns.Progress(auditor, kernel.NewID())),
		"invite": second(w.Campaigns.Invite(manager, kernel.NewID())), "schedule": second(w.Campaigns.Schedule(manager, "7")),
		"published": second(w.Questionnaires.Published(auditor, "\x00")),
	} {
		if !errors.Is(err, kernel.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// figures is what the other rooms counted.
type figures struct {
	visits, deadlines survey.Count
	err               error
}

func (f figures) Visits(context.Context, survey.QualityQuery) (survey.Count, error) {
	return f.visits, nil
}
func (f figures) Deadlines(context.Context, survey.QualityQuery) (survey.Count, error) {
	return f.deadlines, f.err
}

// The quality of the northern branch in October: 2 of 3 satisfied, 1 of 2 inspections
// passed, 9 of 10 visits, 18 of 20 deadlines, each counted alike.
func TestQuality(t *testing.T) {
	t.Parallel()
	cfg := survey.Config{
		Figures: figures{visits: survey.Count{Good: 9, N: 10}, deadlines: survey.Count{Good: 18, N: 20}},
		Weights: survey.Weights{Surveys: 1, Visits: 1, Inspections: 1, Deadlines: 1},
	}
	w := newWorld(memory.New(), cfg)
	autumn(t, w)
	for _, at := range []struct {
		day    kernel.Date
		points int
	}{{kernel.NewDate(2026, 10, 10), 5}, {kernel.NewDate(2026, 10, 20), 0}, {kernel.NewDate(2026, 11, 2), 0}} {
		w.clock.Set(at.day.In(time.UTC))
		drawing := call()
		drawing.ServedAt = time.Time{}
		i := got(w.Inspections.Draw(manager, drawing))(t)
		got(w.Inspections.Score(manager, i.ID, survey.Scoring{Marks: marks(2, 3, at.points)}))(t)
	}
	october := survey.QualityQuery{Branch: "north", From: kernel.NewDate(2026, 10, 1), To: kernel.NewDate(2026, 10, 31)}
	q := got(w.Analysis.Quality(auditor, october))(t)
	want := survey.Inputs{
		Surveys: survey.Count{Good: 2, N: 3}, Visits: survey.Count{Good: 9, N: 10},
		Inspections: survey.Count{Good: 1, N: 2}, Deadlines: survey.Count{Good: 18, N: 20},
	}
	if diff := cmp.Diff(want, q.Inputs); diff != "" {
		t.Error(diff)
	}
	near(t, "score", q.Score.Value, 100*(2.0/3+0.9+0.5+0.9)/4)
	october.Handler = "wu"
	if q = got(w.Analysis.Quality(auditor, october))(t); q.Inputs.Surveys.N != 0 || q.Inputs.Inspections.N != 0 {
		t.Errorf("%+v", q.Inputs)
	}
	cfg.Figures = figures{err: kernel.ErrForbidden}
	_, err := survey.New(w.engine, cfg).Analysis.Quality(auditor, october)
	refused(t, err, kernel.ErrForbidden)
	if q = got(survey.New(w.engine, survey.Config{}).Analysis.Quality(auditor, survey.QualityQuery{}))(t); q.Inputs.Surveys.N != 12 || q.Inputs.Inspections != (survey.Count{Good: 1, N: 3}) {
		t.Errorf("%+v", q.Inputs)
	}
}
