package claim

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// CheckKind is one of the three reviews that a claim passes, in this order
// (SP 1.1.23 to 1.1.25).
type CheckKind string

// The checks.
const (
	CheckCompleteness CheckKind = "completeness" // 资料完整性审核
	CheckAuthenticity CheckKind = "authenticity" // 资料真实性审核
	CheckCoverage     CheckKind = "coverage"     // 理赔条件审核
)

var checkKinds = []CheckKind{CheckCompleteness, CheckAuthenticity, CheckCoverage}

// Result is what a check came to.
type Result string

// The results. Unclear is not passed: look again, or investigate.
const (
	Passed  Result = "passed"
	Unclear Result = "doubtful"
	Failed  Result = "failed"
)

// Check is one review. A later one of the same kind counts instead.
type Check struct {
	kernel.Meta `gorm:"embedded"`
	ClaimID     kernel.ID      `gorm:"column:claim_id" json:"claim_id"`
	PersonRef   kernel.Ref     `gorm:"column:person" json:"-"`
	Kind        CheckKind      `gorm:"column:kind" json:"kind"`
	Result      Result         `gorm:"column:result" json:"result"`
	Grounds     privacy.Secret `gorm:"column:grounds" json:"grounds,omitzero"`
	By          kernel.Ref     `gorm:"column:by_whom" json:"by"`
	Sequence    int64          `gorm:"column:sequence" json:"sequence"` // 1 for the claim's first
}

// TableName is crm_claim_checks.
func (*Check) TableName() string { return "crm_claim_checks" }

// Person returns whose data key seals the grounds.
func (c *Check) Person() kernel.Ref { return c.PersonRef }

// ReserveKind says for what money is set aside.
type ReserveKind string

// The kinds of reserve (未决赔款准备金).
const (
	LossReserve    ReserveKind = "loss"    // what the claim will cost
	ExpenseReserve ReserveKind = "expense" // what handling it will cost
)

// Reserve is one change of a reserve. The current reserve is the sum of its changes.
type Reserve struct {
	kernel.Meta `gorm:"embedded"`
	ClaimID     kernel.ID       `gorm:"column:claim_id" json:"claim_id"`
	PersonRef   kernel.Ref      `gorm:"column:person" json:"-"`
	Kind        ReserveKind     `gorm:"column:kind" json:"kind"`
	Change      decimal.Decimal `gorm:"column:change" json:"change"` // may be negative; the sum never is
	Reason      privacy.Secret  `gorm:"column:reason" json:"reason,omitzero"`
	By          kernel.Ref      `gorm:"column:by_whom" json:"by"`
}

// TableName is crm_claim_reserves.
func (*Reserve) TableName() string { return "crm_claim_reserves" }

// Person returns whose data key seals the reason.
func (r *Reserve) Person() kernel.Ref { return r.PersonRef }

// NoticeKind says what somebody was told.
type NoticeKind string

// The kinds of notice.
const (
	NoticeGuidance NoticeKind = "guidance" // how to claim and what is needed
	NoticeMissing  NoticeKind = "missing"  // everything that is missing, at once (Insurance Law article 22)
	NoticeAmount   NoticeKind = "amount"   // what will be paid (SP 1.1.26)
	NoticeRefusal  NoticeKind = "refusal"  // 拒赔通知书 (Insurance Law article 24)
	NoticeVoucher  NoticeKind = "voucher"  // proof of payment (SP 1.1.27)
	NoticeProgress NoticeKind = "progress" // how far it is
)

var noticeKinds = []NoticeKind{NoticeGuidance, NoticeMissing, NoticeAmount, NoticeRefusal, NoticeVoucher, NoticeProgress}

// Letter is one notice to somebody. Law counts from its arrival, the insurer's duty ends
// with its dispatch; so both are kept.
type Letter struct {
	kernel.Meta  `gorm:"embedded"`
	ClaimID      kernel.ID  `gorm:"column:claim_id" json:"claim_id"`
	Kind         NoticeKind `gorm:"column:kind" json:"kind"`
	To           kernel.Ref `gorm:"column:addressee" json:"to"`
	Channel      string     `gorm:"column:channel" json:"channel,omitempty"`
	DispatchedAt time.Time  `gorm:"column:dispatched_at" json:"dispatched_at"`
	ArrivedAt    time.Time  `gorm:"column:arrived_at" json:"arrived_at,omitzero"`
}

// TableName is crm_claim_notices.
func (*Letter) TableName() string { return "crm_claim_notices" }
