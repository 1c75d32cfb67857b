package payment

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
)

// Service gives commands to payments and answers questions about them. Payments are
// opened by the rooms that owe them; see [Open].
type Service struct{ run command.Runner }

// New makes a service whose commands r carries out.
func New(r command.Runner) *Service { return &Service{r} }

// Handover tells that a payment was handed to those who pay.
type Handover struct {
	Reference string         // theirs, at most 64 bytes; may be empty
	Account   privacy.Secret // a corrected account; empty: as it was

	opened bool // the account was opened for the Payer
}

// Request tells that the payment was handed to the host's payment system; after a
// bounce or a failure, usually with a corrected account. [Service.Dispatch] does it for
// pending payments.
func (s *Service) Request(ctx context.Context, id kernel.ID, in Handover, opts ...kernel.Option) (Payment, error) {
	return s.fire(ctx, id, EventRequest, in, func(f *kernel.FieldErrors) {
		checkReference(f, "reference", in.Reference)
		checkSecret(f, "account", in.Account)
	}, func(u *command.Unit, p *Payment) {
		p.Attempt++
		p.Reference = in.Reference
		if !in.Account.IsZero() {
			p.Account = in.Account
			u.Fact("account_changed", true)
		}
		if in.opened {
			u.Fact("account_opened", true)
		}
		u.Fact("attempt", p.Attempt)
		u.Fact("reference", in.Reference)
	}, opts)
}

// Receipt is what the bank says about a payment. All of it may be empty.
type Receipt struct {
	Reference string // the host's, when only known now
	Voucher   string // number of the proof of payment for the payee
}

// Issue tells that the money left.
func (s *Service) Issue(ctx context.Context, id kernel.ID, in Receipt, opts ...kernel.Option) (Payment, error) {
	return s.fire(ctx, id, EventIssue, in, in.check, in.apply, opts)
}

// Clear tells that the money arrived. The payee is then owed the voucher (支付凭证,
// SP 1.1.27).
func (s *Service) Clear(ctx context.Context, id kernel.ID, in Receipt, opts ...kernel.Option) (Payment, error) {
	return s.fire(ctx, id, EventClear, in, in.check, func(u *command.Unit, p *Payment) {
		in.apply(u, p)
		p.ClearedAt = u.Now()
		u.Fact("amount", p.Amount)
	}, opts)
}

func (in Receipt) check(f *kernel.FieldErrors) {
	checkReference(f, "reference", in.Reference)
	checkReference(f, "voucher", in.Voucher)
}

func (in Receipt) apply(u *command.Unit, p *Payment) {
	if in.Reference != "" {
		p.Reference = in.Reference
	}
	if in.Voucher != "" {
		p.Voucher = in.Voucher
	}
	u.Fact("reference", in.Reference)
	u.Fact("voucher", in.Voucher)
}

// Cause says why a payment did not take its usual way.
type Cause struct {
	Code   string         // the bank's or the company's, at most 64 bytes; stands in the history
	Reason privacy.Secret // in words; sealed
}

func (in Cause) check(f *kernel.FieldErrors) {
	checkReference(f, "code", in.Code)
	checkSecret(f, "reason", in.Reason)
	if in.Code == "" && in.Reason.IsZero() {
		f.Add("code", "required", "say why, by code or reason")
	}
}

func (in Cause) apply(u *command.Unit, _ *Payment) {
	u.Fact("code", in.Code)
	u.Because(in.Reason)
}

// Bounce tells that money which had arrived came back (退票).
func (s *Service) Bounce(ctx context.Context, id kernel.ID, in Cause, opts ...kernel.Option) (Payment, error) {
	return s.fire(ctx, id, EventBounce, in, in.check, in.apply, opts)
}

// Fail tells that the payment could not be made.
func (s *Service) Fail(ctx context.Context, id kernel.ID, in Cause, opts ...kernel.Option) (Payment, error) {
	return s.fire(ctx, id, EventFail, in, in.check, in.apply, opts)
}

// Stop keeps a payment that has not left yet from being made.
func (s *Service) Stop(ctx context.Context, id kernel.ID, in Cause, opts ...kernel.Option) (Payment, error) {
	return s.fire(ctx, id, EventStop, in, in.check, in.apply, opts)
}

// Void takes back a payment that left but was never cashed, such as a lost cheque.
func (s *Service) Void(ctx context.Context, id kernel.ID, in Cause, opts ...kernel.Option) (Payment, error) {
	return s.fire(ctx, id, EventVoid, in, in.check, in.apply, opts)
}

func (s *Service) fire(ctx context.Context, id kernel.ID, e Event, in any, check func(*kernel.FieldErrors), apply func(*command.Unit, *Payment), opts []kernel.Option) (Payment, error) {
	return command.Fire(ctx, s.run, life, id, command.Call[Payment, Event]{
		Event: e, Input: in, Check: check,
		Apply: func(u *command.Unit, p *Payment) error { apply(u, p); return nil },
	}, opts...)
}

func checkReference(f *kernel.FieldErrors, path, ref string) {
	if ref != "" {
		kernel.CheckRef(f, path, kernel.Ref(ref))
	}
}

// Get returns a payment.
func (s *Service) Get(ctx context.Context, id kernel.ID) (Payment, error) {
	return command.Get(ctx, s.run, life, id)
}

// Allowed returns what the actor may do with a payment now, and why not the rest.
func (s *Service) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[State, Event], error) {
	return command.Allowed(ctx, s.run, life, id)
}

// History returns what happened to a payment, the oldest first.
func (s *Service) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, life, id)
}

// Workflow returns the table of a payment's life.
func (*Service) Workflow() *workflow.Machine[State, Event] { return Lifecycle }
