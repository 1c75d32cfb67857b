package member

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Enrolment is a customer's wish to join a program.
type Enrolment struct {
	Program    kernel.ID
	Customer   kernel.Ref
	Branch     string     // whose member it is; empty: everybody's
	Channel    string     // where the customer joined, by code; may be empty
	ReferredBy kernel.Ref // who brought the customer; may be empty
	Adviser    kernel.Ref // staff who looks after the member; may be empty
}

func (in *Enrolment) check(f *kernel.FieldErrors) {
	if in.Program == "" {
		f.Add("program", "required", "name the program")
	}
	checkRef(f, "customer", in.Customer, true)
	checkCode(f, "branch", in.Branch, false)
	checkCode(f, "channel", in.Channel, false)
	checkRef(f, "referred_by", in.ReferredBy, false)
	checkRef(f, "adviser", in.Adviser, false)
	if in.ReferredBy != "" && in.ReferredBy == in.Customer {
		f.Add("referred_by", "conflict", "nobody brings themselves")
	}
}

// Enrol notes that a customer wants to join. A customer who has a membership of the
// program that holds, or that could be renewed, is a [kernel.DuplicateError] that is
// Certain and names it. A program that is closed, a customer or an adviser that is not
// known is a [kernel.FieldErrors].
func (s *Members) Enrol(ctx context.Context, in Enrolment, opts ...kernel.Option) (Member, error) {
	return command.Create(ctx, s.run, life, command.Creation[Member, Event]{
		Event: EventEnrol, Input: in, Check: in.check,
		Prepare: func(ctx context.Context) error { return s.known(ctx, in.Customer) },
		Build:   func(u *command.Unit) (*Member, error) { return s.build(u, in) },
		Then: func(u *command.Unit, m *Member) (err error) {
			m.Number, err = number.Next(u, s.cfg.Numbers, Kind, "M")
			u.Fact("number", m.Number)
			return err
		},
	}, opts...)
}

// known asks whether there is such a customer.
func (s *Members) known(ctx context.Context, customer kernel.Ref) error {
	if s.cfg.Customers == nil {
		return nil
	}
	return unknown("customer", s.cfg.Customers.Known(ctx, customer))
}

func (s *Members) build(u *command.Unit, in Enrolment) (*Member, error) {
	p, err := visible[Program](u, in.Program)
	if err != nil {
		return nil, unknown("program", err)
	}
	if p.State != ProgramOpen {
		return nil, kernel.Invalid("program", "closed", "nobody joins a program that is closed")
	}
	if err := advises(u, "adviser", in.Adviser); err != nil {
		return nil, err
	}
	live, err := storage.One[Member](u, storage.Query{Where: []storage.Cond{colLiveIn.Eq(p.ID), colCustomer.Eq(in.Customer)}})
	if err != nil {
		return nil, err
	}
	if live != nil {
		return nil, &kernel.DuplicateError{Kind: Kind, Candidates: []kernel.ID{live.ID}, Certain: true}
	}
	m := &Member{
		ProgramID: p.ID, LiveIn: p.ID, Customer: in.Customer,
		Channel: in.Channel, ReferredBy: in.ReferredBy, Adviser: in.Adviser,
	}
	m.Branch = in.Branch
	u.Fact("program", p.Code)
	u.Fact("channel", m.Channel)
	u.Fact("adviser", string(m.Adviser))
	return m, nil
}

// Admit makes the customer a member from today, in the tier for which the figures of the
// day are enough. It asks [Policies].
func (s *Members) Admit(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Member, error) {
	var known premiums
	return command.Fire(ctx, s.run, life, id, command.Call[Member, Event]{
		Event:   EventAdmit,
		Prepare: func(ctx context.Context) (err error) { known, err = s.ask(ctx, "member.Admit", id, 0); return err },
		Apply: func(u *command.Unit, m *Member) error {
			today := s.cfg.today(u)
			m.JoinedOn, m.Since = today, today
			rules, err := rulesOn(u, m.ProgramID, today)
			if err != nil {
				return err
			}
			m.ExpiresOn = rules.termFrom(today)
			_, err = (&evaluating{s, u, m, known}).record(today)
			return err
		},
	}, opts...)
}

// termFrom returns the first day after a term of membership that begins on the day.
func (r *ProgramRules) termFrom(d kernel.Date) kernel.Date {
	if r == nil || r.Rules.TermMonths == 0 {
		return 0
	}
	return d.AddMonths(r.Rules.TermMonths)
}

// EnrolDirect enrols and admits in one unit of work.
func (s *Members) EnrolDirect(ctx context.Context, in Enrolment, opts ...kernel.Option) (Member, error) {
	var cfg Config
	var m Member
	err := s.run.Together(ctx, command.Group{
		Action: "member.EnrolDirect", Input: in, Check: in.check,
		Prepare: func(ctx context.Context) (err error) { cfg, err = s.ahead(ctx, in.Customer); return err },
	}, func(ctx context.Context, r command.Runner) (err error) {
		inside := &Members{r, cfg}
		if m, err = inside.Enrol(ctx, in); err == nil {
			m, err = inside.Admit(ctx, m.ID)
		}
		return err
	}, opts...)
	return command.Redone(m, err, func(id kernel.ID) (Member, error) {
		m, err := s.Get(ctx, id)
		m.Replayed = true
		return m, err
	})
}

// ahead asks the neighbours before the unit of work, in which they would wait for it, and
// returns a configuration that has their answers.
func (s *Members) ahead(ctx context.Context, customer kernel.Ref) (Config, error) {
	cfg := s.cfg
	if err := s.known(ctx, customer); err != nil {
		return cfg, err
	}
	var today kernel.Date
	err := s.run.Look(ctx, "member.EnrolDirect", func(u *command.Unit) error {
		today = cfg.today(u)
		return nil
	})
	if err != nil {
		return cfg, err
	}
	p, err := cfg.Policies.PremiumInForce(ctx, customer, today)
	cfg.Customers, cfg.Policies = nil, answered{p}
	return cfg, err
}

// answered are policies that were asked already.
type answered struct{ premium decimal.Decimal }

// PremiumInForce implements [Policies].
func (a answered) PremiumInForce(context.Context, kernel.Ref, kernel.Date) (decimal.Decimal, error) {
	return a.premium, nil
}
