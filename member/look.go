package member

import (
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// visible returns the record with the key, if it is of a branch that the actor sees: for
// records that a command names besides its own.
func visible[T any, P interface {
	*T
	command.Root
}](u *command.Unit, id kernel.ID) (*T, error) {
	id, err := kernel.ParseID(string(id))
	if err != nil {
		return nil, err
	}
	rec, err := storage.Get[T, P](u, id)
	if err == nil && !u.Actor.Sees(P(rec).Subject().Branch) {
		err = kernel.ErrNotFound
	}
	return rec, err
}
