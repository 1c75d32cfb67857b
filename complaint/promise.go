package complaint

import (
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// The rules that this room asks the rulebook for. The periods to answer in are kept as
// tasks; see package task.
const (
	ruleWindow   = "cn.complaint.review-apply"
	ruleMajor    = "cn.complaint.major"
	ruleSpeakers = "cn.complaint.representatives"
)

// window returns how long a review may be asked for after the reply arrived: the last day
// that is in time, and the first instant that is too late.
func (s *Service) window(arrived time.Time) (kernel.Date, time.Time) {
	if due, ok := s.cfg.Book.Period(ruleWindow, arrived); ok && !due.At.IsZero() {
		return due.On, due.At
	}
	on := s.day(arrived).AddDays(s.cfg.ReviewWindow)
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

// base returns from when the period counts: from the receipt, or from the new facts. A
// review begins once.
func (c *Complaint) base() time.Time {
	if c.Level == 1 && c.RestartedAt.After(c.ReceivedAt) {
		return c.RestartedAt
	}
	return c.ReceivedAt
}

// Promised takes the last day for the answer, which the rulebook works out and moves: an
// extension, a suspension, new facts. A day that was promised to somebody whose complaint
// was merged into this one stands.
func (c *Complaint) Promised(on kernel.Date) {
	c.PromisedBy = on
	if !c.OwedBy.IsZero() && c.OwedBy < on {
		c.PromisedBy = c.OwedBy
	}
}

// owe holds the complaint to a day that was promised before.
func (c *Complaint) owe(on kernel.Date) {
	if on.IsZero() {
		return
	}
	if c.OwedBy.IsZero() || on < c.OwedBy {
		c.OwedBy = on
	}
	if c.PromisedBy.IsZero() || on < c.PromisedBy {
		c.PromisedBy = on
	}
}

// windowPassed reports whether it is too late to ask for a review. While nobody knows
// when the reply arrived, it is not.
func (s *Service) windowPassed(c *Complaint, now time.Time) bool {
	if c.ArrivedAt.IsZero() {
		return false
	}
	_, until := s.window(c.ArrivedAt)
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
