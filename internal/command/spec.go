package command

import (
	"context"
	"errors"
	"strings"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Spec is a command without its types, as a [Runner] takes it. [Fire] and [Create]
// make it.
type Spec struct {
	Kind    string
	Event   string
	Aside   bool      // the event is none of the kind's own: it already is the whole action, "task.Warn"
	ID      kernel.ID // of an existing subject; empty for a creation
	Input   any
	Check   func(*kernel.FieldErrors)
	Prepare func(context.Context) error
	Reads   []storage.Read
	New     func() Root                                         // an empty record to load into
	Build   func(*Unit) (Root, error)                           // a creation's record
	Status  func() string                                       // the record's state
	Move    func(context.Context, *Unit) (to string, err error) // asks the guards and sets the new state
	Apply   func(*Unit) error
}

// Action is the command's name for access and journal: "claim.Approve".
func (s *Spec) Action() string {
	if s.Aside {
		return s.Event
	}
	return s.Kind + "." + s.Event
}

// Runner carries out commands.
type Runner interface {
	// Run carries out one command in one unit of work.
	Run(ctx context.Context, s *Spec, opts ...kernel.Option) error
	// Together carries out several commands in one unit of work, all or nothing, under
	// one key. fn runs once and must use the runner that it is given. Of the commands
	// the first that fails ends the unit, even when fn goes on.
	// Group is authorized as an action of its own, on which its commands then act; a
	// group without action is the host's, and each command is authorized itself.
	// Done before under its key it is a [Replay].
	Together(ctx context.Context, g Group, fn func(ctx context.Context, r Runner) error, opts ...kernel.Option) error
	// Many begins many new subjects in one unit of work, and says in rows what became of
	// each. Faults of rows are [kernel.FieldErrors], all of them at once.
	Many(ctx context.Context, m *Many, rows *Rows, opts ...kernel.Option) error
	// Look answers a question in one snapshot, for actors who may ask it.
	Look(ctx context.Context, action string, fn func(u *Unit) error) error
}

// Creates reports whether the command makes a new record.
func (s *Spec) Creates() bool { return s.Build != nil }

// Group names several commands that are done together.
type Group struct {
	Action string // "claim.SettleDirect"; empty: the host's own unit of work
	Input  any    // digested for [kernel.Key]

	Check   func(*kernel.FieldErrors)   // faults of the input, before it is digested and anything is read; may be nil
	Prepare func(context.Context) error // asks neighbours and hosts, before the transaction; may be nil
}

// Kind returns what stands before the dot of the action.
func (g Group) Kind() string {
	kind, _, _ := strings.Cut(g.Action, ".")
	return kind
}

// Replay is a [kernel.ErrReplayed] that names the first record of the unit that was
// done before.
type Replay struct {
	Kind string
	ID   kernel.ID
}

func (r *Replay) Error() string { return r.Kind + ": " + kernel.ErrReplayed.Error() }

// Is reports that a replay is a [kernel.ErrReplayed].
func (r *Replay) Is(target error) bool { return target == kernel.ErrReplayed }

// Happening is a command that has been done, as reactions see it.
type Happening struct {
	Kind    string
	ID      kernel.ID
	Event   string
	From    string
	To      string
	Subject Root
}

// Redone passes the outcome of [Runner.Together] on, and turns the [Replay] of a unit
// that was done before under its key into the record that load finds.
func Redone[T any](now T, err error, load func(kernel.ID) (T, error)) (T, error) {
	var replay *Replay
	if errors.As(err, &replay) {
		now, err = load(replay.ID)
	}
	if err != nil {
		var none T
		return none, err
	}
	return now, nil
}
