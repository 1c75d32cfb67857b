package customer

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// VisitFilter says which visits a list holds. Its parts all hold; empty parts do not
// count.
type VisitFilter struct {
	State     VisitState
	Open      bool // only those that are not ended
	Kind      VisitKind
	DueBefore kernel.Date // due on an earlier day
	Handler   kernel.Ref
	Customer  kernel.Ref
	About     About
}

func (by VisitFilter) where() ([]storage.Cond, error) {
	var f kernel.FieldErrors
	if by.State != "" && VisitLife.Class(by.State) == 0 {
		f.Add("state", "unknown", "not a state of a visit")
	}
	oneOf(&f, "kind", by.Kind, true, visitKinds...)
	kernel.CheckDate(&f, "due_before", by.DueBefore)
	refIf(&f, "handler", by.Handler)
	refIf(&f, "customer", by.Customer)
	refIf(&f, "about.kind", kernel.Ref(by.About.Kind))
	if err := f.Err(); err != nil {
		return nil, err
	}
	var where []storage.Cond
	add := func(used bool, c storage.Cond) {
		if used {
			where = append(where, c)
		}
	}
	add(by.State != "", colVisitState.Eq(by.State))
	add(by.Open, colVisitState.In(VisitPlanned, VisitReached, VisitProblemRaised))
	add(by.Kind != "", colVisitKind.Eq(by.Kind).Skimmed())
	add(by.DueBefore != 0, colVisitDue.Lt(by.DueBefore).Skimmed())
	add(by.Handler != "", colVisitHandler.Eq(by.Handler))
	add(by.Customer != "", colVisitCustomer.Eq(by.Customer))
	add(by.About.Kind != "", colVisitAboutKind.Eq(by.About.Kind).Skimmed())
	add(by.About.ID != "", colVisitAboutID.Eq(by.About.key()))
	return where, nil
}

// List returns one page of visits, the oldest first.
func (s *Visits) List(ctx context.Context, by VisitFilter, list kernel.List) (kernel.Page[Visit], error) {
	var page kernel.Page[Visit]
	err := s.r.Look(ctx, VisitSubject+".List", func(u *command.Unit) error {
		where, err := by.where()
		if err == nil {
			page, err = storage.Page[Visit](u, storage.Query{Where: append(u.Branches(), where...)}, list)
		}
		return err
	})
	return page, err
}

// Attempts returns how the customer was tried, the first attempt first. Notes are
// sealed.
func (s *Visits) Attempts(ctx context.Context, id kernel.ID) ([]Attempt, error) {
	return visitParts[Attempt](ctx, s, "Attempts", id, colNumberInVisit.Asc())
}

// Answers returns what the customer said, in the order in which it was taken. Words are
// sealed.
func (s *Visits) Answers(ctx context.Context, id kernel.ID) ([]Answer, error) {
	return visitParts[Answer](ctx, s, "Answers", id, storage.ColID.Asc())
}

func visitParts[T any](ctx context.Context, s *Visits, query string, id kernel.ID, by storage.Order) ([]T, error) {
	return command.About(ctx, s.r, s.life, VisitSubject+"."+query, id, func(u *command.Unit, v *Visit) ([]T, error) {
		return storage.Find[T](u, storage.Query{Where: []storage.Cond{colVisit.Eq(v.ID)}, Order: []storage.Order{by}})
	})
}

// Done asks how many visits ended well, for the judgement of a unit's quality.
type Done struct {
	Branch   string     // empty: all
	Handler  kernel.Ref // empty: all
	From, To kernel.Date
}

// VisitsDone returns how many of the visits that were due in the period were completed, and
// how many were due.
func VisitsDone(u *command.Unit, of Done) (done, due int64, err error) {
	where := append(u.Branches(), colVisitDue.Ge(of.From), colVisitDue.Le(of.To))
	if of.Branch != "" {
		where = append(where, storage.ColBranch.Eq(of.Branch))
	}
	if of.Handler != "" {
		where = append(where, colVisitHandler.Eq(of.Handler))
	}
	rows, err := u.Tally((*Visit)(nil), storage.Query{Where: where}, []string{string(colVisitState)})
	for _, r := range rows {
		if due += r.Count; r.Group[0].(VisitState) == VisitCompleted {
			done += r.Count
		}
	}
	return done, due, err
}
