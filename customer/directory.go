package customer

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Directory answers what the other rooms have to know of a customer to do their work,
// such as the age of an insured. It opens sealed facts without a record of the look,
// so it is not for hosts: only the package that wires the rooms has a runner to make
// it with.
type Directory struct{ r command.Runner }

// NewDirectory makes the directory.
func NewDirectory(r command.Runner) *Directory { return &Directory{r} }

// Basics is what the other rooms may know.
type Basics struct {
	ID     kernel.ID // of the archive that goes on, where the one asked for was merged
	Number string
	Party  Party
	State  State
	Birth  kernel.Date // zero: not known, or an organisation
	Gender Gender      // empty: likewise
	Died   kernel.Date // zero: not that we know
}

// Basics returns what is known about the customer with the reference, or
// [kernel.ErrNotFound]. The actor needs the action "customer.Basics" and must see the
// archive's branch.
func (d *Directory) Basics(ctx context.Context, ref kernel.Ref) (Basics, error) {
	var out Basics
	err := d.r.Look(ctx, Kind+".Basics", func(u *command.Unit) error {
		id, err := kernel.ParseID(string(ref))
		if err != nil {
			return err
		}
		c, err := storage.Get[Customer](u, id)
		if err != nil {
			return err
		}
		if c, err = survivor(u, c); err != nil {
			return err
		}
		if err := u.MaySee(Kind+".Basics", Kind, c.Subject()); err != nil {
			return err
		}
		plain, err := u.Open(c)
		if err != nil {
			return err
		}
		out = Basics{ID: c.ID, Number: c.Number, Party: c.Party, State: c.State, Gender: Gender(plain["gender"])}
		out.Birth, _ = kernel.ParseDate(plain["birth"])
		out.Died, _ = kernel.ParseDate(plain["died"])
		return nil
	})
	if err != nil {
		return Basics{}, err
	}
	return out, nil
}
