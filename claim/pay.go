package claim

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Agreement is the claimant's yes to the amount.
type Agreement struct {
	How    string         // "signed", "phone" …; not needed when the amount counts as agreed
	Remark privacy.Secret //
}

// Agree records that claimant and insurer agree on the amount (达成协议), from which
// payment is due within ten days (Insurance Law article 23). The amount must have been
// notified. A fixed sum, or an amount equal to the claim, counts as agreed by that.
func (s *Service) Agree(ctx context.Context, id kernel.ID, in Agreement, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventAgree, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkOptional(f, "how", in.How)
			checkFree(f, "remark", in.Remark)
		},
		Guard: func(u *command.Unit, c *Claim) error {
			if in.How != "" {
				return nil
			}
			ok, err := deemed(u, c)
			if err == nil && !ok {
				err = kernel.Invalid("how", "required", "less than the claim: say how the claimant agreed")
			}
			return err
		},
		Apply: func(u *command.Unit, c *Claim) error {
			c.AgreedAt = u.Now()
			u.Fact("how", orCode(in.How, "deemed"))
			u.Fact("amount", c.Approved)
			u.Because(in.Remark)
			return nil
		},
	}, opts)
}

// deemed reports whether the amount counts as agreed when notified.
func deemed(u *command.Unit, c *Claim) (bool, error) {
	if c.Approved.Equal(c.Claimed) {
		return true, nil
	}
	all, err := lines(u, c.ID)
	for i := range all {
		cov := c.Cover.Coverage(all[i].Coverage)
		if !all[i].Dropped && (cov == nil || cov.calculator() != "fixed_sum") {
			return false, err
		}
	}
	return err == nil, err
}

// PaymentOrder says how a claim is paid. All of it may be empty: then the claimant is
// paid to the account that the claim names.
type PaymentOrder struct {
	Accounts  map[kernel.Ref]privacy.Secret // by payee; besides the claimant's own
	Method    string                        // default: the claim's
	DueOn     kernel.Date                   // the last day for the money to arrive
	Forfeited []kernel.Ref                  // entitled who have lost their right (Insurance Law article 43): the rest get it
	Estate    kernel.Ref                    // who receives for the estate, when nobody is entitled (article 42)
}

func (in PaymentOrder) check(f *kernel.FieldErrors) {
	if len(in.Accounts) > maxParts || len(in.Forfeited) > maxParts {
		f.Add("accounts", "length", "at most %d", maxParts)
		return
	}
	for _, r := range slices.Sorted(maps.Keys(in.Accounts)) {
		kernel.CheckRef(f, "accounts", r)
		checkFree(f, "accounts["+clip(string(r))+"]", in.Accounts[r])
	}
	checkOptional(f, "method", in.Method)
	kernel.CheckDate(f, "due_on", in.DueOn)
	for i, r := range in.Forfeited {
		kernel.CheckRef(f, fmt.Sprintf("forfeited[%d]", i), r)
	}
	checkRefIf(f, "estate", in.Estate)
}

// RequestPayment opens a payment to each payee for what is not paid yet: death benefits
// to those entitled, by order and share, everything else to the claimant. It can be given
// again when a payment was stopped or voided.
func (s *Service) RequestPayment(ctx context.Context, id kernel.ID, in PaymentOrder, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventRequestPayment, Input: in, Check: in.check,
		Apply: func(u *command.Unit, c *Claim) error {
			dues, err := duesOf(u, c, in)
			if err != nil {
				return err
			}
			for _, d := range dues {
				if err := s.pay(u, c, payment.Indemnity, d, in.Accounts[d.payee], orCode(in.Method, c.Method), in.DueOn); err != nil {
					return err
				}
			}
			u.Fact("payments", len(dues))
			return nil
		},
	}, opts)
}

// due is what somebody is to be paid.
type due struct {
	payee  kernel.Ref
	amount decimal.Decimal
}

// duesOf works out who is to be paid how much: the targets, less what payments exist.
func duesOf(u *command.Unit, c *Claim, in PaymentOrder) ([]due, error) {
	all, err := lines(u, c.ID)
	if err != nil {
		return nil, err
	}
	death, rest := decimal.Zero, decimal.Zero
	for i := range all {
		switch cov := c.Cover.Coverage(all[i].Coverage); {
		case all[i].Dropped:
		case cov != nil && cov.Entitled:
			death = death.Add(all[i].Approved)
		default:
			rest = rest.Add(all[i].Approved)
		}
	}
	dues, err := Shares(death, c.Currency, c.Cover.Entitled, in.Forfeited, in.Estate)
	if err != nil {
		return nil, err
	}
	targets := []due{{c.Claimant, rest}}
	for _, d := range dues {
		if d.Party == c.Claimant {
			targets[0].amount = targets[0].amount.Add(d.Amount)
		} else {
			targets = append(targets, due{d.Party, d.Amount})
		}
	}
	payments, live, err := paid(u, c)
	if err != nil {
		return nil, err
	}
	return open(targets, payments, c.Approved.Add(c.Overpaid).Sub(live), c.Currency)
}

// open takes from each target what its payee has, and brings the sum down to what is
// still open when somebody has more than their target.
func open(targets []due, payments []payment.Payment, left decimal.Decimal, cur kernel.Currency) ([]due, error) {
	var weights []int64
	var dues []due
	sum := decimal.Zero
	for _, t := range targets {
		t.amount = t.amount.Sub(payment.Sum(payments, func(p *payment.Payment) bool { return counted(p) && p.Payee == t.payee }))
		if !t.amount.IsPositive() {
			continue
		}
		dues, weights = append(dues, t), append(weights, t.amount.Shift(cur.Minor()).IntPart())
		sum = sum.Add(t.amount)
	}
	if !sum.GreaterThan(left) {
		return dues, nil
	}
	parts, err := kernel.Split(left, cur, weights...)
	if err != nil {
		return nil, err
	}
	var out []due
	for i := range dues {
		if parts[i].IsPositive() {
			out = append(out, due{dues[i].payee, parts[i]})
		}
	}
	return out, nil
}

// pay opens one payment. Without another account the claimant's own goes along, sealed
// anew under the payee's key.
func (s *Service) pay(u *command.Unit, c *Claim, k payment.Kind, d due, account privacy.Secret, method string, dueOn kernel.Date) error {
	if account.IsZero() && d.payee == c.Claimant && !c.Account.IsZero() {
		plain, err := u.Open(c)
		if err != nil {
			return err
		}
		account = privacy.New(plain["account"])
	}
	_, err := payment.Open(u.Context(), u.Runner(), payment.Order{
		Owner: c.owner(), Branch: c.Branch, Kind: k, Payee: d.payee, Account: account,
		Method: method, Amount: d.amount, Currency: c.Currency, DueOn: dueOn,
	})
	return err
}

// AdvanceOrder is a part paid before the decision.
type AdvanceOrder struct {
	Amount  decimal.Decimal // more than zero
	Payee   kernel.Ref      // default: the claimant
	Account privacy.Secret  // default: the claimant's
	Method  string
	DueOn   kernel.Date
}

// Advance pays a part before the rest is decided (先予支付, Insurance Law article 25): at
// most the undisputed minimum that [Service.Reserve] recorded, less what is paid already.
// It counts against the approved amount later.
func (s *Service) Advance(ctx context.Context, id kernel.ID, in AdvanceOrder, opts ...kernel.Option) (Claim, error) {
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventAdvance, Input: in,
		Check: func(f *kernel.FieldErrors) {
			kernel.CheckAmount(f, "amount", in.Amount, "")
			if in.Amount.IsZero() {
				f.Add("amount", "range", "nothing to pay")
			}
			checkRefIf(f, "payee", in.Payee)
			checkFree(f, "account", in.Account)
			checkOptional(f, "method", in.Method)
			kernel.CheckDate(f, "due_on", in.DueOn)
		},
		Guard: func(u *command.Unit, c *Claim) error {
			_, live, err := paid(u, c)
			if err == nil && in.Amount.Add(live).GreaterThan(c.Undisputed) {
				err = kernel.Invalid("amount", "range", "only %s is undisputed and not yet paid", decimal.Max(c.Undisputed.Sub(live), decimal.Zero))
			}
			return err
		},
		Apply: func(u *command.Unit, c *Claim) error {
			u.Fact("amount", in.Amount)
			return s.pay(u, c, payment.Advance, due{first(in.Payee, c.Claimant), in.Amount}, in.Account, orCode(in.Method, c.Method), in.DueOn)
		},
	}, opts)
}

// OnPaymentCleared looks, when a payment of the claim has arrived, whether all has, and
// then settles the claim. It is for the reaction to a payment that enters cleared, and to
// a claim that enters payable, because advances may have paid everything. Otherwise it
// does nothing.
func OnPaymentCleared(ctx context.Context, r command.Runner, claim kernel.ID) error {
	return follow(ctx, r, claim, EventSettle, func(u *command.Unit, c *Claim) bool {
		return c.State == Payable && settled(u, c) == nil
	}, func(u *command.Unit, c *Claim) error {
		c.PaidAt = u.Now()
		u.Fact("amount", c.Approved)
		return nil
	})
}

// OnPaymentBounced takes a paid claim back to payable when one of its payments came back
// (退票). It is for the reaction to a payment that enters bounced.
func OnPaymentBounced(ctx context.Context, r command.Runner, claim kernel.ID) error {
	return follow(ctx, r, claim, EventBouncePayment, func(_ *command.Unit, c *Claim) bool {
		return c.State == Paid || c.State == Closed && c.Approved.IsPositive()
	}, func(_ *command.Unit, c *Claim) error {
		c.PaidAt, c.ClosedAt = zero, zero
		return nil
	})
}

func follow(ctx context.Context, r command.Runner, id kernel.ID, e Event, when func(*command.Unit, *Claim) bool, apply func(*command.Unit, *Claim) error) error {
	s := New(r, Config{})
	fits := false
	err := r.Look(ctx, s.life.Action(e), func(u *command.Unit) error {
		c, err := storage.Get[Claim](u, id)
		if err != nil {
			return err
		}
		fits = when(u, c)
		return nil
	})
	if err != nil || !fits {
		return err
	}
	_, err = s.fire(ctx, id, command.Call[Claim, Event]{Event: e, Apply: apply}, nil)
	return err
}
