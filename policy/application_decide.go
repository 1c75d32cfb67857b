package policy

import (
	"context"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage"
)

// AuthorityUnderwriting is what access.Authority is asked for: may the actor take a risk
// of this sum insured?
const AuthorityUnderwriting = "underwriting"

func withinAuthority(u *command.Unit, a *Application) error {
	err := u.Within(access.Decision{What: AuthorityUnderwriting, Line: a.Line, Currency: a.Currency, Amount: a.SumInsured})
	if err != nil {
		return fmt.Errorf("%w; refer the application", err)
	}
	return nil
}

// Approve takes the risk on standard terms. Above the actor's authority for the sum
// insured it is refused with [kernel.ErrForbidden]: refer it then.
func (s *Applications) Approve(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{Event: Approve, Apply: func(u *command.Unit, a *Application) error {
		a.Decision = Standard
		u.Fact("sum_insured", a.SumInsured)
		return nil
	}}, opts)
}

// Refer hands the decision to somebody with more authority.
func (s *Applications) Refer(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Application, error) {
	return s.because(ctx, id, refer, why, false, nil, opts)
}

// Conditions is what a counteroffer asks for. At least one of them is set.
type Conditions struct {
	Loading    decimal.Decimal // 0.25 is a quarter more premium; 0 to 10
	Exclusions []string        // clauses of the insurer's own list, by code; never a diagnosis in words
	Items      []Item          // coverages of the application at lower sums
	Grounds
}

// Counteroffer offers other terms. The premium is computed anew. It needs the same
// authority as [Applications.Approve].
func (s *Applications) Counteroffer(ctx context.Context, id kernel.ID, in Conditions, opts ...kernel.Option) (Application, error) {
	offer := &Offer{Loading: in.Loading, Exclusions: in.Exclusions, Items: in.Items}
	var ready *rated
	return s.fire(ctx, id, applicationCall{
		Event: counteroffer, Input: in,
		Check: in.check,
		Prepare: func(ctx context.Context) (err error) {
			ready, err = s.rate(ctx, "application.Counteroffer", id, offer)
			return err
		},
		Guard: func(_ *command.Unit, a *Application) error { return ready.holds(a) },
		Apply: func(u *command.Unit, a *Application) error {
			a.Offer = *offer
			switch {
			case offer.Loading.IsPositive():
				a.Decision = Loaded
			case len(offer.Exclusions) > 0:
				a.Decision = Excluded
			default:
				a.Decision = ReducedSum
			}
			u.Fact("decision", string(a.Decision))
			u.Fact("premium", offer.Quote.Premium)
			in.note(u)
			return nil
		},
	}, opts)
}

func (in Conditions) check(f *kernel.FieldErrors) {
	in.Grounds.check(f, false)
	checkPart(f, "loading", in.Loading, decimal.NewFromInt(10))
	checkCodes(f, "exclusions", in.Exclusions)
	checkCount(f, "items", len(in.Items), MaxList)
	for i, it := range in.Items {
		kernel.CheckAmount(f.Index("items", i), "sum_insured", it.SumInsured, "")
	}
	if in.Loading.IsZero() && len(in.Exclusions) == 0 && len(in.Items) == 0 {
		f.Add("loading", "required", "a loading, an exclusion or a lower sum")
	}
}

// reduced returns the items of the application with the offer's lower sums.
func (o *Offer) reduced(items []Item) ([]Item, error) {
	var f kernel.FieldErrors
	items = slices.Clone(items)
	for i, lower := range o.Items {
		n := slices.IndexFunc(items, func(it Item) bool { return it.Coverage == lower.Coverage })
		switch at := f.Index("items", i); {
		case n < 0:
			at.Add("coverage", "unknown", "is not applied for")
		case !lower.SumInsured.IsPositive() || !lower.SumInsured.LessThan(items[n].SumInsured):
			at.Add("sum_insured", "range", "more than zero and less than was applied for")
		default:
			items[n].SumInsured = lower.SumInsured
		}
	}
	return items, f.Err()
}

// AcceptOffer records that the customer agrees to the conditions: they become the
// application's.
func (s *Applications) AcceptOffer(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{Event: acceptOffer, Apply: func(u *command.Unit, a *Application) error {
		o := &a.Offer
		lives, err := storage.Count[Insured](u, colApplication.Eq(a.ID), storage.Col[int64]("revision").Eq(a.Revision))
		if err != nil {
			return err
		}
		a.Items, a.Quote, a.Premium, a.FirstPremium = o.Items, o.Quote, o.Quote.Premium, o.FirstPremium
		a.Loading, a.Excluded = o.Loading, o.Exclusions
		a.SumInsured, _ = sumInsured(a.Items, int(lives))
		u.Fact("premium", a.Premium)
		return nil
	}}, opts)
}

// RejectOffer records that the customer does not agree. Premium received is refunded.
func (s *Applications) RejectOffer(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Application, error) {
	return s.because(ctx, id, rejectOffer, why, false, refundReceipts, opts)
}

// Postponement puts a decision off.
type Postponement struct {
	Until kernel.Date // not before today; may be zero
	Grounds
}

// Postpone puts the decision off until a day.
func (s *Applications) Postpone(ctx context.Context, id kernel.ID, in Postponement, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{
		Event: postpone, Input: in,
		Check: func(f *kernel.FieldErrors) {
			in.check(f, false)
			kernel.CheckDate(f, "until", in.Until)
		},
		Guard: func(u *command.Unit, a *Application) error {
			if in.Until != 0 && in.Until < today(u.Now(), a.Zone) {
				return kernel.Invalid("until", "range", "lies in the past")
			}
			return nil
		},
		Apply: func(u *command.Unit, a *Application) error {
			a.Decision, a.Postponed = Postponed, in.Until
			u.Fact("until", in.Until.String())
			in.note(u)
			return nil
		},
	}, opts)
}

// Resume takes up a decision that was put off.
func (s *Applications) Resume(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{Event: resume, Apply: func(_ *command.Unit, a *Application) error {
		a.Decision, a.Postponed = "", 0
		return nil
	}}, opts)
}

// Decline refuses the risk, by code or reason. Premium received is refunded.
func (s *Applications) Decline(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Application, error) {
	return s.because(ctx, id, decline, why, true, func(u *command.Unit, a *Application) error {
		a.Decision = Declined
		return refundReceipts(u, a)
	}, opts)
}

// Withdraw ends the application because the customer does not want it any more. Premium
// received is refunded.
func (s *Applications) Withdraw(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Application, error) {
	return s.because(ctx, id, withdraw, why, false, refundReceipts, opts)
}

// Expire ends an application of which nothing came. Premium received is refunded.
func (s *Applications) Expire(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Application, error) {
	return s.because(ctx, id, expireApplication, why, false, refundReceipts, opts)
}

// Sign records that both sides have signed (合同签订).
func (s *Applications) Sign(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{Event: Sign}, opts)
}

func (s *Applications) because(ctx context.Context, id kernel.ID, e ApplicationEvent, why Grounds, required bool, apply func(*command.Unit, *Application) error, opts []kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{
		Event: e, Input: why,
		Check: func(f *kernel.FieldErrors) { why.check(f, required) },
		Apply: func(u *command.Unit, a *Application) error {
			why.note(u)
			if apply == nil {
				return nil
			}
			return apply(u, a)
		},
	}, opts)
}
