package improve

import (
	"context"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Start begins the work.
func (s *Service) Start(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Improvement, error) {
	return s.fire(ctx, id, command.Call[Improvement, Event]{
		Event: EventStart,
		Apply: func(u *command.Unit, i *Improvement) error { i.StartedAt = u.Now(); return nil },
	}, opts)
}

// Completion shows that a measure is in place. One of the two is needed.
type Completion struct {
	Evidence privacy.Secret // in words
	Document string         // number of the evidence at the host, at most 64 bytes
}

// Finish says that the measure is in place.
func (s *Service) Finish(ctx context.Context, id kernel.ID, in Completion, opts ...kernel.Option) (Improvement, error) {
	return s.fire(ctx, id, command.Call[Improvement, Event]{
		Event: EventFinish, Input: in,
		Check: func(f *kernel.FieldErrors) {
			free(f, "evidence", in.Evidence)
			optional(f, "document", kernel.Ref(in.Document))
			if in.Evidence.IsZero() && in.Document == "" {
				f.Add("evidence", "required", "show that it is in place, in words or by a document")
			}
		},
		Apply: func(u *command.Unit, i *Improvement) error {
			i.Evidence, i.Document = in.Evidence, in.Document
			i.FinishedAt, i.FinishedBy = u.Now(), kernel.Ref(u.Actor.ID)
			u.Fact("document", in.Document)
			return nil
		},
	}, opts)
}

// Return sends an improvement back to work. The reason is needed; what else is empty
// stays as it was.
type Return struct {
	Responsible kernel.Ref
	DueOn       kernel.Date // a new one, not past
	Reason      privacy.Secret
}

// Reopen sends the improvement back: what was done does not do yet.
func (s *Service) Reopen(ctx context.Context, id kernel.ID, in Return, opts ...kernel.Option) (Improvement, error) {
	return s.fire(ctx, id, command.Call[Improvement, Event]{
		Event: EventReopen, Input: in,
		Check: func(f *kernel.FieldErrors) {
			optional(f, "responsible", in.Responsible)
			kernel.CheckDate(f, "due_on", in.DueOn)
			required(f, "reason", in.Reason)
		},
		Guard: func(u *command.Unit, _ *Improvement) error {
			var f kernel.FieldErrors
			if !in.DueOn.IsZero() {
				checkDue(&f, u, in.DueOn)
			}
			return f.Err()
		},
		Apply: func(u *command.Unit, i *Improvement) error {
			i.Reopened++
			i.FinishedAt, i.FinishedBy = time.Time{}, ""
			Plan{Responsible: in.Responsible, DueOn: in.DueOn}.apply(i)
			i.plan(u)
			u.Because(in.Reason)
			return nil
		},
	}, opts)
}
