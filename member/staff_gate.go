package member

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
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

// Over returns a runner that asks the gate inside each unit of work, after the roles and
// before anything else. Commands inside a command act on its authority and are not asked
// again. Allowed tells of what is missing too.
func (g *Gate) Over(r command.Runner) command.Runner { return gated{r, g} }

type gated struct {
	command.Runner
	g *Gate
}

// Run implements [command.Runner].
func (x gated) Run(ctx context.Context, s *command.Spec, opts ...kernel.Option) error {
	if len(x.g.rules[s.Action()]) == 0 {
		return x.Runner.Run(ctx, s, opts...)
	}
	in := *s
	if s.Creates() {
		in.Build = func(u *command.Unit) (command.Root, error) {
			if err := x.g.Pass(u, s.Action()); err != nil {
				return nil, err
			}
			return s.Build(u)
		}
	} else {
		in.Move = func(ctx context.Context, u *command.Unit) (string, error) {
			if err := x.g.Pass(u, s.Action()); err != nil {
				return "", err
			}
			return s.Move(ctx, u)
		}
	}
	return x.Runner.Run(ctx, &in, opts...)
}

// Together implements [command.Runner].
func (x gated) Together(ctx context.Context, group command.Group, fn func(context.Context, command.Runner) error, opts ...kernel.Option) error {
	return x.Runner.Together(ctx, group, func(ctx context.Context, r command.Runner) error {
		if group.Action == "" { // the host's own unit: each command is asked
			return fn(ctx, x.g.Over(r))
		}
		err := r.Look(ctx, group.Action, func(u *command.Unit) error { return x.g.Pass(u, group.Action) })
		if err != nil {
			return err
		}
		return fn(ctx, r)
	}, opts...)
}

// Look implements [command.Runner].
func (x gated) Look(ctx context.Context, action string, fn func(u *command.Unit) error) error {
	return x.Runner.Look(ctx, action, func(u *command.Unit) error {
		if err := x.g.Pass(u, action); err != nil {
			return err
		}
		u.Authorizer = &atGate{Authorizer: u.Authorizer, g: x.g, u: u}
		return fn(u)
	})
}

// atGate is an authorizer inside one question: it tells of what is missing besides roles.
type atGate struct {
	access.Authorizer
	g  *Gate
	u  *command.Unit
	st *standing
}

// Authorize implements [access.Authorizer].
func (a *atGate) Authorize(ctx context.Context, actor kernel.Actor, action string, r access.Resource) (kernel.Role, error) {
	role, err := a.Authorizer.Authorize(ctx, actor, action, r)
	if err != nil || !a.g.asks(actor, action) {
		return role, err
	}
	if a.st == nil {
		if a.st, err = a.g.standing(a.u); err != nil {
			return "", err
		}
	}
	return role, a.g.judge(action, a.st)
}
