package policy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// rated is what was found out about an application before the transaction.
type rated struct {
	version  int64 // of the application that it holds for
	product  *Product
	insured  []InsuredForm
	answered map[[2]string]bool
	on       kernel.Date
	quote    Quote
	first    decimal.Decimal
	faults   error
}

// Submit gives the application to review. The form must be complete and have a premium:
// all that is missing is told at once, as [kernel.FieldErrors] in the refusal. Rules then
// raise their objections; see [Applications.Folder].
func (s *Applications) Submit(ctx context.Context, id kernel.ID, opts ...kernel.Option) (Application, error) {
	var ready *rated
	return command.Fire(ctx, s.run, applicationLife, id, command.Call[Application, ApplicationEvent]{
		Event: submitForm,
		Prepare: func(ctx context.Context) (err error) {
			ready, err = s.rate(ctx, "application.Submit", id, nil)
			return err
		},
		Guard: func(_ *command.Unit, a *Application) error { return ready.holds(a) },
		Apply: func(u *command.Unit, a *Application) error {
			a.Quote, a.Premium, a.FirstPremium = ready.quote, ready.quote.Premium, ready.first
			a.SubmittedAt = u.Now()
			u.Fact("premium", a.Premium)
			u.Fact("sum_insured", a.SumInsured)
			u.Fact("currency", string(a.Currency))
			x := examined{a, &ready.product.Design, ready.insured, ready.answered, ready.on}
			return a.raise(u, "rules", x.objections()...)
		},
	}, opts...)
}

func (r *rated) holds(a *Application) error {
	if r.faults != nil {
		return r.faults
	}
	if r.version != a.Version {
		return fmt.Errorf("the application changed while it was rated: %w", kernel.ErrConflict)
	}
	return nil
}

// raise adds objections.
func (a *Application) raise(u *command.Unit, by string, objections ...Objection) error {
	var rules []string
	for i := range objections {
		o := &objections[i]
		state, err := ObjectionLife.Create(u.Context(), "Raise", nil)
		if err != nil {
			return err
		}
		o.ApplicationID, o.PersonRef, o.State, o.RaisedBy = a.ID, a.Holder, state, by
		rules = append(rules, o.Rule)
		if err := u.Insert(o); err != nil {
			return err
		}
	}
	if len(rules) > 0 {
		u.Fact("objections", rules)
	}
	return nil
}

// rate reads the application, closes the snapshot, and asks the rater. With an offer the
// offer's items and loading are rated. What is wrong with the application is in faults,
// so that its state is looked at first.
func (s *Applications) rate(ctx context.Context, action string, id kernel.ID, offer *Offer) (*rated, error) {
	r := &rated{}
	var req RatingRequest
	err := s.run.Look(ctx, action, func(u *command.Unit) error {
		id, err := kernel.ParseID(string(id))
		if err != nil {
			return err
		}
		a, err := storage.Get[Application](u, id)
		if err != nil {
			return err
		}
		if r.product, err = storage.Get[Product](u, a.ProductID); err != nil {
			return err
		}
		if r.insured, r.answered, err = a.people(u); err != nil {
			return err
		}
		r.version, r.on = a.Version, a.Inception
		if r.on == 0 {
			r.on = today(u.Now(), a.Zone)
		}
		var f kernel.FieldErrors
		a.complete(&f, &r.product.Design)
		r.faults = f.Err()
		req = RatingRequest{Product: *r.product, Items: a.Items, Term: a.Term, PayMode: a.PayMode, On: r.on}
		return nil
	})
	if err != nil || r.faults != nil {
		return r, err
	}
	if offer != nil {
		if req.Items, err = offer.reduced(req.Items); err != nil {
			r.faults = err
			return r, nil
		}
		req.Loading = offer.Loading
	}
	for _, p := range r.insured {
		req.Risks = append(req.Risks, Risk{p.Birth, p.Gender, p.Class})
	}
	q, err := s.cfg.Rater.Rate(ctx, req)
	if err == nil {
		err = checkQuote(q, r.product.Currency)
	}
	var parts []decimal.Decimal
	if err == nil {
		parts, err = instalments(q.Premium, r.product.Currency, req.PayMode.Instalments(req.Term))
	}
	switch {
	case errors.Is(err, kernel.ErrInvalid):
		r.faults = insteadOf(err, "risks[", "insured[")
		return r, nil
	case err != nil:
		return r, err
	}
	r.quote, r.first = q, parts[0]
	if offer != nil {
		offer.Items, offer.Quote, offer.FirstPremium = req.Items, q, parts[0]
	}
	return r, nil
}

// insteadOf returns field errors with other paths.
func insteadOf(err error, old, now string) error {
	var fe *kernel.FieldErrors
	if !errors.As(err, &fe) {
		return err
	}
	var out kernel.FieldErrors
	for _, f := range fe.Faults {
		out.Add(strings.Replace(f.Path, old, now, 1), f.Code, "%s", f.Message)
	}
	return out.Err()
}

// people opens what the form says of the insured.
func (a *Application) people(u *command.Unit) ([]InsuredForm, map[[2]string]bool, error) {
	q := ofApplication(a.ID)
	q.Where = append(q.Where, storage.Col[int64]("revision").Eq(a.Revision))
	var rows []Insured
	var said []Disclosure
	if err := u.Load(storage.Where(&rows, q), storage.Where(&said, q)); err != nil {
		return nil, nil, err
	}
	slices.SortFunc(rows, func(x, y Insured) int { return int(x.Position - y.Position) })
	insured := make([]InsuredForm, len(rows))
	for i := range rows {
		p := &rows[i]
		plain, err := u.Open(p)
		if err != nil {
			return nil, nil, err
		}
		birth := kernel.Date(0)
		if text := plain["birth"]; text != "" {
			if birth, err = kernel.ParseDate(text); err != nil {
				return nil, nil, err
			}
		}
		insured[i] = InsuredForm{
			Party: p.Party, Relation: p.Relation, Class: p.Class, Consent: p.Consent,
			BeneficiaryConsent: p.BeneficiaryConsent, Birth: birth, Gender: Gender(plain["gender"]),
		}
	}
	answered := map[[2]string]bool{}
	for _, d := range said {
		if !d.Answer.IsZero() {
			answered[[2]string{string(d.Party), d.Question}] = true
		}
	}
	return insured, answered, nil
}
