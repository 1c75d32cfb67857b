package member

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Get returns an appraisal.
func (s *Appraisals) Get(ctx context.Context, id kernel.ID) (Appraisal, error) {
	return command.Get(ctx, s.run, appraisalLife, id)
}

// Allowed returns what the actor may do with an appraisal now, and why not the rest.
func (s *Appraisals) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[AppraisalState, AppraisalEvent], error) {
	return command.Allowed(ctx, s.run, appraisalLife, id)
}

// History returns what happened to an appraisal, the oldest first.
func (s *Appraisals) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, appraisalLife, id)
}

// ForStaff returns somebody's appraisals, the earliest period first.
func (s *Appraisals) ForStaff(ctx context.Context, staff kernel.ID) ([]Appraisal, error) {
	return command.About(ctx, s.run, staffLife, "appraisal.ForStaff", staff, func(u *command.Unit, p *Staff) ([]Appraisal, error) {
		return storage.Find[Appraisal](u, storage.Query{
			Where: append(u.Branches(), colStaff.Eq(p.ID)), Order: []storage.Order{colFrom.Asc()},
		})
	})
}

// Workflow returns the table of an appraisal's life.
func (*Appraisals) Workflow() *workflow.Machine[AppraisalState, AppraisalEvent] { return AppraisalLife }
