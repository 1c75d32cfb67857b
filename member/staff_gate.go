package member

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Requirement says what somebody needs, besides a role, to give a command or ask a
// question.
type Requirement struct {
	Action        string // "customer.Reveal", "claim.Approve"; several requirements of one action add up
	Qualification string // code of a qualification that must hold; empty: none
	Agreement     bool   // a confidentiality agreement must hold
}

// Gate refuses stated actions to those who are not known as [Staff], who do not work, who
// lack a qualification, or whose confidentiality agreement does not hold. Owner and
// system pass. It looks at staff in the same unit of work as the action.
type Gate struct {
	zone  *time.Location
	rules map[string][]Requirement
}

// NewGate makes a gate. zone tells what today is; nil: UTC+8. A requirement without a
// usable action, or that asks for nothing, is a [kernel.FieldErrors].
func NewGate(zone *time.Location, rules ...Requirement) (*Gate, error) {
	g := &Gate{zone: Config{Zone: zone}.filled().Zone, rules: map[string][]Requirement{}}
	var f kernel.FieldErrors
	for i, r := range rules {
		at := f.Index("requirements", i)
		if kind, event, ok := strings.Cut(r.Action, "."); !ok || kind == "" || event == "" {
			at.Add("action", "format", `an action is "kind.Event"`)
		}
		checkCode(at, "qualification", r.Qualification, false)
		if r.Qualification == "" && !r.Agreement {
			at.Add("", "required", "a requirement asks for something")
		}
		g.rules[r.Action] = append(g.rules[r.Action], r)
	}
	return g, f.Err()
}

// MissingError is a [kernel.ErrForbidden] that says what somebody lacks for an action.
type MissingError struct {
	Action  string
	Missing []string // in words: "a confidentiality agreement", "the qualification life"
}

func (e *MissingError) Error() string {
	return fmt.Sprintf("%s: %s: without %s", e.Action, kernel.ErrForbidden, strings.Join(e.Missing, ", "))
}

// Is reports that what is missing forbids the action.
func (e *MissingError) Is(target error) bool { return target == kernel.ErrForbidden }

// standing is what somebody brings.
type standing struct {
	staff     *Staff
	qualified []Qualification
	on        kernel.Date
}

func (g *Gate) standing(u *command.Unit) (*standing, error) {
	st := &standing{on: kernel.DateOf(u.Now().In(g.zone))}
	var err error
	if st.staff, err = staffOf(u, kernel.Ref(u.Actor.ID)); err == nil && st.staff != nil {
		st.qualified, err = qualifications(u, st.staff.ID)
	}
	return st, err
}

// judge says what is missing for the action.
func (g *Gate) judge(action string, st *standing) error {
	e := &MissingError{Action: action}
	switch {
	case st.staff == nil:
		e.Missing = []string{"being known as staff"}
	case st.staff.State != StaffActive:
		e.Missing = []string{"being at work"}
	default:
		for _, r := range g.rules[action] {
			if r.Agreement && !st.staff.bound(st.on) {
				e.Missing = append(e.Missing, "a confidentiality agreement")
			}
			has := func(q Qualification) bool { return q.Code == r.Qualification && q.holds(st.on) }
			if r.Qualification != "" && !slices.ContainsFunc(st.qualified, has) {
				e.Missing = append(e.Missing, "the qualification "+r.Qualification)
			}
		}
	}
	if len(e.Missing) == 0 {
		return nil
	}
	return e
}

func (g *Gate) asks(a kernel.Actor, action string) bool {
	return len(g.rules[action]) > 0 && !a.Has(kernel.RoleOwner, kernel.RoleSystem)
}

// Pass returns nil when the unit's actor may do the action, as far as the gate is
// concerned, else a [MissingError].
func (g *Gate) Pass(u *command.Unit, action string) error {
	if !g.asks(u.Actor, action) {
		return nil
	}
	st, err := g.standing(u)
	if err != nil {
		return err
	}
	return g.judge(action, st)
}
