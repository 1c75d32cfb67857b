package survey

import (
	"slices"
	"strings"

	"github.com/coverkit/crm/kernel/workflow"
)

// Kind is how a question is answered.
type Kind string

// The kinds of questions.
const (
	CSAT     Kind = "csat"     // how satisfied, 1 to 5
	NPS      Kind = "nps"      // how likely to recommend, 0 to 10
	CES      Kind = "ces"      // how easy it was, 1 to 7; 7 is the easiest
	Single   Kind = "single"   // one of the options
	Multiple Kind = "multiple" // one or more of the options
	Text     Kind = "text"     // free text; sealed
	Date     Kind = "date"     // a day; sealed
)

// Scale returns the lowest and the highest score of a kind that is answered with one.
func (k Kind) Scale() (low, high int, ok bool) {
	switch k {
	case CSAT:
		return 1, 5, true
	case NPS:
		return 0, 10, true
	case CES:
		return 1, 7, true
	}
	return 0, 0, false
}

// Chosen reports whether the kind is answered by options.
func (k Kind) Chosen() bool { return k == Single || k == Multiple }

// Known reports whether the kind is one of the library's.
func (k Kind) Known() bool {
	_, _, scored := k.Scale()
	return scored || k.Chosen() || k == Text || k == Date
}

// Question is one question of a questionnaire.
type Question struct {
	Code     string         `json:"code"` // 1 to 64 bytes, unique in the questionnaire
	Kind     Kind           `json:"kind"`
	Text     workflow.Label `json:"text"`
	Required bool           `json:"required,omitzero"` // where it is shown
	Options  []Option       `json:"options,omitempty"` // of single and multiple
	ShowIf   []Condition    `json:"show_if,omitempty"` // all must hold; none: always shown
}

// Option is one of the answers to choose from.
type Option struct {
	Code  string         `json:"code"`
	Label workflow.Label `json:"label"`
}

// Condition looks at the answer to an earlier question. It does not hold when that has
// none. A score is held against AtLeast and AtMost, both included; of options one must
// be among In.
type Condition struct {
	Question string   `json:"question"`
	In       []string `json:"in,omitempty"`
	AtLeast  *int     `json:"at_least,omitempty"`
	AtMost   *int     `json:"at_most,omitempty"`
}

// holds reports whether the answer satisfies the condition.
func (c *Condition) holds(a *Answer) bool {
	switch {
	case a == nil:
		return false
	case a.Score != nil:
		return len(c.In) == 0 && (c.AtLeast == nil || *a.Score >= *c.AtLeast) && (c.AtMost == nil || *a.Score <= *c.AtMost)
	}
	return slices.ContainsFunc(a.Choices, func(o string) bool { return slices.Contains(c.In, o) })
}

// Content is all that a questionnaire says. While it is a draft it may be incomplete.
type Content struct {
	Code      string         `json:"code"` // 1 to 64 bytes; the same for all editions
	Title     workflow.Label `json:"title"`
	Questions []Question     `json:"questions"`
}

// find returns where the question with the code stands, or -1.
func (c *Content) find(code string) int {
	return slices.IndexFunc(c.Questions, func(q Question) bool { return q.Code == code })
}

// Shown returns the codes of the questions that are shown to somebody who gave the
// answers so far, in order: for the page that asks them. Answers that are wrong, or to
// questions that are not shown, count for nothing.
func (c *Content) Shown(answers []Answer) []string {
	x := c.examine(answers)
	var codes []string
	for i, s := range x.state {
		if s == shown {
			codes = append(codes, c.Questions[i].Code)
		}
	}
	return codes
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
