package customer

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// AttemptResult says what came of an attempt.
type AttemptResult string

// What comes of attempts. Only [Spoken] reaches the customer.
const (
	NoAnswer    AttemptResult = "no_answer"    // 无人接听
	Busy        AttemptResult = "busy"         // 占线
	SwitchedOff AttemptResult = "switched_off" // 关机或停机
	WrongNumber AttemptResult = "wrong_number" // 号码错误
	NotHimself  AttemptResult = "not_himself"  // 非本人接听
	CallLater   AttemptResult = "call_later"   // 客户要求改约
	Refused     AttemptResult = "refused"      // 拒绝受访
	Spoken      AttemptResult = "spoken"       // 接通
)

// Try is an attempt that did not reach the customer.
type Try struct {
	Outcome   AttemptResult  // why not; needed
	Channel   string         // the host's word, at most 64 bytes
	Recording string         // the host's reference, at most 64 bytes
	Note      privacy.Secret // up to [MaxText] characters
}

// Attempt records that the customer was tried and not reached.
func (s *Visits) Attempt(ctx context.Context, id kernel.ID, in Try, opts ...kernel.Option) (Visit, error) {
	return s.fire(ctx, id, command.Call[Visit, VisitEvent]{
		Event: EventAttempt, Input: in,
		Check: func(f *kernel.FieldErrors) {
			oneOf(f, "outcome", in.Outcome, false, NoAnswer, Busy, SwitchedOff, WrongNumber, NotHimself, CallLater, Refused)
			refIf(f, "channel", kernel.Ref(in.Channel))
			refIf(f, "recording", kernel.Ref(in.Recording))
			in.Note = text(f, "note", in.Note, MaxText)
		},
		Apply: func(u *command.Unit, v *Visit) error { return v.try(u, in) },
	}, opts)
}

// try adds an attempt to the visit.
func (v *Visit) try(u *command.Unit, in Try) error {
	v.Attempts++
	u.Fact("attempt", v.Attempts)
	u.Fact("outcome", string(in.Outcome))
	u.Fact("channel", in.Channel)
	return u.Insert(&Attempt{
		VisitID: v.ID, Number: v.Attempts, PersonRef: v.Person(), Outcome: in.Outcome, Channel: in.Channel,
		By: kernel.Ref(u.Actor.ID), Recording: in.Recording, Note: in.Note,
	})
}

// Call is an attempt that reaches the customer. All of it may be empty.
type Call struct {
	Channel   string
	Recording string
	Note      privacy.Secret
}

// Reach records that the customer is there and can speak. It counts as an attempt.
func (s *Visits) Reach(ctx context.Context, id kernel.ID, in Call, opts ...kernel.Option) (Visit, error) {
	return s.fire(ctx, id, command.Call[Visit, VisitEvent]{
		Event: EventReach, Input: in,
		Check: func(f *kernel.FieldErrors) {
			refIf(f, "channel", kernel.Ref(in.Channel))
			refIf(f, "recording", kernel.Ref(in.Recording))
			in.Note = text(f, "note", in.Note, MaxText)
		},
		Apply: func(u *command.Unit, v *Visit) error {
			v.ReachedAt, v.Handler, v.Recording = u.Now(), kernel.Ref(u.Actor.ID), in.Recording
			u.Fact("handler", string(v.Handler))
			u.Fact("recording", in.Recording)
			return v.try(u, Try{Outcome: Spoken, Channel: in.Channel, Recording: in.Recording, Note: in.Note})
		},
	}, opts)
}

// GiveUp ends a visit without having reached the customer, after as many attempts as
// [VisitConfig] asks for. Their reasons are kept; another may be added.
func (s *Visits) GiveUp(ctx context.Context, id kernel.ID, reason privacy.Secret, opts ...kernel.Option) (Visit, error) {
	return s.fire(ctx, id, command.Call[Visit, VisitEvent]{
		Event: EventGiveUp, Input: reasoned{reason},
		Check: func(f *kernel.FieldErrors) { reason = because(f, reason, false) },
		Apply: func(u *command.Unit, v *Visit) error {
			v.EndedAt = u.Now()
			u.Fact("attempts", v.Attempts)
			u.Because(reason)
			return nil
		},
	}, opts)
}
