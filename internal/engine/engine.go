package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage"
)

// Engine is the one [command.Runner]. Make it with [New]; it may be used by many
// goroutines once its reactions are wired.
type Engine struct {
	store      *storage.Guarded
	clock      kernel.Clock
	authorizer access.Authorizer
	authority  access.Authority
	reactions  *[]reaction
	tasks      *task.Keeper // nil: nobody keeps deadlines
	joined     bool         // the transaction is the host's: nothing is run twice
	unit       *unit        // open unit of work; nil when each command opens its own
}

// New makes an engine over a guarded store.
func New(store *storage.Guarded, clock kernel.Clock, authorizer access.Authorizer, authority access.Authority) *Engine {
	return &Engine{store: store, clock: clock, authorizer: authorizer, authority: authority, reactions: new([]reaction)}
}

// Keep has the deadlines of all cases kept. Only the package that wires the rooms calls
// it, before the engine is used.
func (e *Engine) Keep(k *task.Keeper) { e.tasks = k }

// Within returns the same engine over a store that writes into the host's own
// transaction.
func (e *Engine) Within(s storage.Store) *Engine {
	in := *e
	in.store, in.joined, in.unit = e.store.Joined(s), true, nil
	return &in
}

// Store returns the guarded store.
func (e *Engine) Store() *storage.Guarded { return e.store }

// unit is an open unit of work and where in it a command stands.
type unit struct {
	tx     *storage.GuardTx
	world  command.World
	role   kernel.Role // on whose authority nested commands act; empty: each is authorized itself
	depth  int         // of reactions
	shared *shared
}

// shared is what all commands of one unit of work have in common.
type shared struct {
	failed error               // the first failure; the unit ends with it
	latest map[kernel.ID]int64 // version that each subject was last given
	idem   []byte              // key of the whole unit, carried by its first entry
	input  []byte

	look    bool // keys are looked up before anything is done
	trusted bool // a key was taken to be new: that its entry can be written will prove it
}

// bind returns an engine whose commands run inside the unit.
func (e *Engine) bind(u *unit) *Engine {
	in := *e
	in.unit = u
	return &in
}

// errTakenBack undoes a dry run.
var errTakenBack = errors.New("dry run")

const attempts = 5

// update runs fn in a unit of work of its own. again says that fn may be run once
// more when the database gave way.
func (e *Engine) update(ctx context.Context, actor kernel.Actor, o kernel.Options, again bool, fn func(*unit) error) error {
	for n := 1; ; n++ {
		trusted, look := false, n > 1 || !again || e.joined || o.DryRun
		update := e.store.Repeat
		if look { // not run again by the store
			update = e.store.Update
		}
		err := update(ctx, func(tx *storage.GuardTx) error {
			u := &unit{tx: tx, world: e.world(actor), shared: &shared{latest: map[kernel.ID]int64{}, look: look}}
			err := fn(u)
			trusted = u.shared.trusted
			if u.shared.failed != nil {
				err = u.shared.failed
			}
			if err == nil && o.DryRun {
				err = errTakenBack
			}
			return err
		})
		switch {
		case errors.Is(err, errTakenBack):
			return nil
		case trusted && refused(err): // perhaps because it was done before
			continue
		case !again || e.joined || n == attempts || !gaveWay(err, o) && (n > 1 || !late(err, o)):
			return settle(err)
		}
		select { // let the other unit finish
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(n) * time.Millisecond):
		}
	}
}

// gaveWay reports whether another unit came first: the same command, run again, will
// look anew. A row that turns out to exist already is such a case, since commands
// look before they insert; so of two callers with one key the later finds the
// first one's result.
func gaveWay(err error, o kernel.Options) bool {
	var dup *storage.DuplicateRow
	return errors.Is(err, storage.ErrRetry) || errors.As(err, &dup) ||
		errors.Is(err, kernel.ErrConflict) && o.IfVersion == 0
}

// late reports whether the refusal may come from another caller's having done the same
// under the same key meanwhile: it was not there yet when this one looked for it.
func late(err error, o kernel.Options) bool {
	return o.Key != "" && (errors.Is(err, kernel.ErrDuplicate) || errors.Is(err, kernel.ErrState) || errors.Is(err, kernel.ErrConflict))
}

// refused reports whether the unit itself went wrong, and not what it runs on.
func refused(err error) bool {
	return err != nil && !errors.Is(err, storage.ErrUnavailable) && !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// settle says in the words of package kernel what a caller may do about a unit before
// which others came until the end.
func settle(err error) error {
	var dup *storage.DuplicateRow
	if errors.Is(err, storage.ErrRetry) || errors.As(err, &dup) {
		return fmt.Errorf("%w: %w", kernel.ErrConflict, err)
	}
	return err
}

func (e *Engine) world(actor kernel.Actor) command.World {
	return command.World{
		ID: kernel.NewID(), Actor: actor, Time: kernel.Instant(e.clock.Now()),
		Authorizer: e.authorizer, Authority: e.authority,
	}
}

// Together implements [command.Runner]. A panic is a [kernel.PanicError], as in Run; where
// fn is the host's own, it is the host's too: it goes on once everything is undone.
func (e *Engine) Together(ctx context.Context, t command.Group, fn func(context.Context, command.Runner) error, opts ...kernel.Option) error {
	if t.Action == "" {
		return e.fail(e.hosts(ctx, t, fn, opts))
	}
	return e.fail(kernel.Survive(t.Action, func() error { return e.together(ctx, t, fn, opts) }))
}

// hosts is together around a function of the host's.
func (e *Engine) hosts(ctx context.Context, t command.Group, fn func(context.Context, command.Runner) error, opts []kernel.Option) (err error) {
	running := false
	defer func() {
		if running {
			return // the host's panic
		}
		if p := recover(); p != nil {
			err = kernel.Panicked("unit of work", p)
		}
	}()
	return e.together(ctx, t, func(ctx context.Context, r command.Runner) error {
		running = true
		err := fn(ctx, r)
		running = false
		return err
	}, opts)
}

func (e *Engine) together(ctx context.Context, t command.Group, fn func(context.Context, command.Runner) error, opts []kernel.Option) error {
	o, actor, err := e.begin(ctx, opts)
	if err != nil {
		return err
	}
	var role kernel.Role
	if t.Action != "" {
		if role, err = e.authorize(ctx, actor, t.Action, access.Resource{Kind: t.Kind()}); err != nil {
			return err
		}
	}
	if t.Check != nil {
		var f kernel.FieldErrors
		if t.Check(&f); f.Err() != nil {
			return f.Err()
		}
	}
	var unready error // does not keep a retry from its first result
	if t.Prepare != nil {
		if unready = t.Prepare(ctx); unready != nil && o.Key == "" {
			return unready
		}
	}
	run := func(u *unit) error {
		u.role = role
		if o.Key != "" {
			if err := e.replayed(u, t, o.Key); err != nil {
				return err
			}
		}
		if unready != nil {
			return unready
		}
		bound := e.bind(u)
		return fn(bound.carry(ctx), bound)
	}
	if e.unit != nil { // inside a unit already: part of it
		if err := e.inside(o); err != nil {
			return err
		}
		in := *e.unit
		if in.role == "" {
			in.role = role
		}
		bound := e.bind(&in)
		return fn(bound.carry(ctx), bound)
	}
	err = e.update(ctx, actor, o, t.Action != "", run)
	if t.Action == "" && !e.joined && late(err, o) { // fn is not run again, but what another caller did is told
		done := e.store.View(ctx, func(tx *storage.GuardTx) error {
			return e.replayed(&unit{tx: tx, shared: &shared{}}, t, o.Key)
		})
		if errors.Is(done, kernel.ErrReplayed) {
			return done
		}
	}
	return err
}

// fail remembers the first failure inside a unit of work: the unit ends with it, even
// when those who were told go on.
func (e *Engine) fail(err error) error {
	if err != nil && e.unit != nil && e.unit.shared.failed == nil {
		e.unit.shared.failed = err
	}
	return err
}

// begin reads the options and the actor.
func (e *Engine) begin(ctx context.Context, opts []kernel.Option) (kernel.Options, kernel.Actor, error) {
	o, err := kernel.OptionsOf(opts)
	if err != nil {
		return o, kernel.Actor{}, err
	}
	if e.unit != nil {
		return o, e.unit.world.Actor, ctx.Err()
	}
	actor, err := kernel.ActorFrom(ctx)
	return o, actor, err
}

// inside refuses options that only a whole unit of work can have.
func (e *Engine) inside(o kernel.Options) error {
	if o.Key != "" || o.DryRun {
		return kernel.Invalid("options", "unit", "a key or a dry run belongs to the whole unit of work")
	}
	return nil
}

// authorize asks who allows the action. Inside a command or a group it is what allowed
// that; rows of other branches stay out of reach all the same.
func (e *Engine) authorize(ctx context.Context, actor kernel.Actor, action string, r access.Resource) (kernel.Role, error) {
	if e.unit != nil && e.unit.role != "" {
		if !actor.Sees(r.Branch) {
			return "", kernel.ErrNotFound
		}
		return e.unit.role, nil
	}
	return e.authorizer.Authorize(ctx, actor, action, r)
}

// Look implements [command.Runner]. A panic is a [kernel.PanicError].
func (e *Engine) Look(ctx context.Context, action string, fn func(*command.Unit) error) error {
	return kernel.Survive(action, func() error { return e.look(ctx, action, fn) })
}

func (e *Engine) look(ctx context.Context, action string, fn func(*command.Unit) error) error {
	_, actor, err := e.begin(ctx, nil)
	if err != nil {
		return err
	}
	kind := command.Group{Action: action}.Kind()
	role, err := e.authorize(ctx, actor, action, access.Resource{Kind: kind})
	if err != nil {
		return err
	}
	if e.unit != nil {
		return fn(command.NewUnit(ctx, e.unit.tx, e.unit.world, e, role))
	}
	return settle(e.store.View(ctx, func(tx *storage.GuardTx) error {
		u := &unit{tx: tx, world: e.world(actor), shared: &shared{latest: map[kernel.ID]int64{}}}
		return fn(command.NewUnit(ctx, tx, u.world, e.bind(u), role))
	}))
}
