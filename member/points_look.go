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

// ExpireDuePoints books what is over by a day, not after today, for up to as many members
// as a page has; zero is today. It returns those whose points it booked: call it until
// there are none.
func (s *Members) ExpireDuePoints(ctx context.Context, on kernel.Date, limit int) ([]Member, error) {
	var due []kernel.ID
	err := s.run.Look(ctx, "member.ExpireDuePoints", func(u *command.Unit) error {
		if err := s.cfg.past(u, "on", &on); err != nil {
			return err
		}
		rows, err := u.Tally(&Lot{}, storage.Query{Where: dueLots(on)}, []string{string(colMember)})
		for _, row := range rows {
			if id, ok := row.Group[0].(kernel.ID); ok {
				due = append(due, id)
			}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var out []Member
	for _, id := range due[:min(len(due), kernel.List{Limit: limit}.Size())] {
		m, err := s.ExpirePoints(ctx, id, on)
		if err != nil {
			return out, err
		}
		out = append(out, m)
	}
	return out, nil
}
