package main

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/coverkit/crm/kernel/rulebook"
)

const deadlinesPage = "../../docs/deadlines.md"

// Every rule and every clock is in the page, and every reason that the data gives for a
// rule without a clock is explained there.
func TestEveryRuleIsInThePage(t *testing.T) {
	t.Parallel()
	page, book := read(t, deadlinesPage), rulebook.Default()
	for _, r := range book.Rules() {
		if !strings.Contains(page, code(r.ID)) && !strings.Contains(page, code(clockOf(book, r.ID))) {
			t.Errorf("%s is not in the page", r.ID)
		}
	}
	for _, c := range book.Clocks() {
		if !strings.Contains(page, "#### "+code(c.ID)+"\n\n"+c.Text.EN+". "+c.Text.ZH+"。\n") {
			t.Errorf("the clock %s is not in the page", c.ID)
		}
		if cases[c.Case] == "" && !c.Off {
			t.Errorf("nothing names the case %s", c.Case)
		}
	}
	for _, u := range book.Unattached() {
		if !slices.ContainsFunc(reasons, func(r struct{ why, title, text string }) bool { return r.why == u.Why }) {
			t.Errorf("%s: no title for %q", u.Rule, u.Why)
		}
	}
}

// clockOf returns the clock whose first period is the rule's.
func clockOf(book *rulebook.Book, rule string) string {
	for _, c := range book.Clocks() {
		if c.Rule == rule {
			return c.ID
		}
	}
	return "none"
}

// Where a working list of what the rules attach to lies beside the project, each rule
// that it names is in the page.
func TestThePageHasTheWorkingList(t *testing.T) {
	t.Parallel()
	lists, err := filepath.Glob("../../../*/reference/rulebook-attach.md")
	if err != nil {
		t.Fatal(err)
	}
	if len(lists) == 0 {
		t.Skip("no such list here")
	}
	page, n := read(t, deadlinesPage), 0
	var ids []string
	for _, r := range rulebook.Default().Rules() {
		ids = append(ids, r.ID)
	}
	for _, id := range named(read(t, lists[0]), ids) {
		if n++; strings.HasPrefix(id, "?") {
			t.Errorf("the list names %q, which is no rule", id[1:])
		} else if !strings.Contains(page, code(id)) {
			t.Errorf("%s is not in the page", id)
		}
	}
	if n < 40 {
		t.Errorf("only %d rules: is the pattern right?", n)
	}
}

var (
	firstCell = regexp.MustCompile(`(?m)^\| (cn\.[^|]*) \|`)
	aside     = regexp.MustCompile(`\([^)]*\)`)
	part      = regexp.MustCompile(`[a-z0-9.*-]*[a-z0-9*]`)
)

// named returns the rules in the first column of a list. A word there is a rule's id, its
// end ("-complex" after "cn.claim.assess-ordinary"), or has a star for all that fit. What
// names no rule comes back with a question mark before it.
func named(list string, ids []string) (out []string) {
	for _, cell := range firstCell.FindAllStringSubmatch(list, -1) {
		for _, word := range part.FindAllString(aside.ReplaceAllString(cell[1], ""), -1) {
			pattern := regexp.MustCompile(strings.ReplaceAll(regexp.QuoteMeta(word), `\*`, ".*") + "$")
			known := len(out)
			for _, id := range ids {
				if pattern.MatchString(id) {
					out = append(out, id)
				}
			}
			if len(out) == known {
				out = append(out, "?"+word)
			}
		}
	}
	return out
}

// The check can fail.
func TestNamedFindsRules(t *testing.T) {
	t.Parallel()
	ids := []string{"cn.claim.a", "cn.claim.a-complex", "cn.mtpl.a", "cn.retain.x", "cn.retain.y"}
	list := "| cn.claim.a / -complex, mtpl.a | claim.File | x |\n| cn.retain.* (+z) | … |\n| cn.gone | x |\n"
	want := []string{"cn.claim.a", "cn.claim.a-complex", "cn.mtpl.a", "cn.retain.x", "cn.retain.y", "?cn.gone"}
	if got := named(list, ids); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
