package complaint

import (
	"context"
	"errors"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// proposal loads the resolution that waits for a countersignature.
func (c *Complaint) proposal(u *command.Unit) (*Resolution, error) {
	q := ofComplaint(c.ID)
	q.Order = []storage.Order{storage.Col[int64]("sequence").Desc()}
	r, err := storage.One[Resolution](u, q)
	if err == nil && (r == nil || r.Status != Proposed) {
		err = errors.New("complaint: awaiting approval without a proposal")
	}
	return r, err
}

// Countersign approves what was proposed (复核同意). Whoever does is somebody else, and has
// the authority for the compensation.
func (s *Service) Countersign(ctx context.Context, id kernel.ID, in Remark, opts ...kernel.Option) (Complaint, error) {
	var r *Resolution
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventCountersign, Input: in,
		Check: func(f *kernel.FieldErrors) { checkFree(f, "text", in.Text) },
		Guard: func(u *command.Unit, c *Complaint) (err error) {
			if r, err = c.proposal(u); err != nil {
				return err
			}
			return c.authority(u, r.Compensation, r.Currency)
		},
		Apply: func(u *command.Unit, c *Complaint) error {
			r.Status, r.ApprovedBy, c.ResolvedAt = Approved, kernel.Ref(u.Actor.ID), u.Now()
			c.handledBy(r.ApprovedBy)
			u.Fact("proposed_by", string(c.ProposedBy))
			c.ProposedBy = ""
			r.tell(u)
			u.Because(in.Text)
			return u.Save(r)
		},
	}, opts)
}

// Return sends a proposal back. Somebody else than the proposer does, for a reason.
func (s *Service) Return(ctx context.Context, id kernel.ID, in Remark, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventReturn, in, func(f *kernel.FieldErrors) {
		checkReason(f, "text", in.Text)
	}, func(u *command.Unit, c *Complaint) error {
		r, err := c.proposal(u)
		if err != nil {
			return err
		}
		r.Status = Returned
		u.Fact("proposed_by", string(c.ProposedBy))
		c.ProposedBy = ""
		u.Because(in.Text)
		return u.Save(r)
	}, opts)
}
