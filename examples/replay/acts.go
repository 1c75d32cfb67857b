package main

import (
	"context"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

func (s *story) file(ctx context.Context, c *crm.CRM, id kernel.ID) error {
	_, err := c.Claims.File(ctx, id, claim.Filing{Claimed: s.total})
	return err
}

func (s *story) check(kind claim.CheckKind) act {
	return func(ctx context.Context, c *crm.CRM, id kernel.ID) error {
		_, err := c.Claims.Check(ctx, id, claim.Review{Kind: kind})
		return err
	}
}

func (s *story) accept(ctx context.Context, c *crm.CRM, id kernel.ID) error {
	_, err := c.Claims.Accept(ctx, id, claim.Acceptance{})
	return err
}

func (s *story) assess(ctx context.Context, c *crm.CRM, id kernel.ID) error {
	_, err := c.Claims.Assess(ctx, id, claim.Assessment{})
	return err
}

func (s *story) approve(ctx context.Context, c *crm.CRM, id kernel.ID) error {
	_, err := c.Claims.Approve(ctx, id, claim.Approval{})
	return err
}

func (s *story) investigate(ctx context.Context, c *crm.CRM, id kernel.ID) error {
	_, err := c.Claims.Investigate(ctx, id, claim.Investigation{Investigator: "special-investigations"})
	return err
}

func (s *story) conclude(ctx context.Context, c *crm.CRM, id kernel.ID) error {
	_, err := c.Claims.Conclude(ctx, id, claim.Conclusion{
		Result: claim.Failed, Evidence: privacy.New("The file reports it as fraud."),
	})
	return err
}

func (s *story) refuse(reason, remark string) act {
	return func(ctx context.Context, c *crm.CRM, id kernel.ID) error {
		_, err := c.Claims.Decline(ctx, id, claim.Refusal{Reason: reason, Clause: "1", Remark: privacy.New(remark)})
		return err
	}
}

func (s *story) tell(ctx context.Context, c *crm.CRM, id kernel.ID) error {
	_, err := c.Claims.Notify(ctx, id, claim.Message{Kind: claim.NoticeRefusal, Channel: "letter"})
	return err
}

// pay follows the money until it has arrived, which settles the claim by itself.
func (s *story) pay(ctx context.Context, c *crm.CRM, id kernel.ID) error {
	payments, err := c.Claims.Payments(ctx, id)
	if err != nil {
		return err
	}
	for i := range payments {
		id := payments[i].ID
		if _, err := c.Payments.Request(ctx, id, payment.Handover{}); err != nil {
			return err
		}
		if _, err := c.Payments.Issue(ctx, id, payment.Receipt{}); err != nil {
			return err
		}
		if _, err := c.Payments.Clear(ctx, id, payment.Receipt{Voucher: "replay-" + s.policy}); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) close(ctx context.Context, c *crm.CRM, id kernel.ID) error {
	_, err := c.Claims.Close(ctx, id)
	return err
}

func (s *story) closeNil(ctx context.Context, c *crm.CRM, id kernel.ID) error {
	_, err := c.Claims.CloseNil(ctx, id)
	return err
}
