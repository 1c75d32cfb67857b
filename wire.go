package crm

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/policy"
)

// on wires the rooms over an engine: neighbours answer each other where the host brings
// nothing of its own.
func (c *CRM) on(e *engine.Engine) *CRM {
	w := &CRM{cfg: c.cfg, tasks: c.tasks, run: e}
	if w.cfg.Policies == nil {
		w.cfg.Policies = policiesForClaims{w}
	}
	if w.cfg.Customers == nil {
		w.cfg.Customers = customersForPolicies{customer.NewDirectory(e)}
	}
	w.Customers = customer.New(e, customer.Config{Numbers: c.cfg.Numbers})
	room := policy.New(e, policy.Config{
		Customers: w.cfg.Customers, Claims: claimsForPolicies{w}, Rater: c.cfg.Rater, Book: c.cfg.Rulebook, Numbers: c.cfg.Numbers,
	})
	w.Products, w.Applications, w.Policies = room.Products, room.Applications, room.Policies
	w.Claims = claim.New(e, claim.Config{
		Policies: w.cfg.Policies, Numbers: c.cfg.Numbers, Calculators: c.cfg.Calculators, Book: c.cfg.Rulebook,
	})
	w.Complaints = complaint.New(e, complaint.Config{
		Numbers: c.cfg.Numbers, Book: c.cfg.Rulebook, Causes: c.cfg.Causes, Improvements: improvementsForComplaints{e},
	})
	w.Visits = customer.NewVisits(e, c.cfg.Visits)
	w.Payments = payment.New(e)
	w.Improvements = improve.New(e)
	w.Tasks = task.New(e, c.tasks)
	w.cfg = c.cfg
	return w
}

// react wires what follows in one room from what happens in another.
func (c *CRM) react(e *engine.Engine) {
	ofClaim := func(do func(context.Context, command.Runner, kernel.ID) error) engine.Reaction {
		return func(ctx context.Context, r command.Runner, h command.Happening) error {
			if p, ok := h.Subject.(*payment.Payment); ok && p.OwnerKind == "claim" {
				return do(ctx, r, p.OwnerID)
			}
			return nil
		}
	}
	// The last payment of a claim arrives: the claim is paid. One comes back: it is not.
	e.React(engine.On{Kind: "payment", To: string(payment.Cleared)}, ofClaim(claim.OnPaymentCleared))
	e.React(engine.On{Kind: "payment", To: string(payment.Bounced)}, ofClaim(claim.OnPaymentBounced))
	// What was advanced before the decision may be all that is payable.
	e.React(engine.On{Kind: "claim", To: string(claim.Payable)}, func(ctx context.Context, r command.Runner, h command.Happening) error {
		return claim.OnPaymentCleared(ctx, r, h.ID)
	})
	// A new policy and a settled claim are followed by a call on the customer.
	e.React(engine.On{Kind: "policy", Event: string(policy.EventAcknowledgeReceipt)}, func(ctx context.Context, r command.Runner, h command.Happening) error {
		p := h.Subject.(*policy.Policy)
		if p.Group || !p.Line.Personal() || !p.LongTerm() {
			return nil
		}
		return c.call(ctx, r, customer.VisitPlan{
			Kind: customer.VisitNewPolicy, Customer: p.Holder, Branch: p.Branch, About: customer.About{Kind: h.Kind, ID: h.ID},
			Line: p.Line, Seller: p.Producer, DueOn: p.CoolingOffTo,
		})
	})
	e.React(engine.On{Kind: "claim", To: string(claim.Closed)}, func(ctx context.Context, r command.Runner, h command.Happening) error {
		cl := h.Subject.(*claim.Claim)
		return c.call(ctx, r, customer.VisitPlan{
			Kind: customer.VisitClaim, Customer: cl.Claimant, Branch: cl.Branch, About: customer.About{Kind: h.Kind, ID: h.ID},
		})
	})
}

// call plans a visit of a kind that plans itself.
func (c *CRM) call(ctx context.Context, r command.Runner, in customer.VisitPlan) error {
	if !slices.Contains(c.cfg.CallOn, in.Kind) {
		return nil
	}
	return customer.PlanVisit(ctx, r, in, c.cfg.Visits.Scripts...)
}

// Roles returns the built-in authorizer: what each role may do and see, as the workflow
// tables and the rooms say. Config.Authorizer replaces it.
func Roles() *access.Roles {
	grants := []access.Grant{
		{Action: "journal.Verify", Roles: []kernel.Role{access.Auditor, access.Manager, access.System}},
		{Action: "journal.Relay", Roles: []kernel.Role{access.System}},
		{Action: "database.Backup", Roles: []kernel.Role{access.System}},
		{Action: "customer.Overview", Roles: access.Staff},
	}
	for _, room := range [][]access.Grant{customer.Grants(), policy.Grants(), claim.Grants(), complaint.Grants(), payment.Grants(), improve.Grants(), task.Grants()} {
		grants = append(grants, room...)
	}
	return access.NewRoles(grants, customer.Fields()...)
}

// Subjects lists every table that the journal covers, by kind of subject.
func Subjects() []journal.Subjects {
	var all []journal.Subjects
	for _, room := range [][]journal.Subjects{customer.Subjects(), policy.Subjects(), claim.Subjects(), complaint.Subjects(), payment.Subjects(), improve.Subjects()} {
		all = append(all, room...)
	}
	for i := range all {
		all[i].Parts = append(all[i].Parts, task.Part())
	}
	return all
}

// kinds lists every kind of subject, for the rulebook to speak of.
func kinds() []command.Kind {
	return slices.Concat(customer.Kinds(), policy.Kinds(), claim.Kinds(), complaint.Kinds(), payment.Kinds(), improve.Kinds())
}

// policiesForClaims answers claims from the library's own policies.
type policiesForClaims struct{ c *CRM }

func (p policiesForClaims) CoverAt(ctx context.Context, ref kernel.Ref, at time.Time) (claim.Cover, error) {
	in, err := p.c.Policies.CoverAt(ctx, ref, at)
	if err != nil {
		return claim.Cover{}, err
	}
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
	return out, nil
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
