package claim

import (
	"context"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/kernel"
)

// Reveal opens what was written about a claim: "claims" for place, description and account,
// "claim_documents", "claim_checks", "claim_reserves", "notices", "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Service) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), kind, id, in)
}
