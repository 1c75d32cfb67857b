package command

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Subject is a record with a life of its own: it embeds [kernel.Root] and says where
// it keeps its state. Only the engine writes there.
type Subject[T any, S ~string] interface {
	*T
	storage.Versioned
	Subject() *kernel.Root
	Status() *S
}

// Root is what the engine sees of any subject.
type Root interface {
	storage.Versioned
	Subject() *kernel.Root
}

// Life ties a kind of record to its workflow. Guards are those that its table names:
// they look at the record only, so that they can also tell beforehand what is allowed.
type Life[T any, S, E ~string] struct {
	Kind    string // "claim"; its commands are "claim.<Event>"
	Machine *workflow.Machine[S, E]
	Guards  map[string]func(*Unit, *T) error
}

// Action returns the name of a command of this life: "claim.Approve".
func (l *Life[T, S, E]) Action(e E) string { return l.Kind + "." + string(e) }

// Call is one command on an existing record. Every part but Event may be left out.
type Call[T any, E ~string] struct {
	Event   E
	Input   any                         // what the caller gave; digested for [kernel.Key]
	Check   func(*kernel.FieldErrors)   // faults of the input, before anything is read
	Prepare func(context.Context) error // asks neighbours and hosts, before the transaction
	Reads   []storage.Read              // what Guard and Apply need besides; loaded together with the record. With [storage.Read.Kept] they find it by the same query
	Guard   func(u *Unit, rec *T) error // the input against the record; nothing is changed yet
	Apply   func(u *Unit, rec *T) error // the change; the state is already the new one
}

// Creation is the first command of a record's life. Build returns the new record;
// its key, tenant, times and state are filled in afterwards.
type Creation[T any, E ~string] struct {
	Event   E
	In      string // the state to begin in, for an event that may begin in any; else empty
	Input   any
	Check   func(*kernel.FieldErrors)
	Prepare func(context.Context) error
	Reads   func() []storage.Read // what Build looks at, asked after Prepare; as in [Call]
	Build   func(u *Unit) (*T, error)
	Then    func(u *Unit, rec *T) error // writes that need the record's key
}

// Fire gives a command to an existing record and returns the record as it stands
// afterwards. Errors: [kernel.ErrForbidden], [kernel.ErrInvalid], [kernel.ErrNotFound],
// [kernel.ErrConflict], [kernel.ErrKeyReused], a workflow.TransitionError, and those
// of the call's functions.
func Fire[T any, S, E ~string, P Subject[T, S]](ctx context.Context, r Runner, l *Life[T, S, E], id kernel.ID, c Call[T, E], opts ...kernel.Option) (T, error) {
	var rec *T
	err := r.Run(ctx, &Spec{
		Kind: l.Kind, Event: string(c.Event), ID: id,
		Input: c.Input, Check: c.Check, Prepare: c.Prepare, Reads: c.Reads,
		New:    func() Root { rec = new(T); return P(rec) },
		Status: func() string { return string(*P(rec).Status()) },
		Move: func(ctx context.Context, u *Unit) (string, error) {
			from := *P(rec).Status()
			to, err := l.Machine.Fire(ctx, from, c.Event, l.guards(u, rec))
			if err != nil {
				return "", err
			}
			if err := call(c.Guard, u, rec); err != nil {
				return "", err
			}
			*P(rec).Status() = to
			return string(to), nil
		},
		Apply: func(u *Unit) error { return call(c.Apply, u, rec) },
	}, opts...)
	if err != nil {
		var none T
		return none, err
	}
	return *rec, nil
}

// Create gives the first command of a record's life and returns the record. Errors
// are those of [Fire].
func Create[T any, S, E ~string, P Subject[T, S]](ctx context.Context, r Runner, l *Life[T, S, E], c Creation[T, E], opts ...kernel.Option) (T, error) {
	rec := new(T)
	spec := &Spec{
		Kind: l.Kind, Event: string(c.Event),
		Input: c.Input, Check: c.Check, Prepare: c.Prepare,
		New:    func() Root { rec = new(T); return P(rec) },
		Status: func() string { return string(*P(rec).Status()) },
		Build: func(u *Unit) (Root, error) {
			built, err := c.Build(u)
			if err != nil {
				return nil, err
			}
			rec = built
			return P(rec), nil
		},
		Move: func(ctx context.Context, u *Unit) (string, error) {
			to, err := begin(ctx, l, c, l.guards(u, rec))
			if err != nil {
				return "", err
			}
			*P(rec).Status() = to
			return string(to), nil
		},
		Apply: func(u *Unit) error { return call(c.Then, u, rec) },
	}
	if c.Reads != nil {
		spec.Prepare = func(ctx context.Context) error {
			if c.Prepare != nil {
				if err := c.Prepare(ctx); err != nil {
					return err
				}
			}
			spec.Reads = c.Reads()
			return nil
		}
	}
	if err := r.Run(ctx, spec, opts...); err != nil {
		var none T
		return none, err
	}
	return *rec, nil
}

func begin[T any, S, E ~string](ctx context.Context, l *Life[T, S, E], c Creation[T, E], guard func(string) error) (S, error) {
	if c.In != "" {
		return l.Machine.CreateIn(ctx, c.Event, S(c.In), guard)
	}
	return l.Machine.Create(ctx, c.Event, guard)
}

func call[T any](fn func(*Unit, *T) error, u *Unit, rec *T) error {
	if fn == nil {
		return nil
	}
	return fn(u, rec)
}

// guards runs the guards that the table names.
func (l *Life[T, S, E]) guards(u *Unit, rec *T) func(string) error {
	return func(name string) error {
		guard, ok := l.Guards[name]
		if !ok {
			return fmt.Errorf("%s: no guard %q", l.Kind, name)
		}
		return guard(u, rec)
	}
}
