package policy

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Get returns a product.
func (s *Products) Get(ctx context.Context, id kernel.ID) (Product, error) {
	return command.Get(ctx, s.run, s.life, id)
}

// Allowed returns what the actor may do with a product now, and why not the rest.
func (s *Products) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[ProductState, ProductEvent], error) {
	return command.Allowed(ctx, s.run, s.life, id)
}

// History returns what happened to a product, the oldest first.
func (s *Products) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, s.life, id)
}

// ProductFilter narrows a list of products; empty parts do not.
type ProductFilter struct {
	Code  string
	State ProductState
}

// List returns one page of the products, in the order in which they were begun.
func (s *Products) List(ctx context.Context, filter ProductFilter, page kernel.List) (kernel.Page[Product], error) {
	var out kernel.Page[Product]
	err := s.run.Look(ctx, "product.List", func(u *command.Unit) (err error) {
		where := u.Branches()
		if filter.Code != "" {
			if storage.CheckText(filter.Code) != nil {
				return nil
			}
			where = append(where, colCode.Eq(filter.Code))
		}
		if filter.State != "" {
			if ProductLife.Class(filter.State) == 0 {
				return kernel.Invalid("state", "unknown", "not a state of a product")
			}
			where = append(where, colProductState.Eq(filter.State))
		}
		out, err = storage.Page[Product](u, storage.Query{Where: where}, page)
		return err
	})
	return out, err
}

// OnSale returns the newest edition of a code that may be applied for today, or
// [kernel.ErrNotFound].
func (s *Products) OnSale(ctx context.Context, code string) (Product, error) {
	var out Product
	err := s.run.Look(ctx, "product.OnSale", func(u *command.Unit) error {
		p, err := sold(u, code, 0)
		if err == nil && p == nil {
			return kernel.ErrNotFound
		}
		if err == nil {
			out = *p
		}
		return err
	})
	return out, err
}

// sold returns the edition of a code that is sold today, the newest when edition is 0;
// nil when there is none.
func sold(u *command.Unit, code string, edition int64) (*Product, error) {
	if code == "" || storage.CheckText(code) != nil {
		return nil, nil
	}
	where := []storage.Cond{colCode.Eq(code)}
	if edition != 0 {
		where = append(where, colEdition.Eq(edition))
	}
	found, err := storage.Find[Product](u, storage.Query{Where: where, Order: []storage.Order{colEdition.Desc()}})
	for i := range found {
		if found[i].Sold(today(u.Now(), "")) {
			return &found[i], nil
		}
	}
	return nil, err
}

// Workflow returns the table of a product's life.
func (*Products) Workflow() *workflow.Machine[ProductState, ProductEvent] { return ProductLife }
