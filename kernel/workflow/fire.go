package workflow

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/looplab/fsm"
)

// Pass is the guard that objects to nothing.
func Pass(string) error { return nil }

// errNoGuard refuses rows with guards when the caller brings nothing to ask.
var errNoGuard = errors.New("nobody answered for the guard")

// Create returns the first state of a subject that the event creates. guard is
// asked for each guard of the row in order; nil is fine for rows without guards
// and refuses the others. A refusal is a [TransitionError]; see [Machine.Fire].
func (m *Machine[S, E]) Create(ctx context.Context, event E, guard func(name string) error) (S, error) {
	if err := m.alive(ctx, event); err != nil {
		return "", err
	}
	if r, ok := m.steps[step[S, E]{event, ""}]; ok && r.AnyState {
		return "", m.refused(event, "", "", "the first state must be named", nil)
	}
	return m.run(string(event), event, "", guard)
}

// CreateIn is [Machine.Create] into a state that the caller names. A row that
// says AnyState takes every state of the table; any other row only its own.
func (m *Machine[S, E]) CreateIn(ctx context.Context, event E, to S, guard func(name string) error) (S, error) {
	if err := m.alive(ctx, event); err != nil {
		return "", err
	}
	if m.states[to] == nil {
		return "", &UnknownStateError{Workflow: m.table.Name, State: string(to)}
	}
	r, ok := m.steps[step[S, E]{event, ""}]
	switch {
	case ok && r.AnyState:
		return m.run(into(event, to), event, "", guard)
	case ok && r.To != to:
		return "", m.refused(event, "", "", "it creates in "+string(r.To)+" only", nil)
	}
	return m.run(string(event), event, "", guard)
}

// Fire returns the state that the event leads to from a stored state; a note
// returns the same state. guard is asked for each guard of the row in order; nil
// is fine for rows without guards and refuses the others.
//
// A refusal is a [TransitionError]. A stored state that the table does not know
// is an [UnknownStateError]. Both are [kernel.ErrState]. When ctx is over, before
// the call or as a guard's own error, the error is that of the context and no
// refusal. A panic of a guard reaches the caller and does the machine no harm.
func (m *Machine[S, E]) Fire(ctx context.Context, from S, event E, guard func(name string) error) (S, error) {
	if err := m.alive(ctx, event); err != nil {
		return "", err
	}
	return m.fire(from, event, guard)
}

func (m *Machine[S, E]) fire(from S, event E, guard func(name string) error) (S, error) {
	if m.states[from] == nil {
		return "", &UnknownStateError{Workflow: m.table.Name, State: string(from)}
	}
	return m.run(string(event), event, from, guard)
}

func (m *Machine[S, E]) alive(ctx context.Context, event E) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %s not tried: %w", m.table.Name, event, err)
	}
	return nil
}

// refused makes the error for an event that the table or a guard refuses.
func (m *Machine[S, E]) refused(event E, from S, guard, reason string, cause error) error {
	return &TransitionError{
		Workflow: m.table.Name, From: string(from), Event: string(event),
		Allowed: slices.Clone(m.allowed[from]), Guard: guard, Reason: reason, cause: cause,
	}
}

// runner is one looplab machine with the question that it is asked now. The
// library's machines cannot be shared by goroutines, so they live in a pool.
type runner struct {
	fsm    *fsm.FSM
	guards []string
	guard  func(name string) error
	failed string // the guard that objected
}

func (m *Machine[S, E]) runner() *runner {
	if r, ok := m.pool.Get().(*runner); ok {
		return r
	}
	r := &runner{}
	r.fsm = fsm.NewFSM("", m.descs, fsm.Callbacks{"before_event": r.ask})
	return r
}

// ask puts the row's guards to the caller; the first objection cancels the event.
func (r *runner) ask(_ context.Context, e *fsm.Event) {
	for _, name := range r.guards {
		err := errNoGuard
		if r.guard != nil {
			err = r.guard(name)
		}
		if err != nil {
			r.failed = name
			e.Cancel(err)
			return
		}
	}
}

// run lets looplab/fsm decide. name is the event as it was described to it.
//
// The library leaves a machine unusable when its context is over in the middle,
// so it gets one that never is; callbacks do not look at it. A machine goes back
// to the pool only after an outcome that is known to be clean. A panic of a guard
// skips that, and the machine is dropped.
func (m *Machine[S, E]) run(name string, event E, from S, guard func(name string) error) (S, error) {
	r := m.runner()
	r.fsm.SetState(string(from))
	row, ok := m.steps[step[S, E]{event, from}]
	if !ok || !r.fsm.Can(name) { // asked first, because the library is slow to say no
		m.pool.Put(r)
		return "", m.refused(event, from, "", m.reason(event, from), nil)
	}
	r.guard, r.guards, r.failed = guard, row.Guards, ""
	err := r.fsm.Event(context.Background(), name)
	to, failed := S(r.fsm.Current()), r.failed
	switch e := err.(type) {
	case nil:
	case fsm.NoTransitionError: // how the library reports that the state stays the same
		err = e.Err
	case fsm.CanceledError:
		to, err = "", m.objected(event, from, failed, e.Err)
	default:
		return "", fmt.Errorf("%s: %s: %w", m.table.Name, event, err)
	}
	r.guard, r.guards = nil, nil
	m.pool.Put(r)
	return to, err
}

// objected makes a guard's error a refusal, unless it says that time ran out.
func (m *Machine[S, E]) objected(event E, from S, guard string, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %s: guard %s: %w", m.table.Name, event, guard, err)
	}
	return m.refused(event, from, guard, err.Error(), err)
}
