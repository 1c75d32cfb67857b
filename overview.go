package crm

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// Overview is what is known about one customer, as far as the actor may see it: the
// archive's sections that are built (archive tables, section 三).
type Overview struct {
	Customer customer.Customer  // basic; the name is masked for roles that do not see it
	Contacts []customer.Contact // sealed
	Policies []policy.Policy    // held, or with the customer insured or entitled; the newest first
	Claims   []claim.Claim      // of these policies and with the customer insured; the newest first
	More     bool               // there are more than [kernel.MaxLimit] policies or claims
}

// Overview returns what is known about a customer in one consistent snapshot. What the
// actor's roles may not list, such as claims, is left out. An unknown customer is
// [ErrNotFound].
func (c *CRM) Overview(ctx context.Context, id ID) (Overview, error) {
	var o Overview
	err := c.run.Look(ctx, "customer.Overview", func(u *command.Unit) (err error) {
		in := c.on(u.Runner().(*engine.Engine))
		o = Overview{}
		if o.Customer, err = in.Customers.Get(ctx, id); err != nil {
			return err
		}
		ref := o.Customer.ID.Ref()
		if o.Contacts, err = in.Customers.Contacts(ctx, o.Customer.ID); err != nil {
			return err
		}
		policies, err := in.Policies.ForCustomer(ctx, ref, kernel.List{Limit: kernel.MaxLimit})
		if err != nil && !errors.Is(err, ErrForbidden) {
			return err
		}
		o.Policies, o.More = policies.Items, policies.Next != ""
		seen := map[ID]bool{}
		filters := []claim.Filter{{Insured: ref}}
		for _, p := range o.Policies {
			filters = append(filters, claim.Filter{Policy: p.ID.Ref()})
		}
		for _, f := range filters {
			page, err := in.Claims.List(ctx, f, kernel.List{Limit: kernel.MaxLimit})
			if errors.Is(err, ErrForbidden) {
				break
			}
			if err != nil {
				return err
			}
			o.More = o.More || page.Next != ""
			for _, cl := range page.Items {
				if !seen[cl.ID] {
					seen[cl.ID] = true
					o.Claims = append(o.Claims, cl)
				}
			}
		}
		slices.SortFunc(o.Policies, func(a, b policy.Policy) int { return cmp.Compare(b.ID, a.ID) })
		slices.SortFunc(o.Claims, func(a, b claim.Claim) int { return cmp.Compare(b.ID, a.ID) })
		return nil
	})
	return o, err
}
