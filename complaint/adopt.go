package complaint

import (
	"context"
	"slices"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Adoption is a running complaint of an older system, as it stands. What its state says
// must be there: who is told "accepted" was accepted some day.
type Adoption struct {
	State  State
	Number string         // of the older system; empty: a new one
	Reason privacy.Secret // needed; the entry keeps it, and below it the reason and the remarks of what follows

	Receipt        Receipt // with ReceivedAt
	Classification Classification
	Level          int64 // default 1
	Handler        kernel.Ref
	HandledBy      []kernel.Ref // who else had a hand in it
	Extensions     int64        // 0 to 2
	PromisedBy     kernel.Date  // default: by the rulebook; of one that has its reply or ended, none

	AcceptedAt, RepliedAt, ArrivedAt, ClosedAt time.Time

	Verdict   Verdict
	Decision  *Decision  // needed for one that awaits approval
	DecidedBy kernel.Ref // who decided or proposed it; needed with Decision
	Cause     RootCause  // in the end; default: that of the decision, which else stays in the history alone
	Satisfied bool
}

// What an adopted complaint must know in its state.
var (
	pastAccepted   = []State{Accepted, Classified, Investigating, Deciding, AwaitingApproval, Resolved, Replied, Closed, Escalated}
	pastClassified = []State{Classified, Investigating, Deciding, AwaitingApproval, Resolved}
	pastAssigned   = []State{Investigating, Deciding, AwaitingApproval}
	pastReplied    = []State{Replied, Closed, Escalated}
)

func (s *Service) checkAdoption(f *kernel.FieldErrors, in Adoption) {
	needs := func(states []State, path string, missing bool) {
		if missing && slices.Contains(states, in.State) {
			f.Add(path, "required", "a complaint that is %s has it", in.State)
		}
	}
	if Lifecycle.Class(in.State) == 0 {
		f.Add("state", "unknown", "not a state of a complaint")
	}
	checkOptional(f, "number", in.Number)
	checkReason(f, "reason", in.Reason)
	in.Receipt.check(f.At("receipt"))
	if in.Receipt.ReceivedAt.IsZero() {
		f.Add("receipt.received_at", "required", "say when it came")
	}
	if in.Classification != (Classification{}) {
		in.Classification.check(f.At("classification"))
	}
	needs(pastClassified, "classification", in.Classification == Classification{})
	if in.Level < 0 || in.Level > 2 {
		f.Add("level", "range", "1, or 2 for a review")
	}
	checkRefIf(f, "handler", in.Handler)
	needs(pastAssigned, "handler", in.Handler == "")
	checkRefs(f, "handled_by", in.HandledBy)
	if in.Extensions < 0 || in.Extensions > 2 || in.Extensions > 0 && in.Level == 2 {
		f.Add("extensions", "range", "0 to 2, and none at level 2")
	}
	kernel.CheckDate(f, "promised_by", in.PromisedBy)
	needs(pastAccepted, "accepted_at", in.AcceptedAt.IsZero())
	needs(pastReplied, "replied_at", in.RepliedAt.IsZero())
	needs([]State{Closed}, "closed_at", in.ClosedAt.IsZero())
	kernel.CheckTime(f, "accepted_at", in.AcceptedAt)
	kernel.CheckTime(f, "replied_at", in.RepliedAt)
	kernel.CheckTime(f, "arrived_at", in.ArrivedAt)
	kernel.CheckTime(f, "closed_at", in.ClosedAt)
	checkWordIf(f, "verdict", in.Verdict, verdicts)
	needs([]State{AwaitingApproval}, "decision", in.Decision == nil)
	if in.Decision != nil {
		in.Decision.check(f.At("decision"))
		s.checkCause(f.At("decision.cause"), in.Decision.Cause, false)
		kernel.CheckRef(f, "decided_by", in.DecidedBy)
	} else {
		checkRefIf(f, "decided_by", in.DecidedBy)
	}
	s.checkCause(f.At("cause"), in.Cause, false)
}

// Adopt brings a running complaint of an older system in (接管), in its state and with its
// own times. Periods run on from its receipt. Besides the errors of [Service.Receive]: a
// [kernel.DuplicateError] that is certain when there is a complaint of that number.
func (s *Service) Adopt(ctx context.Context, in Adoption, opts ...kernel.Option) (Complaint, error) {
	return command.Create(ctx, s.run, s.life, command.Creation[Complaint, Event]{
		Event: EventAdopt, In: string(in.State), Input: in,
		Check: func(f *kernel.FieldErrors) { s.checkAdoption(f, in) },
		Build: func(u *command.Unit) (*Complaint, error) { return s.adopted(u, in) },
		Then: func(u *command.Unit, c *Complaint) error {
			if err := c.name(u, in.Receipt); err != nil {
				return err
			}
			if err := c.adoptReply(u); err != nil || in.Decision == nil {
				return err
			}
			return c.adoptDecision(u, in)
		},
	}, opts...)
}

func (s *Service) adopted(u *command.Unit, in Adoption) (*Complaint, error) {
	c, err := s.open(u, in.Receipt)
	if err != nil {
		return nil, err
	}
	var f kernel.FieldErrors
	// later reads an instant of the past that does not come before another; none stays none.
	later := func(path string, at, after time.Time) time.Time {
		if at.IsZero() {
			return at
		}
		return instant(&f, u, path, at, after)
	}
	c.AcceptedAt = later("accepted_at", in.AcceptedAt, c.ReceivedAt)
	c.RepliedAt = later("replied_at", in.RepliedAt, c.ReceivedAt)
	c.ArrivedAt = later("arrived_at", in.ArrivedAt, c.RepliedAt)
	c.ClosedAt = later("closed_at", in.ClosedAt, c.RepliedAt)
	for i, a := range in.Receipt.Against {
		if r := (Respondent{Kind: a.Kind, Party: a.Party}); r.is(in.Handler) {
			f.Index("receipt.against", i).Add("", "conflict", "a respondent never handles the complaint")
		}
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	if in.Level == 2 {
		c.Level, c.Excluded = 2, in.HandledBy
	}
	c.Handler, c.Extensions, c.Verdict, c.Satisfied = in.Handler, in.Extensions, in.Verdict, in.Satisfied
	c.owe(in.PromisedBy)
	c.Category, c.Severity, c.Complexity = in.Classification.Category, in.Classification.Severity, in.Classification.Complexity
	if c.Category != "" {
		c.Severity = s.severity(c, in.Classification)
	}
	for _, who := range append([]kernel.Ref{in.Handler, in.DecidedBy}, in.HandledBy...) {
		if who != "" {
			c.handledBy(who)
		}
	}
	u.Fact("adopted", true)
	u.Fact("level", c.Level)
	u.Fact("severity", string(c.Severity))
	u.Fact("complexity", string(c.Complexity))
	u.Fact("supervisor", string(in.Classification.Supervisor))
	u.Fact("handler", string(c.Handler))
	u.Because(in.Reason, in.Receipt.Reason, in.Classification.Remark)
	in.causes(u, c)
	if !c.ArrivedAt.IsZero() {
		s.arrived(u, c, &Letter{ArrivedAt: c.ArrivedAt})
	}
	return c, s.oldNumber(u, c, in.Number)
}

// causes takes over what was found to be the root cause: by the decision, and in the end.
func (in *Adoption) causes(u *command.Unit, c *Complaint) {
	if d := in.Decision; d != nil {
		u.Because(d.Remark)
		if c.learn(d.Cause, d.Improvements); in.Cause.Code != "" {
			u.Fact("decided_cause", d.Cause.Code)
			u.Because(d.Cause.Text)
		}
	}
	c.learn(in.Cause, nil)
}

// oldNumber keeps the number of the older system, if nobody has it here.
func (s *Service) oldNumber(u *command.Unit, c *Complaint, no string) error {
	if no == "" {
		return s.number(u, c)
	}
	same, err := storage.One[Complaint](u, storage.Query{Where: []storage.Cond{colNumber.Eq(no)}})
	if err != nil {
		return err
	}
	if same != nil {
		return &kernel.DuplicateError{Kind: kind, Candidates: []kernel.ID{same.ID}, Certain: true}
	}
	c.Number = no
	u.Fact("number", no)
	return nil
}

// adoptReply writes the letter that the older system sent, so that its arrival can be told.
func (c *Complaint) adoptReply(u *command.Unit) error {
	if c.RepliedAt.IsZero() || c.Anonymous {
		return nil
	}
	l, err := c.tell(u, NoticeReply, Message{DispatchedAt: c.RepliedAt, ArrivedAt: c.ArrivedAt})
	if err == nil {
		c.ReplyID = l.ID
	}
	return err
}

// adoptDecision writes what the older system had decided or proposed.
func (c *Complaint) adoptDecision(u *command.Unit, in Adoption) error {
	d := in.Decision
	r := &Resolution{
		ComplaintID: c.ID, PersonRef: c.PersonRef, Sequence: 1, Status: Approved, Measures: d.Measures, Compensation: d.Compensation,
		Currency: d.Currency.Or(kernel.CNY), Apology: d.Apology, Correction: d.Correction, ProposedBy: in.DecidedBy, ApprovedBy: in.DecidedBy,
	}
	if in.State == AwaitingApproval {
		r.Status, r.ApprovedBy, c.ProposedBy = Proposed, "", in.DecidedBy
	}
	r.tell(u)
	return u.Insert(r)
}
