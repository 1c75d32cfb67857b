package crm_test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/survey"
)

// duties is who may do what as it was written down by hand.
type duties struct {
	who        map[string][]kernel.Role // by action
	everybodys map[string]bool          // kinds whose rows have no branch
	whole      map[string]bool          // actions on the insurer as a whole
}

// roles are all that the matrix tries, the last two of which nobody grants anything.
var roles = slices.Concat(access.Staff, []kernel.Role{access.System, survey.Respondent, kernel.RoleOwner, "stranger", ""})

// read reads testdata/access.matrix.
func readDuties(t testing.TB) *duties {
	t.Helper()
	f := got(os.Open("testdata/access.matrix"))(t)
	defer f.Close()
	d := &duties{map[string][]kernel.Role{}, map[string]bool{}, map[string]bool{}}
	kind := ""
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line, _, _ := strings.Cut(lines.Text(), "#")
		before, after, ok := strings.Cut(line, ":")
		switch {
		case strings.TrimSpace(line) == "":
		case !ok:
			t.Fatalf("%q: no colon", line)
		case !strings.HasPrefix(line, " "):
			kind = before
			d.everybodys[kind] = strings.TrimSpace(after) == "everybody's"
		default:
			var who []kernel.Role
			for _, r := range strings.Fields(after) {
				if r == "staff" {
					who = append(who, access.Staff...)
				} else if !slices.Contains(roles, kernel.Role(r)) {
					t.Fatalf("%q: no such role", r)
				} else {
					who = append(who, kernel.Role(r))
				}
			}
			for _, event := range strings.Fields(before) {
				event, whole := strings.CutSuffix(event, "!")
				d.whole[kind+"."+event] = whole
				if d.who[kind+"."+event] != nil {
					t.Errorf("%s.%s stands there twice", kind, event)
				}
				d.who[kind+"."+event] = who
			}
		}
	}
	return d
}

// verdict is what docs/access.md promises, word for word: first the action, then the
// tenant, then the branch.
type verdict string

const (
	allowed   verdict = "allowed"
	forbidden verdict = "forbidden"
	notFound  verdict = "not found"
	partly    verdict = "forbidden to who sees a part"
)

// judge says what becomes of an action of somebody to a row of a tenant and a branch.
func (d *duties) judge(action string, a crm.Actor, tenant, branch string) verdict {
	mayDo := false
	for _, r := range a.Roles {
		if r == kernel.RoleOwner || r != "" && slices.Contains(d.who[action], r) {
			mayDo = true
		}
	}
	kind, _, _ := strings.Cut(action, ".")
	switch {
	case !mayDo:
		return forbidden
	case d.whole[action] && len(a.Branches) > 0:
		return partly
	case tenant != a.Tenant:
		return notFound
	case d.everybodys[kind], branch == "", len(a.Branches) == 0, slices.Contains(a.Branches, branch):
		return allowed
	}
	return notFound
}

// The grants are those that were written down, no more and no less; what is written has
// a grant and what has a grant is written.
func TestGrantsAreAsWritten(t *testing.T) {
	t.Parallel()
	d, granted := readDuties(t), crm.Roles()
	for _, action := range granted.Actions() {
		if d.who[action] == nil {
			t.Errorf("%s is granted, but nobody wrote down to whom it should be", action)
		}
	}
	cells := 0
	for action, want := range d.who {
		who, known := granted.Granted(action)
		if !known {
			t.Errorf("%s is written down, but nothing grants it", action)
		}
		for _, r := range roles {
			cells++
			if slices.Contains(want, r) != slices.Contains(who, r) {
				t.Errorf("%s may %s: granted %t, written %t", r, action, slices.Contains(who, r), slices.Contains(want, r))
			}
		}
	}
	t.Logf("%d actions, %d roles, %d cells", len(d.who), len(roles), cells)
}
