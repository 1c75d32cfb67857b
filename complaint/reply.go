package complaint

import (
	"context"
	"slices"

	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Answer is the reply to a complainant: findings, basis and reasons in the letter's text,
// and the ways that are open to somebody who is not satisfied (article 19).
type Answer struct {
	Notice   Message  // its text is needed
	Remedies []Remedy // empty: all; at level 1 review is among them, after a review it is not
}

// Reply tells the complainant the decision (答复), and how and until when to ask for
// review. Article 21 takes the dispatch for the insurer's duty; the review window runs
// from the arrival, which may be told later by [Service.Notify]. An anonymous complainant
// cannot be reached: for them the reply arrives as it is given.
func (s *Service) Reply(ctx context.Context, id kernel.ID, in Answer, opts ...kernel.Option) (Complaint, error) {
	var ways []Remedy
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventReply, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkLetter(f.At("notice"), NoticeReply, in.Notice)
			if in.Notice.Text.IsZero() {
				f.Add("notice.text", "required", "findings, basis and reasons")
			}
			if len(in.Remedies) > len(remedies) {
				f.Add("remedies", "length", "each once")
				return
			}
			for i, r := range in.Remedies {
				checkWord(f.Index("remedies", i), "", r, remedies)
			}
		},
		Guard: func(_ *command.Unit, c *Complaint) (err error) {
			ways, err = c.ways(in.Remedies)
			return err
		},
		Apply: func(u *command.Unit, c *Complaint) error {
			u.Fact("remedies", ways)
			return s.reply(u, c, in.Notice)
		},
	}, opts)
}

// ways returns the remedies that the reply names.
func (c *Complaint) ways(given []Remedy) ([]Remedy, error) {
	if len(given) == 0 {
		given = remedies
		if c.Level == 2 {
			given = slices.DeleteFunc(slices.Clone(given), func(r Remedy) bool { return r == Review })
		}
	}
	switch review := slices.Contains(given, Review); {
	case c.Level == 1 && !review:
		return nil, kernel.Invalid("remedies", "required", "the complainant may ask the superior unit for review")
	case c.Level == 2 && review:
		return nil, kernel.Invalid("remedies", "conflict", "this is the review: only others decide after it")
	}
	return given, nil
}

func (s *Service) reply(u *command.Unit, c *Complaint, m Message) error {
	l, err := c.tell(u, NoticeReply, m)
	if err != nil {
		return err
	}
	if l == nil { // nobody to send it to
		var f kernel.FieldErrors
		c.RepliedAt = instant(&f, u, "notice.dispatched_at", m.DispatchedAt, c.ReceivedAt)
		u.Fact("kind", string(NoticeReply))
		u.Fact("dispatched_at", c.RepliedAt)
		u.Fact("arrived_at", c.RepliedAt)
		s.arrived(u, c, &Letter{ArrivedAt: c.RepliedAt})
		return f.Err()
	}
	if l.DispatchedAt.Before(c.ReceivedAt) {
		return kernel.Invalid("notice.dispatched_at", "order", "earlier than the complaint")
	}
	c.ReplyID, c.RepliedAt = l.ID, l.DispatchedAt
	if c.Anonymous && l.ArrivedAt.IsZero() {
		u.Fact("arrived_at", l.DispatchedAt)
		l.ArrivedAt = l.DispatchedAt
	}
	s.arrived(u, c, l)
	return nil
}

// arrived starts the review window, once the arrival of the reply is known.
func (s *Service) arrived(u *command.Unit, c *Complaint, l *Letter) {
	if l.ArrivedAt.IsZero() {
		return
	}
	c.ArrivedAt = l.ArrivedAt
	c.ReviewUntil, _ = s.window(c.ArrivedAt)
	u.Fact("review_until", c.ReviewUntil)
}

// kinds that Notify sends; the others go with their commands.
var notified = []notice.Kind{NoticeAcceptance, NoticePromise, NoticeProgress, NoticeExtension, NoticeSuspension}

// Notify records that the complainant was told something, such as how far it is
// (定期反馈), or that a letter has arrived; from the arrival of the reply the review window
// runs.
func (s *Service) Notify(ctx context.Context, id kernel.ID, in Message, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventNotify, in, func(f *kernel.FieldErrors) {
		in.Check(f, notified...)
	}, func(u *command.Unit, c *Complaint) error {
		if in.Sent == "" {
			u.Fact("sent", true) // the arrival of a letter is no further news
			_, err := notice.Send(u, c.letters(), in)
			return err
		}
		l, err := notice.Arrived(u, c.letters(), in)
		if err == nil && l.ID == c.ReplyID {
			s.arrived(u, c, l)
		}
		return err
	}, opts)
}
