package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
)

// step is one command: its name, who gives it, on which day of the story and at what
// hour.
type step struct {
	name      string
	who       kernel.Role
	day, hour int
	do        func(context.Context) error
}

// handleClaim takes the claim from the call to the archive.
func (s *insurer) handleClaim(ctx context.Context) error {
	steps := s.steps()
	s.Section("Claim 理赔")
	for i, st := range steps {
		s.on(st.day, st.hour)
		from := s.claim.State
		if err := st.do(as(ctx, st.who)); err != nil {
			return fmt.Errorf("%s: %w", st.name, err)
		}
		s.facts.Steps = append(s.facts.Steps, stepped{st.name, string(st.who), string(s.claim.State)})
		s.Say("%2d  %s  %-9s %-19s %s", i+1, s.now(), st.who, st.name, moved(from, s.claim.State))
		next := step{who: access.Manager}
		if i+1 < len(steps) {
			next = steps[i+1]
		}
		if err := s.whatNext(ctx, next); err != nil {
			return err
		}
	}
	s.facts.State = string(s.claim.State)
	return nil
}

const account = "6222021001123456789"

func (s *insurer) steps() []step {
	claims, payments := s.crm.Claims, s.crm.Payments
	return []step{
		{"Report", access.Agent, 9, 15, s.report},
		{"Contact", access.Adjuster, 9, 16, s.claimed(func(ctx context.Context, id crm.ID) (claim.Claim, error) {
			return claims.Contact(ctx, id, claim.Conversation{Channel: "phone"})
		})},
		{"Notify", access.Adjuster, 9, 17, s.claimed(func(ctx context.Context, id crm.ID) (claim.Claim, error) {
			return claims.Notify(ctx, id, claim.Message{Kind: claim.NoticeGuidance, Channel: "sms"})
		})},
		{"File", access.Agent, 12, 10, s.claimed(func(ctx context.Context, id crm.ID) (claim.Claim, error) {
			return claims.File(ctx, id, claim.Filing{
				Claimed: decimal.RequireFromString("12345.67"), Account: privacy.New(account), Method: "transfer",
				Documents: []claim.Paper{{Kind: "claim_form"}, {Kind: "invoice"}, {Kind: "medical_record"}},
			})
		})},
		{"Check completeness", access.Adjuster, 12, 11, s.check(claim.CheckCompleteness)},
		{"Accept", access.Adjuster, 12, 14, s.claimed(func(ctx context.Context, id crm.ID) (claim.Claim, error) {
			return claims.Accept(ctx, id, claim.Acceptance{}, crm.IfVersion(s.claim.Version)) // as it was when the screen was drawn
		})},
		{"Check authenticity", access.Adjuster, 13, 9, s.check(claim.CheckAuthenticity)},
		{"Check coverage", access.Adjuster, 13, 10, s.check(claim.CheckCoverage)},
		{"Assess", access.Adjuster, 13, 11, s.claimed(func(ctx context.Context, id crm.ID) (claim.Claim, error) {
			return claims.Assess(ctx, id, claim.Assessment{Lines: []claim.Item{{
				Coverage: "MED", Claimed: s.claim.Claimed, Offset: decimal.NewFromInt(4000), // social insurance paid it
			}}})
		})},
		{"Approve", access.Adjuster, 13, 15, s.claimed(func(ctx context.Context, id crm.ID) (claim.Claim, error) {
			return claims.Approve(ctx, id, claim.Approval{})
		})},
		{"Notify", access.Adjuster, 13, 16, s.claimed(func(ctx context.Context, id crm.ID) (claim.Claim, error) {
			return claims.Notify(ctx, id, claim.Message{Kind: claim.NoticeAmount, Channel: "sms"})
		})},
		{"Agree", access.Adjuster, 15, 10, s.claimed(func(ctx context.Context, id crm.ID) (claim.Claim, error) {
			return claims.Agree(ctx, id, claim.Agreement{How: "signed"})
		})},
		{"RequestPayment", access.Adjuster, 15, 11, s.claimed(func(ctx context.Context, id crm.ID) (claim.Claim, error) {
			return claims.RequestPayment(ctx, id, claim.PaymentOrder{})
		})},
		// With a crm.Config.Payer, Dispatch hands payments over and marks them requested.
		{"Payment: Request", access.Cashier, 15, 14, s.paid(func(ctx context.Context, id crm.ID) (payment.Payment, error) {
			return payments.Request(ctx, id, payment.Handover{Reference: "bank-7781"})
		})},
		{"Payment: Issue", access.Cashier, 15, 16, s.paid(func(ctx context.Context, id crm.ID) (payment.Payment, error) {
			return payments.Issue(ctx, id, payment.Receipt{})
		})},
		{"Payment: Clear", access.Cashier, 16, 9, s.paid(func(ctx context.Context, id crm.ID) (payment.Payment, error) {
			return payments.Clear(ctx, id, payment.Receipt{Voucher: "V-7781"})
		})},
		{"Close", access.Adjuster, 17, 10, s.claimed(func(ctx context.Context, id crm.ID) (claim.Claim, error) {
			return claims.Close(ctx, id)
		})},
	}
}

// report opens the claim, and once more under the same key, as a client does that lost
// the answer.
func (s *insurer) report(ctx context.Context) (err error) {
	notice := claim.Notice{
		Policy: s.policy.ID.Ref(), OccurredAt: s.clock.Now().Add(-90 * time.Minute), Cause: "accident", Channel: "phone",
		Place: privacy.New("人民路与解放路路口"), Description: privacy.New("fell off the bicycle, wrist broken"),
	}
	key := crm.Key("call/" + s.policy.Number)
	if s.claim, err = s.crm.Claims.Report(ctx, notice, key); err != nil {
		return err
	}
	again, err := s.crm.Claims.Report(ctx, notice, key)
	if err != nil {
		return err
	}
	if !again.Replayed || again.ID != s.claim.ID {
		return fmt.Errorf("the retry opened a second claim, %s", again.Number)
	}
	s.Say("%s under policy %s. The same call again, with the same key: replayed, no second claim.", s.claim.Number, s.policy.Number)
	return nil
}

func (s *insurer) check(kind claim.CheckKind) func(context.Context) error {
	return s.claimed(func(ctx context.Context, id crm.ID) (claim.Claim, error) {
		return s.crm.Claims.Check(ctx, id, claim.Review{Kind: kind})
	})
}

// claimed gives a command to the claim, which returns it as it then stands.
func (s *insurer) claimed(do func(context.Context, crm.ID) (claim.Claim, error)) func(context.Context) error {
	return func(ctx context.Context) (err error) {
		s.claim, err = do(ctx, s.claim.ID)
		return err
	}
}

// paid gives a command to the claim's payment. What follows for the claim follows by
// itself.
func (s *insurer) paid(do func(context.Context, crm.ID) (payment.Payment, error)) func(context.Context) error {
	return func(ctx context.Context) error {
		p, err := s.payment(ctx)
		if err != nil {
			return err
		}
		if p, err = do(ctx, p.ID); err != nil {
			return err
		}
		if p.State == payment.Cleared {
			s.facts.Paid = yuan(p.Amount)
		}
		s.claim, err = s.crm.Claims.Get(ctx, s.claim.ID)
		return err
	}
}

func (s *insurer) payment(ctx context.Context) (payment.Payment, error) {
	all, err := s.crm.Claims.Payments(ctx, s.claim.ID)
	if err == nil && len(all) != 1 {
		err = fmt.Errorf("%d payments, not one", len(all))
	}
	if err != nil {
		return payment.Payment{}, err
	}
	return all[0], nil
}

// whatNext asks what whoever comes next may do with the claim, or with its payment.
func (s *insurer) whatNext(ctx context.Context, next step) error {
	ctx = as(ctx, next.who)
	if !strings.HasPrefix(next.name, "Payment") {
		moves, err := s.crm.Claims.Allowed(ctx, s.claim.ID)
		showMoves(s.Printer, next.who, s.claim.State, moves)
		return err
	}
	p, err := s.payment(ctx)
	if err != nil {
		return err
	}
	moves, err := s.crm.Payments.Allowed(ctx, p.ID)
	showMoves(s.Printer, next.who, p.State, moves)
	return err
}
