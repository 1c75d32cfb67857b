package workflow

import (
	"fmt"
	"strings"

	"github.com/coverkit/crm/kernel"
)

// TransitionError says that an event was refused, by the table or by a guard. It
// is a [kernel.ErrState], and also whatever the guard returned: when the guard
// said [kernel.ErrForbidden], errors.Is finds both.
type TransitionError struct {
	Workflow string   // the table's name
	From     string   // the state; empty when a subject was to be created
	Event    string   // what was asked for
	Allowed  []string // the events that the table has from this state, sorted; guards may refuse them still
	Guard    string   // the guard that objected; empty when the table did
	Reason   string   // why, for people
	cause    error
}

func (e *TransitionError) Error() string {
	where := "in " + e.From
	if e.From == "" {
		where = "to create"
	}
	return fmt.Sprintf("%s: %s refused %s: %s", e.Workflow, e.Event, where, e.Reason)
}

// Is reports that a refused transition is a [kernel.ErrState].
func (e *TransitionError) Is(target error) bool { return target == kernel.ErrState }

// Unwrap returns the guard's own error, or nil when the table refused.
func (e *TransitionError) Unwrap() error { return e.cause }

// UnknownStateError says that a record holds a state that the table does not
// know: the record was damaged, or written by a newer version of the library. It
// is a [kernel.ErrState].
type UnknownStateError struct {
	Workflow string // the table's name
	State    string // as stored
}

func (e *UnknownStateError) Error() string {
	state := e.State
	if len(state) > kernel.MaxRef {
		state = strings.ToValidUTF8(state[:kernel.MaxRef], "") + "…"
	}
	return fmt.Sprintf("%s: the record's state %q is none of this workflow", e.Workflow, state)
}

// Is reports that an unknown state is a [kernel.ErrState].
func (e *UnknownStateError) Is(target error) bool { return target == kernel.ErrState }
