package policy

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Instalment is a part of the premium that is due on a day. The instalments of a policy
// add up to its premium.
type Instalment struct {
	kernel.Meta `gorm:"embedded"`
	PolicyID    kernel.ID       `gorm:"column:policy_id;uniqueIndex:instalments_number" json:"policy_id"`
	Number      int64           `gorm:"column:number;uniqueIndex:instalments_number" json:"number"` // from 1
	DueOn       kernel.Date     `gorm:"column:due_on" json:"due_on"`
	Amount      decimal.Decimal `gorm:"column:amount" json:"amount"`
	Paid        decimal.Decimal `gorm:"column:paid" json:"paid"`
}

// TableName is crm_instalments.
func (*Instalment) TableName() string { return "crm_instalments" }

// Unpaid returns what is still owed of it.
func (i *Instalment) Unpaid() decimal.Decimal { return i.Amount.Sub(i.Paid) }

// instalments divides a premium into n equal parts of the currency's minor unit; what
// cannot be divided stands on the last.
func instalments(premium decimal.Decimal, c kernel.Currency, n int) ([]decimal.Decimal, error) {
	if n < 1 {
		return nil, fmt.Errorf("the premium cannot be paid so: %w", kernel.ErrInvalid)
	}
	each := premium.Div(decimal.NewFromInt(int64(n))).Truncate(c.Minor())
	parts := make([]decimal.Decimal, n)
	left := premium
	for i := range parts[:n-1] {
		parts[i], left = each, left.Sub(each)
	}
	parts[n-1] = left
	return parts, nil
}
