package member

import (
	"context"
	"slices"
	"time"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Orders gives commands to service orders and answers questions about them.
type Orders struct {
	run command.Runner
	cfg Config
}

type orderCall = command.Call[ServiceOrder, OrderEvent]

func (s *Orders) fire(ctx context.Context, id kernel.ID, c orderCall, opts []kernel.Option) (ServiceOrder, error) {
	return command.Fire(ctx, s.run, orderLife, id, c, opts...)
}

// ServiceRequest is what a member asks for.
type ServiceRequest struct {
	Customer kernel.Ref
	Service  ServiceKind
	Benefit  string         // code of the benefit that gives it; empty: whichever does
	Wish     privacy.Secret // at most [MaxText] characters; may be empty
}

func (in ServiceRequest) check(f *kernel.FieldErrors) {
	checkRef(f, "customer", in.Customer, true)
	if !slices.Contains(serviceKinds, in.Service) {
		f.Add("service", "unknown", "not a value-added service")
	}
	checkCode(f, "benefit", in.Benefit, false)
	checkSecret(f, "wish", in.Wish)
}

func (in ServiceRequest) wanted() wanted {
	return wanted{
		customer: in.Customer, code: in.Benefit, kind: ValueAddedService, misfit: "service",
		fits: func(d *BenefitDesign) bool { return slices.Contains(d.Services, in.Service) },
	}
}

// Order takes a member's request. Who has no benefit that gives the service, or has used
// it up, is told so as [kernel.FieldErrors] on "customer", "benefit" or "service".
func (s *Orders) Order(ctx context.Context, in ServiceRequest, opts ...kernel.Option) (ServiceOrder, error) {
	return command.Create(ctx, s.run, orderLife, command.Creation[ServiceOrder, OrderEvent]{
		Event: OrderOrder, Input: in, Check: in.check,
		Build: func(u *command.Unit) (*ServiceOrder, error) {
			e, err := s.cfg.entitled(u, in.wanted())
			if err != nil {
				return nil, err
			}
			o := &ServiceOrder{
				MemberID: e.MemberID, Customer: in.Customer, Service: in.Service, Wish: in.Wish,
				Benefit: e.Benefit.Code, BenefitID: e.Benefit.ID, PartnerID: e.Benefit.PartnerID, RequestedAt: u.Now(),
			}
			o.Branch = e.branch
			u.Fact("service", string(o.Service))
			u.Fact("benefit", o.Benefit)
			o.Number, err = number.Next(u, s.cfg.Numbers, "service_order", "SO")
			u.Fact("number", o.Number)
			return o, err
		},
	}, opts...)
}

// Hold says how long something is reserved.
type Hold struct {
	Until time.Time // in the future; zero: for [HoldDays] days
}

// HoldDays is for how long a service is reserved when nothing else is said.
const HoldDays = 14

// Reserve takes one from the quota for the order. Whether the member is still entitled is
// asked again, as by [Orders.Order]; who loses a race for the last one is
// [kernel.ErrState].
func (s *Orders) Reserve(ctx context.Context, id kernel.ID, in Hold, opts ...kernel.Option) (ServiceOrder, error) {
	var e *Entitlement
	return s.fire(ctx, id, orderCall{
		Event: OrderReserve, Input: in,
		Check: func(f *kernel.FieldErrors) { kernel.CheckTime(f, "until", in.Until) },
		Guard: func(u *command.Unit, o *ServiceOrder) (err error) {
			if !in.Until.IsZero() && !in.Until.After(u.Now()) {
				return kernel.Invalid("until", "range", "in the future")
			}
			e, err = s.cfg.entitled(u, ServiceRequest{Customer: o.Customer, Service: o.Service, Benefit: o.Benefit}.wanted())
			return err
		},
		Apply: func(u *command.Unit, o *ServiceOrder) (err error) {
			o.ReservedUntil = u.Now().AddDate(0, 0, HoldDays)
			if !in.Until.IsZero() {
				o.ReservedUntil = kernel.Instant(in.Until)
			}
			u.Fact("until", o.ReservedUntil)
			o.MemberID, o.BenefitID = e.MemberID, e.Benefit.ID
			o.GrantID, err = s.cfg.reserve(u, e)
			return err
		},
	}, opts)
}

// Refuse says that the order cannot be served. The reason is needed.
func (s *Orders) Refuse(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (ServiceOrder, error) {
	return s.close(ctx, OrderRefuse, id, why, true, opts)
}

// Cancel calls an order off; what was reserved goes back to the quota.
func (s *Orders) Cancel(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (ServiceOrder, error) {
	return s.close(ctx, OrderCancel, id, why, true, opts)
}

// Expire ends a reservation from which nothing came in time; it goes back to the quota.
func (s *Orders) Expire(ctx context.Context, id kernel.ID, opts ...kernel.Option) (ServiceOrder, error) {
	return s.close(ctx, OrderExpire, id, Grounds{}, false, opts)
}

// close ends an order without service and gives back what it reserved.
func (s *Orders) close(ctx context.Context, e OrderEvent, id kernel.ID, why Grounds, required bool, opts []kernel.Option) (ServiceOrder, error) {
	return s.fire(ctx, id, orderCall{
		Event: e, Input: why, Check: func(f *kernel.FieldErrors) { why.check(f, required) },
		Apply: func(u *command.Unit, o *ServiceOrder) error {
			o.ClosedAt, o.Reason = u.Now(), why.Code
			why.note(u)
			return giveBack(u, o.GrantID)
		},
	}, opts)
}

// NoShow records that the member did not come at the time that was agreed. The quota is
// used all the same.
func (s *Orders) NoShow(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (ServiceOrder, error) {
	return s.fire(ctx, id, orderCall{
		Event: OrderNotShown, Input: why, Check: func(f *kernel.FieldErrors) { why.check(f, false) },
		Apply: func(u *command.Unit, o *ServiceOrder) error {
			o.ClosedAt, o.Reason = u.Now(), why.Code
			why.note(u)
			return consume(u, o.GrantID)
		},
	}, opts)
}
