package customer

import (
	"context"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// VisitPlan says who is to be called on, about what, until when. Kind and Customer are
// needed.
type VisitPlan struct {
	Kind     VisitKind
	Customer kernel.Ref  // of this archive or of the host's
	Branch   string      // whose row it is; empty: everybody's
	About    About       // what it is about; about nothing in particular is for care
	Line     kernel.Line // of the business that it is about; needed for a new policy, whose deadlines depend on it
	Group    bool        // a group contract
	Seller   kernel.Ref  // who sold it: asks nothing about the sale and fixes no problem of it
	Handler  kernel.Ref  // who is to call; empty: whoever comes to it
	DueOn    kernel.Date // the last day to complete it, as the end of the cooling-off period; zero: none
	Script   string      // version; empty: the last one of the kind
}

func (in VisitPlan) check(f *kernel.FieldErrors, scripts []Script) {
	oneOf(f, "kind", in.Kind, false, visitKinds...)
	kernel.CheckRef(f, "customer", in.Customer)
	kernel.CheckText(f, "branch", in.Branch, kernel.MaxRef, false)
	if in.About != (About{}) {
		kernel.CheckRef(f, "about.kind", kernel.Ref(in.About.Kind))
		if _, err := kernel.ParseID(string(in.About.ID)); err != nil {
			f.Add("about.id", "format", "not a key")
		}
	} else if in.Kind != VisitCare && slices.Contains(visitKinds, in.Kind) {
		f.Add("about", "required", "say what the visit is about")
	}
	if in.Line == "" && in.Kind == VisitNewPolicy || in.Line != "" && !in.Line.Known() {
		f.Add("line", "unknown", "not a line of business")
	}
	refIf(f, "seller", in.Seller)
	refIf(f, "handler", in.Handler)
	if in.Kind == VisitNewPolicy && in.Handler != "" && in.Handler == in.Seller {
		f.Add("handler", "conflict", "somebody else than the seller asks about the sale")
	}
	kernel.CheckDate(f, "due_on", in.DueOn)
	refIf(f, "script", kernel.Ref(in.Script))
	if scriptOf(scripts, in.Kind, in.Script) == nil && slices.Contains(visitKinds, in.Kind) {
		f.Add("script", "unknown", "there is no such script for this kind of visit")
	}
}

func refIf(f *kernel.FieldErrors, path string, r kernel.Ref) {
	if r != "" {
		kernel.CheckRef(f, path, r)
	}
}

// Plan plans a visit. While one of the kind about the same thing is open it is a
// [kernel.DuplicateError] that names it; after that one has ended there may be another
// round.
func (s *Visits) Plan(ctx context.Context, in VisitPlan, opts ...kernel.Option) (Visit, error) {
	return command.Create(ctx, s.r, s.life, command.Creation[Visit, VisitEvent]{
		Event: EventPlan, Input: in, Check: func(f *kernel.FieldErrors) { in.check(f, s.scripts) },
		Build: func(u *command.Unit) (*Visit, error) {
			last, err := lastVisit(u, in)
			if err != nil {
				return nil, err
			}
			script := scriptOf(s.scripts, in.Kind, in.Script)
			v := &Visit{
				Kind: in.Kind, AboutKind: in.About.Kind, AboutID: in.About.key(), Round: 1,
				Customer: in.Customer, Line: in.Line, Group: in.Group, Seller: in.Seller, Handler: in.Handler, DueOn: in.DueOn,
				Script: script.Version, Points: slices.Clone(script.Points),
			}
			v.Branch = in.Branch
			if last != nil {
				if VisitLife.Class(last.State).Live() {
					return nil, &kernel.DuplicateError{Kind: VisitSubject, Candidates: []kernel.ID{last.ID}, Certain: true}
				}
				v.Round = last.Round + 1
			}
			u.Fact("kind", string(v.Kind))
			u.Fact("about", v.AboutKind)
			u.Fact("about_id", string(v.AboutID))
			u.Fact("line", string(v.Line))
			u.Fact("script", v.Script)
			u.Fact("handler", string(v.Handler))
			if !v.DueOn.IsZero() {
				u.Fact("due_on", v.DueOn)
			}
			return v, nil
		},
	}, opts...)
}

// PlanVisit plans a visit that follows from something else: a policy was delivered, a
// claim closed. It is for reactions, which may come again: where a visit of the kind about
// the same thing was ever planned, nothing happens. scripts are a host's own, besides
// those of [Scripts].
func PlanVisit(ctx context.Context, r command.Runner, in VisitPlan, scripts ...Script) error {
	s := NewVisits(r, VisitConfig{Scripts: scripts})
	planned := false
	if in.About != (About{}) {
		err := r.Look(ctx, s.life.Action(EventPlan), func(u *command.Unit) error {
			last, err := lastVisit(u, in)
			planned = last != nil
			return err
		})
		if err != nil || planned {
			return err
		}
	}
	_, err := s.Plan(ctx, in)
	return err
}

// key returns the key in its usual form, or none.
func (a About) key() kernel.ID {
	id, err := kernel.ParseID(string(a.ID))
	if err != nil {
		return ""
	}
	return id
}

// lastVisit returns the last visit of the kind about the same thing, or nil.
func lastVisit(tx storage.Tx, in VisitPlan) (*Visit, error) {
	if in.About == (About{}) {
		return nil, nil
	}
	return storage.One[Visit](tx, storage.Query{
		Where: []storage.Cond{colVisitAboutID.Eq(in.About.key()), colVisitAboutKind.Eq(in.About.Kind), colVisitKind.Eq(in.Kind)},
		Order: []storage.Order{colVisitRound.Desc()},
	})
}
