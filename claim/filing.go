package claim

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Filing is the claim form (理赔申请书).
type Filing struct {
	Claimed   decimal.Decimal // zero: as reported, or a sum that the policy fixes
	Account   privacy.Secret  // of the claimant; empty: as reported
	Method    string          // of payment
	Documents []Paper         // what came with the form
	FastTrack bool            // small and simple
}

func (in Filing) check(f *kernel.FieldErrors) {
	if err := kernel.FitsAmount(in.Claimed); err != nil || in.Claimed.IsNegative() {
		f.Add("claimed", "range", "an amount is not negative and below %s", kernel.MaxAmount)
	}
	checkFree(f, "account", in.Account)
	checkOptional(f, "method", in.Method)
	checkPapers(f, in.Documents)
}

// File takes the claim form. It opens the checklist of documents that the cause asks for
// and starts the clock of the decision.
func (s *Service) File(ctx context.Context, id kernel.ID, in Filing, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventFile, Input: in, Check: in.check,
		Guard: func(_ *command.Unit, c *Claim) error {
			var f kernel.FieldErrors
			kernel.CheckAmount(&f, "claimed", in.Claimed, c.Currency)
			return f.Err()
		},
		Apply: func(u *command.Unit, c *Claim) error {
			c.FiledAt = u.Now()
			c.FastTrack = c.FastTrack || in.FastTrack
			if !in.Claimed.IsZero() {
				c.Claimed = in.Claimed
			}
			if !in.Account.IsZero() {
				c.Account = in.Account
			}
			if in.Method != "" {
				c.Method = in.Method
			}
			u.Fact("claimed", c.Claimed)
			list, err := documents(u, c.ID)
			if err != nil {
				return err
			}
			if list, err = ask(u, c, list, c.Cover.Required(c.Cause)); err != nil {
				return err
			}
			return receive(u, c, list, in.Documents)
		},
	}, opts)
}
