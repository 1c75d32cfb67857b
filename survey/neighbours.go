package survey

import (
	"context"

	"github.com/coverkit/crm/kernel"
)

// Customers is what the room needs to know of customers. The library's own archive
// fills it, or the host's.
type Customers interface {
	// MayAsk reports whether the customer may be asked by the method: is known and alive,
	// and agreed, or did not object. It is asked outside of transactions, and inside when
	// the caller's unit of work is already open.
	MayAsk(ctx context.Context, customer kernel.Ref, method Method) (bool, error)
}

// Audience finds customers for campaigns whose plan names a query.
type Audience interface {
	// Customers returns one page of those whom the query finds, in an order that stays.
	// after is empty for the first page, and else Next of the page before. A query that
	// is not known is [kernel.ErrNotFound].
	Customers(ctx context.Context, query string, after kernel.Cursor) (kernel.Page[Contact], error)
}

// Figures answers what other rooms counted, for [Analysis.Quality].
type Figures interface {
	// Visits returns how many return visits ended well, of those that were due.
	Visits(ctx context.Context, of QualityQuery) (Count, error)
	// Deadlines returns how many deadlines were kept, of those that fell due.
	Deadlines(ctx context.Context, of QualityQuery) (Count, error)
}
