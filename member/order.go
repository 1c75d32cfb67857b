package member

import (
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// ServiceOrder is a value-added service that a member asked for, from the request to the
// member's evaluation (增值服务; MR 二(四), 三(六)). Reserving it takes one from the quota of
// the benefit that gives it; delivering uses it.
type ServiceOrder struct {
	kernel.Root `gorm:"embedded"`
	Number      string         `gorm:"column:number;uniqueIndex:service_orders_number" json:"number"`
	MemberID    kernel.ID      `gorm:"column:member_id" json:"member_id"`
	Customer    kernel.Ref     `gorm:"column:customer" json:"customer"` // whose data key seals the personal columns
	Service     ServiceKind    `gorm:"column:service" json:"service"`
	Wish        privacy.Secret `gorm:"column:wish" json:"wish,omitzero"` // what the member wants
	Benefit     string         `gorm:"column:benefit" json:"benefit"`    // code
	BenefitID   kernel.ID      `gorm:"column:benefit_id" json:"benefit_id"`
	GrantID     kernel.ID      `gorm:"column:grant_id" json:"grant_id,omitempty"` // from which it was reserved
	PartnerID   kernel.ID      `gorm:"column:partner_id" json:"partner_id,omitempty"`

	RequestedAt   time.Time `gorm:"column:requested_at" json:"requested_at"`
	ReservedUntil time.Time `gorm:"column:reserved_until" json:"reserved_until,omitzero"`
	SlotFrom      time.Time `gorm:"column:slot_from" json:"slot_from,omitzero"`
	SlotTo        time.Time `gorm:"column:slot_to" json:"slot_to,omitzero"` // delivered after it is late
	StartedAt     time.Time `gorm:"column:started_at" json:"started_at,omitzero"`
	DeliveredAt   time.Time `gorm:"column:delivered_at" json:"delivered_at,omitzero"`
	Late          bool      `gorm:"column:late" json:"late,omitempty"`

	// The service agreement (服务协议).
	Agreement     string         `gorm:"column:agreement" json:"agreement,omitempty"` // its number
	AgreedContent privacy.Secret `gorm:"column:agreed_content" json:"agreed_content,omitzero"`
	AgreedFrom    kernel.Date    `gorm:"column:agreed_from" json:"agreed_from,omitzero"` // first day of its term
	AgreedTo      kernel.Date    `gorm:"column:agreed_to" json:"agreed_to,omitzero"`     // last day
	SignedOn      kernel.Date    `gorm:"column:signed_on" json:"signed_on,omitzero"`

	Result      privacy.Secret `gorm:"column:result" json:"result,omitzero"` // what was done
	Score       int64          `gorm:"column:score" json:"score,omitempty"`  // 1 (bad) to 5 (very good); 0: not evaluated
	Comment     privacy.Secret `gorm:"column:comment" json:"comment,omitzero"`
	EvaluatedAt time.Time      `gorm:"column:evaluated_at" json:"evaluated_at,omitzero"`
	ClosedAt    time.Time      `gorm:"column:closed_at" json:"closed_at,omitzero"` // refused, cancelled, expired, not shown up
	Reason      string         `gorm:"column:reason" json:"reason,omitempty"`      // code of a refusal or cancellation

	State OrderState `gorm:"column:state" json:"state"`
}

// TableName is crm_service_orders.
func (*ServiceOrder) TableName() string { return "crm_service_orders" }

// Status returns where the state is kept; only the engine writes there.
func (o *ServiceOrder) Status() *OrderState { return &o.State }

// Person returns whose data key seals the personal columns: the member's.
func (o *ServiceOrder) Person() kernel.Ref { return o.Customer }

// Circumstances tells a host's rulebook what deadlines of the service may depend on.
func (o *ServiceOrder) Circumstances() rulebook.Facts {
	return rulebook.Facts{
		"service": string(o.Service), "benefit": o.Benefit, "requested_at": o.RequestedAt,
		"reserved_until": o.ReservedUntil, "slot_from": o.SlotFrom, "slot_to": o.SlotTo,
	}
}

// Columns that orders are looked up by.
const (
	colOrderCustomer  = storage.Col[kernel.Ref]("customer")
	colOrderState     = storage.Col[OrderState]("state")
	colOrderNumber    = storage.Col[string]("number")
	colOrderRequested = storage.Col[time.Time]("requested_at")
	colOrderDelivered = storage.Col[time.Time]("delivered_at")
	colOrderEvaluated = storage.Col[time.Time]("evaluated_at")
	colOrderClosed    = storage.Col[time.Time]("closed_at")
	colOrderUntil     = storage.Col[time.Time]("reserved_until")
	colSlotTo         = storage.Col[time.Time]("slot_to")
	colLate           = storage.Col[bool]("late")
)
