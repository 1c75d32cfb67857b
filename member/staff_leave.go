package member

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Departure says who serves the customers of somebody who goes.
type Departure struct {
	Successor kernel.Ref // needed when the person is adviser of a member who is not gone
	Grounds   Grounds
}

// advised are the states in which a member has a use for an adviser.
var advised = []State{Applied, Active, Frozen, Expired}

// Leave ends somebody's work. Whoever is adviser of members must name a successor who
// works; [OnStaffLeft] then gives the members to the successor. The journal entry tells
// actor and successor, for those who have to tell the customers (保险销售行为管理办法 36).
func (s *Staffs) Leave(ctx context.Context, id kernel.ID, in Departure, opts ...kernel.Option) (Staff, error) {
	return command.Fire(ctx, s.run, staffLife, id, command.Call[Staff, StaffEvent]{
		Event: StaffLeave, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkRef(f, "successor", in.Successor, false)
			in.Grounds.check(f.At("grounds"), false)
		},
		Guard: func(u *command.Unit, p *Staff) error {
			if in.Successor == p.Actor {
				return kernel.Invalid("successor", "conflict", "nobody succeeds themselves")
			}
			if in.Successor != "" {
				return advises(u, "successor", in.Successor)
			}
			n, err := storage.Count[Member](u, colAdviser.Eq(p.Actor), colState.In(advised...))
			if err == nil && n > 0 {
				err = kernel.Invalid("successor", "required", "%d members need another adviser", n)
			}
			return err
		},
		Apply: func(u *command.Unit, p *Staff) error {
			p.Successor = in.Successor
			u.Fact("actor", string(p.Actor))
			u.Fact("successor", string(p.Successor))
			in.Grounds.note(u)
			return nil
		},
	}, opts...)
}

// OnStaffLeft gives the members of somebody who has left to the successor, each by the
// command member.Assign. It is a reaction for the package that wires the rooms.
func OnStaffLeft(ctx context.Context, r command.Runner, left *Staff) error {
	if left.Successor == "" {
		return nil
	}
	var ids []kernel.ID
	err := r.Look(ctx, "member.List", func(u *command.Unit) error {
		all, err := storage.Find[Member](u, storage.Query{Where: []storage.Cond{colAdviser.Eq(left.Actor), colState.In(advised...)}})
		for i := range all {
			ids = append(ids, all[i].ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	members := &Members{run: r}
	for _, id := range ids {
		if _, err := members.Assign(ctx, id, Assignment{Adviser: left.Successor, Grounds: Grounds{Code: "staff_left"}}); err != nil {
			return err
		}
	}
	return nil
}
