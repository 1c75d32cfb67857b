package crm

import (
	"context"
	"slices"

	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/survey"
)

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
			Line: cl.Cover.Line, Group: cl.Cover.Group,
		})
	})
	c.survey(e)
	c.serve(e)
}

// survey wires who is asked when, and what follows from the answers.
func (c *CRM) survey(e *engine.Engine) {
	ask := func(on engine.On, trigger string, whom func(h command.Happening) survey.Contact) {
		e.React(on, func(ctx context.Context, r command.Runner, h command.Happening) error {
			who := whom(h)
			who.Kind, who.ID = h.Kind, h.ID.Ref()
			return survey.OnTrigger(ctx, r, survey.Trigger{Event: trigger, Contact: who})
		})
	}
	ask(engine.On{Kind: "claim", To: string(claim.Closed)}, survey.ClaimClosed, func(h command.Happening) survey.Contact {
		cl := h.Subject.(*claim.Claim)
		return survey.Contact{Customer: cl.Claimant, Branch: cl.Branch, About: survey.About{Handler: cl.Handler, Channel: cl.Channel}}
	})
	ask(engine.On{Kind: "complaint", To: string(complaint.Replied)}, survey.ComplaintReplied, func(h command.Happening) survey.Contact {
		cp := h.Subject.(*complaint.Complaint)
		return survey.Contact{Customer: cp.Customer, Branch: cp.Branch, About: survey.About{Product: cp.Product, Handler: cp.Handler, Channel: cp.Channel}}
	})
	ask(engine.On{Kind: "policy", Event: string(policy.EventAcknowledgeReceipt)}, survey.PolicyReceived, func(h command.Happening) survey.Contact {
		p := h.Subject.(*policy.Policy)
		return survey.Contact{Customer: p.Holder, Branch: p.Branch, About: survey.About{Product: p.ProductCode, Handler: p.Producer, Channel: p.Channel}}
	})
	ask(engine.On{Kind: "service_order", To: string(member.OrderDelivered)}, survey.ServiceDelivered, func(h command.Happening) survey.Contact {
		o := h.Subject.(*member.ServiceOrder)
		return survey.Contact{Customer: o.Customer, Branch: o.Branch, About: survey.About{Product: string(o.Service)}}
	})
	// Whoever scored low is called; what the call confirms becomes a complaint.
	e.React(engine.On{Kind: "invitation"}, func(ctx context.Context, r command.Runner, h command.Happening) error {
		low, ok := survey.Low(h)
		if !ok {
			return nil
		}
		return customer.PlanVisit(ctx, r, customer.VisitPlan{
			Kind: customer.VisitBusiness, Customer: low.Contact.Customer, Branch: low.Contact.Branch, About: customer.About{Kind: h.Kind, ID: h.ID},
		}, c.cfg.Visits.Scripts...)
	})
	e.React(engine.On{Kind: customer.VisitSubject, Event: string(customer.EventRaiseProblem)}, c.complain)
	improving := func(kind improve.SourceKind) engine.Reaction {
		return func(ctx context.Context, r command.Runner, h command.Happening) error {
			p, ok, err := survey.Proposed(ctx, r, h)
			if err != nil || !ok {
				return err
			}
			_, err = improve.Propose(ctx, r, improve.Proposal{
				Source: improve.Source{Kind: kind, ID: h.ID.Ref()}, Branch: h.Subject.Subject().Branch,
				Cause: p.Cause, Measure: p.Measure, Unit: p.Unit, Responsible: p.Person, DueOn: p.Due,
			})
			return err
		}
	}
	e.React(engine.On{Kind: "inspection"}, improving(improve.FromInspection))
	e.React(engine.On{Kind: "campaign"}, improving(improve.FromSurvey))
}

// complain takes down as a complaint what a call after a low score has confirmed.
func (c *CRM) complain(ctx context.Context, r command.Runner, h command.Happening) error {
	v := h.Subject.(*customer.Visit)
	if v.AboutKind != "invitation" {
		return nil
	}
	var said string
	err := r.Look(ctx, "visit.Get", func(u *command.Unit) error {
		plain, err := u.Open(v)
		said = plain["problem_text"]
		return err
	})
	if err != nil {
		return err
	}
	_, err = complaint.New(r, c.complaints(r)).Receive(ctx, complaint.Receipt{
		Complainants: []complaint.Speaker{{Customer: v.Customer}}, Channel: "visit", Branch: v.Branch,
		About: complaint.Topic{Other: v.ID.Ref(), Line: v.Line, Group: v.Group}, Content: privacy.New(said),
		AcceptDuplicate: true, Reason: privacy.New("raised in a call after a low score"),
	})
	return err
}

// serve wires what members are owed.
func (c *CRM) serve(e *engine.Engine) {
	tell := func(on engine.On, whom func(h command.Happening) kernel.Ref) {
		e.React(on, func(ctx context.Context, r command.Runner, h command.Happening) error {
			return c.Membership.Benefits.TellBenefits(ctx, r, command.Case{Kind: h.Kind, ID: h.ID}, whom(h))
		})
	}
	// At each transaction a member is told of the benefits that go with it (MR 七(二)2).
	tell(engine.On{Kind: "policy", Event: string(policy.EventIssue)}, func(h command.Happening) kernel.Ref { return h.Subject.(*policy.Policy).Holder })
	tell(engine.On{Kind: "claim", Event: string(claim.EventReport)}, func(h command.Happening) kernel.Ref { return h.Subject.(*claim.Claim).Claimant })
	// With a tier come the quotas of its benefits.
	for _, event := range []member.Event{member.EventAdmit, member.EventAdopt, member.EventRenew, member.EventEvaluateTier} {
		e.React(engine.On{Kind: "member", Event: string(event)}, func(ctx context.Context, r command.Runner, h command.Happening) error {
			return c.Membership.Quotas.OpenAll(ctx, r, h.ID)
		})
	}
	// Members of an adviser who has left get a new one.
	e.React(engine.On{Kind: "staff", To: string(member.StaffLeft)}, func(ctx context.Context, r command.Runner, h command.Happening) error {
		return member.OnStaffLeft(ctx, r, h.Subject.(*member.Staff))
	})
}

// call plans a visit of a kind that plans itself.
func (c *CRM) call(ctx context.Context, r command.Runner, in customer.VisitPlan) error {
	if !slices.Contains(c.cfg.CallOn, in.Kind) {
		return nil
	}
	return customer.PlanVisit(ctx, r, in, c.cfg.Visits.Scripts...)
}
