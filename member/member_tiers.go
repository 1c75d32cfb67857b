package member

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Evaluating says whose tiers are to be worked out.
type Evaluating struct {
	Program kernel.ID   // empty: of every program
	On      kernel.Date // not after today; zero: today
}

// EvaluateTiers works out the tiers of one page of the members who were active or frozen
// when it is called and whose tier is known on the day, each in a unit of work of its
// own, as [Members.EvaluateTier] does. Call it with the cursor of the page before until
// there is none. When it fails, those that were done stay done: begin again with the
// same day, and they give the same answers.
func (s *Members) EvaluateTiers(ctx context.Context, in Evaluating, list kernel.List) (kernel.Page[Evaluation], error) {
	var (
		members kernel.Page[Member]
		out     kernel.Page[Evaluation]
	)
	err := s.run.Look(ctx, "member.EvaluateTiers", func(u *command.Unit) (err error) {
		var f kernel.FieldErrors
		if checkDay(&f, "on", in.On, false); f.Err() != nil {
			return f.Err()
		}
		today := s.cfg.today(u)
		if in.On == 0 {
			in.On = today
		}
		if in.On > today {
			return kernel.Invalid("on", "range", "a day that has not begun has no figures")
		}
		where := append(u.Branches(), colState.In(Active, Frozen).Skimmed(), colSince.Le(in.On).Skimmed())
		if in.Program != "" {
			p, err := visible[Program](u, in.Program)
			if err != nil {
				return unknown("program", err)
			}
			where = append(where, colProgram.Eq(p.ID))
		}
		members, err = storage.Page[Member](u, storage.Query{Where: where}, list)
		return err
	})
	if err != nil {
		return out, err
	}
	for i := range members.Items {
		e, err := s.EvaluateTier(ctx, members.Items[i].ID, in.On)
		if err != nil {
			return kernel.Page[Evaluation]{}, err
		}
		out.Items = append(out.Items, e)
	}
	out.Next = members.Next
	return out, nil
}

// TierOn returns the tier that a member had on a day, and why: that of the last day that
// was evaluated until then. Before the first it is [kernel.ErrNotFound].
func (s *Members) TierOn(ctx context.Context, id kernel.ID, on kernel.Date) (Evaluation, error) {
	var out Evaluation
	err := s.about(ctx, "member.TierOn", id, func(u *command.Unit, m *Member) error {
		var f kernel.FieldErrors
		if checkDay(&f, "on", on, true); f.Err() != nil {
			return f.Err()
		}
		e, err := storage.One[Evaluation](u, storage.Query{
			Where: []storage.Cond{colMember.Eq(m.ID), colOn.Le(on)}, Order: []storage.Order{colOn.Desc()},
		})
		if err == nil && e == nil {
			err = kernel.ErrNotFound
		}
		if err == nil {
			out = *e
		}
		return err
	})
	return out, err
}

// TierPeriod is a time in which a member had one tier.
type TierPeriod struct {
	Tier string         `json:"tier"`
	Name workflow.Label `json:"name"`
	From kernel.Date    `json:"from"`        // first day
	To   kernel.Date    `json:"to,omitzero"` // first day of the next; zero: it lasts
	Why  workflow.Label `json:"why"`         // on the first day
}

// Tiers returns the history of a member's tiers, the oldest first.
func (s *Members) Tiers(ctx context.Context, id kernel.ID) ([]TierPeriod, error) {
	var out []TierPeriod
	err := s.about(ctx, "member.Tiers", id, func(u *command.Unit, m *Member) error {
		all, err := storage.Find[Evaluation](u, storage.Query{
			Where: []storage.Cond{colMember.Eq(m.ID)}, Order: []storage.Order{colOn.Asc()},
		})
		for i := range all {
			e := &all[i]
			if n := len(out); n > 0 {
				if out[n-1].Tier == e.Tier {
					continue
				}
				out[n-1].To = e.On
			}
			out = append(out, TierPeriod{Tier: e.Tier, Name: e.Name, From: e.On, Why: e.Why})
		}
		return err
	})
	return out, err
}
