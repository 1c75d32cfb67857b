package member

import (
	"context"
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// EvaluateTier works out the tier of a member on a day, not after today; zero is today.
// It is the highest for which the figures at the beginning of that day are enough, or
// those of the last review before it: once reached at a review, a tier is kept until the
// next. A day that was evaluated before gives the same answer again and writes nothing.
// Days may be asked for in any order.
func (s *Members) EvaluateTier(ctx context.Context, id kernel.ID, on kernel.Date, opts ...kernel.Option) (Evaluation, error) {
	before, day, err := s.evaluated(ctx, id, on)
	if err != nil || before != nil {
		return orNone(before, err)
	}
	var (
		out   *Evaluation
		known premiums
	)
	m, err := command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event: EventEvaluateTier, Input: struct{ On kernel.Date }{on},
		Check: func(f *kernel.FieldErrors) { checkDay(f, "on", day, true) },
		Prepare: func(ctx context.Context) (err error) {
			known, err = s.ask(ctx, "member.EvaluateTier", id, day)
			return err
		},
		Guard: func(u *command.Unit, m *Member) error {
			switch {
			case day > s.cfg.today(u):
				return kernel.Invalid("on", "range", "a day that has not begun has no figures")
			case day < m.Since:
				return kernel.Invalid("on", "range", "the tier is known from %s on", m.Since)
			}
			got, err := evaluationOn(u, m.ID, day)
			if err == nil && got != nil {
				err = errEvaluated
			}
			return err
		},
		Apply: func(u *command.Unit, m *Member) (err error) {
			out, err = (&evaluating{s, u, m, known}).record(day)
			return err
		},
	}, opts...)
	if errors.Is(err, errEvaluated) || err == nil && m.Replayed {
		before, _, err = s.evaluated(ctx, id, day)
		return orNone(before, err)
	}
	return orNone(out, err)
}

// errEvaluated says that another did it between the look and the lock.
var errEvaluated = fmt.Errorf("the day was evaluated: %w", kernel.ErrDuplicate)

func orNone(e *Evaluation, err error) (Evaluation, error) {
	if err != nil || e == nil {
		return Evaluation{}, err
	}
	return *e, nil
}

// evaluated returns what was found out for the day, and the day that is meant.
func (s *Members) evaluated(ctx context.Context, id kernel.ID, on kernel.Date) (got *Evaluation, day kernel.Date, err error) {
	err = s.run.Look(ctx, "member.EvaluateTier", func(u *command.Unit) error {
		if day = on; day == 0 {
			day = s.cfg.today(u)
		}
		m, err := command.See(u, life, "member.EvaluateTier", id)
		if err != nil {
			return err
		}
		var f kernel.FieldErrors
		if checkDay(&f, "on", day, true); f.Err() == nil {
			got, err = evaluationOn(u, m.ID, day)
		}
		return err
	})
	return got, day, err
}

func evaluationOn(tx storage.Tx, member kernel.ID, on kernel.Date) (*Evaluation, error) {
	return storage.One[Evaluation](tx, storage.Query{Where: []storage.Cond{colMember.Eq(member), colOn.Eq(on)}})
}

// premiums are the answers of [Policies], by day.
type premiums map[kernel.Date]decimal.Decimal

// ask asks for the premiums that the tier of a day rests on; zero is today.
func (s *Members) ask(ctx context.Context, action string, id kernel.ID, on kernel.Date) (premiums, error) {
	var (
		customer kernel.Ref
		days     = []kernel.Date{on}
	)
	err := s.run.Look(ctx, action, func(u *command.Unit) error {
		m, err := command.See(u, life, action, id)
		if err != nil {
			return err
		}
		if customer = m.Customer; on == 0 {
			days[0] = s.cfg.today(u)
			return nil
		}
		rules, err := rulesOn(u, m.ProgramID, on)
		if err != nil || rules == nil {
			return err
		}
		if review := reviewDay(m.JoinedOn, rules.Rules.ReviewMonths, on); review > m.Since {
			days = append(days, review)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	known := premiums{}
	for _, day := range days {
		if _, asked := known[day]; asked {
			continue
		}
		p, err := s.cfg.Policies.PremiumInForce(ctx, customer, day)
		switch {
		case err != nil:
			return nil, err
		case kernel.FitsAmount(p) != nil || p.IsNegative():
			return nil, errors.New("member: the premium in force is no amount")
		}
		known[day] = p
	}
	return known, nil
}

// reviewDay returns the last review on or before the day: joined, and every so many
// months from then on.
func reviewDay(joined kernel.Date, months int, on kernel.Date) kernel.Date {
	if on <= joined || months <= 0 {
		return joined
	}
	n := on.Sub(joined) / (28 * months) // never too few
	for n > 0 && joined.AddMonths(n*months) > on {
		n--
	}
	return joined.AddMonths(n * months)
}
