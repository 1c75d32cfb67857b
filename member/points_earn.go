package member

import (
	"context"
	"errors"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
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
