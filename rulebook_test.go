package crm_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage/memory"
)

// promise is a rule of a host's that is as it should be.
func promise() rulebook.Rule {
	return rulebook.Rule{
		ID: "host.call", Instrument: "service charter", Kind: "deadline", Standard: true,
		Amount: 2, Unit: rulebook.WorkingDay, AppliesTo: []string{"all"},
	}
}

// calling is a clock of a host's that is as it should be.
func calling() rulebook.Clock {
	return rulebook.Clock{
		ID: "host.call", Case: "complaint", Rule: "host.call",
		Opens: []rulebook.Trigger{"complaint.Receive"}, Meets: []rulebook.Trigger{"complaint:accepted"},
		Text: rulebook.Label{EN: "Call back", ZH: "回电"},
	}
}

// A host's rules that cannot be meant are refused before anything runs by them, each
// fault with the id and the field.
func TestAHostsRulesAreChecked(t *testing.T) {
	t.Parallel()
	day := func(y int) kernel.Date { return kernel.NewDate(y, 1, 1) }
	for name, s := range map[string]struct {
		rule  func(*rulebook.Rule)
		clock func(*rulebook.Clock)
		more  []rulebook.Rule
		years []rulebook.YearData
		paths []string
	}{
		"as it should be":              {},
		"an unknown zone":              {rule: func(r *rulebook.Rule) { r.Zone = "Asia/Atlantis" }, paths: []string{"rules[host.call].zone"}},
		"the machine's zone":           {rule: func(r *rulebook.Rule) { r.Zone = "Local" }, paths: []string{"rules[host.call].zone"}},
		"an unknown unit":              {rule: func(r *rulebook.Rule) { r.Unit = "fortnight" }, paths: []string{"rules[host.call].unit"}},
		"the end before the beginning": {rule: func(r *rulebook.Rule) { r.From, r.To = day(2026), day(2025) }, paths: []string{"rules[host.call].effective_to"}},
		"versions that overlap": {
			rule:  func(r *rulebook.Rule) { r.From, r.To = day(2024), day(2026) },
			more:  []rulebook.Rule{{ID: "host.call", Instrument: "service charter", Kind: "deadline", Amount: 1, Unit: rulebook.Hour, AppliesTo: []string{"all"}, From: day(2025)}},
			paths: []string{"rules[host.call].effective_from"},
		},
		"no number":                     {rule: func(r *rulebook.Rule) { r.Amount = 0 }, paths: []string{"rules[host.call].amount"}},
		"more than a database can hold": {rule: func(r *rulebook.Rule) { r.Amount = 70_001 }, paths: []string{"rules[host.call].amount"}},
		"everything at once": {
			rule:  func(r *rulebook.Rule) { r.Unit, r.Zone, r.AppliesTo = "fortnight", "x", nil },
			clock: func(c *rulebook.Clock) { c.Opens = nil; c.Drive = "fast" },
			paths: []string{"rules[host.call].unit", "rules[host.call].applies_to", "rules[host.call].zone", "clocks[host.call].opens", "clocks[host.call].drive"},
		},
		"no such rule": {clock: func(c *rulebook.Clock) { c.Rule = "host.cal" }, paths: []string{"clocks[host.call].rule"}},
		"no trigger":   {clock: func(c *rulebook.Clock) { c.Meets[0] = "complaint" }, paths: []string{"clocks[host.call].meets[0]"}},
		"a ladder in a unit that is no period": {
			clock: func(c *rulebook.Clock) {
				c.Escalate = []rulebook.Rung{{After: rulebook.Period{Amount: 1, Unit: "promptly"}, To: "manager"}}
			},
			paths: []string{"clocks[host.call].escalate[0].after.unit"},
		},
		"a day of rest in another year": {
			years: []rulebook.YearData{{Year: 2027, Rest: rulebook.Days(day(2029))}}, paths: []string{"calendar[2027].rest[0]"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, c := promise(), calling()
			if s.rule != nil {
				s.rule(&r)
			}
			if s.clock != nil {
				s.clock(&c)
			}
			own := rulebook.Source{Rules: append([]rulebook.Rule{r}, s.more...), Clocks: []rulebook.Clock{c}, Calendar: s.years}
			if diff := cmp.Diff(s.paths, faults(t)(rulebook.New(own))); diff != "" {
				t.Error("alone:", diff)
			}
			if diff := cmp.Diff(s.paths, faults(t)(rulebook.Default().With(rulebook.Extension(own)))); diff != "" {
				t.Error("in the book of mainland China:", diff)
			}
		})
	}
}

// A clock that names what no workflow has would never run: Open says so.
func TestOpenRefusesWordsOfNoWorkflow(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]struct {
		clock func(*rulebook.Clock)
		paths []string
	}{
		"as it should be":  {clock: func(*rulebook.Clock) {}},
		"an unknown event": {clock: func(c *rulebook.Clock) { c.Opens = append(c.Opens, "complaint.Take") }, paths: []string{"rulebook.clocks[host.call].opens[1]"}},
		"an unknown state": {clock: func(c *rulebook.Clock) { c.Meets[0] = "complaint:done" }, paths: []string{"rulebook.clocks[host.call].meets[0]"}},
		"an unknown kind":  {clock: func(c *rulebook.Clock) { c.Cancels = []rulebook.Trigger{"lawsuit.Settle"} }, paths: []string{"rulebook.clocks[host.call].cancels[0]"}},
		"everywhere": {
			clock: func(c *rulebook.Clock) {
				c.Case = "lawsuit"
				c.Restarts, c.Rebases = []rulebook.Trigger{"complaint.A"}, []rulebook.Trigger{"complaint.B"}
				c.Pauses = []rulebook.ClockPause{{From: []rulebook.Trigger{"complaint.C"}, Until: []rulebook.Trigger{"complaint.D"}}}
				c.Stages = []rulebook.ClockStage{{On: []rulebook.Trigger{"complaint.E"}, Rule: "host.call"}}
				c.Also = []rulebook.ClockAlso{{On: []rulebook.Trigger{"complaint.F"}, Rule: "host.call"}}
			},
			paths: []string{
				"rulebook.clocks[host.call].case", "rulebook.clocks[host.call].pauses[0].until[0]", "rulebook.clocks[host.call].pauses[0].from[0]",
				"rulebook.clocks[host.call].stages[0].on[0]", "rulebook.clocks[host.call].also[0].on[0]",
				"rulebook.clocks[host.call].rebases[0]", "rulebook.clocks[host.call].restarts[0]",
			},
		},
		"switched off it may say what it likes": {clock: func(c *rulebook.Clock) { c.Case, c.Off = "lawsuit", true }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := calling()
			s.clock(&c)
			book := got(rulebook.Default().With(rulebook.Extension{Rules: []rulebook.Rule{promise()}, Clocks: []rulebook.Clock{c}}))(t)
			_, err := crm.Open(owner, memory.New(), crm.Config{Keys: privacy.Plaintext, Rulebook: book})
			if diff := cmp.Diff(s.paths, faults(t)(nil, err)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// faults returns what tells the paths of what is wrong; none for no error.
func faults(t *testing.T) func(_ *rulebook.Book, err error) []string {
	t.Helper()
	return func(_ *rulebook.Book, err error) (paths []string) {
		t.Helper()
		var f *kernel.FieldErrors
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &f) || !errors.Is(err, kernel.ErrInvalid):
			t.Fatal(err)
		}
		for _, fault := range f.Faults {
			if !slices.Contains(paths, fault.Path) {
				paths = append(paths, fault.Path)
			}
		}
		return paths
	}
}
