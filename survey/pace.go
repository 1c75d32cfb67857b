package survey

import (
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Pace is the row that keeps a customer from being invited too often: when any campaign
// last did. Of two campaigns that race for a customer it is what keeps them apart. It is
// no part of any subject; the invitations tell the history.
type Pace struct {
	kernel.Meta `gorm:"embedded"`
	Customer    kernel.Ref `gorm:"column:customer;uniqueIndex:survey_paces_customer"`
	InvitedAt   time.Time  `gorm:"column:invited_at"`
}

// TableName is crm_survey_paces.
func (*Pace) TableName() string { return "crm_survey_paces" }

// pace returns the customer's row under lock, or nil.
func pace(u *command.Unit, customer kernel.Ref) (*Pace, error) {
	return storage.One[Pace](u, storage.Query{Where: []storage.Cond{colCustomer.Eq(customer)}, Lock: true})
}

// rested reports whether the customer was not invited for the plan's days of rest.
func (p *Pace) rested(plan *Plan, now time.Time) bool {
	return p == nil || !now.Before(p.InvitedAt.Add(plan.rest()))
}

// step notes that the customer is invited now.
func (p *Pace) step(u *command.Unit, customer kernel.Ref) error {
	if p == nil {
		p = &Pace{Customer: customer, InvitedAt: u.Now()}
		u.Stamp(&p.Meta)
		return u.GuardTx.Insert(p)
	}
	p.InvitedAt, p.UpdatedAt = u.Now(), u.Now()
	return u.GuardTx.Save(p)
}
