package policy

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Policies gives commands to policies and answers questions about them. Policies are
// issued by their applications.
type Policies struct {
	run command.Runner
	cfg Config
}

func newPolicies(r command.Runner, cfg Config) *Policies { return &Policies{r, cfg} }

var policyLife = &command.Life[Policy, PolicyState, PolicyEvent]{
	Kind: "policy", Machine: PolicyLife,
	Guards: map[string]func(*command.Unit, *Policy) error{
		"inception_reached": func(u *command.Unit, p *Policy) error {
			if u.Now().Before(p.From) {
				return fmt.Errorf("cover begins on %s", p.Begins)
			}
			return nil
		},
		"term_over": func(u *command.Unit, p *Policy) error {
			if u.Now().Before(p.To) {
				return fmt.Errorf("cover lasts until %s", p.Ends)
			}
			return nil
		},
		"receipt_unsigned": func(_ *command.Unit, p *Policy) error {
			if p.ReceiptSigned != 0 {
				return fmt.Errorf("signed on %s already", p.ReceiptSigned)
			}
			return nil
		},
		"cooling_off_open": coolingOffOpen,
	},
}

type policyCall = command.Call[Policy, PolicyEvent]

func (s *Policies) fire(ctx context.Context, id kernel.ID, c policyCall, opts []kernel.Option) (Policy, error) {
	return command.Fire(ctx, s.run, policyLife, id, c, opts...)
}

// Activate puts a policy in force whose inception has come.
func (s *Policies) Activate(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Policy, error) {
	return s.fire(ctx, id, policyCall{Event: policyActivate}, opts)
}

// Expire ends a policy whose term is over.
func (s *Policies) Expire(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Policy, error) {
	return s.fire(ctx, id, policyCall{Event: policyExpire}, opts)
}

// AcknowledgeReceipt records the day on which the policyholder signed for the policy
// (回执签收); the cooling-off period counts from the day after. It is the product's, or the
// longer one that the rulebook asks for at least. The day lies between the conclusion of
// the contract and today.
func (s *Policies) AcknowledgeReceipt(ctx context.Context, id kernel.ID, signedOn kernel.Date, opts ...kernel.Option) (Policy, error) {
	return s.fire(ctx, id, policyCall{
		Event: EventAcknowledgeReceipt, Input: signedOn,
		Check: func(f *kernel.FieldErrors) {
			if signedOn == 0 {
				f.Add("signed_on", "required", "the day is needed")
			}
			kernel.CheckDate(f, "signed_on", signedOn)
		},
		Guard: func(u *command.Unit, p *Policy) error {
			if signedOn > today(u.Now(), p.Zone) || signedOn < today(p.FormedAt, p.Zone) {
				return kernel.Invalid("signed_on", "range", "between the conclusion of the contract and today")
			}
			return nil
		},
		Apply: func(u *command.Unit, p *Policy) error {
			p.CoolingOffDays = max(p.CoolingOffDays, leastCoolingOff(s.cfg.Book, p, signedOn))
			p.ReceiptSigned, p.CoolingOffTo = signedOn, signedOn.AddDays(int(p.CoolingOffDays))
			u.Fact("signed_on", signedOn.String())
			u.Fact("cooling_off_to", p.CoolingOffTo)
			return nil
		},
	}, opts)
}

// ReceivePremium records premium that came in. It pays the instalments in their order;
// what is left over stays visible as unallocated. The same reference again is a
// [kernel.DuplicateError].
func (s *Policies) ReceivePremium(ctx context.Context, id kernel.ID, in ReceiptForm, opts ...kernel.Option) (Policy, error) {
	return s.fire(ctx, id, policyCall{
		Event: policyReceive, Input: in, Check: in.check,
		Guard: func(u *command.Unit, p *Policy) error {
			if err := in.in(p.Currency, u.Now()); err != nil {
				return err
			}
			q := ofPolicy(p.ID)
			q.Where = append(q.Where, storage.Col[kernel.Ref]("reference").Eq(in.Reference))
			r, err := storage.One[PolicyReceipt](u, q)
			if err == nil && r != nil {
				err = &kernel.DuplicateError{Kind: "receipt", Candidates: []kernel.ID{r.ID}, Certain: true}
			}
			return err
		},
		Apply: func(u *command.Unit, p *Policy) error {
			due, err := instalmentsOf(u, p.ID)
			if err != nil {
				return err
			}
			r := &PolicyReceipt{PolicyID: p.ID, Reference: in.Reference, Money: in.money(p.Holder, u.Now())}
			for i := range due {
				use := decimal.Min(due[i].Unpaid(), r.Unallocated())
				if !use.IsPositive() {
					continue
				}
				due[i].Paid, r.Allocated = due[i].Paid.Add(use), r.Allocated.Add(use)
				if err := u.Save(&due[i]); err != nil {
					return err
				}
			}
			u.Fact("amount", r.Amount)
			u.Fact("allocated", r.Allocated)
			u.Fact("reference", string(r.Reference))
			return u.Insert(r)
		},
	}, opts)
}

const colPolicy = storage.Col[kernel.ID]("policy_id")

func ofPolicy(id kernel.ID) storage.Query {
	return storage.Query{Where: []storage.Cond{colPolicy.Eq(id)}}
}

func instalmentsOf(tx storage.Tx, id kernel.ID) ([]Instalment, error) {
	q := ofPolicy(id)
	q.Order = []storage.Order{storage.Col[int64]("number").Asc()}
	return storage.Find[Instalment](tx, q)
}
