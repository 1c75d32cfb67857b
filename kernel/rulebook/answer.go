package rulebook

import (
	"slices"
	"time"

	"github.com/coverkit/crm/kernel"
)

// Happening is an entry of the history as the rulebook sees it.
type Happening struct {
	Kind     string // of the subject that it happened to: "claim"
	Event    string // "File"
	From, To string // states; equal for a note
	At       time.Time
	Facts    Facts // of the event
	Case     Facts // of the subject, as it is afterwards
}

// Act is what a happening does to a clock.
type Act uint8

// The acts, in the order in which [Book.Answer] gives them.
const (
	Meet    Act = iota + 1 // the task is done
	Cancel                 // the task falls away
	Resume                 // the clock goes on
	Stage                  // another rule's period takes over
	Also                   // a further date counts too
	Rebase                 // the base is read again
	Restart                // the period begins anew
	Pause                  // the clock stops, or it is now known when it did
	Open                   // a task begins
)

// String returns "meet", "cancel" …, and "unknown" for anything else.
func (a Act) String() string {
	names := [...]string{"unknown", "meet", "cancel", "resume", "stage", "also", "rebase", "restart", "pause", "open"}
	if int(a) >= len(names) {
		return names[0]
	}
	return names[a]
}

// Reply is one thing that a happening means.
type Reply struct {
	Clock *Clock // not to be changed
	Act   Act
	At    time.Time // when it takes effect: met, stopped, begun …
	part  int       // which pause, stage or further date
	late  bool      // of a Pause: the news of when it took effect
}

// hook is a place where a trigger moves a clock.
type hook struct {
	clock *Clock
	act   Act
	part  int
	late  bool
	on    trigger
}

// Cases returns the kinds of cases whose clocks [Book.Answer] could move when the event
// happens to a subject of the kind, or the state is entered.
func (b *Book) Cases(kind, event, to string) []string {
	var kinds []string
	for _, hooks := range [][]hook{b.hooks[key{kind, event, false}], b.hooks[key{kind, to, true}]} {
		for i := range hooks {
			if c := hooks[i].clock.Case; !slices.Contains(kinds, c) {
				kinds = append(kinds, c)
			}
		}
	}
	return kinds
}

// Answer tells what a happening means for the clocks, in the order of the acts and, of
// one act, of the data. It does not know which tasks there are: replies to tasks that
// do not run are to be passed over, and so is an Open whose task runs already. Open is
// given only in scope: the conditions hold, the rule applies to the line, is verified,
// and is in force on the day of the base.
func (b *Book) Answer(h Happening) []Reply {
	var out []Reply
	out = b.reply(out, b.hooks[key{h.Kind, h.Event, false}], &h)
	if h.From != h.To {
		out = b.reply(out, b.hooks[key{h.Kind, h.To, true}], &h)
		slices.SortStableFunc(out, func(a, b Reply) int { return int(a.Act) - int(b.Act) })
	}
	return out
}

func (b *Book) reply(out []Reply, hooks []hook, h *Happening) []Reply {
	for i := range hooks {
		k := &hooks[i]
		r := Reply{Clock: k.clock, Act: k.act, At: h.At, part: k.part, late: k.late}
		if !k.on.matches(h) || k.act == Open && !b.opens(&r, h) || said(out, r) {
			continue
		}
		c, loc := k.clock, b.zoneOf(k.clock)
		switch k.act {
		case Meet, Cancel:
			r.At = moment(h, c.MetAt, h.At, loc)
		case Resume:
			r.At = moment(h, c.Pauses[k.part].UntilAt, h.At, loc)
		case Pause:
			p, or := &c.Pauses[k.part], h.At
			if len(p.Begins) > 0 {
				or = time.Time{}
			}
			r.At = moment(h, p.At, or, loc)
		case Restart:
			own := Happening{Facts: h.Facts} // the case's facts are about its beginning
			r.At = moment(&own, c.RestartAt, h.At, loc)
		case Rebase:
			r.At = b.base(c, h)
		case Also:
			r.At = moment(h, c.Also[k.part].Base, h.At, loc)
		}
		out = append(out, r)
	}
	return out
}

// said reports whether the state that was entered and the event say the same twice.
func said(out []Reply, r Reply) bool {
	return slices.ContainsFunc(out, func(o Reply) bool {
		return o.Clock == r.Clock && o.Act == r.Act && o.part == r.part && o.late == r.late
	})
}

// opens decides whether the clock opens, and sets the base from which it runs.
func (b *Book) opens(r *Reply, h *Happening) bool {
	r.At = b.base(r.Clock, h)
	if !b.inScope(r.Clock, h, r.At) {
		return false
	}
	for _, id := range r.Clock.Unless {
		if o := b.clocks[id]; o != nil && !o.Off && b.inScope(o, h, b.base(o, h)) {
			return false
		}
	}
	return true
}

func (b *Book) inScope(c *Clock, h *Happening, base time.Time) bool {
	r := b.inForce(c.Rule, base)
	if r == nil || !r.Verified && !r.Standard {
		return false
	}
	v, _ := h.fact(factLine)
	line, _ := text(v)
	if !slices.ContainsFunc(r.AppliesTo, func(w string) bool { return b.lines.covers(w, line) }) {
		return false
	}
	return b.all(c.When, h)
}

// all reports whether all conditions hold.
func (b *Book) all(when []Condition, h *Happening) bool {
	for i := range when {
		if !when[i].holds(h, b.lines) {
			return false
		}
	}
	return true
}

// inForce returns the version of a rule in force at the base.
func (b *Book) inForce(id string, base time.Time) *Rule {
	for _, r := range b.rules[id] {
		if loc, err := b.location(r.Zone); err == nil && r.InForce(kernel.DateOf(base.In(loc))) {
			return r
		}
	}
	return nil
}

// base is the moment from which the clock runs.
func (b *Book) base(c *Clock, h *Happening) time.Time { return moment(h, c.Base, h.At, b.zoneOf(c)) }

// zoneOf returns where a clock's days are counted.
func (b *Book) zoneOf(c *Clock) *time.Location {
	if versions := b.rules[c.Rule]; len(versions) > 0 {
		if loc := b.zones[versions[0].Zone]; loc != nil {
			return loc
		}
	}
	return china
}

// moment reads the time fact of that name; or is what counts when it is not known.
func moment(h *Happening, name string, or time.Time, loc *time.Location) time.Time {
	if name == "" {
		return or
	}
	if v, ok := h.fact(name); ok {
		if t, ok := instant(v, loc); ok {
			return t
		}
	}
	return or
}
