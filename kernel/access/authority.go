package access

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Decision is something that may be decided up to an amount.
type Decision struct {
	What     string // "claim.approve", "claim.refuse", "underwriting": the rooms' Authority constants
	Line     kernel.Line
	Currency kernel.Currency // empty: CNY
	Amount   decimal.Decimal // its sign does not count: to take back is to decide as much
}

// Authority says up to which amount an actor decides. Implement it to ask a host's
// own system.
type Authority interface {
	// Within returns nil when the decision lies within the actor's authority, else an
	// error that is [kernel.ErrForbidden] and says the limit.
	Within(ctx context.Context, a kernel.Actor, d Decision) error
}

// Limit is a line of an authority table: what a role decides.
type Limit struct {
	Role      kernel.Role
	What      string
	Line      kernel.Line     // empty: every line
	Currency  kernel.Currency // empty: CNY
	UpTo      decimal.Decimal // inclusive
	Unlimited bool
}

// Table is the built-in [Authority]: the highest limit of the actor's roles counts,
// also where another line of the table is nearer to the decision. The owner and the
// system are unlimited; who has no line decides nothing.
type Table []Limit

// Within implements [Authority].
func (t Table) Within(_ context.Context, a kernel.Actor, d Decision) error {
	if a.Has(kernel.RoleOwner, System) {
		return nil
	}
	if kernel.FitsAmount(d.Amount) != nil {
		return fmt.Errorf("%s: not an amount: %w", d.What, kernel.ErrForbidden)
	}
	best, found := decimal.Zero, false
	for _, l := range t {
		if !a.Has(l.Role) || !l.covers(d) {
			continue
		}
		if l.Unlimited {
			return nil
		}
		if !found || l.UpTo.GreaterThan(best) {
			best, found = l.UpTo, true
		}
	}
	switch {
	case !found:
		return fmt.Errorf("%s: no authority: %w", d.What, kernel.ErrForbidden)
	case d.Amount.Abs().GreaterThan(best):
		return fmt.Errorf("%s: above the authority of %s %s: %w", d.What, best, d.Currency.Or(kernel.CNY), kernel.ErrForbidden)
	}
	return nil
}

func (l Limit) covers(d Decision) bool {
	return l.What == d.What && (l.Line == "" || l.Line == d.Line) && l.Currency.Or(kernel.CNY) == d.Currency.Or(kernel.CNY)
}
