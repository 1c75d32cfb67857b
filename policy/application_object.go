package policy

import (
	"context"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// ObjectionForm is an objection that a person raises.
type ObjectionForm struct {
	Rule   string           // code; 1 to 64 bytes
	Blocks ApplicationEvent // [PassReview], [Approve], [Sign] or [Issue]
	Detail privacy.Secret   // in words
}

// Object raises an objection, which blocks its step until it is cleared.
func (s *Applications) Object(ctx context.Context, id kernel.ID, in ObjectionForm, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{
		Event: object, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkCode(f, "rule", in.Rule, true)
			checkSecret(f, "detail", in.Detail)
			if !slices.Contains(steps, in.Blocks) {
				f.Add("blocks", "unknown", "an objection blocks one of %v", steps)
			}
		},
		Apply: func(u *command.Unit, a *Application) error {
			return a.raise(u, u.Actor.ID, Objection{Rule: in.Rule, Blocks: in.Blocks, Detail: in.Detail})
		},
	}, opts)
}

// Settlement says what becomes of an objection.
type Settlement struct {
	Objection kernel.ID
	Reason    privacy.Secret // required
}

// Clear settles an open objection, so that it blocks no more. It needs the authority to
// underwrite the sum insured.
func (s *Applications) Clear(ctx context.Context, id kernel.ID, in Settlement, opts ...kernel.Option) (Application, error) {
	return s.settle(ctx, id, clearObjection, "Clear", in, opts)
}

// Uphold says that an open objection stands: its step is blocked for good.
func (s *Applications) Uphold(ctx context.Context, id kernel.ID, in Settlement, opts ...kernel.Option) (Application, error) {
	return s.settle(ctx, id, upholdObjection, "Uphold", in, opts)
}

// ReopenObjection takes back that an objection was cleared.
func (s *Applications) ReopenObjection(ctx context.Context, id kernel.ID, in Settlement, opts ...kernel.Option) (Application, error) {
	return s.settle(ctx, id, reopenObjection, "Reopen", in, opts)
}

func (s *Applications) settle(ctx context.Context, id kernel.ID, e ApplicationEvent, oe ObjectionEvent, in Settlement, opts []kernel.Option) (Application, error) {
	var o *Objection
	return s.fire(ctx, id, applicationCall{
		Event: e, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkSecret(f, "reason", in.Reason)
			if in.Reason.IsZero() {
				f.Add("reason", "required", "say why")
			}
		},
		Guard: func(u *command.Unit, a *Application) error {
			key, err := kernel.ParseID(string(in.Objection))
			if err != nil {
				return err
			}
			if o, err = storage.Get[Objection](u, key); err != nil {
				return err
			}
			if o.ApplicationID != a.ID {
				return kernel.ErrNotFound
			}
			to, err := ObjectionLife.Fire(u.Context(), o.State, oe, nil)
			if err != nil {
				return err
			}
			o.State = to
			if e == clearObjection {
				return withinAuthority(u, a)
			}
			return nil
		},
		Apply: func(u *command.Unit, _ *Application) error {
			o.Answer, o.SettledBy = in.Reason, u.Actor.ID
			u.Because(in.Reason) // the next answer takes the place of this one
			u.Fact("objection", string(o.ID))
			u.Fact("rule", o.Rule)
			return u.Save(o)
		},
	}, opts)
}
