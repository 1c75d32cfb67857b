package member

import (
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// grantOf returns the grant for what a member is entitled to, or nil when it was not
// opened yet.
func grantOf(u *command.Unit, e *Entitlement, lock bool) (*Grant, error) {
	return storage.One[Grant](u, storage.Query{Lock: lock, Where: []storage.Cond{
		colGrantMember.Eq(e.MemberID), colGrantBenefit.Eq(e.Benefit.Code), colGrantPeriod.Eq(e.Period.Key),
	}})
}

// open returns the grant, opened or raised where need be, and kept from others until the
// unit ends.
func (c Config) open(u *command.Unit, e *Entitlement) (*Grant, error) {
	g, err := grantOf(u, e, true)
	switch {
	case err != nil:
		return nil, err
	case g == nil:
		made, err := command.Create(u.Context(), u.Runner(), grantLife, command.Creation[Grant, GrantEvent]{
			Event: GrantOpen,
			Build: func(u *command.Unit) (*Grant, error) {
				u.Fact("benefit", e.Benefit.Code)
				u.Fact("period", e.Period.Key)
				u.Fact("granted", e.Quota)
				g := &Grant{
					MemberID: e.MemberID, Customer: e.Customer, Benefit: e.Benefit.Code,
					Period: e.Period.Key, From: e.Period.From, To: e.Period.To, Ends: kernel.Instant(e.Period.To.In(c.Zone)),
					Granted: e.Quota, Unlimited: e.Quota == 0,
				}
				g.Branch = e.branch
				return g, nil
			},
		})
		return &made, err
	case g.Unlimited || e.Quota != 0 && e.Quota <= g.Granted || g.State != GrantCurrent:
		return g, nil
	}
	raised, err := turn(u, g.ID, GrantRaise, func(u *command.Unit, g *Grant) {
		u.Fact("from", g.Granted)
		u.Fact("granted", e.Quota)
		g.Granted, g.Unlimited = max(e.Quota, g.Granted), e.Quota == 0
	})
	return &raised, err
}

// reserve takes one for later and returns the grant's key.
func (c Config) reserve(u *command.Unit, e *Entitlement) (kernel.ID, error) {
	g, err := c.open(u, e)
	if err == nil {
		_, err = turn(u, g.ID, GrantReserve, func(_ *command.Unit, g *Grant) { g.Reserved++ })
	}
	if err != nil {
		return "", err
	}
	return g.ID, nil
}

// consume uses what was reserved; of no grant nothing.
func consume(u *command.Unit, id kernel.ID) error {
	if id == "" {
		return nil
	}
	_, err := turn(u, id, GrantConsume, func(_ *command.Unit, g *Grant) { g.Reserved--; g.Used++ })
	return err
}

// giveBack gives back what was reserved; of no grant nothing.
func giveBack(u *command.Unit, id kernel.ID) error {
	if id == "" {
		return nil
	}
	_, err := turn(u, id, GrantRelease, func(_ *command.Unit, g *Grant) {
		g.Reserved--
		g.Released++
		if g.State == GrantExpired && !g.Unlimited {
			g.Expired++
		}
	})
	return err
}

func turn(u *command.Unit, id kernel.ID, e GrantEvent, apply func(*command.Unit, *Grant)) (Grant, error) {
	return command.Fire(u.Context(), u.Runner(), grantLife, id, command.Call[Grant, GrantEvent]{
		Event: e, Apply: func(u *command.Unit, g *Grant) error {
			u.Fact("benefit", g.Benefit)
			u.Fact("period", g.Period)
			apply(u, g)
			return nil
		},
	})
}
