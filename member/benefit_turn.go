package member

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Turned says how many benefits a day turned.
type Turned struct{ Started, Ended int }

// TurnAll starts every announced benefit, and ends every retiring one, whose day has
// come, each in a unit of work of its own: what a program does in the morning. Any number
// of processes may call it at once.
func (s *Benefits) TurnAll(ctx context.Context) (done Turned, err error) {
	done.Started, err = s.turnAll(ctx, BenefitAnnounced, colStartsFrom, func(id kernel.ID) error {
		_, err := s.Start(ctx, id)
		return err
	})
	if err == nil {
		done.Ended, err = s.turnAll(ctx, BenefitRetiring, colEndsFrom, func(id kernel.ID) error {
			_, err := s.End(ctx, id)
			return err
		})
	}
	return done, err
}

func (s *Benefits) turnAll(ctx context.Context, in BenefitState, from storage.Col[kernel.Date], turn func(kernel.ID) error) (int, error) {
	var due []Benefit
	err := s.run.Look(ctx, "benefit.TurnAll", func(u *command.Unit) (err error) {
		due, err = storage.Find[Benefit](u, storage.Query{
			Where: append(u.Branches(), colBenefitState.Eq(in), from.Le(s.cfg.today(u))), Order: []storage.Order{colCode.Asc()},
		})
		return err
	})
	if err != nil {
		return 0, err
	}
	return each(due, func(b *Benefit) error { return turn(b.ID) })
}

const (
	colStartsFrom = storage.Col[kernel.Date]("starts_from")
	colEndsFrom   = storage.Col[kernel.Date]("ends_from")
)
