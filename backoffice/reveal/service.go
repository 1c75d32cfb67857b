package reveal

import (
	"context"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Service answers who looked at sealed data. Looks themselves are made by the Reveal of
// the rooms.
type Service struct{ run command.Runner }

// New makes a service whose questions r answers.
func New(r command.Runner) *Service { return &Service{r} }

// Get returns a look.
func (s *Service) Get(ctx context.Context, id kernel.ID) (Access, error) {
	return command.Get(ctx, s.run, life, id)
}

// Reveal opens what looks were for: the purpose of one. That is a look, too.
func (s *Service) Reveal(ctx context.Context, id kernel.ID, in Purpose) ([]Row, error) {
	return Open(ctx, s.run, Subjects(), Kind, id, in)
}

// Filter says which looks to list. The zero value lists all.
type Filter struct {
	Person   kernel.Ref // whose data
	Kind     string     // of the case: "claim"
	Case     kernel.ID  //
	Actor    string     // who looked
	From, To time.Time  // at or after, and before
}

// List returns one page of looks, in the branches that the actor sees, the latest first.
func (s *Service) List(ctx context.Context, in Filter, list kernel.List) (kernel.Page[Access], error) {
	var page kernel.Page[Access]
	err := s.run.Look(ctx, Kind+".List", func(u *command.Unit) error {
		where, err := in.where()
		if err == nil {
			page, err = pageOf(u, append(u.Branches(), where...), list)
		}
		return err
	})
	return page, err
}

// ToPerson returns one page of the looks at a person's data in every room and branch, the
// latest first.
func ToPerson(u *command.Unit, person kernel.Ref, list kernel.List) (kernel.Page[Access], error) {
	return pageOf(u, []storage.Cond{colPerson.Eq(person)}, list)
}

func pageOf(u *command.Unit, where []storage.Cond, list kernel.List) (kernel.Page[Access], error) {
	return storage.Page[Access](u, storage.Query{Where: where, Order: []storage.Order{storage.ColCreated.Desc()}}, list)
}

func (in Filter) where() ([]storage.Cond, error) {
	var f kernel.FieldErrors
	var where []storage.Cond
	and := func(yes bool, c storage.Cond) {
		if yes {
			where = append(where, c)
		}
	}
	if in.Person != "" {
		kernel.CheckRef(&f, "person", in.Person)
	}
	if in.Case != "" {
		id, err := kernel.ParseID(string(in.Case))
		if err != nil {
			return nil, err
		}
		and(true, colCase.Eq(id))
	}
	kernel.CheckText(&f, "kind", in.Kind, kernel.MaxRef, false)
	kernel.CheckText(&f, "actor", in.Actor, kernel.MaxRef, false)
	kernel.CheckTime(&f, "from", in.From)
	kernel.CheckTime(&f, "to", in.To)
	and(in.Person != "", colPerson.Eq(in.Person))
	and(in.Kind != "", colCaseKind.Eq(in.Kind).Skimmed())
	and(in.Actor != "", colActor.Eq(in.Actor))
	and(!in.From.IsZero(), storage.ColCreated.Ge(kernel.Instant(in.From)))
	and(!in.To.IsZero(), storage.ColCreated.Lt(kernel.Instant(in.To)))
	return where, f.Err()
}
