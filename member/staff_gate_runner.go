package member

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
)

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
	if err := x.retried(ctx, s.Action(), opts); err != nil {
		return err
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

// retried asks the gate before something that may have been done under the key already: of
// that only the answer is given again, and nobody would ask.
func (x gated) retried(ctx context.Context, action string, opts []kernel.Option) error {
	if o, err := kernel.OptionsOf(opts); err != nil || o.Key == "" || len(x.g.rules[action]) == 0 {
		return nil // what is wrong with the options is said later
	}
	return x.Look(ctx, action, func(*command.Unit) error { return nil })
}

// Together implements [command.Runner].
func (x gated) Together(ctx context.Context, group command.Group, fn func(context.Context, command.Runner) error, opts ...kernel.Option) error {
	if err := x.retried(ctx, group.Action, opts); err != nil {
		return err
	}
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

// Many implements [command.Runner].
func (x gated) Many(ctx context.Context, m *command.Many, rows *command.Rows, opts ...kernel.Option) error {
	in := *m
	in.Look = func(u *command.Unit, rows *command.Rows) error {
		if err := x.g.Pass(u, m.Action()); err != nil || m.Look == nil {
			return err
		}
		return m.Look(u, rows)
	}
	return x.Runner.Many(ctx, &in, rows, opts...)
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
