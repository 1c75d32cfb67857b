package customer

import (
	"context"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/kernel"
)

// Reveal opens what was written about a visit: "visits" for the problem and its remedy,
// "visit_attempts", "visit_answers", "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Visits) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.r, Subjects(), VisitSubject, id, in)
}
