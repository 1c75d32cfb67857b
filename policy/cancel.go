package policy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// RefundBasis says what goes back when a policy is cancelled.
type RefundBasis string

// The bases of refunds.
const (
	ProRata  RefundBasis = "pro_rata" // what was paid for days without cover
	NoRefund RefundBasis = "none"
)

// Cancellation ends a contract before its term.
type Cancellation struct {
	From    kernel.Date // first day without cover, from the inception until tomorrow; zero: tomorrow, or the inception when that is later
	Refund  RefundBasis
	Account privacy.Secret // where a refund goes, in the host's own form; may come later
	Method  string         // the host's word, how it is paid
	Grounds                // by code or reason
}

// Refund is how money that goes back was worked out.
type Refund struct {
	Paid   decimal.Decimal // premium paid so far
	Earned decimal.Decimal // what the insurer keeps
	Amount decimal.Decimal // the rest, never negative
}

// Cancel ends a policy now (解除合同). Cover ends with the day that is said; before it the
// policy was in force. The refund is opened as a payment to the policyholder.
func (s *Policies) Cancel(ctx context.Context, id kernel.ID, in Cancellation, opts ...kernel.Option) (Policy, error) {
	var from kernel.Date
	return s.fire(ctx, id, policyCall{
		Event: policyCancel, Input: in,
		Check: func(f *kernel.FieldErrors) {
			in.check(f, true)
			kernel.CheckDate(f, "from", in.From)
			checkSecret(f, "account", in.Account)
			checkCode(f, "method", in.Method, false)
			if in.Refund != ProRata && in.Refund != NoRefund {
				f.Add("refund", "unknown", "pro_rata or none")
			}
		},
		Guard: func(u *command.Unit, p *Policy) error {
			tomorrow := today(u.Now(), p.Zone).AddDays(1)
			if from = in.From; from == 0 {
				from = min(max(tomorrow, p.Begins), p.Ends)
			}
			if from < p.Begins || from > p.Ends || from > max(tomorrow, p.Begins) {
				return kernel.Invalid("from", "range", "between the inception and tomorrow")
			}
			return nil
		},
		Apply: func(u *command.Unit, p *Policy) error {
			loc, err := location(p.Zone)
			if err != nil {
				return err
			}
			at := kernel.Instant(from.In(loc))
			if from == p.Begins {
				at = p.From
			}
			earned := p.Premium
			if in.Refund == ProRata {
				earned = proRata(p, from)
			}
			in.note(u)
			u.Fact("cancelled_from", from.String())
			return s.end(u, p, policyCancel, at, earned, in.Account, in.Method)
		},
	}, opts)
}

// proRata returns the premium of the days before from, half-even to the minor unit.
func proRata(p *Policy, from kernel.Date) decimal.Decimal {
	days, all := decimal.NewFromInt(int64(from.Sub(p.Begins))), decimal.NewFromInt(int64(p.Ends.Sub(p.Begins)))
	return kernel.Round(p.Premium.Mul(days).DivRound(all, 32), p.Currency)
}

// CoolingOff is a cancellation in the cooling-off period.
type CoolingOff struct {
	Account privacy.Secret // where the premium goes back to; may come later
	Method  string
	Grounds // may be empty: the policyholder need not say why
}

// CancelCoolingOff undoes a policy in its cooling-off period (犹豫期退保). The period is open
// from the day on which the receipt of the policy was signed; before, and after its last
// day, it is refused, and so it is when something was claimed. The premium goes back less
// the stated fee, and there was never any cover.
func (s *Policies) CancelCoolingOff(ctx context.Context, id kernel.ID, in CoolingOff, opts ...kernel.Option) (Policy, error) {
	claimed := false
	return s.fire(ctx, id, policyCall{
		Event: policyCoolingOff, Input: in,
		Check: func(f *kernel.FieldErrors) {
			in.check(f, false)
			checkSecret(f, "account", in.Account)
			checkCode(f, "method", in.Method, false)
		},
		Prepare: func(ctx context.Context) (err error) {
			key, bad := kernel.ParseID(string(id)) // in the form in which claims name the policy
			if s.cfg.Claims != nil && bad == nil {
				claimed, err = s.cfg.Claims.Claimed(ctx, key.Ref())
			}
			return err
		},
		Guard: func(*command.Unit, *Policy) error {
			if claimed {
				return fmt.Errorf("something was claimed under the policy: %w", kernel.ErrState)
			}
			return nil
		},
		Apply: func(u *command.Unit, p *Policy) error {
			in.note(u)
			return s.end(u, p, policyCoolingOff, p.From, p.CoolingOffFee, in.Account, in.Method)
		},
	}, opts)
}

func coolingOffOpen(u *command.Unit, p *Policy) error {
	day := today(u.Now(), p.Zone)
	switch {
	case p.CoolingOffDays == 0:
		return errors.New("the product has no cooling-off period")
	case p.ReceiptSigned == 0:
		return errors.New("the receipt of the policy is not signed, so the cooling-off period has not begun")
	case !p.InCoolingOff(day):
		return fmt.Errorf("the cooling-off period ended on %s", p.CoolingOffTo)
	}
	return nil
}

// end writes terms without cover from an instant on and opens the refund.
func (s *Policies) end(u *command.Unit, p *Policy, e PolicyEvent, at time.Time, earned decimal.Decimal, account privacy.Secret, method string) error {
	r, err := refundOf(u, p, earned)
	if err != nil {
		return err
	}
	last, err := lastTerms(u, p.ID)
	if err != nil {
		return err
	}
	if err := u.Insert(&Terms{
		PolicyID: p.ID, Number: last.Number + 1, Event: e, Effective: at, Recorded: u.Now(),
		Ended: string(PolicyCancelled), Content: last.Content,
	}); err != nil {
		return err
	}
	p.CancelledFrom = at
	u.Fact("earned", r.Earned)
	u.Fact("refund", r.Amount)
	if !r.Amount.IsPositive() {
		return nil
	}
	p.Refunded = p.Refunded.Add(r.Amount)
	_, err = payment.Open(u.Context(), u.Runner(), payment.Order{
		Owner: payment.Owner{Kind: "policy", ID: p.ID}, Branch: p.Branch, Kind: payment.Refund, Payee: p.Holder,
		Account: account, Method: method, Amount: r.Amount, Currency: p.Currency,
	})
	return err
}

// refundOf works out what goes back: what was paid, allocated or not, less what is kept.
func refundOf(u *command.Unit, p *Policy, earned decimal.Decimal) (Refund, error) {
	due, err := instalmentsOf(u, p.ID)
	if err != nil {
		return Refund{}, err
	}
	r := Refund{Earned: earned}
	for i := range due {
		r.Paid = r.Paid.Add(due[i].Paid)
	}
	over, err := storage.Find[PolicyReceipt](u, ofPolicy(p.ID))
	if err != nil {
		return Refund{}, err
	}
	keep := decimal.Max(decimal.Zero, r.Paid.Sub(earned))
	for i := range over {
		left := over[i].Unallocated()
		if !left.IsPositive() {
			continue
		}
		over[i].Refunded = over[i].Refunded.Add(left)
		keep, r.Paid = keep.Add(left), r.Paid.Add(left)
		if err := u.Save(&over[i]); err != nil {
			return Refund{}, err
		}
	}
	r.Amount = keep
	return r, nil
}
