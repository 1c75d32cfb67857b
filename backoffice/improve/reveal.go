package improve

import (
	"context"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/kernel"
)

// Reveal opens an improvement: "improvements" for cause, measure and evidence, "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Service) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), kind, id, in)
}
