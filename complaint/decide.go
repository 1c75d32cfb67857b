package complaint

import (
	"context"
	"errors"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Found is what was found about a respondent.
type Found struct {
	Respondent  kernel.ID // empty where nobody in particular is complained of
	Justified   bool
	Facts       privacy.Secret // needed
	Evidence    privacy.Secret
	Responsible kernel.Ref // unit or person
}

// Conclusion is the outcome of an investigation: one finding for each respondent, or at
// least one where there is none.
type Conclusion struct{ Findings []Found }

func (in Conclusion) check(f *kernel.FieldErrors) {
	if !checkList(f, "findings", len(in.Findings)) {
		return
	}
	if len(in.Findings) == 0 {
		f.Add("findings", "required", "say what was found")
	}
	for i, found := range in.Findings {
		at := f.Index("findings", i)
		if found.Facts.IsZero() {
			at.Add("facts", "required", "say what was found")
		}
		checkFree(at, "facts", found.Facts)
		checkFree(at, "evidence", found.Evidence)
		checkRefIf(at, "responsible", found.Responsible)
	}
}

// Conclude ends the investigation (调查核实) with a finding for each respondent: justified
// or not.
func (s *Service) Conclude(ctx context.Context, id kernel.ID, in Conclusion, opts ...kernel.Option) (Complaint, error) {
	var about []*Respondent
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventConclude, Input: in, Check: in.check,
		Guard: func(u *command.Unit, c *Complaint) (err error) {
			about, err = in.match(u, c)
			return err
		},
		Apply: func(u *command.Unit, c *Complaint) error {
			c.ConcludedAt, c.Verdict = u.Now(), in.verdict()
			c.handledBy(kernel.Ref(u.Actor.ID))
			u.Fact("verdict", string(c.Verdict))
			u.Fact("findings", len(in.Findings))
			for i, found := range in.Findings {
				row := &Finding{
					ComplaintID: c.ID, PersonRef: c.PersonRef, Verdict: verdictOf(found.Justified), Facts: found.Facts, Evidence: found.Evidence,
					Responsible: found.Responsible, By: kernel.Ref(u.Actor.ID),
				}
				if r := about[i]; r != nil {
					row.RespondentID, r.Verdict = r.ID, row.Verdict
					if err := u.Save(r); err != nil {
						return err
					}
				}
				if err := u.Insert(row); err != nil {
					return err
				}
			}
			return nil
		},
	}, opts)
}

// match finds the respondent of each finding. Every respondent has exactly one.
func (in Conclusion) match(u *command.Unit, c *Complaint) ([]*Respondent, error) {
	all, err := respondents(u, c.ID)
	if err != nil {
		return nil, err
	}
	left := map[kernel.ID]*Respondent{}
	for i := range all {
		left[all[i].ID] = &all[i]
	}
	var f kernel.FieldErrors
	about := make([]*Respondent, len(in.Findings))
	for i, found := range in.Findings {
		if found.Respondent == "" {
			continue
		}
		key, _ := kernel.ParseID(string(found.Respondent))
		if about[i] = left[key]; about[i] == nil {
			f.Index("findings", i).Add("respondent", "unknown", "no respondent of this complaint, or found about before")
		}
		delete(left, key)
	}
	for i := range all { // in their order
		if r := &all[i]; left[r.ID] != nil {
			f.Add("findings", "missing", "none about the %s %s", r.Kind, r.Party)
		}
	}
	return about, f.Err()
}

func verdictOf(justified bool) Verdict {
	if justified {
		return Justified
	}
	return Unjustified
}

func (in Conclusion) verdict() Verdict {
	yes := 0
	for _, found := range in.Findings {
		if found.Justified {
			yes++
		}
	}
	if 0 < yes && yes < len(in.Findings) {
		return Partly
	}
	return verdictOf(yes > 0)
}

// Decision is what is done about a complaint. Measures are needed.
type Decision struct {
	Measures     privacy.Secret
	Compensation decimal.Decimal // zero: none; within the actor's authority for [AuthorityCompensate]
	Currency     kernel.Currency // default CNY
	Apology      bool
	Correction   privacy.Secret // what is put right
	Cause        RootCause      // may be left to Close
	Improvements []kernel.Ref   // what is done so that it does not happen again
	Remark       privacy.Secret // for the one who countersigns
}

func (in Decision) check(f *kernel.FieldErrors) {
	if in.Measures.IsZero() {
		f.Add("measures", "required", "say what is done")
	}
	checkFree(f, "measures", in.Measures)
	if in.Currency != "" {
		kernel.CheckCurrency(f, "currency", in.Currency)
	}
	kernel.CheckAmount(f, "compensation", in.Compensation, in.Currency.Or(kernel.CNY))
	checkFree(f, "correction", in.Correction)
	checkRefs(f, "improvements", in.Improvements)
	checkFree(f, "remark", in.Remark)
}

// AuthorityCompensate is what an access.Authority is asked for when a complainant gets
// money: may the actor grant so much?
const AuthorityCompensate = "complaint.compensate"

func (c *Complaint) authority(u *command.Unit, amount decimal.Decimal, currency kernel.Currency) error {
	if !amount.IsPositive() {
		return nil
	}
	return u.Within(access.Decision{What: AuthorityCompensate, Line: c.Line, Currency: currency, Amount: amount})
}

// Resolve decides what is done about a general complaint (处理决定).
func (s *Service) Resolve(ctx context.Context, id kernel.ID, in Decision, opts ...kernel.Option) (Complaint, error) {
	return s.decide(ctx, id, EventResolve, in, Approved, opts)
}

// Refer proposes what is to be done about a major complaint (提交复核). Whoever proposes
// need not have the authority for the compensation; who countersigns does.
func (s *Service) Refer(ctx context.Context, id kernel.ID, in Decision, opts ...kernel.Option) (Complaint, error) {
	return s.decide(ctx, id, EventRefer, in, Proposed, opts)
}

func (s *Service) decide(ctx context.Context, id kernel.ID, e Event, in Decision, as ProposalState, opts []kernel.Option) (Complaint, error) {
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: e, Input: in,
		Check: func(f *kernel.FieldErrors) {
			in.check(f)
			s.checkCause(f.At("cause"), in.Cause, false)
		},
		Guard: func(u *command.Unit, c *Complaint) error {
			if as == Proposed {
				return nil
			}
			return c.authority(u, in.Compensation, in.Currency)
		},
		Apply: func(u *command.Unit, c *Complaint) error { return c.resolve(u, in, as) },
	}, opts)
}

// resolve writes the decision, or the proposal of one.
func (c *Complaint) resolve(u *command.Unit, in Decision, as ProposalState) error {
	earlier, err := storage.Count[Resolution](u, ofComplaint(c.ID).Where...)
	if err != nil {
		return err
	}
	me := kernel.Ref(u.Actor.ID)
	r := &Resolution{
		ComplaintID: c.ID, PersonRef: c.PersonRef, Sequence: earlier + 1, Status: as, Measures: in.Measures,
		Compensation: in.Compensation, Currency: in.Currency.Or(kernel.CNY), Apology: in.Apology, Correction: in.Correction, ProposedBy: me,
	}
	c.handledBy(me)
	c.learn(in.Cause, in.Improvements)
	if as == Approved {
		r.ApprovedBy, c.ResolvedAt = me, u.Now()
	} else {
		c.ProposedBy = me
	}
	r.tell(u)
	u.Because(in.Remark)
	return u.Insert(r)
}

func (r *Resolution) tell(u *command.Unit) {
	if r.Compensation.IsPositive() {
		u.Fact("compensation", r.Compensation)
		u.Fact("currency", string(r.Currency))
	}
	u.Fact("apology", r.Apology)
}

// proposal loads the resolution that waits for a countersignature.
func (c *Complaint) proposal(u *command.Unit) (*Resolution, error) {
	q := ofComplaint(c.ID)
	q.Order = []storage.Order{storage.Col[int64]("sequence").Desc()}
	r, err := storage.One[Resolution](u, q)
	if err == nil && (r == nil || r.Status != Proposed) {
		err = errors.New("complaint: awaiting approval without a proposal")
	}
	return r, err
}

// Countersign approves what was proposed (复核同意). Whoever does is somebody else, and has
// the authority for the compensation.
func (s *Service) Countersign(ctx context.Context, id kernel.ID, in Remark, opts ...kernel.Option) (Complaint, error) {
	var r *Resolution
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventCountersign, Input: in,
		Check: func(f *kernel.FieldErrors) { checkFree(f, "text", in.Text) },
		Guard: func(u *command.Unit, c *Complaint) (err error) {
			if r, err = c.proposal(u); err != nil {
				return err
			}
			return c.authority(u, r.Compensation, r.Currency)
		},
		Apply: func(u *command.Unit, c *Complaint) error {
			r.Status, r.ApprovedBy, c.ResolvedAt = Approved, kernel.Ref(u.Actor.ID), u.Now()
			c.handledBy(r.ApprovedBy)
			u.Fact("proposed_by", string(c.ProposedBy))
			c.ProposedBy = ""
			r.tell(u)
			u.Because(in.Text)
			return u.Save(r)
		},
	}, opts)
}

// Return sends a proposal back. Somebody else than the proposer does, for a reason.
func (s *Service) Return(ctx context.Context, id kernel.ID, in Remark, opts ...kernel.Option) (Complaint, error) {
	return s.do(ctx, id, EventReturn, in, func(f *kernel.FieldErrors) {
		checkReason(f, "text", in.Text)
	}, func(u *command.Unit, c *Complaint) error {
		r, err := c.proposal(u)
		if err != nil {
			return err
		}
		r.Status = Returned
		u.Fact("proposed_by", string(c.ProposedBy))
		c.ProposedBy = ""
		u.Because(in.Text)
		return u.Save(r)
	}, opts)
}

// SpotDecision puts a complaint right at once.
type SpotDecision struct {
	Classification Classification // needed unless the complaint is classified already
	Verdict        Verdict        // whether the complaint was right; may be empty
	Decision       Decision
}

// ResolveOnTheSpot puts a general complaint right at once (当场解决, MR 六(三)), and
// classifies it where that was not done. The actor is then its handler. A complaint that
// is major takes the long way: [kernel.ErrState].
func (s *Service) ResolveOnTheSpot(ctx context.Context, id kernel.ID, in SpotDecision, opts ...kernel.Option) (Complaint, error) {
	return s.fire(ctx, id, command.Call[Complaint, Event]{
		Event: EventResolveOnTheSpot, Input: in,
		Check: func(f *kernel.FieldErrors) {
			if in.Classification != (Classification{}) {
				in.Classification.check(f.At("classification"))
			}
			checkWordIf(f, "verdict", in.Verdict, verdicts)
			in.Decision.check(f.At("decision"))
			s.checkCause(f.At("decision.cause"), in.Decision.Cause, false)
		},
		Guard: func(u *command.Unit, c *Complaint) error {
			given := in.Classification != (Classification{})
			switch {
			case !given && c.Category == "":
				return kernel.Invalid("classification.category", "required", "say what kind of complaint it is")
			case given && c.Category != "":
				return kernel.Invalid("classification", "conflict", "the complaint is classified already")
			case c.Severity == Major || given && s.severity(c, in.Classification) == Major:
				return fmt.Errorf("a major complaint is not resolved on the spot: %w", kernel.ErrState)
			}
			return c.authority(u, in.Decision.Compensation, in.Decision.Currency)
		},
		Apply: func(u *command.Unit, c *Complaint) error {
			if c.Category == "" {
				if err := s.classify(u, c, in.Classification); err != nil {
					return err
				}
			}
			c.Handler, c.Verdict = kernel.Ref(u.Actor.ID), in.Verdict
			u.Fact("verdict", string(c.Verdict))
			u.Fact("handler", string(c.Handler))
			return c.resolve(u, in.Decision, Approved)
		},
	}, opts)
}
