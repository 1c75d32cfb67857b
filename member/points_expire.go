package member

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// ExpirePoints books the points of a member that are over by a day, not after today; zero
// is today. When there are none the membership is returned as it is and nothing is written.
func (s *Members) ExpirePoints(ctx context.Context, id kernel.ID, on kernel.Date, opts ...kernel.Option) (Member, error) {
	var idle *Member
	err := s.about(ctx, "member.ExpirePoints", id, func(u *command.Unit, m *Member) error {
		if err := s.cfg.past(u, "on", &on); err != nil {
			return err
		}
		n, err := storage.Count[Lot](u, append(dueLots(on), colMember.Eq(m.ID))...)
		if n == 0 {
			idle = m
		}
		return err
	})
	if err != nil || idle != nil {
		return orZero(idle, err)
	}
	return command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event: EventExpirePoints, Input: struct{ On kernel.Date }{on},
		Apply: func(u *command.Unit, m *Member) error {
			b, err := s.book(u, m)
			if err != nil {
				return err
			}
			b.expire(on)
			return b.close()
		},
	}, opts...)
}

// dueLots finds the lots that are over by the day and have something left.
func dueLots(on kernel.Date) []storage.Cond {
	return []storage.Cond{colRemaining.Gt(0), colExpires.Le(on)}
}
