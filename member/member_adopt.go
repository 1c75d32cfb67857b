package member

import (
	"context"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Adoption takes a membership over that has run in another system.
type Adoption struct {
	Enrolment Enrolment
	Number    string      // kept; empty: a new one
	JoinedOn  kernel.Date // not after today
	ExpiresOn kernel.Date // first day without membership, after today; zero: no end
	Tier      string      // of the program's rules of today
	Points    []OldPoints // what is left, at most [MaxList] lots
}

// OldPoints are points that were earned before.
type OldPoints struct {
	Earning
	EarnedOn kernel.Date // not after today; they count towards a tier by this day
}

func (in *Adoption) check(f *kernel.FieldErrors) {
	in.Enrolment.check(f.At("enrolment"))
	checkCode(f, "number", in.Number, false)
	checkDay(f, "joined_on", in.JoinedOn, true)
	checkDay(f, "expires_on", in.ExpiresOn, false)
	checkCode(f, "tier", in.Tier, true)
	checkCount(f, "points", len(in.Points), MaxList)
	seen := map[kernel.Ref]bool{}
	for i := range in.Points[:min(len(in.Points), MaxList)] {
		at, p := f.Index("points", i), &in.Points[i]
		p.check(at)
		checkDay(at, "earned_on", p.EarnedOn, true)
		if seen[p.Source] {
			at.Add("source", "duplicate", "the source of an earlier lot")
		}
		seen[p.Source] = true
	}
}

// dates notes what does not fit the day of adoption.
func (in *Adoption) dates(f *kernel.FieldErrors, today kernel.Date) {
	if in.JoinedOn > today {
		f.Add("joined_on", "range", "not after today")
	}
	if in.ExpiresOn != 0 && in.ExpiresOn <= today {
		f.Add("expires_on", "range", "a membership that is over is not adopted")
	}
	for i := range in.Points {
		at, p := f.Index("points", i), &in.Points[i]
		if p.EarnedOn > today {
			at.Add("earned_on", "range", "not after today")
		}
		if p.Expires != 0 && p.Expires <= today {
			at.Add("expires", "range", "points that are over are not adopted")
		}
	}
}

// Adopt takes an active membership over with its tier and points. The tier is kept until
// the next review, counted from the day of joining. Points without an end never expire.
// Errors are those of [Members.Enrol]; a number that is taken is a
// [kernel.DuplicateError] too.
func (s *Members) Adopt(ctx context.Context, in Adoption, opts ...kernel.Option) (Member, error) {
	var rules *ProgramRules
	return command.Create(ctx, s.run, life, command.Creation[Member, Event]{
		Event: EventAdopt, Input: in, Check: in.check,
		Prepare: func(ctx context.Context) error { return s.known(ctx, in.Enrolment.Customer) },
		Build: func(u *command.Unit) (*Member, error) {
			today := s.cfg.today(u)
			var f kernel.FieldErrors
			if in.dates(&f, today); f.Err() != nil {
				return nil, f.Err()
			}
			m, err := s.build(u, in.Enrolment)
			if err != nil {
				return nil, err
			}
			if rules, err = rulesOn(u, m.ProgramID, today); err != nil {
				return nil, err
			}
			if rules == nil || rules.Rules.rank(in.Tier) < 0 {
				return nil, kernel.Invalid("tier", "unknown", "no tier of the program")
			}
			if in.Number != "" {
				taken, err := storage.One[Member](u, storage.Query{Where: []storage.Cond{colNumber.Eq(in.Number)}})
				if err != nil {
					return nil, err
				}
				if taken != nil {
					return nil, &kernel.DuplicateError{Kind: Kind, Candidates: []kernel.ID{taken.ID}, Certain: true}
				}
			}
			m.Number, m.JoinedOn, m.ExpiresOn = in.Number, in.JoinedOn, in.ExpiresOn
			m.Since, m.Tier = today, in.Tier
			return m, nil
		},
		Then: func(u *command.Unit, m *Member) (err error) {
			if err := (&evaluating{s: s, u: u, m: m}).write(adopted(m, rules)); err != nil {
				return err
			}
			b, err := s.book(u, m)
			if err != nil {
				return err
			}
			for _, p := range in.Points {
				lot := Lot{Source: p.Source, Code: p.Code, EarnedOn: p.EarnedOn, ExpiresOn: p.Expires, Given: p.Points, Earned: p.Points}
				if err := b.add(lot, MoveEarned); err != nil {
					return err
				}
			}
			if err := b.close(); err != nil {
				return err
			}
			if m.Number == "" {
				m.Number, err = number.Next(u, s.cfg.Numbers, Kind, "M")
			}
			u.Fact("number", m.Number)
			return err
		},
	}, opts...)
}
