package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel/access"
)

// loss is a claim, from the day on which it is reported.
type loss struct {
	*contract
	chance
	id       crm.ID
	adjuster crm.Actor
	cause    string
	claimed  decimal.Decimal
	covered  bool // as far as the policy is concerned
	pain     int  // what the customer will hold against the insurer
}

// wait is as chance's; who waits for long remembers.
func (l *loss) wait(usual int) int {
	n := l.chance.wait(usual)
	if n > 2*usual+1 {
		l.pain++
	}
	return n
}

// report is the notice of the loss. Who reports under a policy that has ended has a claim
// all the same: it takes one to say no with reasons.
func (l *loss) report() error {
	if l.over && !l.one(30) {
		return nil
	}
	l.adjuster, l.cause = staff(access.Adjuster, l.between(1, 4)), pick(l.chance, l.causes...)
	l.claimed = l.sum
	if l.claims[1] > 0 {
		l.claimed = l.amount(l.claims[0], l.claims[1])
	}
	cl, err := l.crm.Claims.Report(l.as(agent), claim.Notice{
		Policy: l.contract.id.Ref(), OccurredAt: l.clock.Now().Add(-12 * time.Hour), Cause: l.cause, Channel: pick(l.chance, "app", "phone"),
		Claimed: l.claimed, Account: said("6217000010001234567"), Description: said("reported by the customer"),
	})
	if errors.Is(err, crm.ErrDuplicate) {
		return nil // of the same policy, day and cause: it was told before
	}
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	l.id, l.covered = cl.ID, !cl.NotInForce
	guide := func() error {
		return l.together(l.adjuster, func(c *crm.CRM) []step {
			return []step{
				with(c.Claims.Contact, l.id, claim.Conversation{Channel: "phone"}),
				with(c.Claims.Notify, l.id, claim.Message{Kind: claim.NoticeGuidance, Channel: "sms"}),
			}
		})
	}
	switch {
	case l.one(4):
		l.in(l.between(1, 6), l.withdraw)
		return guide()
	case l.covered && l.claims[1] > 0 && l.claimed.GreaterThan(yuan(1_000)) && l.claimed.LessThan(yuan(5_000)) && l.one(70):
		l.in(l.between(0, 1), l.direct)
		return guide()
	}
	late := l.one(12)
	l.in(l.between(4, 9), l.file)
	if !late {
		return guide()
	}
	l.in(l.between(2, 3), guide)
	return nil
}

func (l *loss) withdraw() error {
	return done(l.crm.Claims.Withdraw(l.as(agent), l.id, claim.Remark{Text: said("settled by the other side")}))
}

// direct settles a small and simple claim in one command.
func (l *loss) direct() error {
	_, err := l.crm.Claims.SettleDirect(l.as(l.adjuster), l.id, claim.Settlement{
		Filing: claim.Filing{Claimed: l.claimed, Documents: l.papers(0), FastTrack: true},
		Lines:  l.lines(), Channel: "app", Agreed: "app",
	})
	if err != nil {
		return fmt.Errorf("direct: %w", err)
	}
	return l.paying()
}

// file takes the claim form; some come with all documents, some do not.
func (l *loss) file() error {
	missing := 0
	if l.one(22) {
		missing = 1
	}
	err := l.together(l.adjuster, func(c *crm.CRM) []step {
		return []step{with(c.Claims.File, l.id, claim.Filing{Claimed: l.claimed, Documents: l.papers(missing)})}
	})
	switch {
	case err != nil:
		return fmt.Errorf("file: %w", err)
	case !l.covered:
		l.in(l.wait(4), l.decline)
	case missing > 0:
		l.pain++
		l.in(l.wait(1), l.request)
	default:
		l.in(l.wait(1), l.accept)
	}
	return nil
}

// request asks for what is missing. Not everybody answers.
func (l *loss) request() error {
	if err := done(l.crm.Claims.RequestDocuments(l.as(l.adjuster), l.id, claim.MissingRequest{Channel: "sms"})); err != nil {
		return err
	}
	if l.one(12) {
		l.in(190, func() error { return done(l.crm.Claims.Lapse(l.as(l.adjuster), l.id)) })
		return nil
	}
	l.in(l.chance.wait(9)+1, func() error {
		l.in(l.wait(1), l.accept)
		return done(l.crm.Claims.SupplyDocuments(l.as(agent), l.id, claim.Supply{Documents: l.papers(0)}))
	})
	return nil
}

// accept takes the claim into handling. Not all causes are clear.
func (l *loss) accept() error {
	err := l.together(l.adjuster, func(c *crm.CRM) []step {
		return []step{
			with(c.Claims.Check, l.id, claim.Review{Kind: claim.CheckCompleteness}),
			with(c.Claims.Accept, l.id, claim.Acceptance{}),
		}
	})
	if l.one(9) {
		l.in(l.wait(2), l.investigate)
	} else {
		l.in(l.wait(3), l.assess)
	}
	return err
}

// papers are the documents that the claim needs, but for the last few.
func (l *loss) papers(without int) []claim.Paper {
	kinds := append([]string{"claim_form"}, l.Documents.Claims[l.cause]...)
	var out []claim.Paper
	for _, k := range kinds[:len(kinds)-without] {
		out = append(out, claim.Paper{Kind: k})
	}
	return out
}

func (l *loss) lines() []claim.Item { return []claim.Item{{Coverage: l.pays, Claimed: l.claimed}} }

// paying has the money paid, and then closes the claim.
func (l *loss) paying() error {
	m := &money{lane: l.lane, chance: l.chance, owner: payment.Owner{Kind: "claim", ID: l.id}, failed: func() { l.pain++ }, then: l.close}
	l.in(l.wait(2), m.pay)
	return nil
}
