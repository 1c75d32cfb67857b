package payment

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Kind says what a payment is for.
type Kind string

// The kinds of payment.
const (
	Indemnity Kind = "indemnity" // 赔款: what a claim is worth
	Advance   Kind = "advance"   // 先予支付: an undisputed part before the decision
	Expense   Kind = "expense"   // 理赔费用: surveyors, experts, courts; touches no limit
	Refund    Kind = "refund"    // 退费: premium that goes back
)

// Known reports whether the kind is one of the library's.
func (k Kind) Known() bool {
	return k == Indemnity || k == Advance || k == Expense || k == Refund
}

// Owner is the record that owes the payment.
type Owner struct {
	Kind string // "claim", "application" or "policy"
	ID   kernel.ID
}

// owners lists the kinds of record that may owe a payment.
var owners = []string{"claim", "application", "policy"}

// Payment is money on its way to one payee.
type Payment struct {
	kernel.Root `gorm:"embedded"`

	OwnerKind   string          `gorm:"column:owner_kind" json:"owner_kind"`
	OwnerID     kernel.ID       `gorm:"column:owner_id" json:"owner_id"`
	Sequence    int64           `gorm:"column:sequence" json:"sequence"`                                           // 1 for the owner's first
	BusinessKey string          `gorm:"column:business_key;uniqueIndex:payments_business_key" json:"business_key"` // "claim/<id>/1"
	Kind        Kind            `gorm:"column:kind" json:"kind"`                                                   //
	Payee       kernel.Ref      `gorm:"column:payee" json:"payee"`                                                 // who receives it
	Account     privacy.Secret  `gorm:"column:account" json:"account,omitzero"`                                    // where to; may come later, before it is requested
	Method      string          `gorm:"column:method" json:"method,omitempty"`                                     // the host's word: "transfer", "cheque" …
	Amount      decimal.Decimal `gorm:"column:amount" json:"amount"`                                               // more than zero
	Currency    kernel.Currency `gorm:"column:currency" json:"currency"`                                           //
	DueOn       kernel.Date     `gorm:"column:due_on" json:"due_on,omitzero"`                                      // the last day for it to arrive; zero: none
	Attempt     int64           `gorm:"column:attempt" json:"attempt"`                                             // how often it was requested
	Reference   string          `gorm:"column:reference" json:"reference,omitempty"`                               // the host's, for the last attempt
	Voucher     string          `gorm:"column:voucher" json:"voucher,omitempty"`                                   // 支付凭证: number of the proof sent to the payee (SP 1.1.27)
	ClearedAt   time.Time       `gorm:"column:cleared_at" json:"cleared_at,omitzero"`                              // when it was known to have arrived
	State       State           `gorm:"column:state" json:"state"`
}

// Concerns returns the claim, application or policy that pays.
func (p *Payment) Concerns() []command.Case {
	return []command.Case{{Kind: p.OwnerKind, ID: p.OwnerID}}
}

// TableName is crm_payments.
func (*Payment) TableName() string { return "crm_payments" }

// Status returns where the state is kept; only the engine writes there.
func (p *Payment) Status() *State { return &p.State }

// Person returns whose data key seals the account: the payee's.
func (p *Payment) Person() kernel.Ref { return p.Payee }

// Owner returns the record that owes the payment.
func (p *Payment) Owner() Owner { return Owner{p.OwnerKind, p.OwnerID} }

// Live reports whether the money is still owed, on its way or there: every state but
// stopped and voided.
func (p *Payment) Live() bool { return p.State != Stopped && p.State != Voided }

// orderKey is what the host drops repeats by: the same for every handing over of one
// attempt, another one when a payment that bounced or failed is tried again.
func (p *Payment) orderKey() string {
	if p.Attempt == 0 {
		return p.BusinessKey
	}
	return fmt.Sprintf("%s#%d", p.BusinessKey, p.Attempt+1)
}

// Columns that payments are looked up by.
const (
	colOwnerKind = storage.Col[string]("owner_kind")
	colOwnerID   = storage.Col[kernel.ID]("owner_id")
	colSequence  = storage.Col[int64]("sequence")
	colKey       = storage.Col[string]("business_key")
	colState     = storage.Col[State]("state")
)

// Of returns the owner's payments, the oldest first.
func Of(tx storage.Tx, o Owner) ([]Payment, error) {
	return storage.Find[Payment](tx, ofOwner(o))
}

// Ahead is the read for [Of], for a command that loads what it needs together with its
// subject.
func Ahead(o Owner) storage.Read { return storage.Where(new([]Payment), ofOwner(o)).Kept() }

func ofOwner(o Owner) storage.Query {
	return storage.Query{
		Where: []storage.Cond{colOwnerKind.Eq(o.Kind), colOwnerID.Eq(o.ID)},
		Order: []storage.Order{colSequence.Asc()},
	}
}

// Sum adds up the amounts of the payments for which keep holds.
func Sum(payments []Payment, keep func(*Payment) bool) decimal.Decimal {
	total := decimal.Zero
	for i := range payments {
		if keep(&payments[i]) {
			total = total.Add(payments[i].Amount)
		}
	}
	return total
}
