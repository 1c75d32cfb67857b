package complaint

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// NameRespondent adds somebody who turns out to be complained of. When that is the
// handler, the complaint has to be given to somebody else first.
func (s *Service) NameRespondent(ctx context.Context, id kernel.ID, in Accused, opts ...kernel.Option) (Complaint, error) {
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventNameRespondent, Input: in, Check: in.check,
		Guard: func(u *command.Unit, c *Complaint) error {
			all, err := respondents(u, c.ID)
			if err != nil {
				return err
			}
			for i := range all {
				if all[i].Kind == in.Kind && all[i].Party == in.Party {
					return kernel.Invalid("party", "duplicate", "is named already")
				}
			}
			if r := (Respondent{Kind: in.Kind, Party: in.Party}); r.is(c.Handler) {
				return asState("the handler is complained of: assign the complaint to somebody else first")
			}
			return nil
		},
		Apply: func(u *command.Unit, c *Complaint) error {
			u.Fact("respondent_kind", string(in.Kind))
			u.Fact("respondent", string(in.Party))
			return c.accuse(u, []Accused{in})
		},
	}, opts)
}

// Question asks a unit for its findings.
type Question struct {
	Respondent kernel.ID   // about whom; empty: about no single one
	Unit       kernel.Ref  // who is asked
	DueOn      kernel.Date // until when; not in the past
	Text       privacy.Secret
}

// AskUnit asks the unit that is responsible for a respondent to say what happened, until
// a day (要求说明). A respondent of another complaint is [kernel.ErrNotFound].
func (s *Service) AskUnit(ctx context.Context, id kernel.ID, in Question, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventAskUnit, in, func(f *kernel.FieldErrors) {
		kernel.CheckRef(f, "unit", in.Unit)
		kernel.CheckDate(f, "due_on", in.DueOn)
		if in.DueOn.IsZero() {
			f.Add("due_on", "required", "say until when")
		}
		checkReason(f, "text", in.Text)
	}, func(u *command.Unit, c *Complaint) error {
		if in.DueOn < s.day(u.Now()) {
			return kernel.Invalid("due_on", "past", "the day has passed")
		}
		q := &Inquiry{ComplaintID: c.ID, PersonRef: c.PersonRef, Unit: in.Unit, Question: in.Text, AskedAt: u.Now(), DueOn: in.DueOn}
		if in.Respondent != "" {
			r, err := respondent(u, c, in.Respondent)
			if err != nil {
				return err
			}
			q.RespondentID = r.ID
		}
		u.Fact("unit", string(in.Unit))
		u.Fact("due_on", in.DueOn)
		err := u.Insert(q)
		u.Fact("inquiry", string(q.ID))
		return err
	}, opts)
}

// respondent loads a respondent of the complaint.
func respondent(u *command.Unit, c *Complaint, id kernel.ID) (*Respondent, error) {
	id, err := kernel.ParseID(string(id))
	if err != nil {
		return nil, fmt.Errorf("respondent: %w", err)
	}
	r, err := storage.Get[Respondent](u, id)
	if err == nil && r.ComplaintID != c.ID {
		err = kernel.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("respondent: %w", err)
	}
	return r, nil
}

// UnitAnswer is what a unit says.
type UnitAnswer struct {
	Inquiry kernel.ID
	Text    privacy.Secret
}

// AnswerUnit takes down what a unit was asked for. An inquiry of another complaint is
// [kernel.ErrNotFound]; one that was answered before, [kernel.ErrState].
func (s *Service) AnswerUnit(ctx context.Context, id kernel.ID, in UnitAnswer, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventAnswerUnit, in, func(f *kernel.FieldErrors) {
		checkReason(f, "text", in.Text)
	}, func(u *command.Unit, c *Complaint) error {
		key, err := kernel.ParseID(string(in.Inquiry))
		if err != nil {
			return fmt.Errorf("inquiry: %w", err)
		}
		q, err := storage.Get[Inquiry](u, key)
		if err == nil && q.ComplaintID != c.ID {
			err = kernel.ErrNotFound
		}
		if err != nil {
			return fmt.Errorf("inquiry: %w", err)
		}
		if !q.AnsweredAt.IsZero() {
			return asState("the unit has answered already")
		}
		q.Answer, q.AnsweredAt, q.AnsweredBy = in.Text, u.Now(), kernel.Ref(u.Actor.ID)
		u.Fact("inquiry", string(q.ID))
		u.Fact("unit", string(q.Unit))
		return u.Save(q)
	}, opts)
}
