package rulebook

import (
	"maps"
	"slices"
	"time"

	"github.com/coverkit/crm/kernel"
)

// Source is what a book is made of.
type Source struct {
	Rules      []Rule              `json:"rules"`
	Clocks     []Clock             `json:"clocks"`
	Calendar   []YearData          `json:"calendar"`
	Lines      map[string][]string `json:"lines"`      // lines of business that belong to a wider word: property → motor, cargo …
	Unattached []Unattached        `json:"unattached"` // why the other rules have no clock
}

// Extension is what a host adds to a book or puts in place of what is there:
//
//   - a rule with the ID and the first day of a known version takes its place; one that
//     begins later ends an open version the day before,
//   - a clock takes the place of the clock with its ID; Off switches it off,
//   - a year takes the place of that year,
//   - lines are added to the word.
type Extension Source

// Book is a set of rules, clocks and a calendar, ready to answer. It never changes, and
// any number of goroutines may use it.
type Book struct {
	source   Source // in order, as it was checked
	rules    map[string][]*Rule
	clocks   map[string]*Clock
	hooks    map[key][]hook
	calendar *Calendar
	lines    families
	zones    map[string]*time.Location
}

// New checks a source and makes a book of it. All faults come back at once, as
// [kernel.FieldErrors] with paths such as "rules[cn.x].unit".
func New(s Source) (*Book, error) {
	var f kernel.FieldErrors
	b := &Book{source: s.clone(), lines: s.Lines}
	b.lines.check(&f)
	b.calendar = newCalendar(&f, s.Calendar)
	b.addRules(&f)
	b.addClocks(&f)
	b.checkUnattached(&f)
	if err := f.Err(); err != nil {
		return nil, err
	}
	return b, nil
}

// With returns a book that also has, or has instead, what the extension says. The book
// itself stays as it is. Faults are those of [New].
func (b *Book) With(e Extension) (*Book, error) {
	s := b.source.clone()
	for i := range e.Rules {
		s.Rules = putRule(s.Rules, e.Rules[i])
	}
	for _, c := range e.Clocks {
		s.Clocks = put(s.Clocks, c, func(o Clock) bool { return o.ID == c.ID })
	}
	for _, y := range e.Calendar {
		s.Calendar = put(s.Calendar, y, func(o YearData) bool { return o.Year == y.Year })
	}
	if len(e.Lines) > 0 {
		s.Lines = maps.Clone(s.Lines)
		if s.Lines == nil {
			s.Lines = map[string][]string{}
		}
		for word, lines := range e.Lines {
			s.Lines[word] = slices.Concat(s.Lines[word], lines)
		}
	}
	for _, u := range e.Unattached {
		s.Unattached = put(s.Unattached, u, func(o Unattached) bool { return o.Rule == u.Rule })
	}
	return New(s)
}

// put sets v in the place of the one that is the same, else at the end.
func put[T any](list []T, v T, same func(T) bool) []T {
	if i := slices.IndexFunc(list, same); i >= 0 {
		list[i] = v
		return list
	}
	return append(list, v)
}

func putRule(list []Rule, r Rule) []Rule {
	for i := range list {
		if o := &list[i]; o.ID == r.ID && o.From < r.From && o.To.IsZero() {
			o.To = r.From.AddDays(-1)
		}
	}
	return put(list, r, func(o Rule) bool { return o.ID == r.ID && o.From == r.From })
}

func (s Source) clone() Source {
	s.Rules, s.Clocks = slices.Clone(s.Rules), slices.Clone(s.Clocks)
	s.Calendar, s.Unattached = slices.Clone(s.Calendar), slices.Clone(s.Unattached)
	return s
}

// Rule returns the version of a rule that is in force on the day, whether it is
// verified or not.
func (b *Book) Rule(id string, on kernel.Date) (Rule, bool) {
	if r := b.rule(id, on); r != nil {
		return *r, true
	}
	return Rule{}, false
}

func (b *Book) rule(id string, on kernel.Date) *Rule {
	for _, r := range b.rules[id] {
		if r.InForce(on) {
			return r
		}
	}
	return nil
}

// version returns the version that begins on the day, else the first of the rule, nil
// when there is no such rule: what a timer names may be gone from the book.
func (b *Book) version(id string, from kernel.Date) *Rule {
	versions := b.rules[id]
	for _, r := range versions {
		if r.From == from {
			return r
		}
	}
	if len(versions) > 0 {
		return versions[0]
	}
	return nil
}

// Rules returns all versions of all rules, in the order of the data.
func (b *Book) Rules() []Rule { return slices.Clone(b.source.Rules) }

// Clocks returns all clocks, in the order of the data, also those switched off.
func (b *Book) Clocks() []Clock { return slices.Clone(b.source.Clocks) }

// Clock returns the clock with the ID.
func (b *Book) Clock(id string) (Clock, bool) {
	if c := b.clocks[id]; c != nil {
		return *c, true
	}
	return Clock{}, false
}

// Unattached says for each rule without a clock why it has none.
func (b *Book) Unattached() []Unattached { return slices.Clone(b.source.Unattached) }

// Calendar returns the book's calendar.
func (b *Book) Calendar() *Calendar { return b.calendar }

// location returns the zone of a rule. A timer may name one that is not in the book.
func (b *Book) location(name string) (*time.Location, error) {
	if loc := b.zones[name]; loc != nil {
		return loc, nil
	}
	return zone(name)
}

// china has had one offset since 1991, so that no data of the machine is needed.
var china = time.FixedZone(DefaultZone, 8*60*60)

func zone(name string) (*time.Location, error) {
	switch name {
	case "", DefaultZone:
		return china, nil
	case "Local": // means something else on every machine
		return nil, kernel.Invalid("zone", "unknown", "not a time zone")
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, kernel.Invalid("zone", "unknown", "not a time zone")
	}
	return loc, nil
}
