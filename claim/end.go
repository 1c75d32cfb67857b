package claim

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Reassessment takes a decision back.
type Reassessment struct {
	Code   string         // "appeal", "mistake" …
	Reason privacy.Secret // needed
}

// Reassess takes the decision back and returns the claim to assessment. What the claim
// took of the limits is given back; what was paid stays paid and counts as undisputed.
func (s *Service) Reassess(ctx context.Context, id kernel.ID, in Reassessment, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventReassess, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkOptional(f, "code", in.Code)
			checkReason(f, "reason", in.Reason)
		},
		Apply: func(u *command.Unit, c *Claim) error {
			u.Fact("code", in.Code)
			u.Fact("was_approved", c.Approved)
			u.Because(in.Reason)
			if err := stopPending(u, c, "reassessed"); err != nil {
				return err
			}
			_, live, err := paid(u, c)
			if err != nil {
				return err
			}
			if err := c.giveBack(u); err != nil {
				return err
			}
			c.Undisputed, c.Approved, c.Overpaid = live, decimal.Zero, decimal.Zero
			c.DecidedAt, c.AgreedAt, c.PaidAt, c.ClosedAt = zero, zero, zero, zero
			c.DecidedBy, c.Reason, c.Clause = "", "", ""
			return nil
		},
	}, opts)
}

// giveBack returns to the accumulators what the claim's lines took.
func (c *Claim) giveBack(u *command.Unit) error {
	all, err := lines(u, c.ID)
	if err != nil {
		return err
	}
	for i := range all {
		l := &all[i]
		if !l.Taken {
			continue
		}
		s := share{Used: l.Used}
		cov := c.Cover.Coverage(l.Coverage)
		if cov != nil && cov.DeductibleBasis == PerPeriod {
			s.Deductible = l.Deductible
		}
		if err := giveBack(u, l.Accumulator, s); err != nil {
			return err
		}
		l.Taken, l.Accumulator = false, ""
		if err := u.Save(l); err != nil {
			return err
		}
	}
	return nil
}

// Lapse closes a claim that nobody pursues (失效结案): the limitation has passed, or the
// claimant has not answered a notice of what is needed for the company's period.
func (s *Service) Lapse(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Claim, error) {
	return s.end(ctx, id, EventLapse, nil, nil, func(u *command.Unit, c *Claim) error { return c.drop(u, "lapsed") }, opts)
}

// CloseNil closes a claim whose approved amount is zero.
func (s *Service) CloseNil(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Claim, error) {
	return s.end(ctx, id, EventCloseNil, nil, nil, nil, opts)
}

// Close archives a claim that is paid or declined (结案归档, SP 1.1.29). No payment may be
// open; reserves are released.
func (s *Service) Close(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Claim, error) {
	return s.end(ctx, id, EventClose, nil, nil, nil, opts)
}

// Withdraw takes the claim back for the claimant. The reason is needed. An advance that
// was paid is then an overpayment.
func (s *Service) Withdraw(ctx context.Context, id kernel.ID, in Remark, opts ...kernel.Option) (Claim, error) {
	return s.end(ctx, id, EventWithdraw, in, func(f *kernel.FieldErrors) { checkReason(f, "text", in.Text) },
		func(u *command.Unit, c *Claim) error {
			u.Because(in.Text)
			return c.drop(u, "withdrawn")
		}, opts)
}

// drop ends a claim without a decision: nothing more is paid, and what was is owed back.
func (c *Claim) drop(u *command.Unit, code string) error {
	if err := stopPending(u, c, code); err != nil {
		return err
	}
	_, live, err := paid(u, c)
	if err != nil {
		return err
	}
	if c.Undisputed, c.Overpaid = decimal.Zero, live; live.IsPositive() {
		u.Fact("overpaid", live)
	}
	return nil
}

func (s *Service) end(ctx context.Context, id kernel.ID, e Event, in any, check func(*kernel.FieldErrors), apply func(*command.Unit, *Claim) error, opts []kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: e, Input: in, Check: check,
		Apply: func(u *command.Unit, c *Claim) error {
			c.ClosedAt = u.Now()
			if apply != nil {
				if err := apply(u, c); err != nil {
					return err
				}
			}
			return release(u, c)
		},
	}, opts)
}
