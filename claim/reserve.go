package claim

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Reserving changes reserves. At least one part is needed.
type Reserving struct {
	Loss       decimal.Decimal // change of the loss reserve; negative to release
	Expense    decimal.Decimal // change of the expense reserve
	Undisputed decimal.Decimal // what can be paid without dispute already; replaces the earlier figure; zero leaves it
	Reason     privacy.Secret  // needed
}

// Reserve sets money aside or releases it, and records the undisputed minimum, which
// bounds what can be paid in advance. A reserve never falls below zero.
func (s *Service) Reserve(ctx context.Context, id kernel.ID, in Reserving, opts ...kernel.Option) (Claim, error) {
	return s.note(ctx, id, EventReserve, in, func(f *kernel.FieldErrors) {
		if in.Loss.IsZero() && in.Expense.IsZero() && in.Undisputed.IsZero() {
			f.Add("loss", "required", "say what changes")
		}
		checkFits(f, "loss", in.Loss)
		checkFits(f, "expense", in.Expense)
		checkFits(f, "undisputed", in.Undisputed)
		checkReason(f, "reason", in.Reason)
	}, func(u *command.Unit, c *Claim) error {
		var f kernel.FieldErrors
		kernel.CheckAmount(&f, "loss", in.Loss.Abs(), c.Currency)
		kernel.CheckAmount(&f, "expense", in.Expense.Abs(), c.Currency)
		kernel.CheckAmount(&f, "undisputed", in.Undisputed, c.Currency)
		if err := f.Err(); err != nil {
			return err
		}
		u.Because(in.Reason)
		if in.Undisputed.IsPositive() {
			if !c.DecidedAt.IsZero() {
				return fmt.Errorf("the claim is decided: %w", kernel.ErrState)
			}
			_, live, err := paid(u, c)
			if err != nil {
				return err
			}
			if in.Undisputed.LessThan(live) {
				return kernel.Invalid("undisputed", "range", "%s is paid already", live)
			}
			c.Undisputed = in.Undisputed
			u.Fact("undisputed", in.Undisputed)
		}
		sums, err := reserves(u, c.ID)
		if err != nil {
			return err
		}
		checkReserve(&f, LossReserve, sums, in.Loss)
		checkReserve(&f, ExpenseReserve, sums, in.Expense)
		if err := f.Err(); err != nil {
			return err
		}
		if err := setAside(u, c, LossReserve, in.Loss, in.Reason); err != nil {
			return err
		}
		return setAside(u, c, ExpenseReserve, in.Expense, in.Reason)
	}, opts)
}

func checkFits(f *kernel.FieldErrors, path string, d decimal.Decimal) {
	if err := kernel.FitsAmount(d); err != nil {
		f.Add(path, "range", "%s", err)
	}
}

func checkReserve(f *kernel.FieldErrors, k ReserveKind, sums map[ReserveKind]decimal.Decimal, change decimal.Decimal) {
	sum := sums[k].Add(change)
	if sum.IsNegative() {
		f.Add(string(k), "range", "only %s is set aside", sums[k])
	}
	checkFits(f, string(k), sum)
}

// reserves returns what is set aside.
func reserves(u *command.Unit, id kernel.ID) (map[ReserveKind]decimal.Decimal, error) {
	all, err := storage.Find[Reserve](u, ofClaim(id))
	sums := map[ReserveKind]decimal.Decimal{}
	for _, r := range all {
		sums[r.Kind] = sums[r.Kind].Add(r.Change)
	}
	return sums, err
}

func setAside(u *command.Unit, c *Claim, k ReserveKind, change decimal.Decimal, why privacy.Secret) error {
	if change.IsZero() {
		return nil
	}
	u.Fact(string(k)+"_reserve", change)
	return u.Insert(&Reserve{ClaimID: c.ID, PersonRef: c.Person(), Kind: k, Change: change, Reason: why, By: kernel.Ref(u.Actor.ID)})
}

// release sets every reserve to zero.
func release(u *command.Unit, c *Claim) error {
	sums, err := reserves(u, c.ID)
	if err != nil {
		return err
	}
	for _, k := range []ReserveKind{LossReserve, ExpenseReserve} {
		if err := setAside(u, c, k, sums[k].Neg(), privacy.Secret{}); err != nil {
			return err
		}
	}
	return nil
}
