package survey_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/survey"
)

// Everything that can be wrong with a questionnaire is told at once: conditions that look
// forward, at themselves, in a circle, at nothing, at what cannot be compared.
func TestContentFaults(t *testing.T) {
	t.Parallel()
	w := inMemory()
	before := w.rows(t)
	_, err := w.Questionnaires.Draft(manager, survey.Content{
		Title: both(strings.Repeat("x", 201)),
		Questions: []survey.Question{
			{Code: "a", Kind: survey.CSAT, ShowIf: []survey.Condition{{Question: "b", AtMost: ptr(1)}}},
			{Code: "b", Kind: survey.Single, ShowIf: []survey.Condition{{Question: "a", AtMost: ptr(6), AtLeast: ptr(0)}, {Question: "b", In: []string{"x"}}},
				Options: []survey.Option{{Code: "x"}, {Code: "x"}, {Code: ""}}},
			{Code: "a", Kind: "rating", ShowIf: []survey.Condition{{Question: "nothing"}, {Question: "a"}, {Question: "a", In: []string{"5"}, AtLeast: ptr(4), AtMost: ptr(2)}}},
			{Code: "d", Kind: survey.Text, Options: []survey.Option{{Code: "x"}}, ShowIf: []survey.Condition{{Question: "b", In: []string{"y"}, AtMost: ptr(1)}, {Question: "b"}}},
			{Code: "e\n", Kind: survey.Date, ShowIf: []survey.Condition{{Question: "d", In: []string{"x"}}}},
		},
	})
	want := []string{
		"code required", "title.en length", "title.zh length",
		"questions[0].show_if[0].question order",
		"questions[1].options[1].code duplicate", "questions[1].options[2].code required",
		"questions[1].show_if[0].at_least range", "questions[1].show_if[0].at_most range", "questions[1].show_if[1].question order",
		"questions[2].kind unknown", "questions[2].code duplicate", "questions[2].show_if[0].question unknown",
		"questions[2].show_if[1] required", "questions[2].show_if[2].in conflict", "questions[2].show_if[2].at_most range",
		"questions[3].options conflict", "questions[3].show_if[0] conflict", "questions[3].show_if[0].in[0] unknown", "questions[3].show_if[1].in required",
		"questions[4].code control", "questions[4].show_if[0].question kind",
	}
	if diff := cmp.Diff(want, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, w.rows(t)); diff != "" {
		t.Error("something was written:", diff)
	}
}

// A draft may be incomplete; to be published it may not.
func TestIncompleteContent(t *testing.T) {
	t.Parallel()
	w := inMemory()
	q := got(w.Questionnaires.Draft(manager, survey.Content{Code: "Q"}))(t)
	_, err := w.Questionnaires.Publish(manager, q.ID)
	if diff := cmp.Diff([]string{"title.en required", "title.zh required", "questions required"}, faults(t, err)); diff != "" {
		t.Error(diff)
	}
	got(w.Questionnaires.Edit(manager, q.ID, survey.Content{Code: "Q", Title: both("Q"), Questions: []survey.Question{
		{Code: "a", Kind: survey.Single, Options: []survey.Option{{Code: "x"}}},
	}}))(t)
	_, err = w.Questionnaires.Publish(manager, q.ID)
	want := []string{
		"questions[0].text.en required", "questions[0].text.zh required", "questions[0].options required",
		"questions[0].options[0].label.en required", "questions[0].options[0].label.zh required",
	}
	refused(t, err, kernel.ErrState, kernel.ErrInvalid)
	if diff := cmp.Diff(want, faults(t, err)); diff != "" {
		t.Error(diff)
	}
}

// Bad answers, each told where it is bad; nothing of them is stored.
func TestBadAnswers(t *testing.T) {
	t.Parallel()
	w := inMemory()
	i := w.invited(t, w.asking(t), claimOf(1))
	sealed := got(w.Invitations.Get(agent, w.answered(t, w.asking(t, func(p *survey.Plan) { p.Code, p.RestDays = "S-2", survey.NoRest }), claimOf(2), angry()).ID))(t)
	_, all, err := w.Invitations.Response(agent, sealed.ID)
	if err != nil {
		t.Fatal(err)
	}
	before := w.rows(t)
	with := func(more ...survey.Answer) []survey.Answer { return append(happy(), more...) }
	unhappy := []survey.Answer{survey.Score("nps", 0), survey.Score("satisfied", 2)}
	for _, tt := range []struct {
		name    string
		answers []survey.Answer
		want    []string
	}{
		{"nothing", nil, []string{"answers required", "answers required"}},
		{"unknown", with(survey.Score("age", 5)), []string{"answers[3].question unknown"}},
		{"twice", with(survey.Score("nps", 9)), []string{"answers[3].question duplicate"}},
		{"above", []survey.Answer{survey.Score("nps", 11), survey.Score("satisfied", 6)}, []string{"answers[0].score range", "answers[1].score range"}},
		{"below", []survey.Answer{survey.Score("nps", -1), survey.Score("satisfied", 0)}, []string{"answers[0].score range", "answers[1].score range"}},
		{"no score", []survey.Answer{{Question: "nps"}, survey.Choose("satisfied", "5")}, []string{"answers[0].score required", "answers[1].score required"}},
		{"two at once", []survey.Answer{{Question: "nps", Score: ptr(5), Choices: []string{"x"}}, survey.Score("satisfied", 3)}, []string{"answers[0] conflict"}},
		{"hidden", with(survey.Choose("why", "slow")), []string{"answers[3].question hidden"}},
		{"hidden behind hidden", with(survey.Say("words", "x")), []string{"answers[3].question hidden"}},
		{"hidden and wrong", with(survey.Choose("why", "fast")), []string{"answers[3].choices[0] unknown", "answers[3].question hidden"}},
		{"required when shown", unhappy, []string{"answers required"}},
		{"unclear whether shown", append([]survey.Answer{survey.Score("nps", 0), survey.Score("satisfied", 9)}, survey.Choose("why", "slow")), []string{"answers[1].score range"}},
		{"unknown options", append(unhappy, survey.Choose("why", "fast", "slow", "slow")), []string{"answers[2].choices[0] unknown", "answers[2].choices[2] duplicate"}},
		{"two of single", with(survey.Choose("again", "yes", "no")), []string{"answers[3].choices length"}},
		{"blank", append(unhappy, survey.Choose("why", "other"), survey.Say("words", " \n")), []string{"answers[3].text required"}},
		{"control characters", append(unhappy, survey.Choose("why", "other"), survey.Say("words", "a\x00b")), []string{"answers[3].text control"}},
		{"not UTF-8", append(unhappy, survey.Choose("why", "other"), survey.Say("words", "\xff")), []string{"answers[3].text encoding"}},
		{"a megabyte", append(unhappy, survey.Choose("why", "other"), survey.Say("words", strings.Repeat("x", 1<<20))), []string{"answers[3].text length"}},
		{"sealed", append(unhappy, survey.Choose("why", "other"), survey.Answer{Question: "words", Text: all[len(all)-1].Text}), []string{"answers[3].text sealed"}},
		{"no such year", with(survey.Choose("again", "yes"), survey.On("when", kernel.NewDate(1, 1, 1))), []string{"answers[4].day range"}},
		{"too many", make([]survey.Answer, 101), []string{"answers length"}},
		{"all of it", []survey.Answer{survey.Score("nps", 11), survey.Score("nps", 5), survey.Score("no", 1), survey.Say("words", "")}, []string{
			"answers[1].question duplicate", "answers[2].question unknown", "answers[0].score range", "answers required",
			"answers[3].text required", "answers[3].question hidden",
		}},
	} {
		_, err := w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: tt.answers})
		if diff := cmp.Diff(tt.want, faults(t, err)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		if len(err.Error()) > 500 || strings.Contains(err.Error(), "\x00") {
			t.Errorf("%s: the error repeats the input", tt.name)
		}
	}
	if diff := cmp.Diff(before, w.rows(t)); diff != "" {
		t.Error("something was written:", diff)
	}
	if now := got(w.Invitations.Get(agent, i.ID))(t); now.State != survey.Sent {
		t.Errorf("the invitation is %s", now.State)
	}
}

// drawContent is any questionnaire that may be published.
func drawContent(t *rapid.T) survey.Content {
	c := survey.Content{Code: "ANY", Title: both("Any")}
	for n := range rapid.IntRange(1, 8).Draw(t, "questions") {
		q := survey.Question{
			Code: fmt.Sprintf("q%d", n), Text: both("?"), Required: rapid.Bool().Draw(t, "required"),
			Kind: rapid.SampledFrom([]survey.Kind{survey.CSAT, survey.NPS, survey.CES, survey.Single, survey.Multiple, survey.Text, survey.Date}).Draw(t, "kind"),
		}
		if q.Kind.Chosen() {
			for o := range rapid.IntRange(2, 4).Draw(t, "options") {
				q.Options = append(q.Options, survey.Option{Code: fmt.Sprintf("o%d", o), Label: both("o")})
			}
		}
		for _, earlier := range c.Questions {
			low, high, scored := earlier.Kind.Scale()
			if !scored && !earlier.Kind.Chosen() || !rapid.Bool().Draw(t, "depends") {
				continue
			}
			cond := survey.Condition{Question: earlier.Code}
			switch {
			case !scored:
				cond.In = []string{rapid.SampledFrom(earlier.Options).Draw(t, "in").Code}
			case rapid.Bool().Draw(t, "at most"):
				cond.AtMost = ptr(rapid.IntRange(low, high).Draw(t, "most"))
			default:
				cond.AtLeast = ptr(rapid.IntRange(low, high).Draw(t, "least"))
			}
			q.ShowIf = append(q.ShowIf, cond)
		}
		c.Questions = append(c.Questions, q)
	}
	return c
}

func drawAnswer(t *rapid.T, q survey.Question) survey.Answer {
	low, high, scored := q.Kind.Scale()
	switch {
	case scored:
		return survey.Score(q.Code, rapid.IntRange(low, high).Draw(t, "score"))
	case q.Kind == survey.Single:
		return survey.Choose(q.Code, rapid.SampledFrom(q.Options).Draw(t, "choice").Code)
	case q.Kind == survey.Multiple:
		var codes []string
		for _, o := range q.Options[rapid.IntRange(0, len(q.Options)-1).Draw(t, "first"):] {
			codes = append(codes, o.Code)
		}
		return survey.Choose(q.Code, codes...)
	case q.Kind == survey.Text:
		return survey.Say(q.Code, "words")
	}
	return survey.On(q.Code, today)
}

// Whoever answers what is shown, question by question, is never refused, in whatever
// order the answers arrive; and one answer more, to what is not shown, always is.
func TestWalkThroughAnyQuestionnaire(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(memory.New(), survey.Config{RestDays: survey.NoRest})
		c := w.running(t, plan(w.published(t, drawContent(t))))
		i, other := w.invited(t, c, claimOf(1)), w.invited(t, c, claimOf(2))
		form := got(w.Invitations.Open(website, i.Key))(t)
		var answers []survey.Answer
		left := map[string]bool{}
		for again := true; again; {
			again = false
			for _, q := range form.Questions {
				known := left[q.Code] || slices.ContainsFunc(answers, func(a survey.Answer) bool { return a.Question == q.Code })
				if known || !slices.Contains(form.Shown(answers), q.Code) {
					continue
				}
				if again = true; q.Required || rapid.Bool().Draw(t, "answer") {
					answers = append(answers, drawAnswer(t, q))
				} else {
					left[q.Code] = true
				}
				break
			}
		}
		shown := form.Shown(answers)
		got(w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: rapid.Permutation(answers).Draw(t, "order")}))(t)
		for _, q := range form.Questions {
			if slices.Contains(shown, q.Code) {
				continue
			}
			_, err := w.Invitations.Submit(website, survey.Submission{Key: other.Key, Answers: append(slices.Clone(answers), drawAnswer(t, q))})
			if f := faults(t, err); !slices.Contains(f, fmt.Sprintf("answers[%d].question hidden", len(answers))) {
				t.Fatalf("%s is hidden: %v", q.Code, f)
			}
		}
	})
}

// Whatever comes as a questionnaire and its answers, nobody panics, and what is accepted
// holds together.
func FuzzQuestionnaire(f *testing.F) {
	for _, c := range []any{claims(), survey.Content{}, survey.Content{Code: "x", Questions: []survey.Question{{}, {Code: "\x00"}}}} {
		doc, _ := json.Marshal(c)
		answers, _ := json.Marshal(happy())
		f.Add(doc, answers)
	}
	f.Add([]byte(`{"questions":[{"code":"a","show_if":[{"question":"a"}]},{"code":"a"}]}`), []byte(`[{"question":"a"},{"question":"a","score":1}]`))
	f.Fuzz(func(t *testing.T, doc, given []byte) {
		var c survey.Content
		var answers []survey.Answer
		if json.Unmarshal(doc, &c) != nil || json.Unmarshal(given, &answers) != nil {
			return
		}
		for _, code := range c.Shown(answers) {
			if !slices.ContainsFunc(c.Questions, func(q survey.Question) bool { return q.Code == code }) {
				t.Errorf("%q is shown and not asked", code)
			}
		}
		w := inMemory()
		q, err := w.Questionnaires.Draft(manager, c)
		if err != nil {
			faults(t, err)
			return
		}
		if q, err = w.Questionnaires.Publish(manager, q.ID); err != nil {
			faults(t, err)
			return
		}
		i := w.invited(t, w.running(t, plan(q)), claimOf(1))
		if _, err := w.Invitations.Submit(website, survey.Submission{Key: i.Key, Answers: answers}); err != nil {
			faults(t, err)
		}
	})
}
