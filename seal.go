package crm

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Words of the journal's seals; package journal says more of each.
type (
	// Seal stands for all entries since the one before; see [CRM.Seal].
	Seal = journal.Seal
	// Signer signs seals; see Config.Signer.
	Signer = journal.Signer
	// Ed25519 is a Signer with a key of package crypto/ed25519.
	Ed25519 = journal.Ed25519
)

// Seal seals what was written to the tenant's journal since its last seal, and returns the
// new seal, signed where Config.Signer is there. Keep it where nobody who can write to the
// database can reach it: as JSON in another system, by mail, on paper. [CRM.Verify] then
// sees also what was cut off, removed with all traces, or computed anew, up to that seal.
//
// Where nothing is new it is the last seal again, and the zero Seal when there was never
// anything. An entry whose transaction is still open comes under a later seal. Call it from
// a scheduler, for each tenant; it needs the role system or manager, and an actor who sees
// all branches. Several processes may seal at once: see [journal.MakeSeal].
//
// Inside [CRM.InTx] and [CRM.Within] it is an [ErrState]: what may yet be taken back cannot
// be sealed.
func (c *CRM) Seal(ctx context.Context) (s Seal, err error) {
	if err := c.whole(ctx, "journal.Seal", func(*command.Unit) error { return nil }); err != nil {
		return s, err
	}
	if c.part {
		return s, fmt.Errorf("crm: sealing is no part of a unit of work: %w", ErrState)
	}
	err = kernel.Survive("journal.Seal", func() error {
		s, err = journal.MakeSeal(ctx, c.run.Store(), kernel.Instant(c.cfg.Clock.Now()), c.cfg.Signer)
		return err
	})
	return s, err
}
