package payment

import (
	"context"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/kernel"
)

// Reveal opens a payment: "payments" for the account, "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Service) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), life.Kind, id, in)
}
