package policy

import (
	"context"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Columns of policies.
const (
	colNumber = storage.Col[string]("number")
	colHolder = storage.Col[kernel.Ref]("holder")
	colTo     = storage.Col[time.Time]("cover_to")
	colFrom   = storage.Col[time.Time]("cover_from")
	colParty  = storage.Col[kernel.Ref]("party")
)

// Get returns a policy.
func (s *Policies) Get(ctx context.Context, id kernel.ID) (Policy, error) {
	return command.Get(ctx, s.run, policyLife, id)
}

// Allowed returns what the actor may do with a policy now, and why not the rest.
func (s *Policies) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[PolicyState, PolicyEvent], error) {
	return command.Allowed(ctx, s.run, policyLife, id)
}

// History returns what happened to a policy, the oldest first.
func (s *Policies) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, policyLife, id)
}

// Workflow returns the table of a policy's life.
func (*Policies) Workflow() *workflow.Machine[PolicyState, PolicyEvent] { return PolicyLife }

// ByNumber returns the policy with the number, or [kernel.ErrNotFound].
func (s *Policies) ByNumber(ctx context.Context, number string) (Policy, error) {
	return command.ByNumber(ctx, s.run, policyLife, colNumber, number)
}

// PolicyFilter narrows a list of policies; empty parts do not. By BeginsBefore a host
// finds those to activate, by ExpiresBefore those to expire or to remind of renewal.
type PolicyFilter struct {
	Holder        kernel.Ref
	Product       string // code
	State         PolicyState
	BeginsBefore  time.Time
	ExpiresFrom   time.Time
	ExpiresBefore time.Time
}

// List returns one page of the policies that the actor sees: in the order in which they
// were issued, or when an expiry is asked for, in the order in which they expire.
func (s *Policies) List(ctx context.Context, filter PolicyFilter, page kernel.List) (kernel.Page[Policy], error) {
	var out kernel.Page[Policy]
	err := s.run.Look(ctx, "policy.List", func(u *command.Unit) (err error) {
		if storage.CheckText(string(filter.Holder)) != nil || storage.CheckText(filter.Product) != nil {
			return nil
		}
		q := storage.Query{Where: u.Branches()}
		if filter.Holder != "" {
			q.Where = append(q.Where, colHolder.Eq(filter.Holder))
		}
		if filter.Product != "" {
			q.Where = append(q.Where, storage.Col[string]("product_code").Eq(filter.Product))
		}
		if filter.State != "" {
			if PolicyLife.Class(filter.State) == 0 {
				return kernel.Invalid("state", "unknown", "not a state of a policy")
			}
			q.Where = append(q.Where, storage.Col[PolicyState]("state").Eq(filter.State))
		}
		if !filter.BeginsBefore.IsZero() {
			q.Where = append(q.Where, colFrom.Lt(kernel.Instant(filter.BeginsBefore)).Skimmed())
		}
		if !filter.ExpiresFrom.IsZero() {
			q.Where = append(q.Where, colTo.Ge(kernel.Instant(filter.ExpiresFrom)))
		}
		if !filter.ExpiresBefore.IsZero() {
			q.Where = append(q.Where, colTo.Lt(kernel.Instant(filter.ExpiresBefore)))
		}
		if !filter.ExpiresFrom.IsZero() || !filter.ExpiresBefore.IsZero() {
			q.Order = []storage.Order{colTo.Asc()}
		}
		out, err = storage.Page[Policy](u, q, page)
		return err
	})
	return out, err
}

// ForCustomer returns one page of the policies that name a customer as holder, insured or
// beneficiary, in the order in which they were issued.
func (s *Policies) ForCustomer(ctx context.Context, customer kernel.Ref, page kernel.List) (kernel.Page[Policy], error) {
	var out kernel.Page[Policy]
	err := s.run.Look(ctx, "policy.ForCustomer", func(u *command.Unit) error {
		if customer == "" || storage.CheckText(string(customer)) != nil {
			return nil
		}
		named, err := storage.Page[Party](u, storage.Query{Where: append(u.Branches(), colParty.Eq(customer))}, page)
		if err != nil || len(named.Items) == 0 {
			return err
		}
		ids := make([]kernel.ID, len(named.Items))
		for i := range ids {
			ids[i] = named.Items[i].PolicyID
		}
		found, err := storage.Find[Policy](u, storage.Query{Where: []storage.Cond{storage.ColID.In(ids...)}})
		out = kernel.Page[Policy]{Items: found, Next: named.Next}
		return err
	})
	return out, err
}

// Instalments returns what is to be paid for a policy, in order.
func (s *Policies) Instalments(ctx context.Context, id kernel.ID) ([]Instalment, error) {
	var out []Instalment
	err := s.run.Look(ctx, "policy.Instalments", func(u *command.Unit) error {
		p, err := find(u, "policy.Instalments", id.Ref())
		if err == nil {
			out, err = instalmentsOf(u, p.ID)
		}
		return err
	})
	return out, err
}

// Receipts returns what was paid for a policy after it was issued, the earliest first.
// What was paid before is in the [Folder] of its application.
func (s *Policies) Receipts(ctx context.Context, id kernel.ID) ([]PolicyReceipt, error) {
	var out []PolicyReceipt
	err := s.run.Look(ctx, "policy.Receipts", func(u *command.Unit) error {
		p, err := find(u, "policy.Receipts", id.Ref())
		if err == nil {
			out, err = storage.Find[PolicyReceipt](u, ofPolicy(p.ID))
		}
		return err
	})
	return out, err
}
