package member

import (
	"context"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// SignUps gives commands to sign-ups and answers questions about them. One signs up with
// [Activities.SignUp].
type SignUps struct {
	run command.Runner
	cfg Config
}

// SignUp signs a customer up for an activity that is open: for a seat, or, when none is
// free, for the last place in the line; the answer's state says which. Who is signed up
// or waits already is a [kernel.DuplicateError]; who is not invited is told so as
// [kernel.FieldErrors] on "customer" or "benefit".
func (s *Activities) SignUp(ctx context.Context, id kernel.ID, customer kernel.Ref, opts ...kernel.Option) (SignUp, error) {
	var out SignUp
	var invited Entitlement
	a, err := s.fire(ctx, id, activityCall{
		Event: ActivitySignUp, Input: customer,
		Check: func(f *kernel.FieldErrors) { checkRef(f, "customer", customer, true) },
		Guard: func(u *command.Unit, a *Activity) (err error) {
			live, err := storage.One[SignUp](u, storage.Query{Where: []storage.Cond{
				colActivityID.Eq(a.ID), colSignUpPerson.Eq(customer), colSignUpState.In(SignedUp, SignUpWaiting),
			}})
			if err != nil {
				return err
			}
			if live != nil {
				return &kernel.DuplicateError{Kind: "sign_up", Candidates: []kernel.ID{live.ID}, Certain: true}
			}
			invited, err = s.invited(u, a, customer)
			return err
		},
		Apply: func(u *command.Unit, a *Activity) (err error) {
			a.Calls++
			place := &SignUp{ActivityID: a.ID, Place: a.Calls, Customer: customer, MemberID: invited.MemberID}
			place.Branch = a.Branch
			event := SignUpSeat
			if a.Free() == 0 {
				event = SignUpQueue
				a.Waiting++
			} else {
				a.Taken++
			}
			u.Fact("place", a.Calls)
			out, err = s.enter(u, event, place, &invited)
			return err
		},
	}, opts)
	if err != nil {
		return SignUp{}, err
	}
	if a.Replayed {
		return s.entered(ctx, a.ID, customer)
	}
	return out, nil
}

// invited returns what entitles the customer to come: nothing where every customer may.
func (s *Activities) invited(u *command.Unit, a *Activity, customer kernel.Ref) (Entitlement, error) {
	if a.Plan.Benefit != "" {
		e, err := s.cfg.entitled(u, wanted{customer: customer, code: a.Plan.Benefit, kind: MemberEvent})
		if err != nil {
			return Entitlement{}, err
		}
		return *e, nil
	}
	hs, err := holdings(u, s.cfg.today(u), customer)
	if err != nil {
		return Entitlement{}, err
	}
	for _, h := range hs {
		if a.Plan.ProgramID == "" || h.program == a.Plan.ProgramID && (len(a.Plan.Tiers) == 0 || slices.Contains(a.Plan.Tiers, h.tier)) {
			return Entitlement{MemberID: h.member}, nil
		}
	}
	if a.Plan.ProgramID != "" {
		return Entitlement{}, kernel.Invalid("customer", "not_invited", "the activity is for certain members")
	}
	return Entitlement{}, nil
}

// enter writes the sign-up down, and reserves the entry where a benefit gives it.
func (s *Activities) enter(u *command.Unit, e SignUpEvent, place *SignUp, invited *Entitlement) (SignUp, error) {
	return command.Create(u.Context(), u.Runner(), signUpLife, command.Creation[SignUp, SignUpEvent]{
		Event: e,
		Build: func(u *command.Unit) (_ *SignUp, err error) {
			if invited.Benefit.Code != "" {
				place.GrantID, err = s.cfg.reserve(u, invited)
			}
			u.Fact("activity", string(place.ActivityID))
			u.Fact("place", place.Place)
			return place, err
		},
	})
}

// entered returns the customer's latest sign-up, marked as one that was there before.
func (s *Activities) entered(ctx context.Context, id kernel.ID, customer kernel.Ref) (SignUp, error) {
	var out SignUp
	err := s.run.Look(ctx, "activity.SignUp", func(u *command.Unit) error {
		last, err := storage.One[SignUp](u, storage.Query{
			Where: []storage.Cond{colActivityID.Eq(id), colSignUpPerson.Eq(customer)}, Order: []storage.Order{colPlace.Desc()},
		})
		if err == nil && last == nil {
			err = kernel.ErrNotFound
		}
		if err == nil {
			out = *last
			out.Replayed = true
		}
		return err
	})
	return out, err
}

// moveUp gives the free seats to the first in the line, in the order in which they came.
func (s *Activities) moveUp(u *command.Unit, a *Activity) error {
	if a.Free() == 0 || a.Waiting == 0 {
		return nil
	}
	line, err := storage.Find[SignUp](u, storage.Query{
		Where: []storage.Cond{colActivityID.Eq(a.ID), colSignUpState.Eq(SignUpWaiting)},
		Order: []storage.Order{colPlace.Asc()}, Limit: int(a.Free()),
	})
	if err != nil {
		return err
	}
	for i := range line {
		if err := signUpFire(u, line[i].ID, SignUpMoveUp, func(u *command.Unit, p *SignUp) error {
			p.MovedUpAt = u.Now()
			return nil
		}); err != nil {
			return err
		}
		a.Taken++
		a.Waiting--
	}
	return nil
}

// dismiss cancels the sign-ups of an activity that stand in the states.
func (s *Activities) dismiss(u *command.Unit, a *Activity, code string, states ...SignUpState) error {
	live, err := storage.Find[SignUp](u, storage.Query{
		Where: []storage.Cond{colActivityID.Eq(a.ID), colSignUpState.In(states...)}, Order: []storage.Order{colPlace.Asc()},
	})
	if err != nil {
		return err
	}
	for i := range live {
		if err := a.drop(u, &live[i], Grounds{Code: code}); err != nil {
			return err
		}
	}
	return nil
}

// drop cancels one sign-up and counts it.
func (a *Activity) drop(u *command.Unit, p *SignUp, why Grounds, opts ...kernel.Option) error {
	_, err := command.Fire(u.Context(), u.Runner(), signUpLife, p.ID, command.Call[SignUp, SignUpEvent]{
		Event: SignUpCancel,
		Guard: func(_ *command.Unit, now *SignUp) error { *p = *now; return nil }, // as it was
		Apply: func(u *command.Unit, now *SignUp) error {
			why.note(u)
			return giveBack(u, now.GrantID)
		},
	}, opts...)
	if err != nil {
		return err
	}
	if p.State == SignUpWaiting {
		a.Waiting--
	} else {
		a.Taken--
	}
	return nil
}

func signUpFire(u *command.Unit, id kernel.ID, e SignUpEvent, apply func(*command.Unit, *SignUp) error) error {
	_, err := command.Fire(u.Context(), u.Runner(), signUpLife, id, command.Call[SignUp, SignUpEvent]{Event: e, Apply: apply})
	return err
}

// Cancel cancels a sign-up as long as the activity is open; the first in the line moves
// up.
func (s *SignUps) Cancel(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (SignUp, error) {
	place, err := command.About(ctx, s.run, signUpLife, "sign_up.Cancel", id, func(_ *command.Unit, p *SignUp) (SignUp, error) { return *p, nil })
	if err != nil {
		return SignUp{}, err
	}
	var same []kernel.Option // the version is the sign-up's, the rest is of the unit of work
	o, err := kernel.OptionsOf(opts)
	if err != nil {
		return SignUp{}, err
	}
	if o.IfVersion != 0 {
		same = append(same, kernel.IfVersion(o.IfVersion))
		opts = append(slices.Clone(opts), func(o *kernel.Options) { o.IfVersion = 0 })
	}
	acts := &Activities{s.run, s.cfg}
	a, err := acts.fire(ctx, place.ActivityID, activityCall{
		Event: ActivityLeave, Input: struct {
			ID  kernel.ID
			Why Grounds
		}{place.ID, why},
		Check: func(f *kernel.FieldErrors) { why.check(f, false) },
		Apply: func(u *command.Unit, a *Activity) error {
			p := place
			if err := a.drop(u, &p, why, same...); err != nil {
				return err
			}
			u.Fact("place", p.Place)
			if err := acts.moveUp(u, a); err != nil {
				return err
			}
			now, err := storage.Get[SignUp](u, p.ID)
			if err == nil {
				place = *now
			}
			return err
		},
	}, opts)
	if err != nil {
		return SignUp{}, err
	}
	if a.Replayed {
		place, err = s.Get(ctx, place.ID)
		place.Replayed = true
	}
	return place, err
}

// Attend records that the customer came; the entry is used.
func (s *SignUps) Attend(ctx context.Context, id kernel.ID, opts ...kernel.Option) (SignUp, error) {
	return s.used(ctx, SignUpAttend, id, opts)
}

// Miss records that the customer did not come; the entry is used all the same.
func (s *SignUps) Miss(ctx context.Context, id kernel.ID, opts ...kernel.Option) (SignUp, error) {
	return s.used(ctx, SignUpMiss, id, opts)
}

func (s *SignUps) used(ctx context.Context, e SignUpEvent, id kernel.ID, opts []kernel.Option) (SignUp, error) {
	return command.Fire(ctx, s.run, signUpLife, id, command.Call[SignUp, SignUpEvent]{
		Event: e,
		Apply: func(u *command.Unit, p *SignUp) error {
			if e == SignUpAttend {
				p.AttendedAt = u.Now()
			}
			return consume(u, p.GrantID)
		},
	}, opts...)
}

// GiveFeedback records what the customer thought of the activity.
func (s *SignUps) GiveFeedback(ctx context.Context, id kernel.ID, in Opinion, opts ...kernel.Option) (SignUp, error) {
	return command.Fire(ctx, s.run, signUpLife, id, command.Call[SignUp, SignUpEvent]{
		Event: SignUpFeedback, Input: in, Check: in.check,
		Apply: func(u *command.Unit, p *SignUp) error {
			p.Score, p.Comment, p.FeedbackAt = in.Score, in.Comment, u.Now()
			u.Fact("score", in.Score)
			return nil
		},
	}, opts...)
}
