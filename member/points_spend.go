package member

import (
	"context"
	"errors"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Spending uses points.
type Spending struct {
	Points    int64
	Reference kernel.Ref // what they are spent on
	Code      string     // kind of use, for statistics; may be empty
}

// Spend uses points, those that expire first before the others. More than there are is a
// [kernel.FieldErrors] of code "balance"; points that are over do not count. Give a
// [kernel.Key] to make it safe to repeat.
func (s *Members) Spend(ctx context.Context, id kernel.ID, in Spending, opts ...kernel.Option) (Member, error) {
	return command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event: EventSpend, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkInt(f, "points", in.Points, 1, maxPoints)
			checkRef(f, "reference", in.Reference, true)
			checkCode(f, "code", in.Code, false)
		},
		Apply: func(u *command.Unit, m *Member) error {
			b, err := s.book(u, m)
			if err != nil {
				return err
			}
			if b.expire(b.today); m.Points < in.Points {
				return kernel.Invalid("points", "balance", "only %d points are there", m.Points)
			}
			left := in.Points
			for i := range b.lots {
				if n := min(left, b.lots[i].Remaining); n > 0 {
					b.move(&b.lots[i], MoveSpent, n, string(in.Reference))
					left -= n
				}
			}
			if left > 0 {
				return errors.New("member: the lots do not hold the balance")
			}
			u.Fact("points", in.Points)
			u.Fact("reference", string(in.Reference))
			u.Fact("code", in.Code)
			return b.close()
		},
	}, opts...)
}

// Reversal takes points back.
type Reversal struct {
	Source  kernel.Ref // of the earning
	Grounds Grounds
}

// Reverse takes back what a source has given. Once some of it is spent it is refused: a
// [kernel.FieldErrors] of code "spent" says how many; what has expired stays expired, and
// when nothing is left the code is "empty". A source that gave nothing is "unknown".
func (s *Members) Reverse(ctx context.Context, id kernel.ID, in Reversal, opts ...kernel.Option) (Member, error) {
	return command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event: EventReverse, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkRef(f, "source", in.Source, true)
			in.Grounds.check(f.At("grounds"), true)
		},
		Apply: func(u *command.Unit, m *Member) error {
			lot, err := lotOf(u, m.ID, in.Source)
			switch {
			case err != nil:
				return err
			case lot == nil:
				return kernel.Invalid("source", "unknown", "this source has given nothing")
			case lot.Spent > 0:
				return kernel.Invalid("source", "spent", "%d of its %d points are spent", lot.Spent, lot.Earned)
			case lot.Remaining == 0:
				return kernel.Invalid("source", "empty", "nothing is left of its points")
			}
			b, err := s.book(u, m)
			if err != nil {
				return err
			}
			for i := range b.lots {
				if l := &b.lots[i]; l.ID == lot.ID {
					b.move(l, MoveReversed, l.Remaining, string(in.Source))
				}
			}
			b.expire(b.today)
			u.Fact("points", lot.Remaining)
			u.Fact("source", string(in.Source))
			in.Grounds.note(u)
			return b.close()
		},
	}, opts...)
}
