package customer

import (
	"context"

	"github.com/coverkit/crm/backoffice/reveal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Accesses returns who has looked at a customer's sealed data, in the archive and in every
// other case, in all branches, the latest first: what the person may ask (Personal
// Information Protection Law articles 44 and 45).
func (s *Service) Accesses(ctx context.Context, id kernel.ID, list kernel.List) (kernel.Page[reveal.Access], error) {
	var page kernel.Page[reveal.Access]
	err := s.r.Look(ctx, Kind+".Accesses", func(u *command.Unit) error {
		c, err := s.seen(u, "Accesses", id)
		if err == nil {
			page, err = reveal.ToPerson(u, c.ID.Ref(), list)
		}
		return err
	})
	return page, err
}
