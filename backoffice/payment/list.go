package payment

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// ByOwner returns what a claim, an application or a policy pays, the oldest first.
// An owner without payments, known or not, has none.
func (s *Service) ByOwner(ctx context.Context, o Owner) ([]Payment, error) {
	var found []Payment
	err := s.run.Look(ctx, "payment.ByOwner", func(u *command.Unit) error {
		id, err := kernel.ParseID(string(o.ID))
		if err != nil {
			return nil //nolint:nilerr // what has no key has no payments
		}
		q := ofOwner(Owner{o.Kind, id})
		q.Where = append(q.Where, u.Branches()...)
		found, err = storage.Find[Payment](u, q)
		return err
	})
	return found, err
}

// ByKey returns the payment with the business key, or [kernel.ErrNotFound]; for the
// answer of a bank that knows only the key. That of a later attempt ("…#2") is known too.
func (s *Service) ByKey(ctx context.Context, key string) (Payment, error) {
	var found Payment
	err := s.run.Look(ctx, "payment.ByKey", func(u *command.Unit) error {
		key := businessKey(key)
		if storage.CheckText(key) != nil {
			return kernel.ErrNotFound
		}
		p, err := storage.One[Payment](u, storage.Query{Where: append(u.Branches(), colKey.Eq(key))})
		if err != nil {
			return err
		}
		if p == nil {
			return kernel.ErrNotFound
		}
		found = *p
		return nil
	})
	return found, err
}

// List returns one page of the payments in a state, in the order in which they were
// opened; of all states when it is empty.
func (s *Service) List(ctx context.Context, state State, page kernel.List) (kernel.Page[Payment], error) {
	return s.list(ctx, "payment.List", state, page, nil)
}

func (s *Service) list(ctx context.Context, action string, state State, page kernel.List, each func(*command.Unit, *Payment) error) (kernel.Page[Payment], error) {
	var out kernel.Page[Payment]
	err := s.run.Look(ctx, action, func(u *command.Unit) error {
		where := u.Branches()
		if state != "" {
			if Lifecycle.Class(state) == 0 {
				return kernel.Invalid("state", "unknown", "not a state of a payment")
			}
			where = append(where, colState.Eq(state))
		}
		var err error
		out, err = storage.Page[Payment](u, storage.Query{Where: where}, page)
		for i := 0; err == nil && each != nil && i < len(out.Items); i++ {
			err = each(u, &out.Items[i])
		}
		return err
	})
	return out, err
}
