package member

import (
	"context"
	"errors"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// unknown turns a record that is not there into a fault of the field that names it.
func unknown(path string, err error) error {
	if errors.Is(err, kernel.ErrNotFound) {
		return kernel.Invalid(path, "unknown", "there is none that you see")
	}
	return err
}

// Refuse does not let the customer join.
func (s *Members) Refuse(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Member, error) {
	return s.move(ctx, id, EventRefuse, why, release, opts)
}

// Freeze keeps points from being earned and spent.
func (s *Members) Freeze(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Member, error) {
	return s.move(ctx, id, EventFreeze, why, nil, opts)
}

// Unfreeze lets a frozen membership go on.
func (s *Members) Unfreeze(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Member, error) {
	return s.move(ctx, id, EventUnfreeze, why, nil, opts)
}

// Terminate ends a membership and what is left of its points.
func (s *Members) Terminate(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Member, error) {
	return s.move(ctx, id, EventTerminate, why, func(u *command.Unit, m *Member) error {
		b, err := s.book(u, m)
		if err != nil {
			return err
		}
		for i := range b.lots {
			b.move(&b.lots[i], MoveExpired, b.lots[i].Remaining, "terminated")
		}
		if err := b.close(); err != nil {
			return err
		}
		return release(u, m)
	}, opts)
}

// release lets the customer join anew.
func release(_ *command.Unit, m *Member) error {
	m.LiveIn = ""
	return nil
}

func (s *Members) move(ctx context.Context, id kernel.ID, e Event, why Grounds, then func(*command.Unit, *Member) error, opts []kernel.Option) (Member, error) {
	return command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event: e, Input: why,
		Check: func(f *kernel.FieldErrors) { why.check(f, true) },
		Apply: func(u *command.Unit, m *Member) error {
			why.note(u)
			if then == nil {
				return nil
			}
			return then(u, m)
		},
	}, opts...)
}

// Expire ends a membership whose term is over. It can be renewed.
func (s *Members) Expire(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Member, error) {
	return command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event: EventExpire,
		Guard: func(u *command.Unit, m *Member) error {
			if today := s.cfg.today(u); m.ExpiresOn > today {
				return kernel.Invalid("expires_on", "range", "the membership lasts until %s", m.ExpiresOn)
			}
			return nil
		},
		Apply: func(u *command.Unit, m *Member) error { u.Fact("expired", m.ExpiresOn); return nil },
	}, opts...)
}

// termOver is the guard of Expire that needs no clock: there is a term at all.
func termOver(_ *command.Unit, m *Member) error {
	if m.ExpiresOn == 0 {
		return errors.New("the membership has no term")
	}
	return nil
}

// Renew lets an expired membership go on for another term that begins today. Its years,
// its tier and the points that are left go on too.
func (s *Members) Renew(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Member, error) {
	return command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event: EventRenew,
		Apply: func(u *command.Unit, m *Member) error {
			today := s.cfg.today(u)
			rules, err := rulesOn(u, m.ProgramID, today)
			if err != nil {
				return err
			}
			m.ExpiresOn = rules.termFrom(today)
			u.Fact("until", m.ExpiresOn)
			return nil
		},
	}, opts...)
}

// Assignment says who looks after a member.
type Assignment struct {
	Adviser kernel.Ref // staff
	Grounds Grounds
}

// Assign gives a member another adviser. Staff who are known here must be active.
func (s *Members) Assign(ctx context.Context, id kernel.ID, in Assignment, opts ...kernel.Option) (Member, error) {
	return command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event: EventAssign, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkRef(f, "adviser", in.Adviser, true)
			in.Grounds.check(f.At("grounds"), false)
		},
		Guard: func(u *command.Unit, _ *Member) error { return advises(u, "adviser", in.Adviser) },
		Apply: func(u *command.Unit, m *Member) error {
			u.Fact("before", string(m.Adviser))
			u.Fact("adviser", string(in.Adviser))
			in.Grounds.note(u)
			m.Adviser = in.Adviser
			return nil
		},
	}, opts...)
}
