package member

import (
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Partners gives commands to partners and answers questions about them.
type Partners struct {
	run command.Runner
	cfg Config
}

// PartnerAgreement is what was agreed with a partner.
type PartnerAgreement struct {
	Name     string         // at most [MaxName] characters
	Services []ServiceKind  // at least one
	Number   string         // of the agreement, at most 64 bytes; may be empty
	From, To kernel.Date    // first and last day
	Contact  privacy.Secret // may be empty
}

func (in PartnerAgreement) check(f *kernel.FieldErrors) {
	if in.Name == "" {
		f.Add("name", "required", "a name is needed")
	}
	kernel.CheckText(f, "name", in.Name, MaxName, false)
	checkServices(f, "services", in.Services, true)
	checkCode(f, "number", in.Number, false)
	checkDay(f, "from", in.From, true)
	checkDay(f, "to", in.To, true)
	if in.To != 0 && in.To < in.From {
		f.Add("to", "order", "not before its first day")
	}
	checkSecret(f, "contact", in.Contact)
}

func (in PartnerAgreement) put(u *command.Unit, p *Partner) {
	p.Name, p.Services, p.Agreement, p.Contact = in.Name, slices.Clone(in.Services), in.Number, in.Contact
	p.AgreementFrom, p.AgreementTo = in.From, in.To
	u.Fact("agreement", in.Number)
	u.Fact("from", in.From)
	u.Fact("to", in.To)
}

// Engagement begins the work with a partner.
type Engagement struct {
	Code      string // 1 to 64 bytes, unique within the tenant
	Branch    string // whose partner it is; empty: everybody's
	Agreement PartnerAgreement
}

// Engage begins the work with a partner. A code that is taken is a
// [kernel.DuplicateError].
func (s *Partners) Engage(ctx context.Context, in Engagement, opts ...kernel.Option) (Partner, error) {
	return command.Create(ctx, s.run, partnerLife, command.Creation[Partner, PartnerEvent]{
		Event: PartnerEngage, Input: in,
		Check: func(f *kernel.FieldErrors) {
			checkCode(f, "code", in.Code, true)
			checkCode(f, "branch", in.Branch, false)
			in.Agreement.check(f.At("agreement"))
		},
		Build: func(u *command.Unit) (*Partner, error) {
			taken, err := storage.One[Partner](u, storage.Query{Where: []storage.Cond{colCode.Eq(in.Code)}})
			if err != nil {
				return nil, err
			}
			if taken != nil {
				return nil, &kernel.DuplicateError{Kind: "partner", Candidates: []kernel.ID{taken.ID}, Certain: true}
			}
			p := &Partner{Code: in.Code}
			p.Branch = in.Branch
			u.Fact("code", in.Code)
			in.Agreement.put(u, p)
			return p, nil
		},
	}, opts...)
}

// Amend changes what was agreed with a partner, such as a new term.
func (s *Partners) Amend(ctx context.Context, id kernel.ID, in PartnerAgreement, opts ...kernel.Option) (Partner, error) {
	return command.Fire(ctx, s.run, partnerLife, id, command.Call[Partner, PartnerEvent]{
		Event: PartnerAmend, Input: in, Check: in.check,
		Apply: func(u *command.Unit, p *Partner) error { in.put(u, p); return nil },
	}, opts...)
}

// Suspend gives the partner no new orders.
func (s *Partners) Suspend(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Partner, error) {
	return s.because(ctx, PartnerSuspend, id, why, opts)
}

// Resume gives a suspended partner orders again.
func (s *Partners) Resume(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Partner, error) {
	return s.because(ctx, PartnerResume, id, why, opts)
}

// End ends the work with a partner.
func (s *Partners) End(ctx context.Context, id kernel.ID, why Grounds, opts ...kernel.Option) (Partner, error) {
	return s.because(ctx, PartnerEnd, id, why, opts)
}

func (s *Partners) because(ctx context.Context, e PartnerEvent, id kernel.ID, why Grounds, opts []kernel.Option) (Partner, error) {
	return command.Fire(ctx, s.run, partnerLife, id, command.Call[Partner, PartnerEvent]{
		Event: e, Input: why,
		Check: func(f *kernel.FieldErrors) { why.check(f, e != PartnerResume) },
		Apply: func(u *command.Unit, _ *Partner) error { why.note(u); return nil },
	}, opts...)
}

// Get returns a partner.
func (s *Partners) Get(ctx context.Context, id kernel.ID) (Partner, error) {
	return command.Get(ctx, s.run, partnerLife, id)
}

// Allowed returns what the actor may do with a partner now, and why not the rest.
func (s *Partners) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[PartnerState, PartnerEvent], error) {
	return command.Allowed(ctx, s.run, partnerLife, id)
}

// History returns what happened to a partner, the oldest first.
func (s *Partners) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, partnerLife, id)
}

// Workflow returns the table of a partner's life.
func (*Partners) Workflow() *workflow.Machine[PartnerState, PartnerEvent] { return PartnerLifecycle }

// List returns one page of the partners, in the order in which they were engaged.
func (s *Partners) List(ctx context.Context, page kernel.List) (kernel.Page[Partner], error) {
	var out kernel.Page[Partner]
	err := s.run.Look(ctx, "partner.List", func(u *command.Unit) (err error) {
		out, err = storage.Page[Partner](u, storage.Query{Where: u.Branches()}, page)
		return err
	})
	return out, err
}

// Rating is what members say of those who served them.
type Rating struct {
	Evaluations int64
	Mean        decimal.Decimal // of the scores, 1 to 5, half-even to two decimals; zero: no evaluations
}

func rating(count int64, sum decimal.Decimal) Rating {
	r := Rating{Evaluations: count}
	if count > 0 {
		r.Mean = sum.DivRound(decimal.NewFromInt(count), 8).RoundBank(2)
	}
	return r
}

// Rating returns what the evaluations of a partner's services come to.
func (s *Partners) Rating(ctx context.Context, id kernel.ID) (Rating, error) {
	return command.About(ctx, s.run, partnerLife, "partner.Rating", id, func(u *command.Unit, p *Partner) (Rating, error) {
		rows, err := u.Tally(&ServiceOrder{}, storage.Query{Where: []storage.Cond{
			colPartnerID.Eq(p.ID), colOrderState.Eq(OrderEvaluated),
		}}, nil, storage.Sum("score"))
		if err != nil {
			return Rating{}, err
		}
		return rating(rows[0].Count, rows[0].Sums[0]), nil
	})
}

func partnerGrants() []access.Grant {
	return append(command.Grants(partnerLife, readers), grant("partner", readers, "List", "Rating")...)
}

var partnerSubjects = []journal.Subjects{{Kind: "partner", Root: &Partner{}}}
