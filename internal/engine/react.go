package engine

import (
	"context"
	"errors"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// On says which happenings a reaction answers: a kind of subject with an event, or
// with a state that is entered. An empty part matches all.
type On struct{ Kind, Event, To string }

func (o On) matches(h command.Happening) bool {
	return o.Kind == h.Kind && (o.Event == "" || o.Event == h.Event) && (o.To == "" || o.To == h.To && h.From != h.To)
}

// Reaction is work in another room that follows from a command, in the same
// transaction. It acts as the system on behalf of the command's actor.
type Reaction func(ctx context.Context, r command.Runner, h command.Happening) error

type reaction struct {
	on On
	do Reaction
}

// React wires a reaction. Reactions run in the order in which they were wired, right
// after the journal entry, at most four deep; one that fails fails the command. Only
// the package that wires the rooms calls it, before the first command.
func (e *Engine) React(on On, do Reaction) { *e.reactions = append(*e.reactions, reaction{on, do}) }

// AsSystem returns a context and an engine in which the library itself acts on behalf of
// the actor: for what one room has to know of another to do its work, whatever the actor
// may see there. Where a command asks from inside a unit of work, the engine is that
// unit's, so that the answer sees its writes and needs no second transaction.
func (e *Engine) AsSystem(ctx context.Context) (context.Context, *Engine, error) {
	if in, ok := ctx.Value(inside{}).(*Engine); ok && e.unit == nil && in.store == e.store {
		e = in
	}
	if e.unit != nil {
		u := *e.unit
		u.world.Actor, u.role = u.world.Actor.System(), kernel.RoleSystem
		return kernel.WithActor(ctx, u.world.Actor), e.bind(&u), nil
	}
	actor, err := kernel.ActorFrom(ctx)
	return kernel.WithActor(ctx, actor.System()), e, err
}

// inside is where a context carries the engine of the unit of work that it belongs to.
type inside struct{}

func (e *Engine) carry(ctx context.Context) context.Context {
	return context.WithValue(ctx, inside{}, e)
}

const maxDepth = 4

func (e *Engine) react(ctx context.Context, h command.Happening) error {
	for _, r := range *e.reactions {
		if !r.on.matches(h) {
			continue
		}
		u := *e.unit
		if u.depth++; u.depth > maxDepth {
			return errors.New("engine: reactions run in a circle")
		}
		u.world.Actor, u.role = u.world.Actor.System(), kernel.RoleSystem
		if err := r.do(kernel.WithActor(ctx, u.world.Actor), e.bind(&u), h); err != nil {
			return err
		}
	}
	return nil
}
