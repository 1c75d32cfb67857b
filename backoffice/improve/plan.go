package improve

import (
	"context"
	"slices"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Plan completes a proposal, or changes it; what is empty stays as it was proposed.
type Plan struct {
	Unit        kernel.Ref
	Responsible kernel.Ref
	DueOn       kernel.Date
	Figures     []Figure // all of them; with the values before
}

func (in Plan) check(f *kernel.FieldErrors) {
	optional(f, "unit", in.Unit)
	optional(f, "responsible", in.Responsible)
	kernel.CheckDate(f, "due_on", in.DueOn)
	checkFigures(f, in.Figures)
}

func (in Plan) apply(i *Improvement) {
	set(&i.Unit, in.Unit)
	set(&i.Responsible, in.Responsible)
	set(&i.DueOn, in.DueOn)
	if len(in.Figures) > 0 {
		i.Figures = slices.Clone(in.Figures)
	}
}

func set[T comparable](to *T, v T) {
	if none := *new(T); v != none {
		*to = v
	}
}

// Approve takes the measure. It then has a responsible person, a due day that is not
// past, and at least one figure: what the proposal lacks of these must be in the plan,
// else it is named by [kernel.FieldErrors].
func (s *Service) Approve(ctx context.Context, id kernel.ID, in Plan, opts ...kernel.Option) (Improvement, error) {
	return s.fire(ctx, id, command.Call[Improvement, Event]{
		Event: EventApprove, Input: in, Check: in.check,
		Guard: func(u *command.Unit, i *Improvement) error {
			planned := *i
			in.apply(&planned)
			var f kernel.FieldErrors
			if planned.Responsible == "" {
				f.Add("responsible", "required", "name the responsible person")
			}
			checkDue(&f, u, planned.DueOn)
			if len(planned.Figures) == 0 {
				f.Add("figures", "required", "say by what the effect is measured")
			}
			return f.Err()
		},
		Apply: func(u *command.Unit, i *Improvement) error {
			in.apply(i)
			i.DecidedBy = kernel.Ref(u.Actor.ID)
			i.plan(u)
			return nil
		},
	}, opts)
}

// checkDue notes a fault unless the day is named and not past anywhere on earth.
func checkDue(f *kernel.FieldErrors, u *command.Unit, due kernel.Date) {
	switch today := kernel.DateOf(u.Now().Add(-12 * time.Hour)); {
	case due.IsZero():
		f.Add("due_on", "required", "say until when")
	case due < today:
		f.Add("due_on", "range", "is past")
	}
}

// Remark is a reason or an observation in words.
type Remark struct{ Text privacy.Secret }

// Reject refuses the proposal. The reason is needed.
func (s *Service) Reject(ctx context.Context, id kernel.ID, in Remark, opts ...kernel.Option) (Improvement, error) {
	return s.fire(ctx, id, command.Call[Improvement, Event]{
		Event: EventReject, Input: in, Check: func(f *kernel.FieldErrors) { required(f, "text", in.Text) },
		Apply: func(u *command.Unit, i *Improvement) error {
			i.DecidedBy = kernel.Ref(u.Actor.ID)
			u.Because(in.Text)
			return nil
		},
	}, opts)
}
