package improve

import (
	"context"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// How much an improvement takes.
const (
	MaxText    = 2000 // characters of a free text
	MaxFigures = 20
)

// Proposal says what went wrong and what is to be done. Source, Cause, Measure and Unit
// are needed; a person, a day and figures may come with the approval.
type Proposal struct {
	Source      Source
	Person      kernel.Ref // whose data the texts may hold: the complainant, say; empty: nobody's
	Branch      string     // whose row it is; empty: everybody's
	CauseCode   string     // at most 64 bytes
	Cause       privacy.Secret
	Measure     privacy.Secret
	Unit        kernel.Ref
	Responsible kernel.Ref
	DueOn       kernel.Date
	Figures     []Figure // with the values before; at most [MaxFigures]
}

func (in Proposal) check(f *kernel.FieldErrors) {
	if !slices.Contains(sourceKinds, in.Source.Kind) {
		f.Add("source.kind", "unknown", "an improvement comes from one of %v", sourceKinds)
	}
	kernel.CheckRef(f, "source.id", in.Source.ID)
	optional(f, "person", in.Person)
	kernel.CheckText(f, "branch", in.Branch, kernel.MaxRef, false)
	optional(f, "cause_code", kernel.Ref(in.CauseCode))
	required(f, "cause", in.Cause)
	required(f, "measure", in.Measure)
	kernel.CheckRef(f, "unit", in.Unit)
	optional(f, "responsible", in.Responsible)
	kernel.CheckDate(f, "due_on", in.DueOn)
	checkFigures(f, in.Figures)
}

func checkFigures(f *kernel.FieldErrors, figures []Figure) {
	if len(figures) > MaxFigures {
		f.Add("figures", "length", "at most %d figures", MaxFigures)
		return
	}
	seen := map[string]bool{}
	for i, x := range figures {
		at := f.Index("figures", i)
		kernel.CheckRef(at, "name", kernel.Ref(x.Name))
		optional(at, "unit", kernel.Ref(x.Unit))
		if x.Better != Higher && x.Better != Lower {
			at.Add("better", "unknown", "higher or lower is better")
		}
		at.Merge("before", kernel.FitsRate(x.Before))
		if seen[x.Name] {
			at.Add("name", "duplicate", "the same figure comes twice")
		}
		if seen[x.Name] = true; x.Measured || !x.After.IsZero() {
			at.Add("after", "order", "is measured when the effect is verified")
		}
	}
}

func optional(f *kernel.FieldErrors, path string, r kernel.Ref) {
	if r != "" {
		kernel.CheckRef(f, path, r)
	}
}

func required(f *kernel.FieldErrors, path string, s privacy.Secret) {
	if s.IsZero() {
		f.Add(path, "required", "must not be empty")
		return
	}
	free(f, path, s)
}

func free(f *kernel.FieldErrors, path string, s privacy.Secret) {
	if plain, ok := s.Plain(); ok {
		kernel.CheckText(f, path, plain, MaxText, true)
		return
	}
	f.Add(path, "sealed", "give the text, not what is stored of another record")
}

// Propose proposes an improvement. Rooms call it inside a command of the source or in a
// reaction, with the unit's runner: it then acts on that authority and stands or falls
// with it.
func Propose(ctx context.Context, r command.Runner, in Proposal, opts ...kernel.Option) (Improvement, error) {
	return command.Create(ctx, r, life, command.Creation[Improvement, Event]{
		Event: EventPropose, Input: in, Check: in.check,
		Build: func(u *command.Unit) (*Improvement, error) {
			i := &Improvement{
				SourceKind: in.Source.Kind, SourceID: in.Source.ID, PersonRef: in.Person,
				CauseCode: in.CauseCode, Cause: in.Cause, Measure: in.Measure,
				Unit: in.Unit, Responsible: in.Responsible, DueOn: in.DueOn, Figures: slices.Clone(in.Figures),
				ProposedBy: kernel.Ref(u.Actor.ID),
			}
			i.Branch = in.Branch
			u.Fact("source", string(i.SourceKind))
			u.Fact("source_id", string(i.SourceID))
			u.Fact("cause", i.CauseCode)
			i.plan(u)
			return i, nil
		},
	}, opts...)
}

// plan tells the history who is to do it until when.
func (i *Improvement) plan(u *command.Unit) {
	u.Fact("unit", string(i.Unit))
	u.Fact("responsible", string(i.Responsible))
	if !i.DueOn.IsZero() {
		u.Fact("due_on", i.DueOn)
	}
}
