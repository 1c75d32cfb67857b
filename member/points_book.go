package member

import (
	"context"
	"errors"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Earning gives points for something.
type Earning struct {
	Points  int64       // 1 to 1 000 000 000 000
	Source  kernel.Ref  // what they are for: a receipt, a policy, an activity; each gives points once
	Code    string      // kind of source, for statistics; may be empty
	Expires kernel.Date // first day without them, after today; zero: as the program's rules say
}

func (in *Earning) check(f *kernel.FieldErrors) {
	checkInt(f, "points", in.Points, 1, maxPoints)
	checkRef(f, "source", in.Source, true)
	checkCode(f, "code", in.Code, false)
	checkDay(f, "expires", in.Expires, false)
}

// errBooked says that another did it between the look and the lock.
var errBooked = fmt.Errorf("the source has given its points: %w", kernel.ErrDuplicate)

// Earn gives points for a source. The same source again gives nothing and returns the
// membership, marked replayed, also when the points were taken back since; with other
// points it is a [kernel.FieldErrors] of code "conflict".
func (s *Members) Earn(ctx context.Context, id kernel.ID, in Earning, opts ...kernel.Option) (Member, error) {
	if m, err := s.earned(ctx, id, in); err != nil || m != nil {
		return orZero(m, err)
	}
	m, err := command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event: EventEarn, Input: in, Check: in.check,
		Apply: func(u *command.Unit, m *Member) error {
			b, err := s.book(u, m)
			if err != nil {
				return err
			}
			lot := Lot{Source: in.Source, Code: in.Code, EarnedOn: b.today, ExpiresOn: in.Expires, Given: in.Points, Earned: in.Points}
			if lot.ExpiresOn == 0 {
				rules, err := rulesOn(u, m.ProgramID, b.today)
				if err != nil {
					return err
				}
				if rules != nil && rules.Rules.PointMonths > 0 {
					lot.ExpiresOn = b.today.AddMonths(rules.Rules.PointMonths)
				}
			} else if lot.ExpiresOn <= b.today {
				return kernel.Invalid("expires", "range", "points last a day at least")
			}
			if before, err := lotOf(u, m.ID, in.Source); err != nil || before != nil {
				return errorOr(err, errBooked)
			}
			b.expire(b.today)
			if err := b.add(lot, MoveEarned); err != nil {
				return err
			}
			u.Fact("points", in.Points)
			u.Fact("source", string(in.Source))
			return b.close()
		},
	}, opts...)
	if errors.Is(err, errBooked) {
		if again, lookErr := s.earned(ctx, id, in); lookErr != nil || again != nil {
			return orZero(again, lookErr)
		}
	}
	return m, err
}

// earned returns the membership when the source has given its points before.
func (s *Members) earned(ctx context.Context, id kernel.ID, in Earning) (*Member, error) {
	var out *Member
	err := s.about(ctx, "member.Earn", id, func(u *command.Unit, m *Member) error {
		var f kernel.FieldErrors
		if in.check(&f); f.Err() != nil {
			return f.Err()
		}
		lot, err := lotOf(u, m.ID, in.Source)
		switch {
		case err != nil || lot == nil:
			return err
		case lot.Given != in.Points:
			return kernel.Invalid("points", "conflict", "the source has given %d points", lot.Given)
		}
		m.Replayed, out = true, m
		return nil
	})
	return out, err
}

func errorOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func orZero(m *Member, err error) (Member, error) {
	if err != nil || m == nil {
		return Member{}, err
	}
	return *m, nil
}

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
