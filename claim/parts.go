package claim

import (
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/notice"
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

// The kinds of notice that a claim knows.
const (
	NoticeGuidance notice.Kind = "guidance" // how to claim and what is needed
	NoticeMissing  notice.Kind = "missing"  // everything that is missing, at once (Insurance Law article 22)
	NoticeAmount   notice.Kind = "amount"   // what will be paid (SP 1.1.26)
	NoticeRefusal  notice.Kind = "refusal"  // 拒赔通知书 (Insurance Law article 24)
	NoticeVoucher  notice.Kind = "voucher"  // proof of payment (SP 1.1.27)
	NoticeProgress notice.Kind = "progress" // how far it is
)

var noticeKinds = []notice.Kind{NoticeGuidance, NoticeMissing, NoticeAmount, NoticeRefusal, NoticeVoucher, NoticeProgress}

// letters names the claim to those who keep its notices.
func (c *Claim) letters() notice.Case {
	return notice.Case{Kind: kind, ID: c.ID, Person: c.Person(), To: c.Claimant}
}
