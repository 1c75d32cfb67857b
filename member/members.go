package member

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Members gives commands to memberships and answers questions about them.
//
// Its commands return the membership as it then stands. Besides their own errors all of
// them may return [kernel.ErrForbidden], [kernel.ErrInvalid] as [kernel.FieldErrors]
// with every fault at once, [kernel.ErrNotFound], [kernel.ErrConflict],
// [kernel.ErrKeyReused], and a workflow.TransitionError where the state or a guard
// objects.
type Members struct {
	run command.Runner
	cfg Config
}

// Get returns a membership.
func (s *Members) Get(ctx context.Context, id kernel.ID) (Member, error) {
	return command.Get(ctx, s.run, life, id)
}

// Allowed returns what the actor may do with a membership now, and why not the rest.
func (s *Members) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[State, Event], error) {
	return command.Allowed(ctx, s.run, life, id)
}

// History returns what happened to a membership, the oldest first.
func (s *Members) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, life, id)
}

// ByNumber returns the membership with the number, or [kernel.ErrNotFound].
func (s *Members) ByNumber(ctx context.Context, number string) (Member, error) {
	return command.ByNumber(ctx, s.run, life, colNumber, number)
}

// ForCustomer returns all memberships of a customer, also those that have ended.
func (s *Members) ForCustomer(ctx context.Context, customer kernel.Ref) ([]Member, error) {
	var out []Member
	err := s.run.Look(ctx, "member.ForCustomer", func(u *command.Unit) (err error) {
		if customer == "" || storage.CheckText(string(customer)) != nil {
			return nil
		}
		out, err = storage.Find[Member](u, storage.Query{Where: append(u.Branches(), colCustomer.Eq(customer))})
		return err
	})
	return out, err
}

// Filter narrows a list of memberships; empty parts do not.
type Filter struct {
	Program kernel.ID
	State   State
	Tier    string
	Adviser kernel.Ref
}

// List returns one page of the memberships, in the order in which they were begun.
func (s *Members) List(ctx context.Context, filter Filter, page kernel.List) (kernel.Page[Member], error) {
	var out kernel.Page[Member]
	err := s.run.Look(ctx, "member.List", func(u *command.Unit) error {
		where := u.Branches()
		if filter.Program != "" {
			id, err := kernel.ParseID(string(filter.Program))
			if err != nil {
				return nil // no program, no members
			}
			where = append(where, colProgram.Eq(id))
		}
		if filter.State != "" {
			if Lifecycle.Class(filter.State) == 0 {
				return kernel.Invalid("state", "unknown", "not a state of a membership")
			}
			where = append(where, colState.Eq(filter.State))
		}
		if storage.CheckText(filter.Tier) != nil || storage.CheckText(string(filter.Adviser)) != nil {
			return nil
		}
		if filter.Tier != "" {
			where = append(where, colTier.Eq(filter.Tier).Skimmed())
		}
		if filter.Adviser != "" {
			where = append(where, colAdviser.Eq(filter.Adviser))
		}
		var err error
		out, err = storage.Page[Member](u, storage.Query{Where: where}, page)
		return err
	})
	return out, err
}

// about answers a question about one membership.
func (s *Members) about(ctx context.Context, action string, id kernel.ID, fn func(u *command.Unit, m *Member) error) error {
	return s.run.Look(ctx, action, func(u *command.Unit) error {
		m, err := command.See(u, life, action, id)
		if err != nil {
			return err
		}
		return fn(u, m)
	})
}
