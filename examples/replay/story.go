package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/policy"
)

// story is what becomes of one row.
type story struct {
	row
	crm    *crm.CRM
	branch string

	holder crm.Ref
	cover  crm.ID // the policy
	claim  claim.Claim
}

// key makes a command of the story safe to repeat.
func (s *story) key(command string) crm.Option {
	return crm.Key(s.branch + "/" + s.policy + "/" + command)
}

// reported is when the insurer hears of the loss: at once, but not before there is a
// policy to claim under.
func (s *story) reported() time.Time {
	if begins := s.bind.In(eastern); s.loss.Before(begins) {
		return begins
	}
	return s.loss
}

// apply makes a customer of the row, and a policy that holds from the first instant of
// the day on which it was bound.
func (s *story) apply(ctx context.Context) error {
	who, err := s.crm.Customers.Register(ctx, customer.Registration{
		Party: customer.Individual, Name: "Driver " + s.policy, Branch: s.branch,
		Contacts: []customer.ContactDetail{{Kind: customer.Email, Value: privacy.New(s.address())}},
	}, s.key("register"))
	if err != nil {
		return err
	}
	s.holder = who.ID.Ref()
	p, err := s.crm.Applications.IssueDirect(ctx, policy.Direct{
		Form: policy.Form{
			Product: code(s.deductible), Branch: s.branch, Holder: s.holder, Interest: "owner",
			Insured:   []policy.InsuredForm{{Party: s.holder, Relation: policy.Self, Class: s.policy}},
			Inception: s.bind, Zone: zone, Term: s.term(),
			Items: []policy.Item{{Coverage: coverage, SumInsured: s.limit}},
		},
		Receipts: []policy.ReceiptForm{{Reference: crm.Ref("premium-" + s.policy), Amount: s.premium}},
	}, s.key("issue"))
	s.cover = p.ID
	return err
}

// address is one that nobody has.
func (s *story) address() string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, s.branch+"-"+s.policy) + "@example.com"
}

// report is the notice of the loss.
func (s *story) report(ctx context.Context) (err error) {
	s.claim, err = s.crm.Claims.Report(ctx, claim.Notice{
		Policy: s.cover.Ref(), OccurredAt: s.loss, Cause: s.cause, Channel: "replay", Claimed: s.total,
		Place: privacy.New(s.place), Description: privacy.New(s.description),
	}, s.key("report"))
	return err
}

// decide takes the claim form and decides what can be decided at once.
func (s *story) decide(ctx context.Context) error {
	switch {
	case s.claim.NotInForce:
		return s.together(ctx, "refuse", s.file, s.refuse("not_in_force", "The policy was not in force."), s.tell, s.close)
	case s.fraud:
		return s.together(ctx, "investigate", s.file, s.check(claim.CheckCompleteness), s.accept, s.investigate)
	case s.net().IsZero():
		return s.together(ctx, "close", s.file, s.check(claim.CheckCompleteness), s.accept, s.check(claim.CheckAuthenticity),
			s.check(claim.CheckCoverage), s.assess, s.approve, s.closeNil)
	}
	_, err := s.crm.Claims.SettleDirect(ctx, s.claim.ID, claim.Settlement{
		Filing: claim.Filing{Method: "cheque"}, Amount: s.net(), Channel: "letter", Agreed: "signed",
	}, s.key("settle"))
	return err
}

// finish ends what takes longer: the investigation, or the way of the money.
func (s *story) finish(ctx context.Context) error {
	switch {
	case s.claim.NotInForce:
		return nil
	case s.fraud:
		return s.together(ctx, "conclude", s.conclude, s.refuse("fraud", "The loss was reported as fraud."), s.tell, s.close)
	case s.net().IsZero():
		return nil
	}
	return s.together(ctx, "pay", s.pay, s.close)
}

// act is one command on the claim within a unit of work.
type act func(ctx context.Context, c *crm.CRM, id kernel.ID) error

// together does several acts as one, once.
func (s *story) together(ctx context.Context, name string, acts ...act) error {
	err := s.crm.InTx(ctx, func(c *crm.CRM) error {
		for _, do := range acts {
			if err := do(ctx, c, s.claim.ID); err != nil {
				return err
			}
		}
		return nil
	}, s.key(name))
	if errors.Is(err, crm.ErrReplayed) {
		return nil
	}
	return err
}
