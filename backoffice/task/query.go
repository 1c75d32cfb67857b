package task

import (
	"context"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Get returns a task.
func (s *Service) Get(ctx context.Context, id kernel.ID) (Task, error) {
	return s.look(ctx, "task.Get", id)
}

// Explain says in a sentence, in English or Chinese ("zh"), which rule and article, which
// day it runs from and which pauses gave the task its date. What somebody gave by hand
// has no rule: the sentence is empty.
func (s *Service) Explain(ctx context.Context, id kernel.ID, lang string) (string, error) {
	t, err := s.look(ctx, "task.Explain", id)
	if err != nil || t.Clock == "" {
		return "", err
	}
	return s.keeper.book.Explain(t.Timer, lang), nil
}

// Filter says which tasks to list. The zero value lists all.
type Filter struct {
	Kind   string    // of the case
	Case   kernel.ID //
	Owner  string
	Queue  kernel.Role
	State  State
	Live   bool      // only what is still to be done
	Before time.Time // only what is due before; with Live the most pressing first
}

func (in Filter) query(u *command.Unit) (storage.Query, error) {
	q := storage.Query{Where: u.Branches()}
	and := func(yes bool, c storage.Cond) {
		if yes {
			q.Where = append(q.Where, c)
		}
	}
	if in.Case != "" {
		id, err := kernel.ParseID(string(in.Case))
		if err != nil {
			return q, err
		}
		and(true, colCase.Eq(id))
	}
	if in.State != "" && Lifecycle.Class(in.State) == 0 {
		return q, kernel.Invalid("state", "unknown", "not a state of a task")
	}
	and(in.Kind != "", colCaseKind.Eq(in.Kind).Skimmed())
	and(in.State != "", colState.Eq(in.State).Skimmed())
	owner, queue, due := colOwner.Eq(in.Owner), colQueue.Eq(in.Queue), colDueAt.Lt(kernel.Instant(in.Before))
	switch {
	case !in.Live: // the indexes know only what is still to be done
		owner, queue, due = owner.Skimmed(), queue.Skimmed(), due.Skimmed()
	case !in.Before.IsZero():
		q.Order = []storage.Order{colDueAt.Asc()}
	}
	and(in.Owner != "", owner)
	and(in.Queue != "", queue)
	and(in.Live, colEndedAt.Null())
	and(!in.Before.IsZero(), due)
	return q, nil
}

// List returns one page of tasks.
func (s *Service) List(ctx context.Context, in Filter, page kernel.List) (kernel.Page[Task], error) {
	return s.list(ctx, "task.List", page, func(*command.Unit) Filter { return in })
}

// Due returns what is to be done before an instant, the most pressing first.
func (s *Service) Due(ctx context.Context, before time.Time, page kernel.List) (kernel.Page[Task], error) {
	return s.list(ctx, "task.Due", page, func(*command.Unit) Filter { return Filter{Live: true, Before: before} })
}

// Overdue returns what is late, whether a sweep has noticed or not, the latest first.
func (s *Service) Overdue(ctx context.Context, page kernel.List) (kernel.Page[Task], error) {
	return s.list(ctx, "task.Overdue", page, func(u *command.Unit) Filter {
		return Filter{Live: true, Before: u.Now().Add(time.Microsecond)}
	})
}

// Mine returns what the actor has to do until some day, the most pressing first. What has
// no date is found by [Service.List].
func (s *Service) Mine(ctx context.Context, page kernel.List) (kernel.Page[Task], error) {
	return s.list(ctx, "task.Mine", page, func(u *command.Unit) Filter {
		return Filter{Live: true, Owner: u.Actor.ID, Before: farthest}
	})
}

// farthest lies behind every due date.
var farthest = kernel.NewDate(9999, 12, 31).Time()

func (s *Service) list(ctx context.Context, action string, page kernel.List, filter func(*command.Unit) Filter) (kernel.Page[Task], error) {
	var out kernel.Page[Task]
	err := s.run.Look(ctx, action, func(u *command.Unit) error {
		q, err := filter(u).query(u)
		if err != nil {
			return err
		}
		out, err = storage.Page[Task](u, q, page)
		return err
	})
	return out, err
}

// Running returns the tasks of a case that are still to be done, the oldest first. Rooms
// ask it inside a command of the case.
func Running(tx storage.Tx, c command.Case) ([]Task, error) {
	return storage.Find[Task](tx, live(c.ID))
}

// live are the tasks of a case that are still to be done. What leads to them is the case:
// where hardly any task is open, an index of all open ones would seem as good, until there
// are many.
func live(id kernel.ID) storage.Query {
	return storage.Query{Where: []storage.Cond{colCase.Eq(id), colEndedAt.Null().Skimmed()}}
}

// Period asks how many deadlines were kept.
type Period struct {
	Branch   string      // of the cases; empty: all
	Owner    string      // who had to do it; empty: everybody
	From, To kernel.Date // the days on which they were due, both included
}

// Kept returns how many of the deadlines that rules had set for the period were kept, and
// how many there were. What fell away before it was due counts as neither.
func Kept(u *command.Unit, p Period) (kept, due int64, err error) {
	where := append(u.Branches(), colDueOn.Ge(p.From), colDueOn.Le(p.To), colClock.Ne(""))
	if p.Branch != "" {
		where = append(where, storage.ColBranch.Eq(p.Branch))
	}
	if p.Owner != "" {
		where = append(where, colOwner.Eq(p.Owner))
	}
	rows, err := u.Tally((*Task)(nil), storage.Query{Where: where}, []string{string(colState)})
	for _, r := range rows {
		switch r.Group[0].(State) {
		case Met:
			kept += r.Count
			due += r.Count
		case MetLate, Breached:
			due += r.Count
		}
	}
	return kept, due, err
}
