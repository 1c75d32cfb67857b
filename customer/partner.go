package customer

import (
	"errors"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// partner returns the archive into which c can be merged. It is locked, so that two
// archives cannot be merged into each other at the same moment.
func partner(u *command.Unit, c *Customer, id kernel.ID) (*Customer, error) {
	other := new(Customer)
	err := u.Load(storage.ByID(other, id).Locked())
	if err == nil {
		err = u.MaySee(Kind+"."+string(EventMerge), Kind, other.Subject())
	}
	switch {
	case errors.Is(err, kernel.ErrNotFound):
		return nil, kernel.Invalid("into", "unknown", "is no archive")
	case err != nil:
		return nil, err
	case other.ID == c.ID:
		return nil, kernel.Invalid("into", "conflict", "is the archive itself")
	case other.Party != c.Party:
		return nil, kernel.Invalid("into", "conflict", "an individual and an organisation are not one customer")
	case other.State != Active && other.State != Dormant:
		return nil, kernel.Invalid("into", "state", "is %s", other.State)
	}
	return other, nil
}
