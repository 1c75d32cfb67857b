package survey

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Answer answers one question, by exactly one of its other fields. A question that is
// left out is not answered.
type Answer struct {
	Question string         `json:"question"`
	Score    *int           `json:"score,omitempty"`   // of csat, nps and ces
	Choices  []string       `json:"choices,omitempty"` // codes of options: one of single, one or more of multiple
	Text     privacy.Secret `json:"text,omitzero"`     // of text
	Day      kernel.Date    `json:"day,omitzero"`      // of date
}

// Score answers a question of a scale.
func Score(question string, score int) Answer { return Answer{Question: question, Score: &score} }

// Choose answers a question by one or more of its options.
func Choose(question string, options ...string) Answer {
	return Answer{Question: question, Choices: options}
}

// Say answers a question in words.
func Say(question, text string) Answer { return Answer{Question: question, Text: privacy.New(text)} }

// On answers a question by a day.
func On(question string, day kernel.Date) Answer { return Answer{Question: question, Day: day} }

// faulty notes what is wrong with an answer to the question.
func (q *Question) faulty(f *kernel.FieldErrors, a *Answer) {
	low, high, scored := q.Kind.Scale()
	plain, open := a.Text.Plain()
	kinds := 0
	for _, given := range [...]bool{a.Score != nil, len(a.Choices) > 0, !a.Text.IsZero(), a.Day != 0} {
		if given {
			kinds++
		}
	}
	if kinds > 1 {
		f.Add("", "conflict", "one answer to a question")
	}
	switch {
	case scored && a.Score == nil:
		f.Add("score", "required", "answered by a score")
	case scored:
		checkRange(f, "score", *a.Score, low, high)
	case q.Kind.Chosen() && len(a.Choices) == 0:
		f.Add("choices", "required", "answered by options")
	case q.Kind == Single && len(a.Choices) > 1, len(a.Choices) > MaxOptions:
		f.Add("choices", "length", "more options than may be chosen")
	case q.Kind.Chosen():
		for i, code := range a.Choices {
			if q.option(code) < 0 {
				f.Index("choices", i).Add("", "unknown", "not an option of the question")
			} else if slices.Index(a.Choices, code) < i {
				f.Index("choices", i).Add("", "duplicate", "chosen before")
			}
		}
	case q.Kind == Text && open && blank(plain):
		f.Add("text", "required", "answered in words; leave the answer out where there is none")
	case q.Kind == Text:
		checkSecret(f, "text", a.Text, true)
	case a.Day == 0:
		f.Add("day", "required", "answered by a day")
	default:
		kernel.CheckDate(f, "day", a.Day)
	}
}

// Whether a question is shown to who gave the answers.
const (
	hidden  = iota
	shown   // and answered, or not
	unclear // it depends on an answer that is wrong
)

// examination is what comes of holding answers against the content.
type examination struct {
	kernel.FieldErrors
	state  []int     // of each question
	answer []*Answer // to each question that is shown; nil where there is none, or a wrong one
}

// examine holds answers against the content and finds every fault at once.
func (c *Content) examine(answers []Answer) *examination {
	x := &examination{state: make([]int, len(c.Questions)), answer: make([]*Answer, len(c.Questions))}
	if checkCount(&x.FieldErrors, "answers", len(answers), MaxQuestions); len(answers) > MaxQuestions {
		return x
	}
	given := make([]int, len(c.Questions)) // index of the answer plus 1
	for i := range answers {
		at := x.Index("answers", i)
		switch n := c.find(answers[i].Question); {
		case n < 0:
			at.Add("question", "unknown", "there is no such question")
		case given[n] != 0:
			at.Add("question", "duplicate", "answered before")
		default:
			given[n] = i + 1
		}
	}
	wrong := make([]bool, len(c.Questions))
	for i := range c.Questions {
		q := &c.Questions[i]
		x.state[i] = c.shown(q, x, wrong)
		if given[i] == 0 {
			if q.Required && x.state[i] == shown {
				x.Add("answers", "required", "question %q is not answered", q.Code)
			}
			continue
		}
		a, at := &answers[given[i]-1], x.Index("answers", given[i]-1)
		before := len(x.Faults)
		q.faulty(at, a)
		switch {
		case x.state[i] == hidden:
			at.Add("question", "hidden", "not asked, as the earlier answers stand")
		case len(x.Faults) > before:
			wrong[i] = true
		case x.state[i] == shown:
			x.answer[i] = a
		default:
			wrong[i] = true
		}
	}
	return x
}

// shown tells whether a question is shown; all earlier ones have been examined.
func (c *Content) shown(q *Question, x *examination, wrong []bool) int {
	state := shown
	for i := range q.ShowIf {
		n := c.find(q.ShowIf[i].Question)
		switch {
		case n >= 0 && wrong[n]:
			state = unclear
		case n < 0 || !q.ShowIf[i].holds(x.answer[n]):
			return hidden
		}
	}
	return state
}

// canon returns the answers in a form that is the same for the same answers in any
// order. It holds personal data and is only ever digested.
func canon(answers []Answer) (string, error) {
	type plain struct {
		Question, Text string
		Score          *int
		Choices        []string
		Day            kernel.Date
	}
	out := make([]plain, len(answers))
	for i := range answers {
		a := &answers[i]
		text, _ := a.Text.Plain()
		choices := slices.Clone(a.Choices)
		slices.Sort(choices)
		out[i] = plain{a.Question, text, a.Score, choices, a.Day}
	}
	slices.SortStableFunc(out, func(a, b plain) int { return cmp.Compare(a.Question, b.Question) })
	doc, err := json.Marshal(out)
	if err != nil {
		return "", kernel.Invalid("answers", "range", "not answers that can be read")
	}
	return string(doc), nil
}
