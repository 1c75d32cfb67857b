package member

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Customers is what the room needs to know of customers. The library's own customer
// archive fills it, or the host's.
type Customers interface {
	// Known returns nil when there is such a customer, and [kernel.ErrNotFound] when
	// there is none. It is asked before the transaction.
	Known(ctx context.Context, customer kernel.Ref) error
}

// Policies is what the room needs to know of a customer's cover.
type Policies interface {
	// PremiumInForce returns the yearly premium, in CNY, of all the customer's policies
	// that are in force when the day begins; nothing is 0. It should answer for a day
	// that has begun in the same way whenever it is asked, by what was recorded before
	// that day. It is asked before the transaction.
	PremiumInForce(ctx context.Context, customer kernel.Ref, on kernel.Date) (decimal.Decimal, error)
}

// noPolicies stands where there are no policies.
type noPolicies struct{}

// PremiumInForce is zero.
func (noPolicies) PremiumInForce(context.Context, kernel.Ref, kernel.Date) (decimal.Decimal, error) {
	return decimal.Zero, nil
}
