package survey

import (
	"context"
	"slices"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Inspections gives commands to inspections and answers questions about them.
type Inspections struct{ run command.Runner }

type inspectionCall = command.Call[Inspection, InspectionEvent]

// Drawing is a call or case to be inspected.
type Drawing struct {
	Contact              // Customer may be empty; Kind, ID or Recording says what is inspected
	Recording kernel.Ref // the host's reference of the call or video
	ServedAt  time.Time  // when the service took place; zero: not known
	Sheet     Sheet
}

// Draw puts a call or case before an inspector, with a copy of the sheet as it is now.
func (s *Inspections) Draw(ctx context.Context, in Drawing, opts ...kernel.Option) (Inspection, error) {
	return command.Create(ctx, s.run, inspectionLife, command.Creation[Inspection, InspectionEvent]{
		Event: inspectionDraw, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkOptional(f, "customer", string(in.Customer))
			checkOptional(f, "branch", in.Branch)
			in.About.check(f)
			checkOptional(f, "recording", string(in.Recording))
			if in.ID == "" && in.Recording == "" {
				f.Add("id", "required", "name a case or a recording")
			}
			kernel.CheckTime(f, "served_at", in.ServedAt)
			in.Sheet.check(f.At("sheet"))
		},
		Build: func(u *command.Unit) (*Inspection, error) {
			if in.ServedAt.After(u.Now()) {
				return nil, kernel.Invalid("served_at", "range", "lies in the future")
			}
			i := &Inspection{
				About: in.About, Customer: in.Customer, Recording: in.Recording,
				ServedAt: kernel.Instant(in.ServedAt), Sheet: in.Sheet,
			}
			i.Branch = in.Branch
			u.Fact("kind", in.Kind)
			u.Fact("id", string(in.ID))
			u.Fact("handler", string(in.Handler))
			u.Fact("recording", string(in.Recording))
			u.Fact("sheet", in.Sheet.Code)
			return i, nil
		},
	}, opts...)
}

// Scoring is what an inspector found.
type Scoring struct {
	Marks    []Mark         // one for each item of the sheet
	Findings privacy.Secret // may be empty
	Proposal Proposal       // an improvement to be made; may be empty
}

// Score scores a drawn inspection. Nobody scores the own work: [kernel.ErrForbidden].
// What is wrong with the marks comes back at once as [kernel.FieldErrors].
func (s *Inspections) Score(ctx context.Context, id kernel.ID, in Scoring, opts ...kernel.Option) (Inspection, error) {
	return command.Fire(ctx, s.run, inspectionLife, id, inspectionCall{
		Event: inspectionScore, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkSecret(f, "findings", in.Findings, false)
			in.Proposal.check(f.At("proposal"))
		},
		Guard: func(_ *command.Unit, i *Inspection) error {
			var f kernel.FieldErrors
			i.Sheet.score(&f, in.Marks)
			return f.Err()
		},
		Apply: func(u *command.Unit, i *Inspection) error {
			var f kernel.FieldErrors
			i.Points, i.Most, i.Passed = i.Sheet.score(&f, in.Marks)
			i.Marks = slices.SortedFunc(slices.Values(in.Marks), func(a, b Mark) int { return i.Sheet.find(a.Item) - i.Sheet.find(b.Item) })
			i.Inspector, i.ScoredAt = kernel.Ref(u.Actor.ID), u.Now()
			i.Findings, i.Proposal = in.Findings, in.Proposal
			u.Fact("points", i.Points)
			u.Fact("most", i.Most)
			u.Fact("passed", i.Passed)
			in.Proposal.note(u)
			return nil
		},
	}, opts...)
}

// Drop gives up an inspection that cannot be scored.
func (s *Inspections) Drop(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Inspection, error) {
	return command.Fire(ctx, s.run, inspectionLife, id, inspectionCall{
		Event: inspectionDrop, Input: why, Check: why.check,
		Apply: func(u *command.Unit, _ *Inspection) error { why.note(u); return nil },
	}, opts...)
}

// Get returns an inspection.
func (s *Inspections) Get(ctx context.Context, id kernel.ID) (Inspection, error) {
	return command.Get(ctx, s.run, inspectionLife, id)
}

// Allowed returns what the actor may do with an inspection now, and why not the rest.
func (s *Inspections) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[InspectionState, InspectionEvent], error) {
	return command.Allowed(ctx, s.run, inspectionLife, id)
}

// History returns what happened to an inspection, the oldest first.
func (s *Inspections) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, inspectionLife, id)
}

// InspectionFilter narrows a list of inspections; empty parts do not.
type InspectionFilter struct {
	State   InspectionState
	Handler kernel.Ref
}

// List returns one page of the inspections, in the order in which they were drawn.
func (s *Inspections) List(ctx context.Context, by InspectionFilter, page kernel.List) (kernel.Page[Inspection], error) {
	var out kernel.Page[Inspection]
	err := s.run.Look(ctx, "inspection.List", func(u *command.Unit) (err error) {
		where := u.Branches()
		var f kernel.FieldErrors
		if by.State != "" {
			if InspectionLife.Class(by.State) == 0 {
				f.Add("state", "unknown", "not a state of an inspection")
			}
			where = append(where, colInspection.Eq(by.State))
		}
		if checkOptional(&f, "handler", string(by.Handler)); by.Handler != "" {
			where = append(where, colHandler.Eq(by.Handler))
		}
		if err := f.Err(); err != nil {
			return err
		}
		out, err = storage.Page[Inspection](u, storage.Query{Where: where}, page)
		return err
	})
	return out, err
}

// Workflow returns the table of an inspection's life.
func (*Inspections) Workflow() *workflow.Machine[InspectionState, InspectionEvent] {
	return InspectionLife
}
