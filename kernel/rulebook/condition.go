package rulebook

import (
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Condition asks about one fact, of what happened or else of the case. It has exactly
// one of the operators. Words are compared as text: "true", "2", "refusal". For the
// fact "line" they may be families: "personal" holds for life.
type Condition struct {
	Fact    string           `json:"fact"`
	Is      string           `json:"is,omitempty"`
	Not     string           `json:"not,omitempty"` // holds also when the fact is not known
	In      []string         `json:"in,omitempty"`
	NotIn   []string         `json:"not_in,omitempty"` // holds also when the fact is not known
	AtLeast *decimal.Decimal `json:"at_least,omitempty"`
	AtMost  *decimal.Decimal `json:"at_most,omitempty"`
	Above   *decimal.Decimal `json:"above,omitempty"`
	Below   *decimal.Decimal `json:"below,omitempty"`
}

// factLine is the fact whose words may be families of lines.
const factLine = "line"

func (c *Condition) check(f *kernel.FieldErrors) {
	if c.Fact == "" {
		f.Add("fact", "required", "the name of a fact")
	}
	n := 0
	for _, set := range []bool{c.Is != "", c.Not != "", len(c.In) > 0, len(c.NotIn) > 0,
		c.AtLeast != nil, c.AtMost != nil, c.Above != nil, c.Below != nil} {
		if set {
			n++
		}
	}
	if n != 1 {
		f.Add("", "operator", "exactly one of is, not, in, not_in, at_least, at_most, above, below")
	}
}

// holds answers the condition; lines knows the families.
func (c *Condition) holds(h *Happening, lines families) bool {
	v, known := h.fact(c.Fact)
	switch {
	case c.Is != "":
		return known && c.same(v, c.Is, lines)
	case c.Not != "":
		return !known || !c.same(v, c.Not, lines)
	case len(c.In) > 0:
		return known && c.among(v, c.In, lines)
	case len(c.NotIn) > 0:
		return !known || !c.among(v, c.NotIn, lines)
	}
	n, ok := number(v)
	switch {
	case !known || !ok:
		return false
	case c.AtLeast != nil:
		return n.GreaterThanOrEqual(*c.AtLeast)
	case c.AtMost != nil:
		return n.LessThanOrEqual(*c.AtMost)
	case c.Above != nil:
		return n.GreaterThan(*c.Above)
	case c.Below != nil:
		return n.LessThan(*c.Below)
	}
	return false
}

func (c *Condition) same(v any, word string, lines families) bool {
	s, ok := text(v)
	return ok && (s == word || c.Fact == factLine && lines.covers(word, s))
}

func (c *Condition) among(v any, words []string, lines families) bool {
	return slices.ContainsFunc(words, func(w string) bool { return c.same(v, w, lines) })
}

// families names the lines of business that belong to a wider word; those may be wider
// words themselves.
type families map[string][]string

// allLines is the word of the rules for every line, known or not.
const allLines = "all"

// covers reports whether line is the word or belongs to it.
func (fs families) covers(word, line string) bool {
	if word == line || word == allLines {
		return true
	}
	for _, w := range fs[word] {
		if fs.covers(w, line) {
			return true
		}
	}
	return false
}

// check finds words that belong to themselves.
func (fs families) check(f *kernel.FieldErrors) {
	for _, word := range slices.Sorted(maps.Keys(fs)) {
		if fs.loops(word, nil) {
			f.Add(at("lines", word), "cycle", "a line that belongs to itself")
		}
	}
}

func (fs families) loops(word string, seen []string) bool {
	if slices.Contains(seen, word) {
		return true
	}
	for _, w := range fs[word] {
		if fs.loops(w, append(slices.Clip(seen), word)) {
			return true
		}
	}
	return false
}
