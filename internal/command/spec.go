package command

import (
	"context"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Spec is a command without its types, as a [Runner] takes it. [Fire] and [Create]
// make it.
type Spec struct {
	Kind    string
	Event   string
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
func (s *Spec) Action() string { return s.Kind + "." + s.Event }

// Runner carries out commands.
type Runner interface {
	// Run carries out one command in one unit of work.
	Run(ctx context.Context, s *Spec, opts ...kernel.Option) error
	// Together carries out several commands in one unit of work, all or nothing, under
	// one key. fn runs once and must use the runner that it is given. Of the commands
	// the first that fails ends the unit, even when fn goes on.
	Together(ctx context.Context, action string, fn func(ctx context.Context, r Runner) error, opts ...kernel.Option) error
	// Look answers a question in one snapshot, for actors who may ask it.
	Look(ctx context.Context, action string, fn func(u *Unit) error) error
}

// Happening is a command that has been done, as reactions see it.
type Happening struct {
	Kind    string
	ID      kernel.ID
	Event   string
	From    string
	To      string
	Subject Root
}
