package member

import (
	"strings"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// seen returns the record with the key, if the actor may ask the question about it.
func seen[T any, P interface {
	*T
	command.Root
}](u *command.Unit, action string, id kernel.ID) (*T, error) {
	id, err := kernel.ParseID(string(id))
	if err != nil {
		return nil, err
	}
	rec, err := storage.Get[T, P](u, id)
	if err != nil {
		return nil, err
	}
	kind, _, _ := strings.Cut(action, ".")
	return rec, u.MaySee(action, kind, P(rec).Subject())
}

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
