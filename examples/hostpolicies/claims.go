package main

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel/privacy"
)

// payCollision: the policy is in force, the claim small and simple. One command takes it
// from the claim form to the payment.
func (s *service) payCollision(ctx context.Context) error {
	return s.settle(ctx, s.motor, "collision", 8_600, "repair_bill")
}

// declineLapsed: the policy was not in force at the loss. The report is taken all the
// same, and flagged: the insurer has to say no, with reasons.
func (s *service) declineLapsed(ctx context.Context) error {
	c, err := s.report(ctx, s.home, "fire", 42_000)
	if err != nil {
		return err
	}
	if !c.NotInForce {
		return fmt.Errorf("%s is not flagged", c.Number)
	}
	if c, err = s.crm.Claims.File(ctx, c.ID, claim.Filing{}); err != nil {
		return err
	}
	c, err = s.crm.Claims.Decline(ctx, c.ID, claim.Refusal{
		Reason: "not_in_force", Clause: "第十二条", Remark: privacy.New("premium was not paid within the grace period"),
	})
	if err != nil {
		return err
	}
	if c, err = s.crm.Claims.Notify(ctx, c.ID, claim.Message{Kind: claim.NoticeRefusal, Channel: "letter"}); err != nil {
		return err
	}
	_, err = s.crm.Claims.Close(ctx, c.ID)
	return err
}

// useUpLimit: two stays in hospital under a limit of 10 000 for the term. The second
// gets what the first has left.
func (s *service) useUpLimit(ctx context.Context) error {
	if err := s.settle(ctx, s.hospital, "appendicitis", 7_000, "invoice"); err != nil {
		return err
	}
	return s.settle(ctx, s.hospital, "pneumonia", 7_000, "invoice")
}

func (s *service) settle(ctx context.Context, policy crm.Ref, cause string, claimed int64, evidence string) error {
	c, err := s.report(ctx, policy, cause, claimed)
	if err != nil {
		return err
	}
	_, err = s.crm.Claims.SettleDirect(ctx, c.ID, claim.Settlement{
		Filing: claim.Filing{
			Account: privacy.New("6228480402564890018"), Method: "transfer",
			Documents: []claim.Paper{{Kind: "claim_form"}, {Kind: evidence}},
		},
		Channel: "app", Agreed: "app",
	}, crm.Key("settle/"+c.Number))
	return err
}

// report takes the call, two days after the loss.
func (s *service) report(ctx context.Context, policy crm.Ref, cause string, claimed int64) (claim.Claim, error) {
	loss := s.clock.Now()
	s.clock.Advance(48 * time.Hour)
	return s.crm.Claims.Report(ctx, claim.Notice{
		Policy: policy, OccurredAt: loss, Cause: cause, Channel: "app", Claimed: decimal.NewFromInt(claimed),
	}, crm.Key(fmt.Sprintf("app/%s/%s", policy, cause)))
}

// settleAccounts hands all payments to the bank, reads its statement the next day, and
// closes the claims that are paid by then. That they are paid follows by itself.
func (s *service) settleAccounts(ctx context.Context) error {
	if _, err := s.crm.Dispatch(ctx); err != nil {
		return err
	}
	s.clock.Advance(24 * time.Hour)
	var rows [][]string
	for _, t := range s.bank {
		p, err := s.crm.Payments.ByKey(ctx, t.Key)
		if err != nil {
			return err
		}
		if _, err := s.crm.Payments.Issue(ctx, p.ID, payment.Receipt{}); err != nil {
			return err
		}
		if _, err := s.crm.Payments.Clear(ctx, p.ID, payment.Receipt{Voucher: "V-" + t.reference}); err != nil {
			return err
		}
		if _, err := s.crm.Claims.Close(ctx, p.OwnerID); err != nil {
			return err
		}
		account, _ := t.Account.Plain() // for the bank alone: never in a log or an error
		rows = append(rows, []string{t.reference, string(t.Payee), privacy.MaskAccount(account), t.Amount.StringFixed(2), string(t.Currency)})
	}
	s.Section("The host's bank 付款")
	s.Table([]string{"reference", "payee", "account", "amount", "currency"}, rows...)
	return nil
}
