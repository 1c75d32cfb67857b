package improve

import (
	"context"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Verification is what was measured after the measure.
type Verification struct {
	After map[string]decimal.Decimal // every figure of the improvement by its name, at most eight decimals
	Text  privacy.Secret             // may be empty
}

// Verify measures the effect and ends the improvement, whether it was effective or not;
// one that does not do yet is better reopened. Whoever is responsible for it or has
// finished it does not verify it.
func (s *Service) Verify(ctx context.Context, id kernel.ID, in Verification, opts ...kernel.Option) (Improvement, error) {
	return s.fire(ctx, id, command.Call[Improvement, Event]{
		Event: EventVerify, Input: in,
		Check: func(f *kernel.FieldErrors) {
			free(f, "text", in.Text)
			for _, name := range slices.Sorted(maps.Keys(in.After)) {
				f.Merge("after", kernel.FitsRate(in.After[name]))
			}
		},
		Guard: func(_ *command.Unit, i *Improvement) error { return in.fits(i) },
		Apply: func(u *command.Unit, i *Improvement) error {
			i.Effective = true
			figures := slices.Clone(i.Figures) // the stored list may be shared
			after := map[string]string{}
			for n := range figures {
				x := &figures[n]
				x.After, x.Measured = in.After[x.Name], true
				i.Effective = i.Effective && x.Improved()
				after[x.Name] = x.After.String()
			}
			i.Figures, i.VerifiedAt, i.VerifiedBy = figures, u.Now(), kernel.Ref(u.Actor.ID)
			u.Fact("after", after)
			u.Fact("effective", i.Effective)
			u.Because(in.Text)
			return nil
		},
	}, opts)
}

// fits notes the figures that were not measured, and measures of no figure.
func (in Verification) fits(i *Improvement) error {
	var f kernel.FieldErrors
	known := map[string]bool{}
	for _, x := range i.Figures {
		known[x.Name] = true
		if _, ok := in.After[x.Name]; !ok {
			f.Add("after", "required", "%q is not measured", x.Name)
		}
	}
	for name := range in.After {
		if !known[name] {
			f.Add("after", "unknown", "not a figure of this improvement")
		}
	}
	return f.Err()
}
