package survey

import (
	"context"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Form is what a customer sees who follows an invitation.
type Form struct {
	State     InvitationState `json:"state"` // completed, declined: nothing more is asked
	Title     workflow.Label  `json:"title"`
	Questions []Question      `json:"questions"`
	ExpiresAt time.Time       `json:"expires_at,omitzero"`
}

// Shown returns the codes of the questions to show to somebody who gave the answers so
// far.
func (f Form) Shown(answers []Answer) []string {
	c := Content{Questions: f.Questions}
	return c.Shown(answers)
}

// Form returns what the key of an invitation asks, and changes nothing. A key that does
// not exist is [kernel.ErrNotFound], one whose time is over [ErrOver].
func (s *Invitations) Form(ctx context.Context, key privacy.Secret) (Form, error) {
	var out Form
	err := s.run.Look(ctx, "invitation.Form", func(u *command.Unit) error {
		i, err := byKey(u, key)
		if err != nil {
			return err
		}
		out, err = form(u, i)
		return err
	})
	return out, err
}

func form(u *command.Unit, i *Invitation) (Form, error) {
	if i.State == Completed || i.State == Declined {
		return Form{State: i.State}, nil
	}
	if err := i.takes(u); err != nil {
		return Form{}, err
	}
	q, err := storage.Get[Questionnaire](u, i.QuestionnaireID)
	if err != nil {
		return Form{}, err
	}
	return Form{State: i.State, Title: q.Content.Title, Questions: q.Content.Questions, ExpiresAt: i.ExpiresAt}, nil
}

// takes returns nil while the customer may answer, or refuse to.
func (i *Invitation) takes(u *command.Unit) error {
	c, err := storage.Get[Campaign](u, i.CampaignID)
	if err == nil && (c.over() || i.late(u.Now()) || !InvitationLife.Class(i.State).Live()) {
		err = ErrOver
	}
	return err
}

// withKey does something in one unit of work with the invitation that a key opens.
func (s *Invitations) withKey(ctx context.Context, g command.Group, key privacy.Secret, do func(context.Context, *Invitations, *Invitation) error, opts []kernel.Option) error {
	return s.run.Together(ctx, g, func(ctx context.Context, r command.Runner) error {
		var i *Invitation
		err := r.Look(ctx, g.Action, func(u *command.Unit) (err error) {
			i, err = byKey(u, key)
			return err
		})
		if err != nil {
			return err
		}
		return do(ctx, s.within(r), i)
	}, opts...)
}

// Open notes that the customer looks at the questionnaire, and returns it. To look again
// changes nothing. Errors are those of [Invitations.Form].
func (s *Invitations) Open(ctx context.Context, key privacy.Secret) (Form, error) {
	var out Form
	g := command.Group{Action: "invitation.Open", Input: key}
	err := s.withKey(ctx, g, key, func(ctx context.Context, s *Invitations, i *Invitation) error {
		err := s.run.Look(ctx, g.Action, func(u *command.Unit) (err error) {
			out, err = form(u, i)
			return err
		})
		if err != nil || i.State != Sent {
			return err
		}
		now, err := s.open(ctx, i.ID)
		out.State = now.State
		return err
	}, nil)
	if err != nil {
		return Form{}, err
	}
	return out, nil
}

func (s *Invitations) open(ctx context.Context, id kernel.ID) (Invitation, error) {
	return s.fire(ctx, id, invitationCall{
		Event: invitationOpen,
		Apply: func(u *command.Unit, i *Invitation) error { i.OpenedAt = u.Now(); return nil },
	}, nil)
}

// Refuse declines an invitation for the customer who has its key. To do it again changes
// nothing. One that was answered is [ErrUsed]; else errors are those of [Invitations.Form].
func (s *Invitations) Refuse(ctx context.Context, key privacy.Secret) error {
	g := command.Group{Action: "invitation.Refuse", Input: key}
	return s.withKey(ctx, g, key, func(ctx context.Context, s *Invitations, i *Invitation) error {
		switch i.State {
		case Declined:
			return nil
		case Completed:
			return ErrUsed
		}
		if err := s.run.Look(ctx, g.Action, i.takes); err != nil {
			return err
		}
		_, err := s.Decline(ctx, i.ID, Grounds{Code: "by_customer"})
		return err
	}, nil)
}

// Submission is what a customer answers on line.
type Submission struct {
	Key     privacy.Secret
	Answers []Answer
}

// Submit stores a customer's answers, all or nothing. Every fault comes back at once as
// [kernel.FieldErrors]. The same answers again, in any order, are the same response,
// marked replayed; other answers are [ErrUsed]. A key that does not exist is
// [kernel.ErrNotFound]; when the time is over, the campaign closed or the customer has
// refused, it is [ErrOver].
func (s *Invitations) Submit(ctx context.Context, in Submission, opts ...kernel.Option) (Response, error) {
	var out Response
	g := command.Group{Action: "invitation.Submit", Input: in, Check: func(f *kernel.FieldErrors) { checkAnswers(f, in.Answers) }}
	err := s.withKey(ctx, g, in.Key, func(ctx context.Context, s *Invitations, i *Invitation) (err error) {
		switch i.State {
		case Completed:
			out, err = s.again(ctx, g.Action, i.ID, in.Answers)
			return err
		case Declined, Expired, Unreachable:
			return ErrOver
		case Sent:
			if _, err = s.open(ctx, i.ID); err != nil {
				return err
			}
		}
		out, err = s.submit(ctx, i.ID, Response{Method: Online}, in.Answers)
		return err
	}, opts)
	return s.redone(ctx, g.Action, out, err)
}

// checkAnswers notes what must not even be digested.
func checkAnswers(f *kernel.FieldErrors, answers []Answer) {
	if checkCount(f, "answers", len(answers), MaxQuestions); len(answers) > MaxQuestions {
		return
	}
	for i := range answers {
		checkSecret(f.Index("answers", i), "text", answers[i].Text, false)
	}
}

// again returns the response that was given before, if these are its answers.
func (s *Invitations) again(ctx context.Context, action string, id kernel.ID, answers []Answer) (Response, error) {
	var out Response
	err := s.run.Look(ctx, action, func(u *command.Unit) error {
		r, err := response(u, id)
		if err != nil {
			return err
		}
		d, err := digest(u, answers)
		if err == nil && (r == nil || string(d) != string(r.Digest)) {
			err = ErrUsed
		}
		if err == nil {
			out, out.Replayed = *r, true
		}
		return err
	})
	return out, err
}

// redone turns the replay of a unit of work into the response that it made.
func (s *Invitations) redone(ctx context.Context, action string, out Response, err error) (Response, error) {
	return command.Redone(out, err, func(id kernel.ID) (Response, error) {
		var found Response
		err := s.run.Look(ctx, action, func(u *command.Unit) error {
			i, err := command.See(u, invitationLife, action, id)
			if err != nil {
				return err
			}
			r, err := response(u, i.ID)
			if err == nil && r == nil {
				err = kernel.ErrNotFound
			}
			if err == nil {
				found, found.Replayed = *r, true
			}
			return err
		})
		return found, err
	})
}

// submit completes an opened invitation.
func (s *Invitations) submit(ctx context.Context, id kernel.ID, r Response, answers []Answer) (Response, error) {
	var c *Campaign
	var q *Questionnaire
	var x *examination
	_, err := s.fire(ctx, id, invitationCall{
		Event: invitationSubmit,
		Guard: func(u *command.Unit, i *Invitation) (err error) {
			if c, err = storage.Get[Campaign](u, i.CampaignID); err != nil {
				return err
			}
			if q, err = storage.Get[Questionnaire](u, i.QuestionnaireID); err != nil {
				return err
			}
			x = q.Content.examine(answers)
			return x.Err()
		},
		Apply: func(u *command.Unit, i *Invitation) (err error) {
			if r.Digest, err = digest(u, answers); err != nil {
				return err
			}
			if r.Method != Online {
				r.EnteredBy = u.Actor.ID
			}
			r.InvitationID, r.CampaignID, r.QuestionnaireID = i.ID, i.CampaignID, i.QuestionnaireID
			u.Fact("campaign", c.Code)
			u.Fact("method", string(r.Method))
			u.Fact("recording", string(r.Recording))
			if err := u.Insert(&r); err != nil {
				return err
			}
			month := u.Now().In(s.cfg.Zone).Format("2006-01")
			return i.store(u, x, &q.Content, c.Plan.Low, month)
		},
	}, nil)
	if err != nil {
		return Response{}, err
	}
	return r, nil
}

// Entry is what staff took down from a customer.
type Entry struct {
	Answers   []Answer
	Method    Method     // how the customer was asked; empty: as the campaign asks
	Recording kernel.Ref // the host's reference of call, tape or paper; needed on the telephone (MR 八(一))
}

// Enter stores the answers that a customer gave on the telephone, in an interview or on
// paper: all steps from Send to Submit that are left, in one unit of work. Faults and
// refusals are those of [Invitations.Submit]; an invitation that was answered before is
// [kernel.ErrState].
func (s *Invitations) Enter(ctx context.Context, id kernel.ID, in Entry, opts ...kernel.Option) (Response, error) {
	type input struct {
		ID kernel.ID
		In Entry
	}
	o, err := kernel.OptionsOf(opts)
	if err != nil {
		return Response{}, err
	}
	var out Response
	g := command.Group{Action: "invitation.Enter", Input: input{id, in}, Check: func(f *kernel.FieldErrors) {
		if in.Method != "" && (!in.Method.Known() || in.Method == Online) {
			f.Add("method", "unknown", "phone, interview or paper")
		}
		checkOptional(f, "recording", string(in.Recording))
		checkAnswers(f, in.Answers)
	}}
	err = s.run.Together(ctx, g, func(ctx context.Context, r command.Runner) error {
		s := s.within(r)
		i, err := s.load(ctx, g.Action, id)
		if err == nil && o.IfVersion != 0 && o.IfVersion != i.Version {
			err = kernel.ErrConflict
		}
		if err != nil {
			return err
		}
		how := in.Method
		if how == "" {
			how = i.Method
		}
		var f kernel.FieldErrors
		if how == Online {
			f.Add("method", "required", "say how the customer was asked")
		}
		if how == Phone && in.Recording == "" {
			f.Add("recording", "required", "calls are recorded: name the recording")
		}
		if err := f.Err(); err != nil {
			return err
		}
		if i.State == Created {
			if i, err = s.send(ctx, id, false, nil); err != nil {
				return err
			}
		}
		if i.State == Sent {
			if _, err = s.open(ctx, id); err != nil {
				return err
			}
		}
		out, err = s.submit(ctx, id, Response{Method: how, Recording: in.Recording}, in.Answers)
		return err
	}, opts...)
	return s.redone(ctx, g.Action, out, err)
}
