package policy

import (
	"context"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/kernel"
)

// Reveal opens the reasons in a product's history: "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Products) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "product", id, in)
}

// Reveal opens what was written in an application: "applications" for the special
// agreement, "application_insured" for birth and gender, "disclosures", "application_documents",
// "objections", "application_reviews", "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Applications) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "application", id, in)
}

// Reveal opens the reasons in a policy's history: "history". What was applied for, the
// application tells. See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Policies) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "policy", id, in)
}
