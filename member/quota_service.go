package member

import (
	"context"
	"errors"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Quotas uses benefits at once and answers what became of them.
type Quotas struct {
	run command.Runner
	cfg Config
}

// Redemption says which benefit is used, and for what.
type Redemption struct {
	Customer  kernel.Ref
	Benefit   string // code
	Product   string // for a product discount: the product; empty: not said
	AboutKind string // what it was used for: "application", "activity" …; empty: not said
	About     kernel.Ref
	Remark    Grounds // may be empty
}

func (in Redemption) check(f *kernel.FieldErrors) {
	checkRef(f, "customer", in.Customer, true)
	checkCode(f, "benefit", in.Benefit, true)
	checkCode(f, "product", in.Product, false)
	checkCode(f, "about_kind", in.AboutKind, false)
	checkRef(f, "about", in.About, false)
	in.Remark.check(f.At("remark"), false)
}

// Redeem uses a benefit at once (权益核销): a discount when the contract is concluded, a
// place in a lounge. Who is not entitled, or has used the quota up, is told so as
// [kernel.FieldErrors] on "customer", "benefit" or "product"; who loses a race for the
// last one is [kernel.ErrState]. It returns the grant.
func (s *Quotas) Redeem(ctx context.Context, in Redemption, opts ...kernel.Option) (Grant, error) {
	var out Grant
	group := command.Group{Action: "benefit_grant.Redeem", Input: in, Check: in.check}
	err := s.run.Together(ctx, group, func(_ context.Context, r command.Runner) error {
		return r.Look(ctx, "benefit_grant.Redeem", func(u *command.Unit) error {
			w := wanted{customer: in.Customer, code: in.Benefit}
			if in.Product != "" {
				w.kind, w.misfit = ProductDiscount, "product"
				w.fits = func(d *BenefitDesign) bool { return d.covers(in.Product) }
			}
			e, err := s.cfg.entitled(u, w)
			if err != nil {
				return err
			}
			g, err := s.cfg.open(u, e)
			if err != nil {
				return err
			}
			out, err = turn(u, g.ID, GrantRedeem, func(u *command.Unit, g *Grant) {
				g.Used++
				u.Fact("edition", e.Benefit.Edition)
				u.Fact("about_kind", in.AboutKind)
				u.Fact("about", string(in.About))
				in.Remark.note(u)
			})
			return err
		})
	}, opts...)
	return command.Redone(out, err, func(id kernel.ID) (Grant, error) {
		g, err := s.Get(ctx, id)
		g.Replayed = true
		return g, err
	})
}

// Expire ends a grant whose period is over.
func (s *Quotas) Expire(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Grant, error) {
	return command.Fire(ctx, s.run, grantLife, id, command.Call[Grant, GrantEvent]{
		Event: GrantExpire,
		Apply: func(u *command.Unit, g *Grant) error {
			if !g.Unlimited {
				u.Fact("expired", g.Left())
				g.Expired += g.Left()
			}
			return nil
		},
	}, opts...)
}

// ExpireAll ends every grant whose period is over, each in a unit of work of its own, and
// returns how many it ended. Any number of processes may call it at once.
func (s *Quotas) ExpireAll(ctx context.Context) (int, error) {
	n := 0
	for {
		var due []Grant
		err := s.run.Look(ctx, "benefit_grant.ExpireAll", func(u *command.Unit) (err error) {
			due, err = storage.Find[Grant](u, storage.Query{
				Where: append(u.Branches(), colGrantState.Eq(GrantCurrent), colGrantEnds.Le(u.Now())),
				Order: []storage.Order{colGrantEnds.Asc()}, Limit: kernel.MaxLimit,
			})
			return err
		})
		if err != nil || len(due) == 0 {
			return n, err
		}
		done, err := each(due, func(g *Grant) error { _, err := s.Expire(ctx, g.ID); return err })
		if n += done; err != nil || done == 0 {
			return n, err
		}
	}
}

// each does something to every record and counts. Of those that somebody else was faster
// with it speaks no more.
func each[T any](recs []T, do func(*T) error) (n int, err error) {
	for i := range recs {
		switch err := do(&recs[i]); {
		case err == nil:
			n++
		case !errors.Is(err, kernel.ErrConflict) && !errors.Is(err, kernel.ErrState) && !errors.Is(err, kernel.ErrNotFound):
			return n, err
		}
	}
	return n, nil
}

// Get returns a grant.
func (s *Quotas) Get(ctx context.Context, id kernel.ID) (Grant, error) {
	return command.Get(ctx, s.run, grantLife, id)
}

// Allowed returns what the actor may do with a grant now, and why not the rest.
func (s *Quotas) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[GrantState, GrantEvent], error) {
	return command.Allowed(ctx, s.run, grantLife, id)
}

// History returns what was taken from a grant and given back, the oldest first.
func (s *Quotas) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, grantLife, id)
}

// Workflow returns the table of a grant's life.
func (*Quotas) Workflow() *workflow.Machine[GrantState, GrantEvent] { return GrantLifecycle }

// List returns one page of a customer's grants, the latest opened first.
func (s *Quotas) List(ctx context.Context, customer kernel.Ref, page kernel.List) (kernel.Page[Grant], error) {
	var out kernel.Page[Grant]
	err := s.run.Look(ctx, "benefit_grant.List", func(u *command.Unit) (err error) {
		var f kernel.FieldErrors
		if kernel.CheckRef(&f, "customer", customer); f.Err() != nil {
			return f.Err()
		}
		out, err = storage.Page[Grant](u, storage.Query{
			Where: append(u.Branches(), colGrantCustomer.Eq(customer)), Order: []storage.Order{storage.ColCreated.Desc()},
		}, page)
		return err
	})
	return out, err
}

func quotaGrants() []access.Grant {
	return append(append(command.Grants(grantLife, readers),
		grant("benefit_grant", readers, "List")...),
		grant("benefit_grant", machines, "ExpireAll")...)
}

var quotaSubjects = []journal.Subjects{{Kind: "benefit_grant", Root: &Grant{}}}
