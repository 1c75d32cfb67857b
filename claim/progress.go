package claim

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// Turn says who has to act.
type Turn string

// The turns.
const (
	Claimants Turn = "claimant"
	Insurers  Turn = "insurer"
	Nobodys   Turn = "nobody"
)

// Stage is one step of a claim as the claimant sees it.
type Stage struct {
	Label workflow.Label `json:"label"`
	At    time.Time      `json:"at,omitzero"` // when it was done; zero: not yet
}

// Progress is a claim as the claimant may see it: nothing internal.
type Progress struct {
	Number   string          `json:"number"`
	State    workflow.Label  `json:"state"`
	Turn     Turn            `json:"turn"`
	Stages   []Stage         `json:"stages"`            // in order; of those not done the first is next
	Missing  []string        `json:"missing,omitempty"` // kinds of document that are waited for
	Notified decimal.Decimal `json:"notified"`          // the amount, once the claimant was told
	Paid     decimal.Decimal `json:"paid"`              // what has arrived
	Currency kernel.Currency `json:"currency"`
}

// Next returns the first stage that is not done, or nil.
func (p *Progress) Next() *Stage {
	for i := range p.Stages {
		if p.Stages[i].At.IsZero() && p.Turn != Nobodys {
			return &p.Stages[i]
		}
	}
	return nil
}

// Progress returns the claimant's view: the steps done, the next step, whose turn it is.
// An investigation, a proposal, reserves and checks are nobody's business outside.
func (s *Service) Progress(ctx context.Context, id kernel.ID) (Progress, error) {
	return command.About(ctx, s.run, s.life, "claim.Progress", id, func(u *command.Unit, c *Claim) (Progress, error) {
		docs, err := documents(u, c.ID)
		if err != nil {
			return Progress{}, err
		}
		letters, err := notice.Of(u, kind, c.ID)
		if err != nil {
			return Progress{}, err
		}
		payments, err := payment.Of(u, c.owner())
		if err != nil {
			return Progress{}, err
		}
		return c.progress(docs, letters, payments), nil
	})
}

func (c *Claim) progress(docs []Document, letters []notice.Letter, payments []payment.Payment) Progress {
	told, refused := time.Time{}, time.Time{}
	for _, l := range letters {
		switch {
		case c.DecidedAt.IsZero() || l.CreatedAt.Before(c.DecidedAt):
		case l.Kind == NoticeAmount:
			told = l.DispatchedAt
		case l.Kind == NoticeRefusal:
			refused = l.DispatchedAt
		}
	}
	if told.IsZero() && refused.IsZero() && (c.State == Approved || c.State == Declined) {
		inside := *c // decided, but nobody was told yet
		inside.State, inside.DecidedAt, inside.Reason = Assessing, zero, ""
		c = &inside
	}
	p := Progress{Number: c.Number, State: c.outside(), Turn: Insurers, Missing: missing(docs), Currency: c.Currency}
	p.Paid = payment.Sum(payments, func(p *payment.Payment) bool { return counted(p) && p.State == payment.Cleared })
	if !told.IsZero() {
		p.Notified = c.Approved
	}
	p.Stages = []Stage{
		{label("Reported", "报案"), c.ReportedAt}, {label("Filed", "提交申请"), c.FiledAt}, {label("Accepted", "受理"), c.AcceptedAt},
	}
	switch {
	case c.State == Withdrawn:
		p.Stages = append(p.Stages, Stage{label("Withdrawn", "撤销"), c.ClosedAt})
	case c.Reason != "" && c.Proposal == "":
		p.Stages = append(p.Stages, Stage{label("Declined", "拒赔"), c.DecidedAt}, Stage{label("Told of the refusal", "拒赔通知"), refused})
	default:
		p.Stages = append(p.Stages, Stage{label("Decided", "核定"), c.DecidedAt}, Stage{label("Told of the amount", "通知金额"), told},
			Stage{label("Agreed", "达成协议"), c.AgreedAt}, Stage{label("Paid", "支付"), c.PaidAt})
	}
	p.Stages = append(p.Stages, Stage{label("Closed", "结案"), c.ClosedAt})
	switch {
	case Lifecycle.Class(c.State) == workflow.Ended:
		p.Turn = Nobodys
	case c.State == Reported, c.State == DocumentsPending, c.State == Approved && !told.IsZero():
		p.Turn = Claimants
	}
	return p
}

// outside names the state without telling what goes on inside.
func (c *Claim) outside() workflow.Label {
	switch c.State {
	case Investigating, Assessing, AwaitingApproval:
		return Lifecycle.Label(Assessing)
	}
	return Lifecycle.Label(c.State)
}
