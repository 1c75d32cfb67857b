package rulebook

import (
	"time"

	"github.com/coverkit/crm/kernel"
)

// Due is when a period ends.
type Due struct {
	On          kernel.Date // the last day on which it is in time, in the rule's zone
	At          time.Time   // the first instant that is too late; zero while paused and where there is no number
	WarnAt      time.Time   // zero: no warning
	Steps       []Step
	Rule        string // whose period counts
	Version     kernel.Date
	Provisional bool // the calendar does not know all of its years yet
	Paused      bool
}

// Step is an escalation.
type Step struct {
	At time.Time
	To string // a role
}

// Due works out when the timer is due, and when to warn and to escalate. The periods
// are the timer's; the ladder is that of the clock in this book.
// [kernel.ErrInvalid]: the timer was not made by a book.
func (b *Book) Due(t Timer) (Due, error) {
	d, term, err := b.drive(&t)
	c := b.clocks[t.Clock]
	if err != nil || c == nil || d.At.IsZero() {
		return d, err
	}
	loc, err := b.location(term.Zone)
	if err != nil {
		return Due{}, err
	}
	if c.Warn != nil {
		if d.WarnAt = b.back(&d, c.Warn, loc); d.WarnAt.Before(term.Base) {
			d.WarnAt = term.Base
		}
	}
	if len(c.Escalate) > 0 {
		d.Steps = make([]Step, len(c.Escalate))
		for i, r := range c.Escalate {
			d.Steps[i] = Step{b.ahead(&d, &r.After, loc), r.To}
		}
	}
	return d, nil
}

// drive finds the period whose end counts.
func (b *Book) drive(t *Timer) (Due, *Term, error) {
	var best Due
	if len(t.Begun) == 0 {
		return best, nil, kernel.Invalid("begun", "required", "a timer without a period")
	}
	var term *Term
	unsure := false
	for i := range t.Begun {
		d, err := b.ends(&t.Begun[i], t.Pauses)
		if err == nil && t.Less != 0 {
			err = b.earlier(&d, &t.Begun[i], t.Less)
		}
		if err != nil {
			return Due{}, nil, err
		}
		unsure = unsure || d.Provisional
		if term == nil || !t.Latest && d.before(&best) || t.Latest && d.after(&best) {
			best, term = d, &t.Begun[i]
		}
	}
	best.Provisional = unsure // another date may come to be the one that counts
	return best, term, nil
}

// earlier moves the last day forward. Hours have none.
func (b *Book) earlier(d *Due, t *Term, days int) error {
	if d.At.IsZero() || t.Unit == Hour {
		return nil
	}
	loc, err := b.location(t.Zone)
	if err == nil {
		d.On = d.On.AddDays(-days)
		d.At = d.On.AddDays(1).In(loc)
	}
	return err
}

// before: an end that is known comes before one that is not, and a rule without a
// number comes last.
func (d *Due) before(o *Due) bool {
	return !d.At.IsZero() && (o.At.IsZero() || d.At.Before(o.At))
}

// after: what is paused ends later than all that is known.
func (d *Due) after(o *Due) bool {
	if o.Paused || d.Paused {
		return d.Paused && !o.Paused
	}
	return d.At.After(o.At)
}

// Period works out the end of a rule's period from a moment, with the version in force
// then: for windows that a guard asks about. False when there is no such version, when
// it is not verified, or when it has no number.
func (b *Book) Period(rule string, base time.Time) (Due, bool) {
	r := b.inForce(rule, base)
	if r == nil || !r.Verified && !r.Standard || !r.Unit.Period() || base.IsZero() {
		return Due{}, false
	}
	term := Term{Rule: r.ID, Version: r.From, Amount: r.Amount, Unit: r.Unit, Roll: r.rolls(), Zone: r.Zone, Base: base}
	d, err := b.ends(&term, nil)
	return d, err == nil
}

// ends works out when a period ends.
func (b *Book) ends(t *Term, pauses []Interval) (Due, error) {
	d := Due{Rule: t.Rule, Version: t.Version}
	if !t.Unit.Period() {
		return d, nil
	}
	loc, err := b.location(t.Zone)
	if err != nil {
		return d, err
	}
	if on := kernel.DateOf(t.Base); t.Amount < 0 || t.Amount > t.Unit.most() || on < kernel.FirstDate || on > kernel.LastDate {
		return d, kernel.Invalid("begun", "range", "a period that nothing can have begun")
	}
	if t.Unit == Hour {
		return b.endOfHours(d, t, pauses, loc), nil
	}
	return b.endOfDays(d, t, pauses, loc), nil
}

func (b *Book) endOfHours(d Due, t *Term, pauses []Interval, loc *time.Location) Due {
	var room [4]stop
	at, ok := end(plain{}, t.Base.UnixMicro(), int64(t.Amount)*int64(time.Hour/time.Microsecond), stops(room[:0], pauses, time.Time.UnixMicro))
	if d.Paused = !ok; ok {
		d.At = time.UnixMicro(at).UTC()
		d.On = kernel.DateOf(d.At.Add(-1).In(loc))
	}
	return d
}

func (b *Book) endOfDays(d Due, t *Term, pauses []Interval, loc *time.Location) Due {
	var room [4]stop
	base := kernel.DateOf(t.Base.In(loc))
	n := int64(t.Amount)
	var s scale = plain{}
	switch t.Unit {
	case WorkingDay:
		s = b.calendar
	case Month:
		n = int64(base.AddMonths(t.Amount).Sub(base))
	case Year:
		n = int64(base.AddYears(t.Amount).Sub(base))
	}
	last, ok := end(s, int64(base), n, stops(room[:0], pauses, func(t time.Time) int64 { return int64(kernel.DateOf(t.In(loc))) }))
	if d.Paused = !ok; !ok {
		return d
	}
	d.On = kernel.Date(last)
	if t.Roll == RollNext {
		d.On = kernel.Date(b.calendar.roll(last))
		d.Provisional = !b.calendar.knows(kernel.Date(last), d.On)
	}
	if t.Unit == WorkingDay && d.On > base {
		d.Provisional = d.Provisional || !b.calendar.knows(base+1, d.On)
	}
	d.At = d.On.AddDays(1).In(loc)
	return d
}

// stops are the pauses that took effect, measured by unit.
func stops(room []stop, pauses []Interval, unit func(time.Time) int64) []stop {
	for _, p := range pauses {
		if p.From.IsZero() {
			continue
		}
		s := stop{unit(p.From), running}
		if !p.Until.IsZero() {
			s.until = unit(p.Until)
		}
		room = append(room, s)
	}
	return room
}

// back returns when the last of the days, or hours, before the end begin.
func (b *Book) back(d *Due, p *Period, loc *time.Location) time.Time {
	switch p.Unit {
	case Hour:
		return d.At.Add(-time.Duration(p.Amount) * time.Hour)
	case WorkingDay:
		return kernel.Date(b.calendar.before(int64(d.On)+1, int64(p.Amount))).In(loc)
	case Month:
		return d.On.AddDays(1).AddMonths(-p.Amount).In(loc)
	case Year:
		return d.On.AddDays(1).AddYears(-p.Amount).In(loc)
	}
	return d.On.AddDays(1 - p.Amount).In(loc)
}

// ahead returns when the period after the end is over.
func (b *Book) ahead(d *Due, p *Period, loc *time.Location) time.Time {
	last := d.On
	switch p.Unit {
	case Hour:
		return d.At.Add(time.Duration(p.Amount) * time.Hour)
	case WorkingDay:
		last = kernel.Date(b.calendar.after(int64(last), int64(p.Amount)))
	case Month:
		last = last.AddMonths(p.Amount)
	case Year:
		last = last.AddYears(p.Amount)
	default:
		last = last.AddDays(p.Amount)
	}
	return last.AddDays(1).In(loc)
}
