package policy

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Policy is a contract of insurance (保单). What it says is in its [Terms]; what stands
// here is what never changes, and where the contract is in its life.
type Policy struct {
	kernel.Root   `gorm:"embedded"`
	State         PolicyState     `gorm:"column:state" json:"state"`
	Number        string          `gorm:"column:number;uniqueIndex:policies_number" json:"number"`
	ApplicationID kernel.ID       `gorm:"column:application_id" json:"application_id"`
	ProductID     kernel.ID       `gorm:"column:product_id" json:"product_id"`
	ProductCode   string          `gorm:"column:product_code" json:"product_code"`
	Edition       int64           `gorm:"column:edition" json:"edition"`
	Line          kernel.Line     `gorm:"column:line" json:"line"`
	Group         bool            `gorm:"column:is_group" json:"group,omitempty"`
	Holder        kernel.Ref      `gorm:"column:holder" json:"holder"`
	Channel       string          `gorm:"column:channel" json:"channel,omitempty"`
	Producer      kernel.Ref      `gorm:"column:producer" json:"producer,omitempty"`
	Currency      kernel.Currency `gorm:"column:currency" json:"currency"`
	SumInsured    decimal.Decimal `gorm:"column:sum_insured" json:"sum_insured"` // of all coverages and all insured
	Premium       decimal.Decimal `gorm:"column:premium" json:"premium"`         // for the whole term
	PayMode       PayMode         `gorm:"column:pay_mode" json:"pay_mode"`

	Zone     string      `gorm:"column:zone" json:"zone"`           // IANA name; days are meant in it
	From     time.Time   `gorm:"column:cover_from" json:"from"`     // first instant of cover
	To       time.Time   `gorm:"column:cover_to" json:"to"`         // first instant without cover
	Begins   kernel.Date `gorm:"column:begins_on" json:"begins_on"` // the day of From in the zone
	Ends     kernel.Date `gorm:"column:ends_on" json:"ends_on"`     // the day of To: the first without cover
	FormedAt time.Time   `gorm:"column:formed_at" json:"formed_at"` // when it was concluded

	CoolingOffDays int64           `gorm:"column:cooling_off_days" json:"cooling_off_days,omitempty"`
	CoolingOffFee  decimal.Decimal `gorm:"column:cooling_off_fee" json:"cooling_off_fee,omitzero"`
	ReceiptSigned  kernel.Date     `gorm:"column:receipt_signed_on" json:"receipt_signed_on,omitzero"` // 回执签收
	CoolingOffTo   kernel.Date     `gorm:"column:cooling_off_to" json:"cooling_off_to,omitzero"`       // last day of the period
	GraceDays      int64           `gorm:"column:grace_days" json:"grace_days,omitempty"`
	CancelledFrom  time.Time       `gorm:"column:cancelled_from" json:"cancelled_from,omitzero"` // first instant without cover
	Refunded       decimal.Decimal `gorm:"column:refunded" json:"refunded"`
}

// TableName is crm_policies.
func (*Policy) TableName() string { return "crm_policies" }

// Status returns where the state is, for the engine.
func (p *Policy) Status() *PolicyState { return &p.State }

// Person returns whose data the reasons in the journal are: the policyholder's.
func (p *Policy) Person() kernel.Ref { return p.Holder }

// InCoolingOff reports whether the policyholder may cancel in the cooling-off period on a
// day: the receipt of the policy was signed, and its last day has not passed.
func (p *Policy) InCoolingOff(on kernel.Date) bool {
	return p.ReceiptSigned != 0 && on >= p.ReceiptSigned && on <= p.CoolingOffTo
}

// Terms is what a policy says from an instant on (条款快照). Terms are never changed; every
// change of the contract adds some. Of those that were recorded by an instant and hold
// at another, the last recorded count.
type Terms struct {
	kernel.Meta `gorm:"embedded"`
	PolicyID    kernel.ID   `gorm:"column:policy_id;uniqueIndex:policy_terms_number" json:"policy_id"`
	Number      int64       `gorm:"column:number;uniqueIndex:policy_terms_number" json:"number"` // 1, 2, …
	Event       PolicyEvent `gorm:"column:event" json:"event"`                                   // what made them
	Effective   time.Time   `gorm:"column:effective_from" json:"effective_from"`
	Recorded    time.Time   `gorm:"column:recorded_at" json:"recorded_at"`
	Ended       string      `gorm:"column:ended" json:"ended,omitempty"` // why there is no cover from here on: "cancelled" …; empty while there is
	Content     Content     `gorm:"column:content;serializer:json" json:"content"`
}

// TableName is crm_policy_terms.
func (*Terms) TableName() string { return "crm_policy_terms" }

// Frozen marks terms as written once.
func (*Terms) Frozen() {}

// Content is what a contract says.
type Content struct {
	From          time.Time       `json:"from"` // cover is half-open: from From on, before To
	To            time.Time       `json:"to"`
	Holder        kernel.Ref      `json:"holder"`
	Insured       []InsuredPerson `json:"insured"`
	Beneficiaries []Beneficiary   `json:"beneficiaries,omitempty"`
	Coverages     []CoverageTerms `json:"coverages"`
	SumInsured    decimal.Decimal `json:"sum_insured"`
	Premium       decimal.Decimal `json:"premium"`
	Loading       decimal.Decimal `json:"loading,omitzero"`
}

// InsuredPerson is an insured as the contract names them.
type InsuredPerson struct {
	Party    kernel.Ref `json:"party"`
	Relation Relation   `json:"relation,omitempty"` // the insured is the holder's …
	Class    string     `json:"class,omitempty"`
}

// CoverageTerms is a coverage as the contract grants it: the product's, with the sum
// insured as its limit and the clauses that underwriting excluded.
type CoverageTerms struct {
	Coverage
	WaitingUntil time.Time `json:"waiting_until"` // first instant after the waiting period; From when there is none
}

// Party is somebody whom a policy names; by it a customer's policies are found.
type Party struct {
	kernel.Meta `gorm:"embedded"`
	PolicyID    kernel.ID  `gorm:"column:policy_id;uniqueIndex:policy_parties_party" json:"policy_id"`
	Ref         kernel.Ref `gorm:"column:party;uniqueIndex:policy_parties_party" json:"party"`
	Branch      string     `gorm:"column:branch" json:"-"` // of the policy
	Holder      bool       `gorm:"column:is_holder" json:"holder,omitempty"`
	Insured     bool       `gorm:"column:is_insured" json:"insured,omitempty"`
	Beneficiary bool       `gorm:"column:is_beneficiary" json:"beneficiary,omitempty"`
}

// TableName is crm_policy_parties.
func (*Party) TableName() string { return "crm_policy_parties" }

// PolicyReceipt is premium received for a policy.
type PolicyReceipt struct {
	kernel.Meta `gorm:"embedded"`
	PolicyID    kernel.ID  `gorm:"column:policy_id;uniqueIndex:policy_receipts_reference" json:"policy_id"`
	Reference   kernel.Ref `gorm:"column:reference;uniqueIndex:policy_receipts_reference" json:"reference"` // the host's; counts once
	Money       `gorm:"embedded"`
}

// TableName is crm_policy_receipts.
func (*PolicyReceipt) TableName() string { return "crm_policy_receipts" }

// InForceOn reports whether the policy covers when the day begins.
func (p *Policy) InForceOn(on kernel.Date) bool {
	loc, err := location(p.Zone)
	if err != nil {
		return false
	}
	at := on.In(loc)
	return p.FormedAt.Before(at) && !at.Before(p.From) && at.Before(p.To) && (p.CancelledFrom.IsZero() || at.Before(p.CancelledFrom))
}

// YearlyPremium returns the premium for one year, half-even to the minor unit: the whole
// premium of a term of up to a year, else its part by days.
func (p *Policy) YearlyPremium() decimal.Decimal {
	if !p.LongTerm() {
		return p.Premium
	}
	days := decimal.NewFromInt(int64(p.Ends.Sub(p.Begins)))
	year := decimal.NewFromInt(int64(p.Begins.AddYears(1).Sub(p.Begins)))
	return kernel.Round(p.Premium.Mul(year).Div(days), p.Currency)
}
