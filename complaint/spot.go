package complaint

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// SpotDecision puts a complaint right at once.
type SpotDecision struct {
	Classification Classification // needed unless the complaint is classified already
	Verdict        Verdict        // whether the complaint was right; may be empty
	Decision       Decision
}

// ResolveOnTheSpot puts a general complaint right at once (当场解决, MR 六(三)), and
// classifies it where that was not done. The actor is then its handler. A complaint that
// is major takes the long way: [kernel.ErrState]. The entry's reason keeps the remark of
// the classification, and below it that of the decision.
func (s *Service) ResolveOnTheSpot(ctx context.Context, id kernel.ID, in SpotDecision, opts ...kernel.Option) (Complaint, error) {
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventResolveOnTheSpot, Input: in,
		Check: func(f *kernel.FieldErrors) {
			if in.Classification != (Classification{}) {
				in.Classification.check(f.At("classification"))
			}
			checkWordIf(f, "verdict", in.Verdict, verdicts)
			in.Decision.check(f.At("decision"))
			s.checkCause(f.At("decision.cause"), in.Decision.Cause, false)
		},
		Guard: func(u *command.Unit, c *Complaint) error {
			given := in.Classification != (Classification{})
			switch {
			case !given && c.Category == "":
				return kernel.Invalid("classification.category", "required", "say what kind of complaint it is")
			case given && c.Category != "":
				return kernel.Invalid("classification", "conflict", "the complaint is classified already")
			case c.Severity == Major || given && s.severity(c, in.Classification) == Major:
				return fmt.Errorf("a major complaint is not resolved on the spot: %w", kernel.ErrState)
			}
			return c.authority(u, in.Decision.Compensation, in.Decision.Currency)
		},
		Apply: func(u *command.Unit, c *Complaint) error {
			if c.Category == "" {
				if err := s.classify(u, c, in.Classification); err != nil {
					return err
				}
			}
			c.Handler, c.Verdict = kernel.Ref(u.Actor.ID), in.Verdict
			u.Fact("verdict", string(c.Verdict))
			u.Fact("handler", string(c.Handler))
			return c.resolve(u, in.Decision, Approved)
		},
	}, opts)
}
