package complaint

import (
	"context"
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Acceptance says how the complainant is told that the complaint is handled, and by
// which day.
type Acceptance struct{ Notice Message }

// Accept takes the complaint on (受理) and promises a day: that of the rulebook, else of
// the company's standard (MR 六(一)). The letter that says so is recorded; an anonymous
// complainant gets one only where a channel is named.
func (s *Service) Accept(ctx context.Context, id kernel.ID, in Acceptance, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventAccept, in, func(f *kernel.FieldErrors) {
		checkLetter(f.At("notice"), NoticeAcceptance, in.Notice)
	}, func(u *command.Unit, c *Complaint) error {
		c.AcceptedAt = u.Now()
		_, err := c.tell(u, NoticeAcceptance, in.Notice)
		return err
	}, opts)
}

// Refusal says why a complaint is not the insurer's to handle, and whose it is.
type Refusal struct {
	Reason string // code: "out_of_scope", "before_court" …
	TurnTo string // the body that handles it, in one line
	Remark privacy.Secret
	Notice Message
}

// Refuse turns the complaint away (不予受理): it is out of scope. The complainant is told
// why and where to turn.
func (s *Service) Refuse(ctx context.Context, id kernel.ID, in Refusal, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventRefuse, in, func(f *kernel.FieldErrors) {
		checkCode(f, "reason", in.Reason)
		checkBody(f, "turn_to", in.TurnTo)
		checkFree(f, "remark", in.Remark)
		checkLetter(f.At("notice"), NoticeRefusal, in.Notice)
	}, func(u *command.Unit, c *Complaint) error {
		c.Reason, c.OutsideBody = in.Reason, in.TurnTo
		u.Fact("reason", in.Reason)
		u.Fact("turn_to", in.TurnTo)
		u.Because(in.Remark)
		_, err := c.tell(u, NoticeRefusal, in.Notice)
		return err
	}, opts)
}

// checkBody checks the name of an institution.
func checkBody(f *kernel.FieldErrors, path, s string) {
	if s == "" {
		f.Add(path, "required", "say where to turn")
	}
	kernel.CheckText(f, path, s, maxLine, false)
}

// Classification says what kind of complaint it is (SP 1.1.41).
type Classification struct {
	Category   Category
	Severity   Severity   // empty: general, unless the rulebook's thresholds make it major
	Complexity Complexity // empty: simple
	Emergency  bool       // it comes from a disaster, an accident or a danger to public health: major (article 29)
	Supervisor kernel.Ref // who is told of a major complaint; needed for one
	Remark     privacy.Secret
}

func (in Classification) check(f *kernel.FieldErrors) {
	checkWord(f, "category", in.Category, categories)
	checkWordIf(f, "severity", in.Severity, severities)
	checkWordIf(f, "complexity", in.Complexity, complexities)
	checkRefIf(f, "supervisor", in.Supervisor)
	checkFree(f, "remark", in.Remark)
	if in.Emergency && in.Severity == General {
		f.Add("severity", "conflict", "what comes from an emergency is major")
	}
}

// severity returns how grave the complaint is: as said by hand, and major in any case when
// law says so. Joint complaints that many bring in person are (article 29).
func (s *Service) severity(c *Complaint, in Classification) Severity {
	if in.Severity == Major || in.Emergency || c.InPerson && c.Heads >= s.threshold(ruleMajor, c.ReceivedAt, 20) {
		return Major
	}
	return General
}

// Classify says what kind of complaint it is. A major one is told to the supervisor.
// Thresholds of the rulebook make a complaint major whatever the input says.
func (s *Service) Classify(ctx context.Context, id kernel.ID, in Classification, opts ...kernel.Option) (Complaint, error) {
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventClassify, Input: in, Check: in.check,
		Guard: func(_ *command.Unit, c *Complaint) error {
			if s.severity(c, in) == Major && in.Supervisor == "" {
				return kernel.Invalid("supervisor", "required", "the complaint is major: say which supervisor is told")
			}
			return nil
		},
		Apply: func(u *command.Unit, c *Complaint) error { return s.classify(u, c, in) },
	}, opts)
}

func (s *Service) classify(u *command.Unit, c *Complaint, in Classification) error {
	c.Category, c.Severity, c.Complexity, c.ClassifiedAt = in.Category, s.severity(c, in), in.Complexity, u.Now()
	if c.Complexity == "" {
		c.Complexity = Simple
	}
	u.Fact("category", string(c.Category))
	u.Fact("severity", string(c.Severity))
	u.Fact("complexity", string(c.Complexity))
	u.Because(in.Remark)
	if c.Severity != Major {
		return nil
	}
	u.Fact("supervisor", string(in.Supervisor))
	_, err := c.tell(u, NoticeMajor, Message{To: in.Supervisor, Channel: "internal"})
	return err
}

// Assignment gives the complaint to somebody.
type Assignment struct {
	Handler kernel.Ref // staff
	Reason  privacy.Secret
}

// Assign gives the complaint to a handler (分派): never to somebody who is complained of
// (article 17), and a review never to somebody who handled or decided the first
// complaint. Both are a [kernel.FieldErrors] on the handler.
func (s *Service) Assign(ctx context.Context, id kernel.ID, in Assignment, opts ...kernel.Option) (Complaint, error) {
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventAssign, Input: in,
		Check: func(f *kernel.FieldErrors) {
			kernel.CheckRef(f, "handler", in.Handler)
			checkFree(f, "reason", in.Reason)
		},
		Guard: func(u *command.Unit, c *Complaint) error { return mayHandle(u, c, in.Handler) },
		Apply: func(u *command.Unit, c *Complaint) error {
			u.Fact("from_handler", string(c.Handler))
			u.Fact("handler", string(in.Handler))
			u.Because(in.Reason)
			c.Handler = in.Handler
			c.handledBy(in.Handler)
			return nil
		},
	}, opts)
}

func mayHandle(u *command.Unit, c *Complaint, who kernel.Ref) error {
	var f kernel.FieldErrors
	if slices.Contains(c.Excluded, who) {
		f.Add("handler", "conflict", "somebody else than who handled the first complaint")
	}
	all, err := respondents(u, c.ID)
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].is(who) {
			f.Add("handler", "conflict", "a respondent never handles the complaint")
			break
		}
	}
	return f.Err()
}

// handledBy remembers who had a hand in the complaint: none of them handles its review.
func (c *Complaint) handledBy(who kernel.Ref) {
	if !slices.Contains(c.HandledBy, who) {
		c.HandledBy = append(slices.Clone(c.HandledBy), who)
	}
}
