package main

import (
	"fmt"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/survey"
)

// investigate sends somebody to find out; the case is complex then.
func (l *loss) investigate() error {
	l.pain++
	l.in(l.between(12, 28), func() error {
		result := claim.Passed
		if l.one(25) {
			result = claim.Failed
		}
		if err := done(l.crm.Claims.Conclude(l.as(l.adjuster), l.id, claim.Conclusion{Result: result, Evidence: said("seen on the spot"), Lines: l.lines()})); err != nil {
			return fmt.Errorf("conclude: %w", err)
		}
		if result == claim.Failed {
			l.in(l.wait(2), l.decline)
			return nil
		}
		return l.decide(with(l.crm.Claims.Check, l.id, claim.Review{Kind: claim.CheckCoverage}))
	})
	return l.together(l.adjuster, func(c *crm.CRM) []step {
		return []step{
			with(c.Claims.MarkComplex, l.id, claim.Remark{Text: said("the cause is not clear")}),
			with(c.Claims.Investigate, l.id, claim.Investigation{Investigator: "surveyor-1", Grounds: said("the cause is not clear")}),
		}
	})
}

// assess checks and calculates. Some claims turn out not to be covered.
func (l *loss) assess() error {
	err := l.together(l.adjuster, func(c *crm.CRM) []step {
		return []step{
			with(c.Claims.Check, l.id, claim.Review{Kind: claim.CheckAuthenticity}),
			with(c.Claims.Check, l.id, claim.Review{Kind: claim.CheckCoverage}),
			with(c.Claims.Reserve, l.id, claim.Reserving{Loss: l.claimed, Reason: said("as claimed")}),
			with(c.Claims.Assess, l.id, claim.Assessment{Lines: l.lines()}),
		}
	})
	if err != nil {
		return fmt.Errorf("assess: %w", err)
	}
	if l.one(6) {
		l.in(l.wait(3), func() error {
			if err := done(l.crm.Claims.Check(l.as(l.adjuster), l.id, claim.Review{Kind: claim.CheckCoverage, Result: claim.Failed, Grounds: said("excluded")})); err != nil {
				return err
			}
			return l.decline()
		})
		return nil
	}
	l.in(l.wait(6), func() error { return l.decide() })
	return nil
}

// decline refuses the claim, with a notice of the reasons.
func (l *loss) decline() error {
	l.pain += 2
	reason := claim.Refusal{Reason: "exclusion", Clause: "3.1", Remark: said("explained in the letter")}
	if !l.covered {
		reason.Reason = "not_in_force"
	}
	err := l.together(manager, func(c *crm.CRM) []step {
		return []step{with(c.Claims.Decline, l.id, reason), with(c.Claims.Notify, l.id, claim.Message{Kind: claim.NoticeRefusal, Channel: "letter"})}
	})
	if err != nil {
		return fmt.Errorf("decline: %w", err)
	}
	if l.one(30) {
		l.complain("claims.refusal")
	}
	l.in(l.between(1, 5), l.close)
	return nil
}

// decide approves within the adjuster's authority, else proposes to the manager.
func (l *loss) decide(before ...step) error {
	above := l.claimed.GreaterThan(yuan(10_000))
	err := l.together(l.adjuster, func(c *crm.CRM) []step {
		list := []step{}
		for range before { // a check that was left
			list = append(list, with(c.Claims.Check, l.id, claim.Review{Kind: claim.CheckCoverage}))
		}
		if above {
			return append(list, with(c.Claims.Refer, l.id, claim.Referral{}))
		}
		return append(list, with(c.Claims.Approve, l.id, claim.Approval{}))
	})
	if err != nil {
		return fmt.Errorf("decide: %w", err)
	}
	if !above {
		return l.tell()
	}
	l.in(l.wait(2), func() error {
		if err := done(l.crm.Claims.Countersign(l.as(manager), l.id, claim.Remark{})); err != nil {
			return err
		}
		return l.tell()
	})
	return nil
}

// tell tells the amount; once the claimant agrees, it is paid.
func (l *loss) tell() error {
	cl, err := l.crm.Claims.Get(l.as(l.adjuster), l.id)
	if err != nil {
		return err
	}
	if cl.Approved.IsZero() {
		l.pain++
		return l.finish(l.crm.Claims.CloseNil(l.as(l.adjuster), l.id))
	}
	if cl.Approved.LessThan(l.claimed.Mul(rate("0.7"))) && l.one(15) {
		l.complain("claims.amount")
	}
	l.in(l.chance.wait(2), func() error {
		err := l.together(l.adjuster, func(c *crm.CRM) []step {
			return []step{with(c.Claims.Agree, l.id, claim.Agreement{How: "app"}), with(c.Claims.RequestPayment, l.id, claim.PaymentOrder{})}
		})
		if err != nil {
			return fmt.Errorf("agree: %w", err)
		}
		return l.paying()
	})
	return l.together(l.adjuster, func(c *crm.CRM) []step {
		return []step{with(c.Claims.Notify, l.id, claim.Message{Kind: claim.NoticeAmount, Channel: "sms"})}
	})
}

// close archives the claim.
func (l *loss) close() error {
	if l.pain > 1 && l.one(12) {
		l.complain("claims.delay")
	}
	return l.finish(l.crm.Claims.Close(l.as(l.adjuster), l.id))
}

// finish follows a closed claim: the customer is called and asked, because the library
// has planned a visit and an invitation in the same transaction.
func (l *loss) finish(_ claim.Claim, err error) error {
	if err != nil {
		return fmt.Errorf("close: %w", err)
	}
	if err := l.visited("claim", l.id, l.between(1, 5)); err != nil {
		return err
	}
	return l.asked(survey.ClaimClosed, l.pain)
}

// complain has the customer complain about the claim, some days later.
func (l *loss) complain(cause string) {
	g := &grievance{
		lane: l.lane, chance: l.lane.chance(), who: l.person, cause: cause, category: complaint.CategoryClaims,
		topic: complaint.Topic{Policy: l.contract.id.Ref(), Claim: l.id.Ref(), Product: l.Code, Line: l.Line},
	}
	l.in(l.between(0, 9), g.receive)
}
