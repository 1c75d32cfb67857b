package member

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Get returns a service order.
func (s *Orders) Get(ctx context.Context, id kernel.ID) (ServiceOrder, error) {
	return command.Get(ctx, s.run, orderLife, id)
}

// Allowed returns what the actor may do with an order now, and why not the rest.
func (s *Orders) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[OrderState, OrderEvent], error) {
	return command.Allowed(ctx, s.run, orderLife, id)
}

// History returns what happened to an order, the oldest first.
func (s *Orders) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, orderLife, id)
}

// Workflow returns the table of an order's life.
func (*Orders) Workflow() *workflow.Machine[OrderState, OrderEvent] { return OrderLifecycle }

// ByNumber returns the order with the business number, or [kernel.ErrNotFound].
func (s *Orders) ByNumber(ctx context.Context, number string) (ServiceOrder, error) {
	return command.ByNumber(ctx, s.run, orderLife, colOrderNumber, number)
}

// OrderFilter narrows a list of orders; empty parts do not.
type OrderFilter struct {
	Customer kernel.Ref
	Partner  kernel.ID
	Benefit  string
	State    OrderState
}

// List returns one page of the orders, the latest first.
func (s *Orders) List(ctx context.Context, by OrderFilter, page kernel.List) (kernel.Page[ServiceOrder], error) {
	var out kernel.Page[ServiceOrder]
	err := s.run.Look(ctx, "service_order.List", func(u *command.Unit) (err error) {
		var f kernel.FieldErrors
		where := u.Branches()
		if checkRef(&f, "customer", by.Customer, false); by.Customer != "" {
			where = append(where, colOrderCustomer.Eq(by.Customer))
		}
		if by.Partner != "" {
			where = append(where, colPartnerID.Eq(keyOf(&f, "partner", by.Partner)))
		}
		if checkCode(&f, "benefit", by.Benefit, false); by.Benefit != "" {
			where = append(where, colGrantBenefit.Eq(by.Benefit).Skimmed())
		}
		if by.State != "" {
			if OrderLifecycle.Class(by.State) == 0 {
				f.Add("state", "unknown", "not a state of an order")
			}
			where = append(where, colOrderState.Eq(by.State))
		}
		if err := f.Err(); err != nil {
			return err
		}
		out, err = storage.Page[ServiceOrder](u, storage.Query{Where: where, Order: []storage.Order{storage.ColCreated.Desc()}}, page)
		return err
	})
	return out, err
}

// ExpireAll ends every reservation from which nothing came in time, each in a unit of
// work of its own, and returns how many it ended.
func (s *Orders) ExpireAll(ctx context.Context) (int, error) {
	n := 0
	for {
		var due []ServiceOrder
		err := s.run.Look(ctx, "service_order.ExpireAll", func(u *command.Unit) (err error) {
			due, err = storage.Find[ServiceOrder](u, storage.Query{
				Where: append(u.Branches(), colOrderState.Eq(OrderReserved), colOrderUntil.Le(u.Now())),
				Order: []storage.Order{colOrderUntil.Asc()}, Limit: kernel.MaxLimit,
			})
			return err
		})
		if err != nil || len(due) == 0 {
			return n, err
		}
		done, err := each(due, func(o *ServiceOrder) error { _, err := s.Expire(ctx, o.ID); return err })
		if n += done; err != nil || done == 0 {
			return n, err
		}
	}
}

func orderGrants() []access.Grant {
	return append(append(command.Grants(orderLife, readers),
		grant("service_order", readers, "ByNumber", "List")...),
		grant("service_order", machines, "ExpireAll")...)
}

var orderSubjects = []journal.Subjects{{Kind: "service_order", Root: &ServiceOrder{}}}
