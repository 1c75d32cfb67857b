package main

import (
	"github.com/coverkit/crm/kernel"
)

// morning does what a program does by itself before people come: deadlines are looked
// through, benefits start and end, and what has expired is ended.
func (w *insurer) morning() error {
	ctx := w.as(machine)
	if err := done(w.crm.Tasks.Sweep(ctx)); err != nil {
		return err
	}
	if err := done(w.crm.Membership.Benefits.TurnAll(ctx)); err != nil {
		return err
	}
	if err := done(w.crm.Membership.Orders.ExpireAll(ctx)); err != nil {
		return err
	}
	if err := done(w.crm.Surveys.Invitations.Sweep(ctx)); err != nil {
		return err
	}
	if w.today.Time().Day() != 1 {
		return nil
	}
	if err := done(w.crm.Membership.Quotas.ExpireAll(ctx)); err != nil {
		return err
	}
	return done(w.crm.Membership.Members.ExpireDuePoints(ctx, w.today, kernel.MaxLimit))
}

// each hands all elements of a list, page by page, to see.
func each[T any](list func(kernel.List) (kernel.Page[T], error), see func(*T) error) error {
	for at := (kernel.List{Limit: kernel.MaxLimit}); ; {
		page, err := list(at)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if err := see(&page.Items[i]); err != nil {
				return err
			}
		}
		if at.After = page.Next; at.After == "" {
			return nil
		}
	}
}
