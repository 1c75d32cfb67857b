package member

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// BenefitKind is what a benefit consists of (MR 七(一)2).
type BenefitKind string

// The kinds of benefits.
const (
	ProductDiscount   BenefitKind = "product_discount"    // 保险产品优惠: a part of the premium
	ValueAddedService BenefitKind = "value_added_service" // 增值服务: see [ServiceOrder]
	MemberEvent       BenefitKind = "member_event"        // 会员专享活动: see [Activity]
	PriorityService   BenefitKind = "priority"            // 优先服务: served before others
)

// ServiceKind is a value-added service (增值服务; MR 二(四)).
type ServiceKind string

// The value-added services.
const (
	HealthService  ServiceKind = "health"  // 健康咨询、健康管理
	LegalService   ServiceKind = "legal"   // 法律咨询
	TaxService     ServiceKind = "tax"     // 税务咨询
	FinanceService ServiceKind = "finance" // 理财咨询
	TravelService  ServiceKind = "travel"  // 出行服务
)

var serviceKinds = []ServiceKind{HealthService, LegalService, TaxService, FinanceService, TravelService}

// Benefit is one edition of what members of a program enjoy (会员权益). What was released
// never changes: a change is the next edition of the same code, which is announced and
// takes the place of the one before on its first day (MR 七(四)).
type Benefit struct {
	kernel.Root `gorm:"embedded"`
	Code        string        `gorm:"column:code;uniqueIndex:benefits_code" json:"code"`
	Edition     int64         `gorm:"column:edition;uniqueIndex:benefits_code" json:"edition"` // 1, 2, … of the code
	ProgramID   kernel.ID     `gorm:"column:program_id" json:"program_id"`
	Kind        BenefitKind   `gorm:"column:kind" json:"kind"`
	PartnerID   kernel.ID     `gorm:"column:partner_id" json:"partner_id,omitempty"` // who serves it; empty: the insurer, or whom each order names
	Design      BenefitDesign `gorm:"column:design;serializer:json" json:"design"`

	ApprovedAt  time.Time   `gorm:"column:approved_at" json:"approved_at,omitzero"`
	AnnouncedAt time.Time   `gorm:"column:announced_at" json:"announced_at,omitzero"` // its start was published
	StartsFrom  kernel.Date `gorm:"column:starts_from" json:"starts_from,omitzero"`   // it may not start before
	StartedAt   time.Time   `gorm:"column:started_at" json:"started_at,omitzero"`
	EndToldAt   time.Time   `gorm:"column:end_told_at" json:"end_told_at,omitzero"` // its end was published
	EndsFrom    kernel.Date `gorm:"column:ends_from" json:"ends_from,omitzero"`     // it may not end before
	EndedAt     time.Time   `gorm:"column:ended_at" json:"ended_at,omitzero"`

	State BenefitState `gorm:"column:state" json:"state"`
}

// TableName is crm_benefits.
func (*Benefit) TableName() string { return "crm_benefits" }

// Status returns where the state is kept; only the engine writes there.
func (b *Benefit) Status() *BenefitState { return &b.State }

// Circumstances tells a host's rulebook what deadlines of the benefit may depend on.
func (b *Benefit) Circumstances() rulebook.Facts {
	return rulebook.Facts{"kind": string(b.Kind), "starts_from": b.StartsFrom, "ends_from": b.EndsFrom}
}

// BenefitDesign is all that a benefit says.
type BenefitDesign struct {
	Code      string         `json:"code"` // 1 to 64 bytes
	Name      workflow.Label `json:"name"` // at most 200 characters each, both needed
	Text      workflow.Label `json:"text"` // the conditions in words, at most 5000 characters each; both needed
	ProgramID kernel.ID      `json:"program_id"`
	Tiers     []TierQuota    `json:"tiers,omitempty"` // who has it; empty: every tier of the program
	Kind      BenefitKind    `json:"kind"`

	Quota int64 `json:"quota,omitzero"` // how often in a period; 0: as often as one likes
	Per   Per   `json:"per,omitempty"`  // the period; needed with a quota, else empty: the calendar year

	Rate     decimal.Decimal `json:"rate,omitzero"`      // product discount: part of the premium, above 0 and at most 1, eight decimals
	Products []string        `json:"products,omitempty"` // product discount: codes; empty: every product
	Services []ServiceKind   `json:"services,omitempty"` // value-added service: at least one

	PartnerID kernel.ID   `json:"partner_id,omitempty"` // value-added service: who serves it
	ValidFrom kernel.Date `json:"valid_from,omitzero"`  // first day; zero: from the start
	ValidTo   kernel.Date `json:"valid_to,omitzero"`    // last day; zero: until its end is announced
}

// TierQuota gives a tier its benefit, and a quota of its own where it has one.
type TierQuota struct {
	Tier  string `json:"tier"`
	Quota int64  `json:"quota,omitzero"` // 0: the benefit's
}

// quota returns how often a member of the tier has the benefit in a period, and whether
// at all. 0 is as often as one likes.
func (d *BenefitDesign) quota(tier string) (n int64, has bool) {
	for _, t := range d.Tiers {
		if t.Tier == tier {
			if t.Quota > 0 {
				return t.Quota, true
			}
			return d.Quota, true
		}
	}
	return d.Quota, len(d.Tiers) == 0
}

// valid reports whether the day lies in the benefit's time.
func (d *BenefitDesign) valid(on kernel.Date) bool {
	return (d.ValidFrom == 0 || on >= d.ValidFrom) && (d.ValidTo == 0 || on <= d.ValidTo)
}

// enjoyed reports whether members have the benefit on a day: it has started, its end has
// not come, and the day lies in its time.
func (b *Benefit) enjoyed(on kernel.Date) bool {
	return (b.State == BenefitEffective || b.State == BenefitRetiring) && b.Design.valid(on)
}

// Columns that benefits are looked up by.
const (
	colEdition      = storage.Col[int64]("edition")
	colBenefitState = storage.Col[BenefitState]("state")
	colPartnerID    = storage.Col[kernel.ID]("partner_id")
	colBenefitKind  = storage.Col[BenefitKind]("kind")
)
