package policy

import (
	"context"
	"errors"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Direct is an application that is to become a policy at once.
type Direct struct {
	Form
	Receipts []ReceiptForm // the first premium; none where the product gives credit
}

// IssueDirect takes an application from the form to the policy in one unit of work
// (自动核保). It is refused as a whole as soon as a rule raises an objection
// ([ObjectionError] names them), a document or premium is missing, or the sum insured is
// above the actor's authority. The journal has every step. What a layer of the review
// asks of a person is taken as passed: give it to products for which that is right.
func (s *Applications) IssueDirect(ctx context.Context, in Direct, opts ...kernel.Option) (Policy, error) {
	in.Form = in.withDefaults()
	var cfg Config
	var out Policy
	err := s.run.Together(ctx, command.Group{
		Action: "application.IssueDirect", Input: in, Check: in.check,
		Prepare: func(ctx context.Context) (err error) {
			cfg, err = s.ahead(ctx, &in.Form)
			return err
		},
	}, func(ctx context.Context, r command.Runner) error {
		a, err := newApplications(r, cfg).direct(ctx, in)
		if err == nil {
			out, err = policyOf(ctx, r, a.ID)
		}
		return err
	}, opts...)
	return command.Redone(out, err, func(id kernel.ID) (Policy, error) {
		p, err := policyOf(ctx, s.run, id)
		p.Replayed = true
		return p, err
	})
}

func (in *Direct) check(f *kernel.FieldErrors) {
	in.dangers(f)
	for i := range in.Receipts {
		in.Receipts[i].check(f.Index("receipts", i))
	}
	checkCount(f, "receipts", len(in.Receipts), MaxList)
}

// policyOf returns the policy of an application to whoever may issue directly.
func policyOf(ctx context.Context, r command.Runner, application kernel.ID) (Policy, error) {
	var out Policy
	err := r.Look(ctx, "application.IssueDirect", func(u *command.Unit) error {
		a, err := storage.Get[Application](u, application)
		if err != nil {
			return err
		}
		p, err := storage.Get[Policy](u, a.PolicyID)
		if err != nil {
			return err
		}
		out = *p
		return u.MaySee("application.IssueDirect", "application", a.Subject())
	})
	return out, err
}

// direct takes every step. Each is a command with its own guards and its own entry.
func (s *Applications) direct(ctx context.Context, in Direct) (Application, error) {
	a, err := s.Draft(ctx, in.Form)
	if err != nil {
		return a, err
	}
	if a, err = s.Submit(ctx, a.ID); err != nil {
		return a, err
	}
	if err := s.run.Look(ctx, "application.IssueDirect", func(u *command.Unit) error { return unblocked(Issue)(u, &a) }); err != nil {
		return a, err
	}
	if _, err = s.passReview(ctx, a.ID, passed, "rules", nil); err != nil {
		return a, err
	}
	if _, err = s.Approve(ctx, a.ID); err != nil {
		return a, err
	}
	if _, err = s.Sign(ctx, a.ID); err != nil {
		return a, err
	}
	for i, r := range in.Receipts {
		if _, err := s.ReceivePremium(ctx, a.ID, r); err != nil {
			return a, under(fmt.Sprintf("receipts[%d]", i), err)
		}
	}
	return s.Issue(ctx, a.ID)
}

// under puts the faults of err below a path; another error stays as it is.
func under(path string, err error) error {
	var fe *kernel.FieldErrors
	if !errors.As(err, &fe) {
		return err
	}
	var f kernel.FieldErrors
	f.Merge(path, fe)
	return f.Err()
}

// ahead asks the host's customers and rater before the transaction, and returns a
// configuration that has their answers.
func (s *Applications) ahead(ctx context.Context, in *Form) (Config, error) {
	cfg := s.cfg
	who, err := ask(ctx, s.cfg.Customers, in)
	if err != nil {
		return cfg, err
	}
	if who != nil {
		cfg.Customers = who
	}
	if _, builtin := cfg.Rater.(TableRater); builtin {
		return cfg, nil
	}
	var req RatingRequest
	err = s.run.Look(ctx, "application.IssueDirect", func(u *command.Unit) error {
		form := *in
		p, err := form.fit(u, who)
		if err != nil {
			return err
		}
		req = RatingRequest{Product: *p, Items: form.Items, Term: form.Term, PayMode: form.PayMode, On: form.Inception}
		if req.On == 0 {
			req.On = today(u.Now(), form.Zone)
		}
		for _, i := range form.Insured {
			req.Risks = append(req.Risks, Risk{i.Birth, i.Gender, i.Class})
		}
		return nil
	})
	if err != nil {
		return cfg, err
	}
	q, err := s.cfg.Rater.Rate(ctx, req)
	cfg.Rater = quoted{q, err}
	return cfg, nil
}

// quoted is a rater that has answered already.
type quoted struct {
	quote Quote
	err   error
}

// Rate implements [Rater].
func (q quoted) Rate(context.Context, RatingRequest) (Quote, error) { return q.quote, q.err }
