package rulebook_test

import (
	"errors"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
)

// attached returns the rules that some clock uses.
func attached(b *rulebook.Book) map[string]bool {
	ids := map[string]bool{}
	for _, c := range b.Clocks() {
		ids[c.Rule] = true
		for _, s := range c.Stages {
			ids[s.Rule] = true
		}
		for _, s := range c.Also {
			ids[s.Rule] = true
		}
	}
	return ids
}

// Every rule of law either has a clock or says why it has none.
func TestEveryRuleIsAttachedOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	b := rulebook.Default()
	reasons := map[string]string{}
	why := []string{"principle", "guard", "window", "threshold", "retention", "counting", "other_party", "organisation", "no_workflow", "not_verified"}
	for _, u := range b.Unattached() {
		if reasons[u.Rule] != "" {
			t.Errorf("%s has two reasons", u.Rule)
		}
		if reasons[u.Rule] = u.Why; !slices.Contains(why, u.Why) || u.Note == "" {
			t.Errorf("%s: %q is no reason", u.Rule, u.Why)
		}
	}
	law := map[string]bool{}
	clocks := attached(b)
	for _, r := range b.Rules() {
		if r.Standard {
			continue
		}
		law[r.ID] = true
		if clocks[r.ID] == (reasons[r.ID] != "") {
			t.Errorf("%s: attached %t, reason %q", r.ID, clocks[r.ID], reasons[r.ID])
		}
		if !r.Verified && (reasons[r.ID] != "not_verified" || clocks[r.ID]) {
			t.Errorf("%s is not verified: %q", r.ID, reasons[r.ID])
		}
	}
	if len(law) != 148 {
		t.Errorf("%d rules, want 148", len(law))
	}
	for id := range law {
		delete(reasons, id)
	}
	if len(reasons) > 0 {
		t.Errorf("reasons for nothing: %v", reasons)
	}
}

// Where the list that the clocks were made from is at hand, none of it may be missing.
func TestNothingOfTheWorkingListIsForgotten(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../../shared/reference/rulebook-attach.md")
	if err != nil {
		t.Skip("the list is not here")
	}
	b := rulebook.Default()
	known := attached(b)
	for _, u := range b.Unattached() {
		known[u.Rule] = true
	}
	groups := regexp.MustCompile(`(?m)^\| (cn\.[^|]*)\|`).FindAllStringSubmatch(string(raw), -1)
	if len(groups) < 15 {
		t.Fatalf("read %d rows", len(groups))
	}
	for _, g := range groups {
		prefix := ""
		for _, name := range regexp.MustCompile(`[a-z][a-z.-]*\*?`).FindAllString(g[1], -1) {
			if full, ok := strings.CutPrefix(name, "cn."); ok {
				if i := strings.LastIndex(full, "."); i > 0 {
					prefix = "cn." + full[:i+1]
				}
			}
			found := false
			for id := range known {
				stem := strings.TrimSuffix(name, "*")
				found = found || id == name || id == prefix+name || id == "cn."+name ||
					strings.HasSuffix(id, name) || stem != name && (strings.HasPrefix(id, stem) || strings.HasPrefix(id, prefix+stem))
			}
			if !found {
				t.Errorf("nothing is said of %s in %q", name, g[1])
			}
		}
	}
}

// What the data says of a clock agrees with what the rule says.
func TestTheClocksAgreeWithTheirRules(t *testing.T) {
	t.Parallel()
	b := rulebook.Default()
	for _, c := range b.Clocks() {
		var r rulebook.Rule
		for _, v := range b.Rules() {
			if v.ID == c.Rule {
				r = v
			}
		}
		individual := slices.ContainsFunc(c.When, func(w rulebook.Condition) bool { return w.Fact == "group" && w.Not == "true" })
		if strings.Contains(r.Scope, "individual") != individual {
			t.Errorf("%s: scope %q, but %+v", c.ID, r.Scope, c.When)
		}
		if said := r.Pause != "" || c.ID == ordinary; said != (len(c.Pauses) > 0) && !r.Standard { // of ordinary cases cn.claim.assess-clock-rule says it
			t.Errorf("%s: pause %q, but %+v", c.ID, r.Pause, c.Pauses)
		}
		if (r.Restart != "") && len(c.Restarts) == 0 {
			t.Errorf("%s restarts: %q", c.ID, r.Restart)
		}
		if r.Unit == rulebook.Hour || strings.HasPrefix(c.ID, "cn.") == r.Standard {
			t.Errorf("%s: %+v", c.ID, r)
		}
		if c.Queue == "" {
			t.Errorf("%s is nobody's task", c.ID)
		}
	}
}

func TestAllFaultsAreNamedAtOnce(t *testing.T) {
	t.Parallel()
	e, err := rulebook.ReadExtension([]byte(`{
	"lines": {"a": ["b"], "b": ["a"]},
	"rules": [
		{"id": "", "kind": "deadline"},
		{"id": "x.none"},
		{"id": "x.unit", "kind": "deadline", "instrument": "x", "unit": "fortnight", "applies_to": ["all"]},
		{"id": "x.amount", "kind": "deadline", "instrument": "x", "unit": "month", "applies_to": ["all"]},
		{"id": "x.ends", "kind": "deadline", "instrument": "x", "unit": "fixed_date:02-30", "applies_to": ["all"], "effective_from": "2020-01-02", "effective_to": "2020-01-01", "zone": "Mars/Olympus", "roll": "next"},
		{"id": "x.twice", "kind": "duty", "instrument": "x", "unit": "promptly", "applies_to": ["all"], "effective_to": "2020-01-01"},
		{"id": "x.twice", "kind": "duty", "instrument": "x", "unit": "promptly", "applies_to": ["all"], "effective_from": "2020-01-01"}
	],
	"clocks": [
		{"id": "", "case": "claim"},
		{"id": "c", "case": "Claim", "rule": "x.gone", "opens": ["claim/File", "claim.file", "claim:Filed", "claim.File[kind]", "claim.File[kind=x"],
		 "meets": ["claim."], "drive": "middle", "bound": "loosely", "unless": ["nothing", "c"],
		 "stages": [{"on": ["Extend"], "rule": "x.gone", "from": "start"}], "also": [{"on": ["a:b.c"], "rule": "x.gone"}],
		 "pauses": [{"from": [], "until": []}, {"from": ["claim.A"], "begins": ["claim.B"], "until": ["claim.C"]}],
		 "when": [{"fact": "a"}, {"fact": "a", "is": "x", "not": "y"}, {"is": "x"}],
		 "warn": {"amount": 0, "unit": "day"}, "escalate": [{"after": {"amount": 1, "unit": "hour"}}]},
		{"id": "d", "case": "claim", "rule": "cn.complaint.decide", "figure": {"amount": 70001, "unit": "hour"}, "text": {"en": "x", "zh": "x"}}
	],
	"unattached": [{"rule": "x.gone", "why": "principle"}, {"rule": "x.twice", "why": ""}]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	_, err = rulebook.Default().With(e)
	wantFaults(t, err,
		"lines[a]: cycle", "lines[b]: cycle",
		"rules[153].id: required",
		"rules[x.none].kind: required",
		"rules[x.none].instrument: required",
		"rules[x.none].unit: unknown",
		"rules[x.none].applies_to: required",
		"rules[x.unit].unit: unknown",
		"rules[x.amount].amount: required",
		"rules[x.ends].unit: unknown",
		"rules[x.ends].effective_to: order",
		"rules[x.ends].roll: unknown",
		"rules[x.ends].zone: unknown",
		"rules[x.twice].effective_from: overlap",
		"clocks[31].id: required",
		"clocks[c].case: required",
		"clocks[c].rule: unknown",
		"clocks[c].meets[0]: trigger",
		"clocks[c].stages[0].on[0]: trigger",
		"clocks[c].also[0].on[0]: trigger",
		"clocks[c].opens[0]: trigger",
		"clocks[c].opens[1]: trigger",
		"clocks[c].opens[2]: trigger",
		"clocks[c].opens[3]: trigger",
		"clocks[c].opens[4]: trigger",
		"clocks[c].stages[0].rule: unknown",
		"clocks[c].stages[0].from: unknown",
		"clocks[c].also[0].rule: unknown",
		"clocks[c].pauses[0]: required",
		"clocks[c].pauses[1].at: required",
		"clocks[c].when[0]: operator",
		"clocks[c].when[1]: operator",
		"clocks[c].when[2].fact: required",
		"clocks[c].drive: unknown",
		"clocks[c].bound: unknown",
		"clocks[c].warn.unit: unknown",
		"clocks[c].warn.amount: range",
		"clocks[c].escalate[0].to: required",
		"clocks[c].text: required",
		"clocks[d].figure: conflict",
		"clocks[d].opens: required",
		"clocks[d].figure.amount: range",
		"clocks[c].unless[0]: unknown",
		"clocks[c].unless[1]: unknown",
		"unattached[119].rule: unknown",
		"unattached[x.twice].why: required",
	)
}

func TestAnExtensionIsReadStrictly(t *testing.T) {
	t.Parallel()
	for _, js := range []string{``, `[]`, `{"rules": {}}`, `{"rulez": []}`, `{"clocks": [{"id": "x", "meet": []}]}`, `{} {}`,
		`{"rules": [{"amount": 1.5}]}`, `{"rules": [{"effective_from": "soon"}]}`, `{"calendar": [{"rest": ["2026-02-30"]}]}`} {
		if _, err := rulebook.ReadExtension([]byte(js)); err == nil {
			t.Errorf("%s is read", js)
		}
	}
}

// What is given to a book, and what it gives, is a copy: nobody changes it from outside.
func TestABookStaysAsItIs(t *testing.T) {
	t.Parallel()
	b := rulebook.Default()
	b.Rules()[0].Amount = 99
	b.Clocks()[0].Rule = "x"
	b.Unattached()[0].Why = "x"
	if b.Rules()[0].Amount == 99 || b.Clocks()[0].Rule == "x" || b.Unattached()[0].Why == "x" {
		t.Error("the book was changed")
	}
	lines := map[string][]string{"property": {"motor"}}
	small, err := rulebook.New(rulebook.Source{Lines: lines})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := small.With(rulebook.Extension{Lines: map[string][]string{"property": {"cargo"}}}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"property": {"motor"}}, lines); diff != "" {
		t.Error(diff)
	}
}

// life is a workflow by its words.
type life struct{ name, words string }

func (l life) Name() string              { return l.name }
func (l life) HasEvent(name string) bool { return strings.Contains(" "+l.words+" ", " "+name+" ") }
func (l life) HasState(name string) bool { return l.HasEvent(name) }

func TestCheckFindsTriggersOfNoWorkflow(t *testing.T) {
	t.Parallel()
	e, err := rulebook.ReadExtension([]byte(`{
		"rules": [{"id": "x", "kind": "deadline", "instrument": "x", "unit": "hour", "amount": 1, "applies_to": ["all"], "verified": true}],
		"clocks": [
			{"id": "good", "case": "claim", "rule": "x", "opens": ["claim.File"], "meets": ["claim:filed"], "text": {"en": "x", "zh": "x"}},
			{"id": "bad", "case": "policy", "rule": "x", "opens": ["claim.Filed", "claim:file", "claim.File"], "meets": ["visit.Complete"],
			 "pauses": [{"from": ["claim.Stop"], "until": ["claim.File"]}], "text": {"en": "x", "zh": "x"}},
			{"id": "off", "case": "nobody", "rule": "x", "opens": ["nobody.Comes"], "off": true, "text": {"en": "x", "zh": "x"}}]}`))
	if err != nil {
		t.Fatal(err)
	}
	b, err := rulebook.New(rulebook.Source(e))
	if err != nil {
		t.Fatal(err)
	}
	wantFaults(t, b.Check(life{"claim", "File filed"}), "clocks[bad].case: unknown", "clocks[bad].meets[0]: unknown",
		"clocks[bad].pauses[0].from[0]: unknown", "clocks[bad].opens[0]: unknown", "clocks[bad].opens[1]: unknown")
	if err := b.Check(life{"claim", "File filed Filed file Stop"}, life{"visit", "Complete"}, life{"policy", ""}); err != nil {
		t.Error(err)
	}
}

// A timer that nobody made is refused and does no harm.
func TestATimerThatNoBookMade(t *testing.T) {
	t.Parallel()
	b := rulebook.Default()
	base := when(t, "2026-03-02")
	for name, timer := range map[string]rulebook.Timer{
		"empty":       {},
		"no base":     {Begun: []rulebook.Term{{Amount: 1, Unit: rulebook.Hour}}},
		"enormous":    {Begun: []rulebook.Term{{Amount: math.MaxInt, Unit: rulebook.WorkingDay, Base: base}}},
		"ancient":     {Begun: []rulebook.Term{{Amount: 1, Unit: rulebook.WorkingDay, Base: time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)}}},
		"negative":    {Begun: []rulebook.Term{{Amount: -1, Unit: rulebook.WorkingDay, Base: base}}},
		"no zone":     {Begun: []rulebook.Term{{Amount: 1, Unit: rulebook.Hour, Base: base, Zone: "Local"}}},
		"no zone too": {Begun: []rulebook.Term{{Amount: 1, Unit: rulebook.Hour, Base: base, Zone: "../etc"}}},
	} {
		if due, err := b.Due(timer); err == nil {
			t.Errorf("%s: %+v", name, due)
		} else {
			wantInvalid(t, err)
		}
		if s := b.Explain(timer, "en"); s != "" {
			t.Errorf("%s: %s", name, s)
		}
	}
	_, err := b.Begin(rulebook.Reply{}, rulebook.Happening{})
	wantInvalid(t, err)
	_, _, err = b.Apply(rulebook.Timer{}, rulebook.Reply{}, rulebook.Happening{})
	wantInvalid(t, err)
	far, err := b.Due(rulebook.Timer{Clock: "gone", Begun: []rulebook.Term{{Rule: "gone", Amount: 200, Unit: rulebook.Year, Base: base}}})
	if err != nil || far.At.Before(base) {
		t.Errorf("far away: %+v, %v", far, err)
	}
}

func wantInvalid(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, kernel.ErrInvalid) {
		t.Errorf("%v", err)
	}
}
