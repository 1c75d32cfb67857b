package complaint

import (
	"time"

	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// The rules that this room asks the rulebook for.
const (
	ruleDecide   = "cn.complaint.decide"
	ruleComplex  = "cn.complaint.decide-complex"
	ruleSpecial  = "cn.complaint.decide-max"
	ruleReview   = "cn.complaint.review-decide"
	ruleAnswer   = "company.complaint.answer" // where the law says nothing
	ruleWindow   = "cn.complaint.review-apply"
	ruleMajor    = "cn.complaint.major"
	ruleSpeakers = "cn.complaint.representatives"
)

// period returns when the rule's period from base ends: the last day that is in time, and
// the first instant that is too late. Where the book has no such rule for the day, the
// company's standard holds.
func (s *Service) period(rule string, base time.Time) (kernel.Date, time.Time) {
	if due, ok := s.cfg.Book.Period(rule, base); ok && !due.At.IsZero() {
		return due.On, due.At
	}
	if rule == ruleDecide || rule == ruleReview {
		if due, ok := s.cfg.Book.Period(ruleAnswer, base); ok && !due.At.IsZero() {
			return due.On, due.At
		}
	}
	days := map[string]int{
		ruleDecide: s.cfg.DecideWithin, ruleComplex: s.cfg.DecideComplexWithin, ruleSpecial: s.cfg.DecideSpecialWithin,
		ruleReview: s.cfg.ReviewWithin, ruleWindow: s.cfg.ReviewWindow,
	}
	on := s.day(base).AddDays(days[rule])
	return on, on.AddDays(1).In(s.cfg.Zone)
}

// threshold returns the number that the rule names on the day of at.
func (s *Service) threshold(rule string, at time.Time, standard int64) int64 {
	if r, ok := s.cfg.Book.Rule(rule, s.day(at)); ok && r.Amount > 0 {
		return int64(r.Amount)
	}
	return standard
}

func (s *Service) day(t time.Time) kernel.Date { return kernel.DateOf(t.In(s.cfg.Zone)) }

// rule returns which rule sets the period of the complaint after so many extensions.
func (c *Complaint) rule(extensions int64) string {
	switch {
	case c.Level == 2:
		return ruleReview
	case extensions == 0:
		return ruleDecide
	case extensions == 1:
		return ruleComplex
	}
	return ruleSpecial
}

// base returns from when the period counts: from the receipt, or from the new facts. A
// review begins once.
func (c *Complaint) base() time.Time {
	if c.Level == 1 && c.RestartedAt.After(c.ReceivedAt) {
		return c.RestartedAt
	}
	return c.ReceivedAt
}

// due returns the last day for the answer: the period from its base, and as many days
// more as were not counted.
func (s *Service) due(c *Complaint, pauses []Suspension) kernel.Date {
	on, _ := s.period(c.rule(c.Extensions), c.base())
	for i := range pauses {
		on = on.AddDays(s.uncounted(c, &pauses[i]))
	}
	return on
}

// uncounted returns how many days of the suspension are not counted: those after its
// first up to its last, as far as they come after the base. One that goes on has none yet,
// and a review's days all count.
func (s *Service) uncounted(c *Complaint, p *Suspension) int {
	if p.Until.IsZero() || c.Level == 2 {
		return 0
	}
	from := p.From
	if base := c.base(); from.Before(base) {
		from = base
	}
	return max(s.day(p.Until).Sub(s.day(from)), 0)
}

// promise sets the day by which the complainant is promised an answer. A day that was
// promised before, to somebody whose complaint was merged into this one, stands.
func (s *Service) promise(u *command.Unit, c *Complaint) error {
	pauses, err := suspensions(u, c.ID)
	if err != nil {
		return err
	}
	c.promiseAtLast(u, s.due(c, pauses))
	return nil
}

func (c *Complaint) promiseAtLast(u *command.Unit, on kernel.Date) {
	if c.PromisedBy.IsZero() || on < c.PromisedBy {
		c.PromisedBy = on
	}
	u.Fact("promised_by", c.PromisedBy)
}

// scheduled returns the day of the task that counts as the promise, where tasks are kept;
// none while it stands still.
func (s *Service) scheduled(u *command.Unit, c *Complaint) (kernel.Date, error) {
	tasks, err := task.Running(u, command.Case{Kind: kind, ID: c.ID})
	var on kernel.Date
	for i := range tasks {
		clock, _ := s.cfg.Book.Clock(tasks[i].Clock)
		if due := tasks[i].DueOn; clock.Promise && !due.IsZero() && (on.IsZero() || due < on) {
			on = due
		}
	}
	return on, err
}

// shift moves the promised day, if one was promised.
func (c *Complaint) shift(u *command.Unit, days int) {
	if !c.PromisedBy.IsZero() {
		c.PromisedBy = c.PromisedBy.AddDays(days)
		u.Fact("promised_by", c.PromisedBy)
	}
}

// windowPassed reports whether it is too late to ask for a review. While nobody knows
// when the reply arrived, it is not.
func (s *Service) windowPassed(c *Complaint, now time.Time) bool {
	if c.ArrivedAt.IsZero() {
		return false
	}
	_, until := s.period(ruleWindow, c.ArrivedAt)
	return !now.Before(until)
}

func suspensions(u *command.Unit, id kernel.ID) ([]Suspension, error) {
	return storage.Find[Suspension](u, byTime(id))
}

// Circumstances tells the rulebook what deadlines depend on.
func (c *Complaint) Circumstances() rulebook.Facts {
	facts := rulebook.Facts{
		"level": c.Level, "via": string(c.Via), "anonymous": c.Anonymous, "group": c.Group,
		"received_at": c.ReceivedAt, "extensions": c.Extensions,
	}
	for name, word := range map[string]string{
		"line": string(c.Line), "product": c.Product, "category": string(c.Category), "severity": string(c.Severity),
		"complexity": string(c.Complexity), "handler": string(c.Handler), "branch": c.Branch, "channel": c.Channel,
	} {
		if word != "" {
			facts[name] = word
		}
	}
	return facts
}
