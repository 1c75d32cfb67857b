package crm

import (
	"context"
	"errors"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/survey"
)

// policiesForClaims answers claims from the library's own policies.
type policiesForClaims struct{ c *CRM }

func (p policiesForClaims) CoverAt(ctx context.Context, ref kernel.Ref, at time.Time) (claim.Cover, error) {
	in, err := p.c.Policies.CoverAt(ctx, ref, at)
	if err != nil {
		return claim.Cover{}, err
	}
	return coverForClaims(&in), nil
}

// CoversAt implements [claim.ManyPolicies].
func (p policiesForClaims) CoversAt(ctx context.Context, asked []claim.Occasion) ([]*claim.Cover, error) {
	list := make([]policy.Occasion, len(asked))
	for i, o := range asked {
		list[i] = policy.Occasion(o)
	}
	covers, err := p.c.Policies.CoversAt(ctx, list)
	out := make([]*claim.Cover, len(covers))
	for i, c := range covers {
		if c != nil {
			cover := coverForClaims(c)
			out[i] = &cover
		}
	}
	return out, err
}

func coverForClaims(in *policy.Cover) claim.Cover {
	out := claim.Cover{
		Policy: in.PolicyID.Ref(), Number: in.Number, Line: in.Line, Group: in.Group, Branch: in.Branch,
		Currency: in.Currency, Zone: in.Zone, From: in.From, To: in.To, InForce: in.InForce, WhyNot: in.WhyNot,
		Holder: in.Holder, Documents: in.Documents, UnpaidPremium: in.Unpaid,
	}
	for _, i := range in.Insured {
		out.Insured = append(out.Insured, i.Party)
	}
	for _, b := range in.Beneficiaries {
		out.Entitled = append(out.Entitled, b.Share)
	}
	// Limits count for the term: the next one, after renewal, starts anew.
	period := in.Day(in.From).String()
	for _, t := range in.Coverages {
		cov := claim.Coverage{
			Code: t.Code, Name: t.Name.ZH, Calculator: t.Calculator, Clause: t.Clause,
			Limit: t.Limit, LimitBasis: claim.Basis(t.LimitPer), Period: period, PerInsured: t.PerInsured, Entitled: t.Death,
			Deductible: t.Deductible, DeductibleBasis: claim.Basis(t.DeductiblePer), Copay: t.Copay,
			Daily: t.Daily, DaysFree: t.DaysFree, DaysMax: t.DaysMost, Grades: t.Grades,
		}
		if t.WaitingUntil.After(in.From) {
			cov.WaitingTill = in.Day(t.WaitingUntil)
		}
		for _, s := range t.SubLimits {
			if cov.SubLimits == nil {
				cov.SubLimits = map[string]decimal.Decimal{}
			}
			cov.SubLimits[s.Code] = s.Limit
		}
		out.Coverages = append(out.Coverages, cov)
	}
	return out
}

// customersForPolicies answers underwriting from the library's own archive.
type customersForPolicies struct{ d *customer.Directory }

func (a customersForPolicies) Customer(ctx context.Context, ref kernel.Ref) (policy.Customer, error) {
	b, err := a.d.Basics(ctx, ref)
	return policy.Customer{Birth: b.Birth, Gender: policy.Gender(b.Gender)}, err
}

// claimsForPolicies tells whether anything was ever claimed under a policy. That counts
// also where the actor may not see claims.
type claimsForPolicies struct{ c *CRM }

func (a claimsForPolicies) Claimed(ctx context.Context, ref kernel.Ref) (bool, error) {
	ctx, e, err := a.c.run.AsSystem(ctx)
	if err != nil {
		return false, err
	}
	page, err := a.c.on(e).Claims.List(ctx, claim.Filter{Policy: ref}, kernel.List{Limit: 1})
	if errors.Is(err, kernel.ErrNotFound) {
		return false, nil
	}
	return len(page.Items) > 0, err
}

// improvementsForComplaints tells what became of what complaints led to.
type improvementsForComplaints struct{ run command.Runner }

func (a improvementsForComplaints) Standing(ctx context.Context, ids []kernel.ID) (map[kernel.ID]complaint.Standing, error) {
	out := map[kernel.ID]complaint.Standing{}
	err := a.run.Look(ctx, "complaint.Analyse", func(u *command.Unit) error {
		refs := make([]kernel.Ref, len(ids))
		for i, id := range ids {
			refs[i] = id.Ref()
		}
		counts, err := improve.BySource(u, improve.FromComplaint, refs...)
		for ref, n := range counts {
			out[kernel.ID(ref)] = complaint.Standing{Open: n.Open, Done: n.Done, Effective: n.Effective}
		}
		return err
	})
	return out, err
}

// membersAreCustomers knows customers from the library's own archive. A host that brings
// customers of its own knows them itself.
type membersAreCustomers struct {
	ours bool
	run  *engine.Engine
}

func (a membersAreCustomers) Known(ctx context.Context, ref kernel.Ref) error {
	_, err := known(ctx, a.run, a.ours, ref)
	return err
}

// known looks a customer up as the library itself, whoever asks.
func known(ctx context.Context, e *engine.Engine, ours bool, ref kernel.Ref) (customer.Basics, error) {
	if !ours {
		return customer.Basics{}, nil
	}
	ctx, e, err := e.AsSystem(ctx)
	if err != nil {
		return customer.Basics{}, err
	}
	return customer.NewDirectory(e).Basics(ctx, ref)
}

// customersForSurveys lets those be asked who are in the archive and alive.
type customersForSurveys struct {
	ours bool
	run  *engine.Engine
}

func (a customersForSurveys) MayAsk(ctx context.Context, ref kernel.Ref, _ survey.Method) (bool, error) {
	b, err := known(ctx, a.run, a.ours, ref)
	if errors.Is(err, kernel.ErrNotFound) {
		return false, nil
	}
	return err == nil && b.Died.IsZero(), err
}

// policiesForMembers tells what cover members have and buy, in CNY.
type policiesForMembers struct{ c *CRM }

func (a policiesForMembers) PremiumInForce(ctx context.Context, ref kernel.Ref, on kernel.Date) (decimal.Decimal, error) {
	sum := decimal.Zero
	err := a.each(ctx, ref, func(p *policy.Policy) {
		if p.InForceOn(on) {
			sum = sum.Add(p.YearlyPremium())
		}
	})
	return sum, err
}

func (a policiesForMembers) BoughtMore(ctx context.Context, customers []kernel.Ref, from, to kernel.Date) (int, error) {
	n := 0
	for _, ref := range customers {
		more := false
		err := a.each(ctx, ref, func(p *policy.Policy) {
			day := kernel.DateOf(p.FormedAt.UTC())
			more = more || day >= from && day <= to
		})
		if err != nil {
			return n, err
		}
		if more {
			n++
		}
	}
	return n, nil
}

// each hands the policies that a customer holds, whoever asks.
func (a policiesForMembers) each(ctx context.Context, ref kernel.Ref, see func(*policy.Policy)) error {
	ctx, e, err := a.c.run.AsSystem(ctx)
	if err != nil {
		return err
	}
	policies := a.c.on(e).Policies
	for at := (kernel.List{Limit: kernel.MaxLimit}); ; {
		page, err := policies.ForCustomer(ctx, ref, at)
		if err != nil {
			return err
		}
		for i := range page.Items {
			if p := &page.Items[i]; p.Holder == ref && p.Currency == kernel.CNY {
				see(p)
			}
		}
		if at.After = page.Next; at.After == "" {
			return nil
		}
	}
}

// figuresForSurveys counts what quality is judged by besides answers.
type figuresForSurveys struct{ run command.Runner }

func (a figuresForSurveys) Visits(ctx context.Context, q survey.QualityQuery) (survey.Count, error) {
	return a.count(ctx, func(u *command.Unit) (kept, all int64, err error) {
		return customer.VisitsDone(u, customer.Done{Branch: q.Branch, Handler: q.Handler, From: q.From, To: q.To})
	})
}

func (a figuresForSurveys) Deadlines(ctx context.Context, q survey.QualityQuery) (survey.Count, error) {
	return a.count(ctx, func(u *command.Unit) (kept, all int64, err error) {
		return task.Kept(u, task.Period{Branch: q.Branch, Owner: string(q.Handler), From: q.From, To: q.To})
	})
}

func (a figuresForSurveys) count(ctx context.Context, of func(*command.Unit) (kept, all int64, err error)) (survey.Count, error) {
	var n survey.Count
	err := a.run.Look(ctx, "survey.Quality", func(u *command.Unit) (err error) {
		n.Good, n.N, err = of(u)
		return err
	})
	return n, err
}
