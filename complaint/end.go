package complaint

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Closing ends a complaint.
type Closing struct {
	Satisfied    bool         // the complainant says so
	Cause        RootCause    // needed, unless the decision named it
	Improvements []kernel.Ref // what is done so that it does not happen again
	Remark       privacy.Secret
}

// Close ends a complaint that was replied to (满意结案): the complainant is satisfied, or
// the review window has passed since the reply arrived. The root cause has to be known by
// now (SP 1.1.43).
func (s *Service) Close(ctx context.Context, id kernel.ID, in Closing, opts ...kernel.Option) (Complaint, error) {
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventClose, Input: in,
		Check: func(f *kernel.FieldErrors) {
			s.checkCause(f.At("cause"), in.Cause, false)
			checkRefs(f, "improvements", in.Improvements)
			checkFree(f, "remark", in.Remark)
		},
		Guard: func(u *command.Unit, c *Complaint) error {
			if c.Cause == "" && in.Cause.Code == "" {
				return kernel.Invalid("cause.code", "required", "say what the root cause is")
			}
			if !in.Satisfied && !s.windowPassed(c, u.Now()) {
				return asState("the complainant has not said to be satisfied and may still ask for review")
			}
			return nil
		},
		Apply: func(u *command.Unit, c *Complaint) error {
			c.ClosedAt, c.Satisfied = u.Now(), in.Satisfied
			c.learn(in.Cause, in.Improvements)
			c.tellCause(u)
			u.Fact("satisfied", in.Satisfied)
			u.Because(in.Remark)
			return nil
		},
	}, opts)
}

// Withdraw takes the complaint back for the complainant, for a reason. The procedure ends
// that day (article 15). A respondent cannot record it.
func (s *Service) Withdraw(ctx context.Context, id kernel.ID, in Remark, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventWithdraw, in, func(f *kernel.FieldErrors) {
		checkReason(f, "text", in.Text)
	}, func(u *command.Unit, _ *Complaint) error {
		u.Because(in.Text)
		return nil
	}, opts)
}
