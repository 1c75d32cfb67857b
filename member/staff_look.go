package member

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Get returns somebody's record.
func (s *Staffs) Get(ctx context.Context, id kernel.ID) (Staff, error) {
	return command.Get(ctx, s.run, staffLife, id)
}

// Allowed returns what the actor may do with somebody's record now, and why not the rest.
func (s *Staffs) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[StaffState, StaffEvent], error) {
	return command.Allowed(ctx, s.run, staffLife, id)
}

// History returns what happened to somebody's record, the oldest first.
func (s *Staffs) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, staffLife, id)
}

// Workflow returns the table of the life of staff.
func (*Staffs) Workflow() *workflow.Machine[StaffState, StaffEvent] { return StaffLife }

// ByActor returns who acts under the reference, or [kernel.ErrNotFound].
func (s *Staffs) ByActor(ctx context.Context, actor kernel.Ref) (Staff, error) {
	var out Staff
	err := s.run.Look(ctx, "staff.ByActor", func(u *command.Unit) error {
		if actor == "" || storage.CheckText(string(actor)) != nil {
			return kernel.ErrNotFound
		}
		p, err := storage.One[Staff](u, storage.Query{Where: append(u.Branches(), colActor.Eq(actor))})
		if err == nil && p == nil {
			err = kernel.ErrNotFound
		}
		if err == nil {
			out = *p
		}
		return err
	})
	return out, err
}

// StaffFilter narrows a list of staff; empty parts do not.
type StaffFilter struct {
	State StaffState
	Role  kernel.Role
	Team  string
}

// List returns one page of the staff, in the order in which they were hired.
func (s *Staffs) List(ctx context.Context, filter StaffFilter, page kernel.List) (kernel.Page[Staff], error) {
	var out kernel.Page[Staff]
	err := s.run.Look(ctx, "staff.List", func(u *command.Unit) (err error) {
		where := u.Branches()
		if filter.State != "" {
			if StaffLife.Class(filter.State) == 0 {
				return kernel.Invalid("state", "unknown", "not a state of staff")
			}
			where = append(where, storage.Col[StaffState](colState).Eq(filter.State))
		}
		if storage.CheckText(string(filter.Role)) != nil || storage.CheckText(filter.Team) != nil {
			return nil
		}
		if filter.Role != "" {
			where = append(where, colRole.Eq(filter.Role))
		}
		if filter.Team != "" {
			where = append(where, colTeam.Eq(filter.Team))
		}
		out, err = storage.Page[Staff](u, storage.Query{Where: where}, page)
		return err
	})
	return out, err
}

// Qualifications returns all that somebody was ever qualified for, in the order in which
// it was noted. Certificates are sealed.
func (s *Staffs) Qualifications(ctx context.Context, id kernel.ID) ([]Qualification, error) {
	return command.About(ctx, s.run, staffLife, "staff.Qualifications", id, func(u *command.Unit, p *Staff) ([]Qualification, error) {
		return qualifications(u, p.ID)
	})
}
