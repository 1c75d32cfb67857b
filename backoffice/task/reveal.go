package task

import (
	"context"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Reveal opens the note of a task: "tasks". It counts as a look at the case. Reasons that
// were given about tasks stand in the history of the case. See [reveal.Open] for what is
// recorded of it, and for its errors.
func (s *Service) Reveal(ctx context.Context, id kernel.ID, in reveal.Purpose) ([]reveal.Row, error) {
	notes := []reveal.Part{reveal.PartOf((*Task)(nil))}
	return reveal.Records(ctx, s.run, in, "task.Reveal", true, notes, func(u *command.Unit, parts []reveal.Part) (reveal.Sight, error) {
		t, err := seen(u, id)
		if err != nil {
			return reveal.Sight{}, err
		}
		return reveal.Sight{
			Case: command.Case{Kind: t.CaseKind, ID: t.CaseID}, Branch: t.Branch, Person: t.PersonRef,
			Parts: parts, Records: []storage.Record{t},
		}, nil
	})
}
