package member

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Balance is what a member can spend.
type Balance struct {
	Points int64       // today: what is left of all lots that are not over
	Next   kernel.Date // first day on which some of them are gone; zero: none ever
	Going  int64       // how many are gone then
}

// Lots returns what is left of a member's points: the balance, and the lots with
// something left, in the order in which they are spent. Lots that are over today are not
// among them, whether or not that was booked.
func (s *Members) Lots(ctx context.Context, id kernel.ID) (Balance, []Lot, error) {
	var (
		balance Balance
		lots    []Lot
	)
	err := s.about(ctx, "member.Lots", id, func(u *command.Unit, m *Member) error {
		b, err := s.book(u, m)
		if err != nil {
			return err
		}
		for _, l := range b.lots {
			if l.ExpiresOn != 0 && l.ExpiresOn <= b.today {
				continue
			}
			lots = append(lots, l)
			balance.Points += l.Remaining
			if balance.Next == 0 {
				balance.Next = l.ExpiresOn
			}
			if l.ExpiresOn != 0 && l.ExpiresOn == balance.Next {
				balance.Going += l.Remaining
			}
		}
		return nil
	})
	return balance, lots, err
}

// Statement returns one page of what happened to a member's points, the latest first.
func (s *Members) Statement(ctx context.Context, id kernel.ID, list kernel.List) (kernel.Page[PointMove], error) {
	var out kernel.Page[PointMove]
	err := s.about(ctx, "member.Statement", id, func(u *command.Unit, m *Member) (err error) {
		out, err = storage.Page[PointMove](u, storage.Query{
			Where: []storage.Cond{colMember.Eq(m.ID)}, Order: []storage.Order{storage.ColCreated.Desc()},
		}, list)
		return err
	})
	return out, err
}
