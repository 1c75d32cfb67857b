package survey

import (
	"slices"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// check notes what is wrong with what the content says, whether or not it is complete.
// As a condition may look at earlier questions only, conditions never run in a circle.
func (c *Content) check(f *kernel.FieldErrors) {
	kernel.CheckRef(f, "code", kernel.Ref(c.Code))
	checkLabel(f, "title", c.Title)
	if checkCount(f, "questions", len(c.Questions), MaxQuestions); len(c.Questions) > MaxQuestions {
		return
	}
	for i := range c.Questions {
		q, at := &c.Questions[i], f.Index("questions", i)
		q.check(at)
		if c.find(q.Code) < i {
			at.Add("code", "duplicate", "the code of an earlier question")
		}
		if checkCount(at, "show_if", len(q.ShowIf), MaxQuestions); len(q.ShowIf) > MaxQuestions {
			continue
		}
		for n := range q.ShowIf {
			c.condition(at.Index("show_if", n), i, &q.ShowIf[n])
		}
	}
}

func (q *Question) check(f *kernel.FieldErrors) {
	kernel.CheckRef(f, "code", kernel.Ref(q.Code))
	checkLabel(f, "text", q.Text)
	if !q.Kind.Known() {
		f.Add("kind", "unknown", "not a kind of question")
	}
	if len(q.Options) > 0 && q.Kind.Known() && !q.Kind.Chosen() {
		f.Add("options", "conflict", "only single and multiple are answered by options")
	}
	if checkCount(f, "options", len(q.Options), MaxOptions); len(q.Options) > MaxOptions {
		return
	}
	for i, o := range q.Options {
		at := f.Index("options", i)
		kernel.CheckRef(at, "code", kernel.Ref(o.Code))
		checkLabel(at, "label", o.Label)
		if q.option(o.Code) < i {
			at.Add("code", "duplicate", "the code of an earlier option")
		}
	}
}

func (q *Question) option(code string) int {
	return slices.IndexFunc(q.Options, func(o Option) bool { return o.Code == code })
}

// condition checks a condition of question i.
func (c *Content) condition(f *kernel.FieldErrors, i int, cond *Condition) {
	n := c.find(cond.Question)
	switch {
	case n < 0:
		f.Add("question", "unknown", "there is no such question")
		return
	case n >= i:
		f.Add("question", "order", "a condition looks at an earlier question")
		return
	}
	q := &c.Questions[n]
	low, high, scored := q.Kind.Scale()
	switch {
	case scored:
		if len(cond.In) > 0 {
			f.Add("in", "conflict", "a score is compared by at_least and at_most")
		}
		if cond.AtLeast == nil && cond.AtMost == nil {
			f.Add("", "required", "compare the score with something")
		}
		for _, b := range []struct {
			path  string
			bound *int
		}{{"at_least", cond.AtLeast}, {"at_most", cond.AtMost}} {
			if b.bound != nil {
				checkRange(f, b.path, *b.bound, low, high)
			}
		}
		if cond.AtLeast != nil && cond.AtMost != nil && *cond.AtLeast > *cond.AtMost {
			f.Add("at_most", "range", "below at_least")
		}
	case q.Kind.Chosen():
		if cond.AtLeast != nil || cond.AtMost != nil {
			f.Add("", "conflict", "options are compared by in")
		}
		if len(cond.In) == 0 {
			f.Add("in", "required", "name the options")
		}
		if checkCount(f, "in", len(cond.In), MaxOptions); len(cond.In) > MaxOptions {
			return
		}
		for k, code := range cond.In {
			if q.option(code) < 0 {
				f.Index("in", k).Add("", "unknown", "the question has no such option")
			}
		}
	default:
		f.Add("question", "kind", "nothing depends on a text or a date")
	}
}

// complete notes what is missing for the content to be published.
func (c *Content) complete(f *kernel.FieldErrors) {
	checkBoth(f, "title", c.Title)
	if len(c.Questions) == 0 {
		f.Add("questions", "required", "ask something")
	}
	for i := range c.Questions {
		q, at := &c.Questions[i], f.Index("questions", i)
		checkBoth(at, "text", q.Text)
		if q.Kind.Chosen() && len(q.Options) < 2 {
			at.Add("options", "required", "two options at least")
		}
		for n, o := range q.Options {
			checkBoth(at.Index("options", n), "label", o.Label)
		}
	}
}

// checkBoth notes a language that is missing.
func checkBoth(f *kernel.FieldErrors, path string, l workflow.Label) {
	if blank(l.EN) {
		f.Add(path+".en", "required", "in English, too")
	}
	if blank(l.ZH) {
		f.Add(path+".zh", "required", "in Chinese, too")
	}
}
