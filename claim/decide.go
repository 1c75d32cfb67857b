package claim

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Approval is the decision to pay.
type Approval struct {
	Amount decimal.Decimal // what the decider expects the lines to come to; zero: whatever they do
	Lines  []Item          // replace the assessment; empty: as assessed
}

// Approve decides the amount (核定): the sum of the lines, which must lie within the
// actor's authority, else Refer it. The lines are calculated anew, and their shares
// taken from the limits, so that claims which are approved at the same moment never use
// a limit twice: when another claim has used it meanwhile, the error is
// [kernel.ErrState] and names the new amount; give the lines again to accept it.
func (s *Service) Approve(ctx context.Context, id kernel.ID, in Approval, opts ...kernel.Option) (Claim, error) {
	var sheet *assessment
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventApprove, Input: in,
		Check: func(f *kernel.FieldErrors) {
			kernel.CheckAmount(f, "amount", in.Amount, "")
			checkItems(f, in.Lines)
		},
		Guard: func(u *command.Unit, c *Claim) (err error) {
			if sheet, err = s.sheet(u, c, in.Lines); err != nil {
				return err
			}
			if in.Amount.IsPositive() && !in.Amount.Equal(sheet.total()) {
				return kernel.Invalid("amount", "amount", "the lines come to %s", sheet.total())
			}
			return authority(u, c, AuthorityApprove, sheet.total())
		},
		Apply: func(u *command.Unit, c *Claim) error { return sheet.approve(u, c) },
	}, opts)
}

// sheet calculates the lines that are given, or those that were assessed.
func (s *Service) sheet(u *command.Unit, c *Claim, items []Item) (*assessment, error) {
	if len(items) > 0 {
		return s.assess(u, c, items)
	}
	return s.recalculate(u, c)
}

// approve makes the calculation the decision.
func (a *assessment) approve(u *command.Unit, c *Claim) error {
	if err := a.save(u, c); err != nil {
		return err
	}
	if err := a.take(u, c); err != nil {
		return err
	}
	c.Undisputed = a.total()
	if a.refuses() {
		u.Fact("partly_declined", true)
	}
	return decide(u, c, a.total())
}

// decide records the decision. What was paid before and lies beyond it is an
// overpayment.
func decide(u *command.Unit, c *Claim, amount decimal.Decimal) error {
	_, live, err := paid(u, c)
	if err != nil {
		return err
	}
	c.Approved, c.DecidedAt, c.DecidedBy = amount, u.Now(), kernel.Ref(u.Actor.ID)
	c.Overpaid = decimal.Max(live.Sub(amount), decimal.Zero)
	c.Proposal, c.ProposedBy = "", ""
	u.Fact("approved", amount)
	u.Fact("currency", c.Currency)
	if c.Overpaid.IsPositive() {
		u.Fact("overpaid", c.Overpaid)
	}
	return nil
}

// Refusal is the decision to pay nothing.
type Refusal struct {
	Reason string         // code: "not_in_force", "exclusion", "forged" …
	Clause string         // the clause or article that it rests on
	Remark privacy.Secret // explanation in words
}

func (in Refusal) check(f *kernel.FieldErrors) {
	checkCode(f, "reason", in.Reason)
	kernel.CheckText(f, "clause", in.Clause, maxLine, false)
	if in.Clause == "" {
		f.Add("clause", "required", "a refusal names the clause that it rests on")
	}
	checkFree(f, "remark", in.Remark)
}

// Decline refuses the claim (拒赔), within the actor's authority for refusals. Something
// must speak against it: the policy was not in force at the loss, or a check failed. The
// refusal is to be notified (Insurance Law article 24).
func (s *Service) Decline(ctx context.Context, id kernel.ID, in Refusal, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventDecline, Input: in, Check: in.check,
		Apply: func(u *command.Unit, c *Claim) error {
			c.Reason, c.Clause = in.Reason, in.Clause
			u.Because(in.Remark)
			return refuse(u, c)
		},
	}, opts)
}

// refuse makes a refusal the decision and stops what was about to be paid.
func refuse(u *command.Unit, c *Claim) error {
	if err := stopPending(u, c, "declined"); err != nil {
		return err
	}
	c.Undisputed = decimal.Zero
	u.Fact("reason", c.Reason)
	u.Fact("clause", c.Clause)
	return decide(u, c, decimal.Zero)
}

// stopPending stops the claim's payments that were not handed over yet.
func stopPending(u *command.Unit, c *Claim, code string) error {
	all, err := payment.Of(u, c.owner())
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].State != payment.Pending {
			continue
		}
		if _, err := payment.New(u.Runner()).Stop(u.Context(), all[i].ID, payment.Cause{Code: code}); err != nil {
			return err
		}
	}
	return nil
}

// Referral proposes a decision to somebody with more authority.
type Referral struct {
	Lines  []Item         // as in [Approval]
	Refuse *Refusal       // proposes to refuse instead of paying
	Remark privacy.Secret // for the one who decides
}

// Refer proposes the decision (提交复核): the amount of the lines, or a refusal. The entry
// keeps the remark, and below it that of the refusal.
func (s *Service) Refer(ctx context.Context, id kernel.ID, in Referral, opts ...kernel.Option) (Claim, error) {
	var sheet *assessment
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventRefer, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkItems(f, in.Lines)
			checkFree(f, "remark", in.Remark)
			if in.Refuse != nil {
				in.Refuse.check(f.At("refuse"))
				if len(in.Lines) > 0 {
					f.Add("lines", "conflict", "a refusal has no lines")
				}
			}
		},
		Guard: func(u *command.Unit, c *Claim) (err error) {
			if in.Refuse != nil {
				return asState(ground(u, c))
			}
			if err := asState(passed(u, c, checkKinds...)); err != nil {
				return err
			}
			sheet, err = s.sheet(u, c, in.Lines)
			return err
		},
		Apply: func(u *command.Unit, c *Claim) error {
			u.Because(in.Remark)
			c.ProposedBy = kernel.Ref(u.Actor.ID)
			if in.Refuse != nil {
				u.Because(in.Refuse.Remark)
				c.Proposal, c.Reason, c.Clause = ToRefuse, in.Refuse.Reason, in.Refuse.Clause
				u.Fact("proposal", c.Proposal)
				u.Fact("reason", c.Reason)
				return nil
			}
			c.Proposal, c.Reason, c.Clause = ToPay, "", ""
			u.Fact("proposal", c.Proposal)
			u.Fact("amount", sheet.total())
			return sheet.save(u, c)
		},
	}, opts)
}

// asState makes an objection a [kernel.ErrState].
func asState(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", err, kernel.ErrState)
}

// Countersign approves what was proposed (复核同意). Whoever does must be somebody else
// and have the authority.
func (s *Service) Countersign(ctx context.Context, id kernel.ID, in Remark, opts ...kernel.Option) (Claim, error) {
	var sheet *assessment
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventCountersign, Input: in,
		Check: func(f *kernel.FieldErrors) { checkFree(f, "text", in.Text) },
		Guard: func(u *command.Unit, c *Claim) (err error) {
			sheet, err = s.recalculate(u, c)
			return err
		},
		Apply: func(u *command.Unit, c *Claim) error {
			u.Fact("proposed_by", string(c.ProposedBy))
			u.Because(in.Text)
			return sheet.approve(u, c)
		},
	}, opts)
}

// CountersignRefusal refuses what was proposed to be refused.
func (s *Service) CountersignRefusal(ctx context.Context, id kernel.ID, in Remark, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventCountersignRefusal, Input: in,
		Check: func(f *kernel.FieldErrors) { checkFree(f, "text", in.Text) },
		Apply: func(u *command.Unit, c *Claim) error {
			u.Fact("proposed_by", string(c.ProposedBy))
			u.Because(in.Text)
			return refuse(u, c)
		},
	}, opts)
}

// Return sends a proposal back to its handler. The reason is needed.
func (s *Service) Return(ctx context.Context, id kernel.ID, in Remark, opts ...kernel.Option) (Claim, error) {
	return s.note(ctx, id, EventReturn, in, func(f *kernel.FieldErrors) {
		checkReason(f, "text", in.Text)
	}, func(u *command.Unit, c *Claim) error {
		c.Proposal, c.ProposedBy, c.Reason, c.Clause = "", "", "", ""
		u.Because(in.Text)
		return nil
	}, opts)
}
