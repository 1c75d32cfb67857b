package task

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Swept is what a sweep did.
type Swept struct {
	Warned, Breached, Escalated, Reminded, Recomputed int

	// Failed counts the tasks that could not be moved on, such as those of a case that
	// other processes keep changing; the next sweep tries again.
	Failed int
}

// Sum is the number of steps that were taken.
func (s Swept) Sum() int { return s.Warned + s.Breached + s.Escalated + s.Reminded + s.Recomputed }

// batch is how many tasks are looked at in one snapshot.
const batch = 200

// Sweep takes every step that time has brought by now: warnings, breaches, escalations,
// reminders, and dates whose calendar has come. Each step is a unit of work and an entry
// of the case of its own, so any number of processes may sweep at once and each step is
// taken once, and a sweep that is broken off has lost nothing. It works in constant
// memory.
//
// The error names the first task that failed; the others were swept all the same.
func (s *Service) Sweep(ctx context.Context) (Swept, error) {
	var done Swept
	var first error
	q := storage.Query{Order: []storage.Order{colNextAt.Asc()}, Limit: batch}
	for {
		var page []Task
		var now time.Time
		err := s.run.Look(ctx, "task.Sweep", func(u *command.Unit) error {
			now = u.Now()
			q.Where = append(u.Branches(), colNextAt.Le(now))
			var err error
			page, err = storage.Find[Task](u, q)
			return err
		})
		if err != nil {
			return done, err
		}
		if len(page) == 0 {
			return done, first
		}
		last := page[len(page)-1]
		q.After = []any{last.NextAt, last.ID}
		// In another order in each process, so that they do not meet at every task.
		rand.Shuffle(len(page), func(i, j int) { page[i], page[j] = page[j], page[i] })
		for _, t := range page {
			if err := s.advance(ctx, t, now, &done); err != nil {
				if ctx.Err() != nil {
					return done, ctx.Err()
				}
				done.Failed++
				if first == nil {
					first = fmt.Errorf("task %s of %s %s: %w", t.ID, t.CaseKind, t.CaseID, err)
				}
			}
		}
	}
}

// advance takes the steps of one task that time has brought.
func (s *Service) advance(ctx context.Context, t Task, now time.Time, done *Swept) error {
	for e := s.next(&t, now); e != ""; e = s.next(&t, now) {
		_, err := s.keeper.touch(ctx, s.run, t.of(), e, nil, func(u *command.Unit, _ command.Root) error {
			fresh, err := storage.Get[Task](u, t.ID)
			if err != nil {
				return err
			}
			if s.next(fresh, u.Now()) != e {
				return errDone
			}
			if err := s.step(u, fresh, e); err != nil {
				return err
			}
			t = *fresh
			return nil
		})
		if errors.Is(err, errDone) {
			return nil // another process is at it
		}
		if err != nil {
			return err
		}
		done.count(e)
	}
	return nil
}

// next returns the step that time has brought for the task, if any.
func (s *Service) next(t *Task, now time.Time) Event {
	passed := func(at time.Time) bool { return !at.IsZero() && !now.Before(at) }
	switch {
	case !t.Live():
		return ""
	case t.Provisional && s.final(t):
		return EventRecompute
	case passed(t.RemindAt):
		return EventRemind
	case t.State == Open && passed(t.DueAt):
		return EventBreach
	case t.State == Open && t.WarnedAt.IsZero() && passed(t.WarnAt):
		return EventWarn
	case t.State == Breached && int(t.Level) < len(t.Ladder) && passed(t.Ladder[t.Level].At):
		return EventEscalate
	}
	return ""
}

func (s *Service) step(u *command.Unit, t *Task, e Event) error {
	if err := t.move(u.Context(), e, false); err != nil {
		return err
	}
	switch e {
	case EventWarn:
		t.WarnedAt = t.WarnAt
	case EventBreach:
		t.BreachedAt = t.DueAt
	case EventEscalate:
		t.Queue = kernel.Role(t.Ladder[t.Level].To)
		t.Level++
	case EventRemind:
		t.RemindAt = time.Time{}
	case EventRecompute:
		due, err := s.keeper.book.Due(t.Timer)
		if err != nil {
			return err
		}
		t.aim(due)
	}
	t.plan()
	u.Fact("tasks", []any{t.fact(e)})
	return u.Save(t)
}

// final reports whether the calendar of the task's year has come.
func (s *Service) final(t *Task) bool {
	due, err := s.keeper.book.Due(t.Timer)
	return err == nil && !due.Provisional
}

func (d *Swept) count(e Event) {
	switch e {
	case EventWarn:
		d.Warned++
	case EventBreach:
		d.Breached++
	case EventEscalate:
		d.Escalated++
	case EventRemind:
		d.Reminded++
	case EventRecompute:
		d.Recomputed++
	}
}
