package member

import (
	"context"
	"errors"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Activities gives commands to activities, signs people up, and answers questions.
type Activities struct {
	run command.Runner
	cfg Config
}

type activityCall = command.Call[Activity, ActivityEvent]

func (s *Activities) fire(ctx context.Context, id kernel.ID, c activityCall, opts []kernel.Option) (Activity, error) {
	return command.Fire(ctx, s.run, activityLife, id, c, opts...)
}

func (p ActivityPlan) check(f *kernel.FieldErrors) {
	checkLabel(f, "title", p.Title)
	checkCode(f, "kind", p.Kind, true)
	kernel.CheckText(f, "place", p.Place, MaxText, true)
	if p.From.IsZero() {
		f.Add("from", "required", "when does it begin?")
	}
	kernel.CheckTime(f, "from", p.From)
	kernel.CheckTime(f, "to", p.To)
	if !p.To.After(p.From) {
		f.Add("to", "order", "after its beginning")
	}
	kernel.CheckTime(f, "sign_up_to", p.SignUpTo)
	if p.SignUpTo.After(p.From) {
		f.Add("sign_up_to", "order", "not after its beginning")
	}
	checkInt(f, "capacity", p.Capacity, 1, maxCapacity)
	if p.ProgramID != "" {
		keyOf(f, "program_id", p.ProgramID)
	}
	checkCount(f, "tiers", len(p.Tiers), MaxList)
	for i, t := range p.Tiers[:min(len(p.Tiers), MaxList)] {
		checkCode(f.Index("tiers", i), "", t, true)
	}
	if len(p.Tiers) > 0 && p.ProgramID == "" {
		f.Add("tiers", "conflict", "tiers of which program?")
	}
	checkCode(f, "benefit", p.Benefit, false)
}

// fits notes what the plan names and does not exist, and whether it is too late.
func (p *ActivityPlan) fits(u *command.Unit, cfg Config) error {
	var f kernel.FieldErrors
	if !p.From.After(u.Now()) {
		f.Add("from", "range", "in the future")
	}
	if p.ProgramID != "" {
		_, rules, err := programOn(u, p.ProgramID, cfg.today(u))
		if err != nil {
			return err
		}
		if rules == nil {
			f.Add("program_id", "unknown", "there is no such program")
		}
		for i, t := range p.Tiers {
			if rules != nil && rules.rank(t) < 0 {
				f.Index("tiers", i).Add("", "unknown", "the program has no such tier")
			}
		}
	}
	if p.Benefit != "" {
		known, err := editions(u, p.Benefit, BenefitApproved, BenefitAnnounced, BenefitEffective, BenefitRetiring)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(known, func(b Benefit) bool { return b.Kind == MemberEvent }) {
			f.Add("benefit", "unknown", "there is no such member event")
		}
	}
	return f.Err()
}

// put gives the activity its plan.
func (p ActivityPlan) put(a *Activity) {
	p.ProgramID = usual(p.ProgramID)
	p.From, p.To = kernel.Instant(p.From), kernel.Instant(p.To)
	if !p.SignUpTo.IsZero() {
		p.SignUpTo = kernel.Instant(p.SignUpTo)
	}
	p.Tiers = slices.Clone(p.Tiers)
	a.Plan, a.Begins = p, p.From
}

// ActivityForm begins an activity.
type ActivityForm struct {
	Branch string // whose activity it is; empty: everybody's
	Plan   ActivityPlan
}

// Plan begins an activity.
func (s *Activities) Plan(ctx context.Context, in ActivityForm, opts ...kernel.Option) (Activity, error) {
	return command.Create(ctx, s.run, activityLife, command.Creation[Activity, ActivityEvent]{
		Event: ActivityPlanIt, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkCode(f, "branch", in.Branch, false)
			in.Plan.check(f.At("plan"))
		},
		Build: func(u *command.Unit) (*Activity, error) {
			a := &Activity{}
			a.Branch = in.Branch
			in.Plan.put(a)
			u.Fact("begins", a.Begins)
			u.Fact("capacity", a.Plan.Capacity)
			return a, at("plan", in.Plan.fits(u, s.cfg))
		},
	}, opts...)
}

// at puts field errors under a path; other errors stay what they are.
func at(path string, err error) error {
	var fields *kernel.FieldErrors
	if !errors.As(err, &fields) {
		return err
	}
	var f kernel.FieldErrors
	f.Merge(path, err)
	return f.Err()
}

// Edit replaces the plan of an activity for which nobody could sign up yet.
func (s *Activities) Edit(ctx context.Context, id kernel.ID, p ActivityPlan, opts ...kernel.Option) (Activity, error) {
	return s.fire(ctx, id, activityCall{
		Event: ActivityEdit, Input: p, Check: p.check,
		Guard: func(u *command.Unit, _ *Activity) error { return p.fits(u, s.cfg) },
		Apply: func(u *command.Unit, a *Activity) error {
			p.put(a)
			u.Fact("begins", a.Begins)
			u.Fact("capacity", a.Plan.Capacity)
			return nil
		},
	}, opts)
}

// Invite opens the activity for sign-ups.
func (s *Activities) Invite(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Activity, error) {
	return s.fire(ctx, id, activityCall{
		Event: ActivityInvite,
		Guard: func(u *command.Unit, a *Activity) error { return a.Plan.fits(u, s.cfg) },
	}, opts)
}

// Extend gives an open activity more seats; the line moves up.
func (s *Activities) Extend(ctx context.Context, id kernel.ID, capacity int64, opts ...kernel.Option) (Activity, error) {
	return s.fire(ctx, id, activityCall{
		Event: ActivityExtend, Input: capacity,
		Check: func(f *kernel.FieldErrors) { checkInt(f, "capacity", capacity, 1, maxCapacity) },
		Guard: func(_ *command.Unit, a *Activity) error {
			if capacity <= a.Plan.Capacity {
				return kernel.Invalid("capacity", "range", "more than the %d there are", a.Plan.Capacity)
			}
			return nil
		},
		Apply: func(u *command.Unit, a *Activity) error {
			u.Fact("capacity", capacity)
			a.Plan.Capacity = capacity
			return s.moveUp(u, a)
		},
	}, opts)
}

// Hold records that the activity takes place. Who still waits in the line did not get a
// seat; those with a seat can now attend or miss it.
func (s *Activities) Hold(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Activity, error) {
	return s.fire(ctx, id, activityCall{
		Event: ActivityHold,
		Apply: func(u *command.Unit, a *Activity) error {
			a.HeldAt = u.Now()
			return s.dismiss(u, a, "no_seat", SignUpWaiting)
		},
	}, opts)
}

// Cancel calls the activity off, and all sign-ups with it.
func (s *Activities) Cancel(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Activity, error) {
	return s.fire(ctx, id, activityCall{
		Event: ActivityCancel, Input: why, Check: func(f *kernel.FieldErrors) { why.check(f, true) },
		Apply: func(u *command.Unit, a *Activity) error {
			why.note(u)
			return s.dismiss(u, a, "activity_cancelled", SignedUp, SignUpWaiting)
		},
	}, opts)
}
