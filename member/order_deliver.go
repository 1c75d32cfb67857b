package member

import (
	"context"
	"slices"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Appointment is when and by whom a service is given, and what was agreed about it.
type Appointment struct {
	PartnerID kernel.ID // empty: the benefit's, or the insurer itself
	From, To  time.Time // the slot: what is delivered after it is late. Its end is after its beginning, and not past
	Agreement ServiceAgreement
}

// ServiceAgreement is what member and insurer, or partner, signed (服务协议): content and
// term.
type ServiceAgreement struct {
	Number   string         // at most 64 bytes; may be empty
	Content  privacy.Secret // what is to be done; needed
	From, To kernel.Date    // first and last day of its term; the slot lies within
	SignedOn kernel.Date    // not in the future; needed
}

func (in Appointment) check(f *kernel.FieldErrors) {
	if in.PartnerID != "" {
		keyOf(f, "partner_id", in.PartnerID)
	}
	for _, t := range [...]struct {
		path string
		at   time.Time
	}{{"from", in.From}, {"to", in.To}} {
		if t.at.IsZero() {
			f.Add(t.path, "required", "when?")
		}
		kernel.CheckTime(f, t.path, t.at)
	}
	if !in.To.IsZero() && !in.To.After(in.From) {
		f.Add("to", "order", "after its beginning")
	}
	a, at := in.Agreement, f.At("agreement")
	checkCode(at, "number", a.Number, false)
	if a.Content.IsZero() {
		at.Add("content", "required", "say what was agreed")
	}
	checkSecret(at, "content", a.Content)
	checkDay(at, "from", a.From, true)
	checkDay(at, "to", a.To, true)
	checkDay(at, "signed_on", a.SignedOn, true)
	if a.To != 0 && a.To < a.From {
		at.Add("to", "order", "not before its first day")
	}
}

// Schedule agrees on partner and time. The service agreement must be signed and cover
// the time, the partner must offer the service and its own agreement must cover the time
// too. All that stands in the way is told at once, as [kernel.FieldErrors].
func (s *Orders) Schedule(ctx context.Context, id kernel.ID, in Appointment, opts ...kernel.Option) (ServiceOrder, error) {
	return s.fire(ctx, id, orderCall{
		Event: OrderSchedule, Input: in, Check: in.check,
		Guard: func(u *command.Unit, o *ServiceOrder) error { return s.bookable(u, o, in) },
		Apply: func(u *command.Unit, o *ServiceOrder) error {
			a := in.Agreement
			o.PartnerID = in.partner(o)
			o.SlotFrom, o.SlotTo = kernel.Instant(in.From), kernel.Instant(in.To)
			o.Agreement, o.AgreedContent, o.AgreedFrom, o.AgreedTo, o.SignedOn = a.Number, a.Content, a.From, a.To, a.SignedOn
			u.Fact("partner", string(o.PartnerID))
			u.Fact("slot_from", o.SlotFrom)
			u.Fact("slot_to", o.SlotTo)
			u.Fact("agreement", a.Number)
			u.Fact("signed_on", a.SignedOn)
			return nil
		},
	}, opts)
}

func (in Appointment) partner(o *ServiceOrder) kernel.ID {
	if in.PartnerID != "" {
		return usual(in.PartnerID)
	}
	return o.PartnerID
}

func (s *Orders) bookable(u *command.Unit, o *ServiceOrder, in Appointment) error {
	var f kernel.FieldErrors
	first, last := kernel.DateOf(in.From.In(s.cfg.Zone)), kernel.DateOf(in.To.In(s.cfg.Zone))
	if in.To.Before(u.Now()) {
		f.Add("to", "range", "not in the past")
	}
	if a := in.Agreement; first < a.From || last > a.To {
		f.Add("agreement.to", "range", "the agreement does not cover the time")
	}
	if in.Agreement.SignedOn > s.cfg.today(u) {
		f.Add("agreement.signed_on", "future", "not signed yet")
	}
	if id := in.partner(o); id != "" {
		p, err := partner(u, id)
		switch {
		case err != nil:
			return err
		case p == nil:
			f.Add("partner_id", "unknown", "there is no such partner")
		case p.State != PartnerActive:
			f.Add("partner_id", "state", "the partner takes no orders")
		case !slices.Contains(p.Services, o.Service):
			f.Add("partner_id", "service", "the partner does not offer the service")
		case !p.agreed(first) || !p.agreed(last):
			f.Add("partner_id", "agreement", "the agreement with the partner does not cover the time")
		}
	}
	return f.Err()
}

// Start records that the service has begun.
func (s *Orders) Start(ctx context.Context, id kernel.ID, opts ...kernel.Option) (ServiceOrder, error) {
	return s.fire(ctx, id, orderCall{
		Event: OrderStart,
		Apply: func(u *command.Unit, o *ServiceOrder) error { o.StartedAt = u.Now(); return nil },
	}, opts)
}

// Delivery says what was done.
type Delivery struct {
	At     time.Time      // zero: now; not before the start, not in the future
	Result privacy.Secret // at most [MaxText] characters; may be empty
}

// Deliver records that the service was given; the quota is used. After the slot it is
// late.
func (s *Orders) Deliver(ctx context.Context, id kernel.ID, in Delivery, opts ...kernel.Option) (ServiceOrder, error) {
	return s.fire(ctx, id, orderCall{
		Event: OrderDeliver, Input: in,
		Check: func(f *kernel.FieldErrors) {
			kernel.CheckTime(f, "at", in.At)
			checkSecret(f, "result", in.Result)
		},
		Guard: func(u *command.Unit, o *ServiceOrder) error {
			if at := kernel.Instant(in.At); !in.At.IsZero() && (at.After(u.Now()) || at.Before(o.StartedAt)) {
				return kernel.Invalid("at", "range", "between the start and now")
			}
			return nil
		},
		Apply: func(u *command.Unit, o *ServiceOrder) error {
			o.DeliveredAt, o.Result = u.Now(), in.Result
			if !in.At.IsZero() {
				o.DeliveredAt = kernel.Instant(in.At)
			}
			o.Late = o.DeliveredAt.After(o.SlotTo)
			u.Fact("delivered_at", o.DeliveredAt)
			if o.Late {
				u.Fact("late", true)
			}
			return consume(u, o.GrantID)
		},
	}, opts)
}

// Opinion is what somebody thinks of what was given.
type Opinion struct {
	Score   int64          // 1 (bad) to 5 (very good)
	Comment privacy.Secret // at most [MaxText] characters; may be empty
}

func (in Opinion) check(f *kernel.FieldErrors) {
	checkInt(f, "score", in.Score, 1, 5)
	checkSecret(f, "comment", in.Comment)
}

// Evaluate records how good the member found the service (MR 八(二)1).
func (s *Orders) Evaluate(ctx context.Context, id kernel.ID, in Opinion, opts ...kernel.Option) (ServiceOrder, error) {
	return s.fire(ctx, id, orderCall{
		Event: OrderEvaluate, Input: in, Check: in.check,
		Apply: func(u *command.Unit, o *ServiceOrder) error {
			o.Score, o.Comment, o.EvaluatedAt = in.Score, in.Comment, u.Now()
			u.Fact("score", in.Score)
			return nil
		},
	}, opts)
}
