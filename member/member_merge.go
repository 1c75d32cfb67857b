package member

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Merger says which membership goes on.
type Merger struct {
	Into    kernel.ID
	Grounds Grounds
}

// Merge ends a membership that is of the same customer as another of the program, which
// goes on with the points of both. Years and tier are those of the other one.
func (s *Members) Merge(ctx context.Context, id kernel.ID, in Merger, opts ...kernel.Option) (Member, error) {
	return command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event: EventMerge, Input: in,
		Check: func(f *kernel.FieldErrors) {
			if in.Into == "" {
				f.Add("into", "required", "name the membership that goes on")
			}
			in.Grounds.check(f.At("grounds"), true)
		},
		Guard: func(u *command.Unit, m *Member) error {
			other, err := visible[Member](u, in.Into)
			switch {
			case err != nil:
				return unknown("into", err)
			case other.ID == m.ID:
				return kernel.Invalid("into", "conflict", "a membership does not merge into itself")
			case other.ProgramID != m.ProgramID:
				return kernel.Invalid("into", "conflict", "a membership of another program")
			case other.State != Active:
				return kernel.Invalid("into", "state", "the membership that goes on must be active")
			}
			return nil
		},
		Apply: func(u *command.Unit, m *Member) error { return s.merge(u, m, in) },
	}, opts...)
}

func (s *Members) merge(u *command.Unit, m *Member, in Merger) error {
	b, err := s.book(u, m)
	if err != nil {
		return err
	}
	var left []Lot
	for i := range b.lots {
		left = append(left, b.lots[i])
		b.move(&b.lots[i], MoveMerged, b.lots[i].Remaining, string(in.Into))
	}
	if err := b.close(); err != nil {
		return err
	}
	m.MergedInto = in.Into
	u.Fact("into", in.Into)
	in.Grounds.note(u)
	if err := release(u, m); err != nil {
		return err
	}
	_, err = command.Fire(u.Context(), u.Runner(), life, in.Into, command.Call[Member, Event]{
		Event: EventAbsorb,
		Apply: func(u *command.Unit, to *Member) error {
			u.Fact("from", m.ID)
			return s.absorb(u, to, left)
		},
	})
	if err != nil {
		return fmt.Errorf("the membership that goes on: %w", err)
	}
	return nil
}
