package rulebook

import (
	"slices"
	"time"

	"github.com/coverkit/crm/kernel"
)

// Timer is what a task remembers of its clock. It carries the periods that run, so a
// case keeps the version in force at its trigger when the book changes. It keeps well
// as JSON.
type Timer struct {
	Clock  string     `json:"clock"`
	Begun  []Term     `json:"begun"` // first the clock's own period, then the further dates
	Pauses []Interval `json:"pauses,omitempty"`
	Latest bool       `json:"latest,omitempty"` // of several dates the latest counts
	Less   int        `json:"less,omitempty"`   // days that the last one comes earlier: an earlier day was owed already
}

// Term is a period that runs.
type Term struct {
	Rule    string      `json:"rule"`
	Version kernel.Date `json:"version,omitzero"` // the first day of the rule's version
	Amount  int         `json:"amount,omitempty"`
	Unit    Unit        `json:"unit"`
	Roll    string      `json:"roll,omitempty"`
	Zone    string      `json:"zone,omitempty"` // default [DefaultZone]
	Base    time.Time   `json:"base"`           // when it began; the day itself is not counted
	By      string      `json:"by,omitempty"`   // whose the number is: "" the rule's, "contract", "company"
	Own     bool        `json:"own,omitempty"`  // runs from its own event, not from the clock's base
}

// Whose a number is that is not the rule's.
const (
	byContract = "contract"
	byCompany  = "company"
)

// Interval is one pause. While From is zero it is not known when it took effect, and it
// stops nothing; while Until is zero it lasts.
type Interval struct {
	Part  int       `json:"part,omitempty"` // which pause of the clock
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
}

// Begin returns the timer of a task that a reply opens, or that it meets when the clock
// repeats. [kernel.ErrInvalid]: no moment, or a rule that the book does not have.
func (b *Book) Begin(r Reply, h Happening) (Timer, error) {
	if r.Clock == nil || r.At.IsZero() {
		return Timer{}, kernel.Invalid("", "timer", "a clock begins at some moment")
	}
	rule := b.inForce(r.Clock.Rule, r.At)
	if rule == nil {
		return Timer{}, kernel.Invalid("", "rule", "no version of %s is in force", r.Clock.Rule)
	}
	t := Timer{
		Clock: r.Clock.ID, Latest: r.Clock.Drive == driveLatest,
		Begun: []Term{r.Clock.term(rule, r.At, r.Clock.Agreed, &h)},
	}
	for i := range r.Clock.Stages {
		if when := r.Clock.Stages[i].When; len(when) > 0 && b.all(when, &h) {
			t.stage(b, Reply{Clock: r.Clock, At: r.At, part: i}, &h)
		}
	}
	return t, nil
}

// term puts a rule to work from a moment.
func (c *Clock) term(r *Rule, base time.Time, agreed string, h *Happening) Term {
	t := Term{
		Rule: r.ID, Version: r.From, Amount: r.Amount, Unit: r.Unit,
		Roll: r.rolls(), Zone: r.Zone, Base: kernel.Instant(base),
	}
	if !t.Unit.Period() {
		if t.Amount = 0; c.Figure != nil {
			t.Amount, t.Unit, t.By = c.Figure.Amount, c.Figure.Unit, byCompany
		}
	}
	if n, ok := h.whole(agreed, t.Unit); ok && t.Unit.Period() &&
		(c.Bound != boundLeast || n >= t.Amount) && (c.Bound != boundMost || n <= t.Amount) {
		t.Amount, t.By = n, byContract
	}
	return t
}

// Apply returns the timer after a reply, and whether it changed. Replies for another
// clock, and those that end or begin a task, change nothing. The timer given stays as it
// is. [kernel.ErrInvalid]: a timer without a period.
func (b *Book) Apply(t Timer, r Reply, h Happening) (Timer, bool, error) {
	if len(t.Begun) == 0 {
		return t, false, kernel.Invalid("begun", "required", "a timer without a period")
	}
	if r.Clock == nil || r.Clock.ID != t.Clock {
		return t, false, nil
	}
	next := t
	next.Begun, next.Pauses = slices.Clone(t.Begun), slices.Clone(t.Pauses)
	changed := false
	switch r.Act {
	case Resume:
		changed = next.resume(r)
	case Pause:
		changed = next.pause(r)
	case Stage:
		changed = next.stage(b, r, &h)
	case Also:
		changed = next.also(b, r, &h)
	case Rebase:
		changed = next.rebase(r.At)
		changed = next.hold(b, r.Clock.Owed, &h) || changed
	case Restart:
		changed = next.restart(kernel.Instant(r.At))
	}
	if !changed {
		return t, false, nil
	}
	return next, true, nil
}

func (t *Timer) pause(r Reply) bool {
	at := kernel.Instant(r.At)
	if r.At.IsZero() {
		at = time.Time{}
	}
	first := slices.IndexFunc(t.Pauses, func(p Interval) bool { return p.Part == r.part })
	last := -1
	for i, p := range t.Pauses {
		if p.Part == r.part {
			last = i
		}
	}
	if r.late {
		// The news belongs to the first pause that waits for it.
		i := slices.IndexFunc(t.Pauses, func(p Interval) bool { return p.Part == r.part && p.From.IsZero() })
		if i < 0 || at.IsZero() || !t.Pauses[i].Until.IsZero() && at.After(t.Pauses[i].Until) {
			return false
		}
		t.Pauses[i].From = at
		return true
	}
	if first >= 0 && r.Clock.Pauses[r.part].Once || last >= 0 && t.Pauses[last].Until.IsZero() {
		return false
	}
	t.Pauses = append(t.Pauses, Interval{Part: r.part, From: at})
	return true
}

// restart begins the clock's own period anew: pauses that were over are forgotten, and so
// is an earlier day that was owed.
func (t *Timer) restart(at time.Time) bool {
	main, n := &t.Begun[0], len(t.Pauses)
	changed := !main.Base.Equal(at) || !main.Own || t.Less != 0
	main.Base, main.Own, t.Less = at, true, 0
	over := func(p Interval) bool { return !p.Until.IsZero() && !p.Until.After(at) }
	if t.Pauses = slices.DeleteFunc(t.Pauses, over); len(t.Pauses) == 0 {
		t.Pauses = nil
	}
	return changed || len(t.Pauses) < n
}

// hold keeps the last day from coming after one that was owed before, now and when the
// period is lengthened. A pause that goes on does not count here: what it will add comes
// on top.
func (t *Timer) hold(b *Book, owed string, h *Happening) bool {
	v, _ := h.fact(owed)
	on, ok := v.(kernel.Date)
	if owed == "" || !ok || on.IsZero() {
		return false
	}
	still := *t
	still.Pauses = slices.DeleteFunc(slices.Clone(t.Pauses), func(p Interval) bool { return p.Until.IsZero() })
	due, _, err := b.drive(&still)
	if err != nil || due.On <= on {
		return false
	}
	t.Less += due.On.Sub(on)
	return true
}

func (t *Timer) resume(r Reply) bool {
	changed := false
	for i := range t.Pauses {
		p := &t.Pauses[i]
		if p.Part == r.part && p.Until.IsZero() {
			p.Until = kernel.Instant(r.At)
			if p.Until.Before(p.From) {
				p.Until = p.From
			}
			changed = true
		}
	}
	return changed
}

func (t *Timer) stage(b *Book, r Reply, h *Happening) bool {
	s, main := r.Clock.Stages[r.part], &t.Begun[0]
	base, own := main.Base, s.From == fromEvent
	if own {
		base = r.At
	}
	own = own || main.Own
	rule := b.inForce(s.Rule, base)
	if rule == nil {
		return false
	}
	next := r.Clock.term(rule, base, s.Agreed, h)
	next.Own = own
	if next == *main {
		return false
	}
	*main = next
	return true
}

func (t *Timer) also(b *Book, r Reply, h *Happening) bool {
	rule := b.inForce(r.Clock.Also[r.part].Rule, r.At)
	if rule == nil || slices.ContainsFunc(t.Begun[1:], func(o Term) bool { return o.Rule == rule.ID }) {
		return false // the first demand counts
	}
	term := r.Clock.term(rule, r.At, "", h)
	term.Own = true
	t.Begun = append(t.Begun, term)
	return true
}

// rebase moves the clock's own base.
func (t *Timer) rebase(to time.Time) bool {
	main := &t.Begun[0]
	to = kernel.Instant(to)
	if to.Equal(main.Base) || main.Own {
		return false
	}
	main.Base = to
	return true
}
