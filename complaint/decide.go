package complaint

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

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
