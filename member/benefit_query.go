package member

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Get returns a benefit.
func (s *Benefits) Get(ctx context.Context, id kernel.ID) (Benefit, error) {
	return command.Get(ctx, s.run, s.life, id)
}

// Allowed returns what the actor may do with a benefit now, and why not the rest: of an
// announced one also from when it may start.
func (s *Benefits) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[BenefitState, BenefitEvent], error) {
	return command.Allowed(ctx, s.run, s.life, id)
}

// History returns what happened to a benefit, the oldest first.
func (s *Benefits) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, s.life, id)
}

// Workflow returns the table of a benefit's life.
func (*Benefits) Workflow() *workflow.Machine[BenefitState, BenefitEvent] { return BenefitLifecycle }

// BenefitFilter narrows a list of benefits; empty parts do not.
type BenefitFilter struct {
	Program kernel.ID
	Code    string
	Kind    BenefitKind
	State   BenefitState
}

// List returns one page of the benefits, in the order in which they were begun.
func (s *Benefits) List(ctx context.Context, by BenefitFilter, page kernel.List) (kernel.Page[Benefit], error) {
	var out kernel.Page[Benefit]
	err := s.run.Look(ctx, "benefit.List", func(u *command.Unit) (err error) {
		var f kernel.FieldErrors
		where := u.Branches()
		if by.Program != "" {
			where = append(where, colProgram.Eq(keyOf(&f, "program", by.Program)))
		}
		if by.Code != "" {
			checkCode(&f, "code", by.Code, true)
			where = append(where, colCode.Eq(by.Code))
		}
		if by.Kind != "" {
			checkCode(&f, "kind", string(by.Kind), true)
			where = append(where, colBenefitKind.Eq(by.Kind))
		}
		if by.State != "" {
			if BenefitLifecycle.Class(by.State) == 0 {
				f.Add("state", "unknown", "not a state of a benefit")
			}
			where = append(where, colBenefitState.Eq(by.State))
		}
		if err := f.Err(); err != nil {
			return err
		}
		out, err = storage.Page[Benefit](u, storage.Query{Where: where}, page)
		return err
	})
	return out, err
}

// keyOf notes a fault unless id is a key, and returns it in its usual form.
func keyOf(f *kernel.FieldErrors, path string, id kernel.ID) kernel.ID {
	parsed, err := kernel.ParseID(string(id))
	if err != nil {
		f.Add(path, "format", "not a key")
	}
	return parsed
}

// Announcements returns what was published about a benefit, the oldest first.
func (s *Benefits) Announcements(ctx context.Context, id kernel.ID) ([]Announcement, error) {
	return command.About(ctx, s.run, s.life, "benefit.Announcements", id, func(u *command.Unit, b *Benefit) ([]Announcement, error) {
		return storage.Find[Announcement](u, storage.Query{
			Where: []storage.Cond{storage.Col[kernel.ID]("benefit_id").Eq(b.ID)}, Order: []storage.Order{storage.ColCreated.Asc()},
		})
	})
}

// ForCustomer returns what a customer enjoys today as a member, by code, with what is
// left of it. Nothing for who is no active member.
func (s *Benefits) ForCustomer(ctx context.Context, customer kernel.Ref) ([]Entitlement, error) {
	var out []Entitlement
	err := s.run.Look(ctx, "benefit.ForCustomer", func(u *command.Unit) (err error) {
		out, err = s.enjoyed(u, customer)
		return err
	})
	return out, err
}

func (s *Benefits) enjoyed(u *command.Unit, customer kernel.Ref) ([]Entitlement, error) {
	var f kernel.FieldErrors
	if kernel.CheckRef(&f, "customer", customer); f.Err() != nil {
		return nil, f.Err()
	}
	hs, err := holdings(u, s.cfg.today(u), customer)
	if err != nil {
		return nil, err
	}
	bs, err := enjoyable(u, hs, s.cfg.today(u))
	if err != nil {
		return nil, err
	}
	return s.cfg.entitlements(u, hs, bs)
}

// Discount is what a member pays less for a product.
type Discount struct {
	Benefit   string          // code; empty: no discount
	BenefitID kernel.ID       //
	MemberID  kernel.ID       //
	Rate      decimal.Decimal // part of the premium, above 0 and at most 1; zero: no discount
	Left      int64           // how often it can be had still in the period
}

// Discount returns the largest product discount that the customer has today for the
// product, and the zero value when there is none: the customer is no member, no benefit
// includes the product, or the quota is used up. It takes nothing from the quota;
// [Quotas.Redeem] does, once the contract is concluded.
func (s *Benefits) Discount(ctx context.Context, customer kernel.Ref, product string) (Discount, error) {
	var best Discount
	err := s.run.Look(ctx, "benefit.Discount", func(u *command.Unit) error {
		var f kernel.FieldErrors
		if checkCode(&f, "product", product, true); f.Err() != nil {
			return f.Err()
		}
		all, err := s.enjoyed(u, customer)
		for i := range all {
			e := &all[i]
			if d := &e.Benefit.Design; e.Benefit.Kind == ProductDiscount && d.covers(product) && e.Left() > 0 && d.Rate.GreaterThan(best.Rate) {
				best = Discount{Benefit: e.Benefit.Code, BenefitID: e.Benefit.ID, MemberID: e.MemberID, Rate: d.Rate, Left: e.Left()}
			}
		}
		return err
	})
	return best, err
}

// covers reports whether a product discount includes the product.
func (d *BenefitDesign) covers(product string) bool {
	return len(d.Products) == 0 || slices.Contains(d.Products, product)
}

func benefitGrants() []access.Grant {
	return append(append(command.Grants(benefitLife(Config{}.filled()), readers),
		grant("benefit", readers, "List", "Announcements", "ForCustomer", "Discount")...),
		grant("benefit", machines, "TurnAll")...)
}

var benefitSubjects = []journal.Subjects{{
	Kind: "benefit", Root: &Benefit{}, Parts: []journal.Part{{Record: &Announcement{}, Owner: "benefit_id"}},
}}
