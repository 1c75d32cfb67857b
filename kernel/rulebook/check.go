package rulebook

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/coverkit/crm/kernel"
)

// The words of a clock.
const (
	driveEarliest, driveLatest = "earliest", "latest"
	fromBase, fromEvent        = "base", "event"
	boundLeast, boundMost      = "at_least", "at_most"
)

func at(list, id string) string { return list + "[" + id + "]" }

func (b *Book) addRules(f *kernel.FieldErrors) {
	b.rules, b.zones = map[string][]*Rule{}, map[string]*time.Location{}
	for i := range b.source.Rules {
		r := &b.source.Rules[i]
		if r.ID == "" {
			f.Index("rules", i).Add("id", "required", "a rule has an id")
			continue
		}
		r.check(f.At(at("rules", r.ID)), b.zones)
		b.rules[r.ID] = append(b.rules[r.ID], r)
	}
	for _, id := range slices.Sorted(maps.Keys(b.rules)) {
		versions := b.rules[id]
		slices.SortStableFunc(versions, func(a, b *Rule) int { return cmp.Compare(a.From, b.From) })
		for i := 1; i < len(versions); i++ {
			if before := versions[i-1]; before.To.IsZero() || before.To >= versions[i].From {
				f.Add(at("rules", id)+".effective_from", "overlap", "the versions of %q and %q overlap", before.From, versions[i].From)
			}
		}
	}
}

func (r *Rule) check(f *kernel.FieldErrors, zones map[string]*time.Location) {
	for _, need := range []struct{ path, value string }{{"kind", r.Kind}, {"instrument", r.Instrument}} {
		if need.value == "" {
			f.Add(need.path, "required", "not given")
		}
	}
	if !r.Unit.known() {
		f.Add("unit", "unknown", "%q is no unit", r.Unit)
	}
	if r.Amount < 0 || r.Amount > r.Unit.most() && r.Unit.Period() {
		f.Add("amount", "range", "from 0 to %d", r.Unit.most())
	}
	if r.Unit.Period() && r.Amount == 0 && r.Kind != "clock_rule" {
		f.Add("amount", "required", "how many of %s", r.Unit)
	}
	if len(r.AppliesTo) == 0 {
		f.Add("applies_to", "required", `lines of business, or "all"`)
	}
	if !r.To.IsZero() && r.To < r.From {
		f.Add("effective_to", "order", "ends before it begins")
	}
	if r.Roll != RollNext && r.Roll != NoRoll && (len(r.Roll) < 4 || r.Roll[:4] != "none") {
		f.Add("roll", "unknown", "%q is no way to treat a rest day", r.Roll)
	}
	loc, err := zone(r.Zone)
	if err != nil {
		f.Add("zone", "unknown", "%q is no time zone", r.Zone)
		return
	}
	zones[r.Zone] = loc
}

func (b *Book) addClocks(f *kernel.FieldErrors) {
	b.clocks, b.hooks = map[string]*Clock{}, map[key][]hook{}
	for i := range b.source.Clocks {
		c := &b.source.Clocks[i]
		if c.ID == "" {
			f.Index("clocks", i).Add("id", "required", "a clock has an id")
			continue
		}
		at := f.At(at("clocks", c.ID))
		if b.clocks[c.ID] != nil {
			at.Add("id", "duplicate", "given twice")
		}
		b.clocks[c.ID] = c
		b.checkClock(at, c)
		if !c.Off {
			b.hang(c)
		}
	}
	for i := range b.source.Clocks {
		c := &b.source.Clocks[i]
		for n, id := range c.Unless {
			if b.clocks[id] == nil || id == c.ID {
				f.At(at("clocks", c.ID)).Index("unless", n).Add("", "unknown", "no other clock %q", id)
			}
		}
	}
	for _, hooks := range b.hooks {
		slices.SortStableFunc(hooks, func(a, b hook) int { return int(a.act) - int(b.act) })
	}
}

func (b *Book) checkClock(f *kernel.FieldErrors, c *Clock) {
	if !word(c.Case) || upper(c.Case) {
		f.Add("case", "required", "the kind of the subject")
	}
	b.checkRule(f, "rule", c.Rule, c.Figure)
	if len(c.Opens) == 0 {
		f.Add("opens", "required", "what opens it")
	}
	c.each(func(path string, _ Act, _ int, _ bool, t Trigger) {
		if _, err := parse(t); err != nil {
			f.Merge(path, err)
		}
	})
	for i, s := range c.Stages {
		b.checkRule(f, fmt.Sprintf("stages[%d].rule", i), s.Rule, c.Figure)
		oneOf(f, fmt.Sprintf("stages[%d].from", i), s.From, fromBase, fromEvent)
		for n := range s.When {
			s.When[n].check(f.Index("stages", i).Index("when", n))
		}
	}
	for i, s := range c.Also {
		b.checkRule(f, fmt.Sprintf("also[%d].rule", i), s.Rule, c.Figure)
	}
	for i, p := range c.Pauses {
		if len(p.From) == 0 || len(p.Until) == 0 {
			f.Index("pauses", i).Add("", "required", "what stops it, and what lets it go on")
		}
		if len(p.Begins) > 0 && p.At == "" {
			f.Index("pauses", i).Add("at", "required", "the fact that tells when")
		}
	}
	for i := range c.When {
		c.When[i].check(f.Index("when", i))
	}
	oneOf(f, "drive", c.Drive, driveEarliest, driveLatest)
	oneOf(f, "bound", c.Bound, boundLeast, boundMost)
	if c.Figure != nil {
		c.Figure.check(f.At("figure"))
	}
	if c.Warn != nil {
		c.Warn.check(f.At("warn"))
	}
	for i, s := range c.Escalate {
		s.After.check(f.Index("escalate", i).At("after"))
		if s.To == "" {
			f.Index("escalate", i).Add("to", "required", "a role")
		}
	}
	if c.Text.EN == "" || c.Text.ZH == "" {
		f.Add("text", "required", "in English and in Chinese")
	}
}

// checkRule looks the rule up. The company's figure may not take the place of a number
// that the rule has.
func (b *Book) checkRule(f *kernel.FieldErrors, path, id string, figure *Period) {
	versions := b.rules[id]
	if len(versions) == 0 {
		f.Add(path, "unknown", "no rule %q", id)
		return
	}
	for _, r := range versions {
		if r.Unit.Period() && figure != nil {
			f.Add("figure", "conflict", "%s has a number of its own", id)
		}
	}
}

func oneOf(f *kernel.FieldErrors, path, s string, words ...string) {
	if s != "" && !slices.Contains(words, s) {
		f.Add(path, "unknown", "%q is none of %v", s, words)
	}
}

// each visits all triggers of the clock with their paths.
func (c *Clock) each(visit func(path string, act Act, part int, late bool, t Trigger)) {
	list := func(path string, act Act, part int, late bool, ts []Trigger) {
		for i, t := range ts {
			visit(fmt.Sprintf("%s[%d]", path, i), act, part, late, t)
		}
	}
	list("meets", Meet, 0, false, c.Meets)
	list("cancels", Cancel, 0, false, c.Cancels)
	for i, p := range c.Pauses {
		path := fmt.Sprintf("pauses[%d].", i)
		list(path+"until", Resume, i, false, p.Until)
		list(path+"from", Pause, i, false, p.From)
		list(path+"begins", Pause, i, true, p.Begins)
	}
	for i, s := range c.Stages {
		list(fmt.Sprintf("stages[%d].on", i), Stage, i, false, s.On)
	}
	for i, s := range c.Also {
		list(fmt.Sprintf("also[%d].on", i), Also, i, false, s.On)
	}
	list("rebases", Rebase, 0, false, c.Rebases)
	list("restarts", Restart, 0, false, c.Restarts)
	list("opens", Open, 0, false, c.Opens)
}

// hang puts the clock's triggers where a happening finds them.
func (b *Book) hang(c *Clock) {
	c.each(func(_ string, act Act, part int, late bool, t Trigger) {
		if p, err := parse(t); err == nil {
			b.hooks[p.key] = append(b.hooks[p.key], hook{c, act, part, late, p})
		}
	})
}

func (b *Book) checkUnattached(f *kernel.FieldErrors) {
	for i, u := range b.source.Unattached {
		if len(b.rules[u.Rule]) == 0 {
			f.Index("unattached", i).Add("rule", "unknown", "no rule %q", u.Rule)
		}
		if u.Why == "" {
			f.Add(at("unattached", u.Rule)+".why", "required", "why it has no clock")
		}
	}
}

// Life is a workflow as the rulebook asks about it.
type Life interface {
	Name() string // of the kind: "claim"
	HasEvent(name string) bool
	HasState(name string) bool
}

// Check finds triggers that name no event or state of the lives, and clocks on cases of
// a kind that has none. All faults come back at once, as [kernel.FieldErrors].
func (b *Book) Check(lives ...Life) error {
	var f kernel.FieldErrors
	known := map[string]Life{}
	for _, l := range lives {
		known[l.Name()] = l
	}
	for i := range b.source.Clocks {
		c := &b.source.Clocks[i]
		if c.Off {
			continue
		}
		f := f.At(at("clocks", c.ID))
		if known[c.Case] == nil {
			f.Add("case", "unknown", "no life of kind %q", c.Case)
		}
		c.each(func(path string, _ Act, _ int, _ bool, t Trigger) {
			p, _ := parse(t) // checked when the book was made
			switch l := known[p.key.kind]; {
			case l == nil:
				f.Add(path, "unknown", "%s: no life of kind %q", t, p.key.kind)
			case p.key.state && !l.HasState(p.key.name):
				f.Add(path, "unknown", "%s: no such state", t)
			case !p.key.state && !l.HasEvent(p.key.name):
				f.Add(path, "unknown", "%s: no such event", t)
			}
		})
	}
	return f.Err()
}
