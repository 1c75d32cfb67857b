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
	return command.About(ctx, s.r, life, Kind+".Accesses", id, func(u *command.Unit, c *Customer) (kernel.Page[reveal.Access], error) {
		return reveal.ToPerson(u, c.ID.Ref(), list)
	})
}
