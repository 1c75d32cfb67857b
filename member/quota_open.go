package member

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// OpenAll opens the quotas of all that a membership gives today, and raises those of
// which its tier gives more than before, so that what was granted can be held against
// what was used. It is meant to follow from the commands that give a member a tier; of a
// membership that is not active it opens nothing. What is not opened this way is opened
// when it is used first.
func (s *Quotas) OpenAll(ctx context.Context, r command.Runner, id kernel.ID) error {
	return r.Look(ctx, grantLife.Action(GrantOpen), func(u *command.Unit) error {
		m, err := command.See(u, life, grantLife.Action(GrantOpen), id)
		on := s.cfg.today(u)
		if err != nil || !m.gives(on) {
			return err
		}
		hs := []holding{m.holding()}
		bs, err := enjoyable(u, hs, on)
		if err != nil {
			return err
		}
		all, err := s.cfg.entitlements(u, hs, bs) // by code
		for i := range all {
			if _, err := s.cfg.open(u, &all[i]); err != nil {
				return err
			}
		}
		return err
	})
}
