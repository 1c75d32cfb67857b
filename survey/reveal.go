package survey

import (
	"context"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/kernel"
)

// Reveal opens the reasons in a questionnaire's history: "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Questionnaires) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "questionnaire", id, in)
}

// Reveal opens a campaign: "survey_campaigns" for the summary of its analysis and the texts
// of its proposal, "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Campaigns) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "campaign", id, in)
}

// Reveal opens what the customer wrote: "survey_replies" for free text and days, the question
// being that of the reply with the key, as [Invitations.Response] has it; "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Invitations) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "invitation", id, in)
}

// Reveal opens an inspection: "survey_inspections" for the findings and the texts of its proposal,
// "history". See [reveal.Open] for
// what is recorded of it, and for its errors.
func (s *Inspections) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	return reveal.Open(ctx, s.run, Subjects(), "inspection", id, in)
}
