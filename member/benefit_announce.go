package member

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// benefitLife ties benefits to their workflow; "today" is told in the room's zone.
func benefitLife(cfg Config) *command.Life[Benefit, BenefitState, BenefitEvent] {
	notYet := func(what string, u *command.Unit, told time.Time, from kernel.Date) error {
		if cfg.today(u) < from {
			return fmt.Errorf("announced on %s, %s from %s", kernel.DateOf(told.In(cfg.Zone)), what, from)
		}
		return nil
	}
	return &command.Life[Benefit, BenefitState, BenefitEvent]{
		Kind: "benefit", Machine: BenefitLifecycle,
		Guards: map[string]func(*command.Unit, *Benefit) error{
			"notice_given": func(u *command.Unit, b *Benefit) error {
				return notYet("may start", u, b.AnnouncedAt, b.StartsFrom)
			},
			"end_notice_given": func(u *command.Unit, b *Benefit) error {
				return notYet("may end", u, b.EndToldAt, b.EndsFrom)
			},
			"may_be_announced": func(u *command.Unit, b *Benefit) error {
				other, err := editions(u, b.Code, BenefitAnnounced)
				if err == nil && len(other) > 0 {
					err = fmt.Errorf("edition %d is announced and has not started", other[0].Edition)
				}
				if err == nil && b.Design.ValidTo != 0 && b.Design.ValidTo < cfg.today(u) {
					err = errors.New("the time for which it is valid is over")
				}
				return err
			},
		},
	}
}

// editions returns those of a code that stand in one of the states, the oldest first. All
// of the code are locked, so that two that are announced at once see each other.
func editions(u *command.Unit, code string, states ...BenefitState) ([]Benefit, error) {
	all, err := storage.Find[Benefit](u, storage.Query{
		Where: []storage.Cond{colCode.Eq(code)}, Order: []storage.Order{colEdition.Asc()}, Lock: true,
	})
	return slices.DeleteFunc(all, func(b Benefit) bool { return !slices.Contains(states, b.State) }), err
}

// Announce publishes an approved benefit. It may start when the days of notice that the
// program gives have passed since the publication (MR 七(四)2), not before its first day
// of validity, and not before in.TakesEffect. When members have an earlier edition, its
// end is announced with the same words and for the same day.
func (s *Benefits) Announce(ctx context.Context, id kernel.ID, in Publication, opts ...kernel.Option) (Benefit, error) {
	var at time.Time
	var from kernel.Date
	return s.fire(ctx, id, benefitCall{
		Event: BenefitAnnounce, Input: in, Check: in.check,
		Guard: func(u *command.Unit, b *Benefit) (err error) {
			if at, from, err = s.notice(u, b, in, b.ApprovedAt); err == nil {
				from = max(from, b.Design.ValidFrom)
				if b.Design.ValidTo != 0 && b.Design.ValidTo < from {
					err = kernel.Invalid("takes_effect", "range", "it could start on %s, and is valid until %s", from, b.Design.ValidTo)
				}
			}
			return err
		},
		Apply: func(u *command.Unit, b *Benefit) error {
			b.AnnouncedAt, b.StartsFrom = at, from
			kind := TellsStart
			had, err := editions(u, b.Code, BenefitEffective, BenefitRetiring)
			if err != nil {
				return err
			}
			for i := range had {
				kind = TellsChange
				if had[i].State == BenefitRetiring {
					continue // was told already
				}
				if err := s.foretellEnd(u, had[i].ID, in, at, from); err != nil {
					return err
				}
			}
			return publish(u, b.ID, kind, in, at, from)
		},
	}, opts)
}

// notice returns when it was published and from which day on what is told may happen.
func (s *Benefits) notice(u *command.Unit, b *Benefit, in Publication, earliest time.Time) (time.Time, kernel.Date, error) {
	var f kernel.FieldErrors
	at := in.after(&f, earliest, u.Now())
	if err := f.Err(); err != nil {
		return at, 0, err
	}
	_, rules, err := programOn(u, b.ProgramID, kernel.DateOf(at.In(s.cfg.Zone)))
	if err != nil {
		return at, 0, err
	}
	if rules == nil {
		return at, 0, fmt.Errorf("the program of the benefit: %w", kernel.ErrNotFound)
	}
	from := noticed(at, s.cfg.Zone, rules.NoticeDays)
	if in.TakesEffect != 0 && in.TakesEffect < from {
		return at, 0, kernel.Invalid("takes_effect", "notice", "members are told %d days before: from %s at the earliest", rules.NoticeDays, from)
	}
	return at, max(from, in.TakesEffect), nil
}

// publish writes down what was published. The facts are what deadlines may run from.
func publish(u *command.Unit, id kernel.ID, kind AnnouncementKind, in Publication, at time.Time, from kernel.Date) error {
	u.Fact("announcement", string(kind))
	u.Fact("published_at", at)
	if from != 0 {
		u.Fact("takes_effect", from)
	}
	return u.Insert(&Announcement{
		BenefitID: id, Kind: kind, Channels: slices.Clone(in.Channels), Text: in.Text, PublishedAt: at, TakesEffect: from,
	})
}

// Start gives members an announced benefit. Before its day it is refused, and the refusal
// says from when it may. An earlier edition ends with it.
func (s *Benefits) Start(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Benefit, error) {
	return s.fire(ctx, id, benefitCall{
		Event: BenefitStart,
		Apply: func(u *command.Unit, b *Benefit) error {
			had, err := editions(u, b.Code, BenefitEffective, BenefitRetiring)
			if err != nil {
				return err
			}
			for i := range had {
				if had[i].ID == b.ID {
					continue
				}
				if _, err := s.within(u).End(u.Context(), had[i].ID); err != nil {
					return err
				}
			}
			b.StartedAt = u.Now()
			return nil
		},
	}, opts)
}

// Promote makes known, on one channel more or once again, what was announced (MR 七(二)1).
func (s *Benefits) Promote(ctx context.Context, id kernel.ID, in Publication, opts ...kernel.Option) (Benefit, error) {
	return s.fire(ctx, id, benefitCall{
		Event: BenefitPromote, Input: in,
		Check: func(f *kernel.FieldErrors) {
			in.check(f)
			if in.TakesEffect != 0 {
				f.Add("takes_effect", "conflict", "what is known already takes no other day")
			}
		},
		Apply: func(u *command.Unit, b *Benefit) error {
			var f kernel.FieldErrors
			at := in.after(&f, b.AnnouncedAt, u.Now())
			if err := f.Err(); err != nil {
				return err
			}
			return publish(u, b.ID, TellsAgain, in, at, 0)
		},
	}, opts)
}

// AnnounceEnd publishes that members will not have the benefit any more. Until it ends
// they do; it ends when the program's days of notice have passed.
func (s *Benefits) AnnounceEnd(ctx context.Context, id kernel.ID, in Publication, opts ...kernel.Option) (Benefit, error) {
	var at time.Time
	var from kernel.Date
	return s.fire(ctx, id, benefitCall{
		Event: BenefitAnnounceEnd, Input: in, Check: in.check,
		Guard: func(u *command.Unit, b *Benefit) (err error) {
			at, from, err = s.notice(u, b, in, b.StartedAt)
			return err
		},
		Apply: func(u *command.Unit, b *Benefit) error { return b.foretold(u, TellsEnd, in, at, from) },
	}, opts)
}

// foretellEnd announces the end of an edition together with what takes its place.
func (s *Benefits) foretellEnd(u *command.Unit, id kernel.ID, in Publication, at time.Time, from kernel.Date) error {
	_, err := s.within(u).fire(u.Context(), id, benefitCall{
		Event: BenefitAnnounceEnd,
		Apply: func(u *command.Unit, b *Benefit) error { return b.foretold(u, TellsChange, in, at, from) },
	}, nil)
	return err
}

func (b *Benefit) foretold(u *command.Unit, kind AnnouncementKind, in Publication, at time.Time, from kernel.Date) error {
	b.EndToldAt, b.EndsFrom = at, from
	return publish(u, b.ID, kind, in, at, from)
}

// End takes a benefit away whose end was announced long enough before. Before its day it
// is refused, and the refusal says from when it may.
func (s *Benefits) End(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Benefit, error) {
	return s.fire(ctx, id, benefitCall{
		Event: BenefitEnd,
		Apply: func(u *command.Unit, b *Benefit) error { b.EndedAt = u.Now(); return nil },
	}, opts)
}

// within is the same service inside a unit of work.
func (s *Benefits) within(u *command.Unit) *Benefits {
	in := *s
	in.run = u.Runner()
	return &in
}
