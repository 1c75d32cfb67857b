package complaint

import (
	"context"
	"errors"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Addition is what the complainant adds.
type Addition struct {
	At   time.Time // when it came in; default: now
	Text privacy.Secret
}

// AddFacts takes down new facts and reasons that the complainant brings in time, before
// the reply (补充事实与理由). The period begins anew with them (article 18), and the promised
// day moves.
func (s *Service) AddFacts(ctx context.Context, id kernel.ID, in Addition, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventAddFacts, in, func(f *kernel.FieldErrors) {
		kernel.CheckTime(f, "at", in.At)
		checkReason(f, "text", in.Text)
	}, func(u *command.Unit, c *Complaint) error {
		var f kernel.FieldErrors
		at := instant(&f, u, "at", in.At, c.base())
		if err := f.Err(); err != nil {
			return err
		}
		c.RestartedAt = at
		u.Fact("at", at)
		u.Because(in.Text)
		c.OwedBy = 0 // nobody is owed the earlier day: it was for the earlier facts
		return nil
	}, opts)
}

// Pause says for what a complaint waits.
type Pause struct {
	Kind   SuspensionKind
	At     time.Time // since when; default: now
	Text   privacy.Secret
	Notice Message // the complainant is told
}

// Suspend stops the counting of days while others appraise, inspect or mediate (articles
// 18 and 23). The complainant is told.
func (s *Service) Suspend(ctx context.Context, id kernel.ID, in Pause, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventSuspend, in, func(f *kernel.FieldErrors) {
		checkWord(f, "kind", in.Kind, suspensionKinds)
		kernel.CheckTime(f, "at", in.At)
		checkFree(f, "text", in.Text)
		checkLetter(f.At("notice"), NoticeSuspension, in.Notice)
	}, func(u *command.Unit, c *Complaint) error {
		earlier, err := suspensions(u, c.ID)
		if err != nil {
			return err
		}
		after := c.ReceivedAt
		for i := range earlier {
			if earlier[i].Until.After(after) {
				after = earlier[i].Until
			}
		}
		var f kernel.FieldErrors
		p := &Suspension{ComplaintID: c.ID, PersonRef: c.PersonRef, Kind: in.Kind, From: instant(&f, u, "at", in.At, after), Text: in.Text}
		if err := f.Err(); err != nil {
			return err
		}
		c.Suspended = true
		u.Fact("suspension", string(in.Kind))
		u.Fact("at", p.From)
		if err := u.Insert(p); err != nil {
			return err
		}
		_, err = c.tell(u, NoticeSuspension, in.Notice)
		return err
	}, opts)
}

// Resumption says that what the complaint waited for is over.
type Resumption struct {
	At   time.Time // since when; default: now
	Text privacy.Secret
}

// Continue lets the days count again. The promised day moves by those that did not.
func (s *Service) Continue(ctx context.Context, id kernel.ID, in Resumption, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventContinue, in, func(f *kernel.FieldErrors) {
		kernel.CheckTime(f, "at", in.At)
		checkFree(f, "text", in.Text)
	}, func(u *command.Unit, c *Complaint) error { return s.resume(u, c, in) }, opts)
}

func (s *Service) resume(u *command.Unit, c *Complaint, in Resumption) error {
	q := ofComplaint(c.ID)
	q.Where = append(q.Where, storage.Col[time.Time]("until_at").Null())
	p, err := storage.One[Suspension](u, q)
	if err != nil {
		return err
	}
	if p == nil {
		return asState("the period is not suspended")
	}
	var f kernel.FieldErrors
	p.Until = instant(&f, u, "at", in.At, p.From)
	if err := f.Err(); err != nil {
		return err
	}
	c.Suspended = false
	u.Fact("at", p.Until)
	u.Because(in.Text)
	return u.Save(p)
}

// Extension asks for more time.
type Extension struct {
	Reason privacy.Secret // needed
	Notice Message        // sent where it names a channel
}

// Extend takes the longer period of a complex case, once and for a reason (article 18:
// 30 days in all). It moves the promised day. A review cannot be extended.
func (s *Service) Extend(ctx context.Context, id kernel.ID, in Extension, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventExtend, in, func(f *kernel.FieldErrors) {
		checkReason(f, "reason", in.Reason)
		checkLetter(f.At("notice"), NoticeExtension, in.Notice)
	}, func(u *command.Unit, c *Complaint) error {
		s.extend(u, c, Complex, in.Reason)
		if in.Notice.Channel == "" {
			return nil
		}
		_, err := c.tell(u, NoticeExtension, in.Notice)
		return err
	}, opts)
}

// SecondExtension asks for more time once more.
type SecondExtension struct {
	Approver kernel.Ref // of the superior unit, or a senior manager of the head office: somebody else
	Reason   privacy.Secret
	Notice   Message // the complainant is told; its channel is needed
}

// ExtendAgain takes the longest period, for a very complex case or other special reasons
// (article 18: 60 days in all). Somebody else has approved it, neither who gives the
// command nor the handler, and the complainant is told.
func (s *Service) ExtendAgain(ctx context.Context, id kernel.ID, in SecondExtension, opts ...kernel.Option) (Complaint, error) {
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventExtendAgain, Input: in,
		Check: func(f *kernel.FieldErrors) {
			kernel.CheckRef(f, "approver", in.Approver)
			checkReason(f, "reason", in.Reason)
			checkLetter(f.At("notice"), NoticeExtension, in.Notice)
			if in.Notice.Channel == "" {
				f.Add("notice.channel", "required", "the complainant is told")
			}
		},
		Guard: func(u *command.Unit, c *Complaint) error {
			if in.Approver == kernel.Ref(u.Actor.ID) || in.Approver == c.Handler {
				return kernel.Invalid("approver", "conflict", "somebody else of the superior unit approves")
			}
			err := impartial(u, c, in.Approver)
			if errors.Is(err, kernel.ErrForbidden) {
				err = kernel.Invalid("approver", "conflict", "a respondent approves nothing")
			}
			return err
		},
		Apply: func(u *command.Unit, c *Complaint) error {
			s.extend(u, c, Special, in.Reason)
			u.Fact("approver", string(in.Approver))
			_, err := c.tell(u, NoticeExtension, in.Notice)
			return err
		},
	}, opts)
}

// extend goes on to the next longer period.
func (s *Service) extend(u *command.Unit, c *Complaint, to Complexity, reason privacy.Secret) {
	c.Extensions++
	c.Complexity = to
	u.Fact("complexity", string(to))
	u.Because(reason)
}
