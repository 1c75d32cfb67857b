package member

import (
	"context"
	"errors"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// ExpireDue ends up to so many memberships whose term is over (1 to [kernel.MaxLimit], 0:
// 50), each in a unit of work of its own, and returns them: call it daily until there are
// none. It needs an actor who sees all branches.
func (s *Members) ExpireDue(ctx context.Context, limit int) ([]Member, error) {
	return s.sweep(ctx, "member.ExpireDue", func(u *command.Unit) (ids []kernel.ID, err error) {
		due, err := storage.Find[Member](u, storage.Query{
			Where: []storage.Cond{colState.In(Active, Frozen), colTerm.Le(s.cfg.today(u))}, Limit: kernel.List{Limit: limit}.Size(),
		})
		for i := range due {
			ids = append(ids, due[i].ID)
		}
		return ids, err
	}, func(id kernel.ID) (Member, error) { return s.Expire(ctx, id) })
}

// ExpireDuePoints books points that are over by a day, not after today; zero is today. It
// does so for up to so many lots (1 to [kernel.MaxLimit], 0: 50), each member in a unit of
// work of its own, and returns the members: call it daily until there are none. It needs
// an actor who sees all branches.
func (s *Members) ExpireDuePoints(ctx context.Context, on kernel.Date, limit int) ([]Member, error) {
	return s.sweep(ctx, "member.ExpireDuePoints", func(u *command.Unit) (ids []kernel.ID, err error) {
		if err := s.cfg.past(u, "on", &on); err != nil {
			return nil, err
		}
		lots, err := storage.Find[Lot](u, storage.Query{Where: dueLots(on), Limit: kernel.List{Limit: limit}.Size()})
		seen := map[kernel.ID]bool{}
		for i := range lots {
			if id := lots[i].MemberID; !seen[id] {
				ids, seen[id] = append(ids, id), true
			}
		}
		return ids, err
	}, func(id kernel.ID) (Member, error) { return s.ExpirePoints(ctx, id, on) })
}

// sweep does one thing to all members that are due for it. When another process came
// first that is no error.
func (s *Members) sweep(ctx context.Context, action string, due func(*command.Unit) ([]kernel.ID, error), do func(kernel.ID) (Member, error)) ([]Member, error) {
	var ids []kernel.ID
	err := s.run.Look(ctx, action, func(u *command.Unit) (err error) {
		if len(u.Actor.Branches) > 0 {
			return fmt.Errorf("%s: for an actor who sees all branches: %w", action, kernel.ErrForbidden)
		}
		ids, err = due(u)
		return err
	})
	var out []Member
	for _, id := range ids {
		m, doErr := do(id)
		switch {
		case errors.Is(doErr, kernel.ErrState):
		case doErr != nil:
			return out, doErr
		default:
			out = append(out, m)
		}
	}
	return out, err
}
