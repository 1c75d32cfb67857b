package complaint

import (
	"context"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Again says that a complainant is not satisfied.
type Again struct {
	At          time.Time      // when it came in; default: now
	Content     privacy.Secret // why; needed
	Demand      privacy.Secret
	Channel     string
	Branch      string // at level 1: of the superior unit that reviews; default: the same
	OutsideBody string // at level 2: the body that decides after the review; needed there, and only there
}

func (in Again) check(f *kernel.FieldErrors) {
	kernel.CheckTime(f, "at", in.At)
	checkReason(f, "content", in.Content)
	checkFree(f, "demand", in.Demand)
	checkOptional(f, "channel", in.Channel)
	checkOptional(f, "branch", in.Branch)
	kernel.CheckText(f, "outside_body", in.OutsideBody, maxLine, false)
}

// ComplainAgain takes down that the complainant is not satisfied with the reply
// (二次投诉, MR 六(三)), inside the review window. A complaint that has its reply is never
// silently reopened: it is escalated, and Second of what is returned names a linked
// complaint of level 2, accepted, with the review's own period, for another handler.
// After a review there is no further level: then the outside body is named instead, as by
// [Service.NameOutsideBody].
func (s *Service) ComplainAgain(ctx context.Context, id kernel.ID, in Again, opts ...kernel.Option) (Complaint, error) {
	level, err := s.level(ctx, id)
	if err != nil {
		return Complaint{}, err
	}
	if level == 2 {
		return s.NameOutsideBody(ctx, id, in, opts...)
	}
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventComplainAgain, Input: in,
		Check: func(f *kernel.FieldErrors) {
			if in.check(f); in.OutsideBody != "" {
				f.Add("outside_body", "conflict", "the insurer reviews this first")
			}
		},
		Guard: func(u *command.Unit, c *Complaint) error { return s.inTime(u, c, &in) },
		Apply: func(u *command.Unit, c *Complaint) error {
			second, err := s.escalated(u, c, in)
			if err != nil {
				return err
			}
			c.Second = second.ID
			u.Fact("second", string(second.ID))
			u.Fact("at", in.At)
			return nil
		},
	}, opts)
}

// level asks which of the two outcomes it will be: the level of a complaint never changes.
func (s *Service) level(ctx context.Context, id kernel.ID) (int64, error) {
	return command.About(ctx, s.run, s.life, "complaint.ComplainAgain", id, func(_ *command.Unit, c *Complaint) (int64, error) {
		return c.Level, nil
	})
}

// inTime holds when the complainant spoke up after the reply and inside the review
// window. What came in time may be recorded later, so the window is no guard of the table.
func (s *Service) inTime(u *command.Unit, c *Complaint, in *Again) error {
	var f kernel.FieldErrors
	in.At = instant(&f, u, "at", in.At, c.RepliedAt)
	if err := f.Err(); err != nil {
		return err
	}
	if s.windowPassed(c, in.At) {
		return asState("the review window has passed")
	}
	return nil
}

// escalated opens the complaint of level 2 in the same unit of work. Who complains stands
// with the first complaint.
func (s *Service) escalated(u *command.Unit, first *Complaint, in Again) (Complaint, error) {
	all, err := respondents(u, first.ID)
	if err != nil {
		return Complaint{}, err
	}
	return command.Create(u.Context(), u.Runner(), s.life, command.Creation[Complaint, Event]{
		Event: EventEscalated,
		Build: func(u *command.Unit) (*Complaint, error) {
			c := &Complaint{
				PersonRef: first.PersonRef, Customer: first.Customer, Anonymous: first.Anonymous, Heads: first.Heads, InPerson: first.InPerson,
				Via: first.Via, Regulator: first.Regulator, Channel: in.Channel, Topic: first.Topic,
				Content: in.Content, Demand: in.Demand, Level: 2, First: first.ID, Excluded: first.HandledBy,
				ReceivedAt: in.At, AcceptedAt: u.Now(),
			}
			c.ID, c.Branch = kernel.NewID(), first.Branch
			if in.Branch != "" {
				c.Branch = in.Branch
			}
			u.Fact("first", string(first.ID))
			u.Fact("level", c.Level)
			u.Fact("received_at", c.ReceivedAt)
			if _, err := c.twin(u); err != nil {
				return nil, err
			}
			return c, s.number(u, c)
		},
		Then: func(u *command.Unit, c *Complaint) error {
			for i := range all {
				if err := c.accuse(u, []Accused{{all[i].Kind, all[i].Party}}); err != nil {
					return err
				}
			}
			return nil
		},
	})
}

// NameOutsideBody records that a complainant who is not satisfied with the review either
// was told which body outside decides (调解、仲裁、诉讼). The complaint stays as it is; the
// entry's reason keeps why, and what they ask for.
func (s *Service) NameOutsideBody(ctx context.Context, id kernel.ID, in Again, opts ...kernel.Option) (Complaint, error) {
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventNameOutsideBody, Input: in,
		Check: func(f *kernel.FieldErrors) {
			if in.check(f); in.OutsideBody == "" {
				f.Add("outside_body", "required", "after the review another body decides: say which")
			}
			if in.Branch != "" {
				f.Add("branch", "conflict", "no unit of the insurer reviews this once more")
			}
		},
		Guard: func(u *command.Unit, c *Complaint) error { return s.inTime(u, c, &in) },
		Apply: func(u *command.Unit, c *Complaint) error {
			c.OutsideBody = in.OutsideBody
			u.Fact("outside_body", in.OutsideBody)
			u.Fact("at", in.At)
			u.Fact("channel", in.Channel)
			u.Because(in.Content, in.Demand)
			return nil
		},
	}, opts)
}
