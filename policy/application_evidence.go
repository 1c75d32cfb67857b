package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

func evidenceAsked(_ *command.Unit, a *Application) error {
	if len(a.Evidence) == 0 {
		return errors.New("no evidence was asked for")
	}
	return nil
}

func evidenceComplete(_ *command.Unit, a *Application) error {
	if len(a.Evidence) > 0 {
		return fmt.Errorf("evidence is outstanding: %v", a.Evidence)
	}
	return nil
}

// EvidenceRequest asks for evidence of the risk.
type EvidenceRequest struct {
	Kinds []string // at least one: "medical", "inspection", "finances" …
	Grounds
}

// RequestEvidence asks for a medical examination, an inspection or the like. Until it is
// supplied, nothing is approved.
func (s *Applications) RequestEvidence(ctx context.Context, id kernel.ID, in EvidenceRequest, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{
		Event: requestEvidence, Input: in,
		Check: func(f *kernel.FieldErrors) {
			in.check(f, false)
			checkCodes(f, "kinds", in.Kinds)
			if len(in.Kinds) == 0 {
				f.Add("kinds", "required", "say what is needed")
			}
		},
		Apply: func(u *command.Unit, a *Application) error {
			a.Evidence = unite(a.Evidence, in.Kinds)
			u.Fact("evidence", in.Kinds)
			in.note(u)
			return nil
		},
	}, opts)
}

// SupplyEvidence records evidence that was asked for.
func (s *Applications) SupplyEvidence(ctx context.Context, id kernel.ID, in []DocumentForm, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{
		Event: supplyEvidence, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkDocuments(f, "documents", in)
			if len(in) == 0 {
				f.Add("documents", "required", "nothing is supplied")
			}
		},
		Guard: func(_ *command.Unit, a *Application) error {
			var f kernel.FieldErrors
			for i, d := range in {
				if !slices.Contains(a.Evidence, d.Kind) {
					f.Index("documents", i).Add("kind", "unknown", "was not asked for")
				}
			}
			return f.Err()
		},
		Apply: func(u *command.Unit, a *Application) error {
			a.Evidence = slices.DeleteFunc(slices.Clone(a.Evidence), func(kind string) bool {
				return slices.ContainsFunc(in, func(d DocumentForm) bool { return d.Kind == kind })
			})
			return a.insertDocuments(u, in)
		},
	}, opts)
}
