package crm

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/survey"
)

// Overview is what is known about one customer, as far as the actor may see it: the
// archive's sections that are built (archive tables, section 三). Lists have the newest
// first.
type Overview struct {
	Customer    customer.Customer     // basic; the name is masked for roles that do not see it
	Contacts    []customer.Contact    // sealed
	Policies    []policy.Policy       // held, or with the customer insured or entitled
	Claims      []claim.Claim         // of these policies and with the customer insured
	Complaints  []complaint.Complaint // for the customer
	Memberships []member.Member
	Visits      []customer.Visit
	Invitations []survey.Invitation // to surveys, with what was scored low
	More        bool                // a list was cut at [kernel.MaxLimit]
}

// Overview returns what is known about a customer in one consistent snapshot. What the
// actor's roles may not list, such as claims, is left out. An unknown customer is
// [ErrNotFound].
func (c *CRM) Overview(ctx context.Context, id ID) (Overview, error) {
	var o Overview
	err := c.look(ctx, "customer.Overview", func(u *command.Unit) (err error) {
		in := c.on(u.Runner().(*engine.Engine))
		o = Overview{}
		if o.Customer, err = in.Customers.Get(ctx, id); err != nil {
			return err
		}
		ref := o.Customer.ID.Ref()
		if o.Contacts, err = in.Customers.Contacts(ctx, o.Customer.ID); err != nil {
			return err
		}
		all := kernel.List{Limit: kernel.MaxLimit}
		policies, err := in.Policies.ForCustomer(ctx, ref, all)
		if err := section(&o.Policies, &o.More, policies, err); err != nil {
			return err
		}
		filters := []claim.Filter{{Insured: ref}}
		for _, p := range o.Policies {
			filters = append(filters, claim.Filter{Policy: p.ID.Ref()})
		}
		for _, f := range filters {
			page, err := in.Claims.List(ctx, f, all)
			if err := section(&o.Claims, &o.More, page, err); err != nil {
				return err
			}
		}
		complaints, err := in.Complaints.List(ctx, complaint.Filter{Customer: ref}, all)
		if err := section(&o.Complaints, &o.More, complaints, err); err != nil {
			return err
		}
		members, err := in.Membership.Members.ForCustomer(ctx, ref)
		if err := section(&o.Memberships, &o.More, kernel.Page[member.Member]{Items: members}, err); err != nil {
			return err
		}
		visits, err := in.Visits.List(ctx, customer.VisitFilter{Customer: ref}, all)
		if err := section(&o.Visits, &o.More, visits, err); err != nil {
			return err
		}
		invitations, err := in.Surveys.Invitations.List(ctx, survey.InvitationFilter{Customer: ref}, all)
		if err := section(&o.Invitations, &o.More, invitations, err); err != nil {
			return err
		}
		newest(o.Policies, func(p *policy.Policy) ID { return p.ID })
		newest(o.Claims, func(c *claim.Claim) ID { return c.ID })
		o.Claims = slices.CompactFunc(o.Claims, func(a, b claim.Claim) bool { return a.ID == b.ID })
		newest(o.Complaints, func(c *complaint.Complaint) ID { return c.ID })
		newest(o.Memberships, func(m *member.Member) ID { return m.ID })
		newest(o.Visits, func(v *customer.Visit) ID { return v.ID })
		newest(o.Invitations, func(i *survey.Invitation) ID { return i.ID })
		return nil
	})
	return o, err
}

// section adds a page to a list of the overview, unless the actor may not see such.
func section[T any](list *[]T, more *bool, page kernel.Page[T], err error) error {
	if errors.Is(err, ErrForbidden) {
		return nil
	}
	*list, *more = append(*list, page.Items...), *more || page.Next != ""
	return err
}

// newest puts the record that was made last first.
func newest[T any](list []T, id func(*T) ID) {
	slices.SortFunc(list, func(a, b T) int { return cmp.Compare(id(&b), id(&a)) })
}
