package member

import (
	"math"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Grant counts what a member has of a benefit in a period and what became of it
// (权益额度). It has a life and a history of its own; service orders and sign-ups reserve
// from it and use or release what they reserved, [Quotas.Redeem] uses at once. Of those
// who race for the last of a quota it is the row that keeps them apart.
//
// Always, of a quota that has an end: Reserved + Used + Expired is at most Granted.
type Grant struct {
	kernel.Root `gorm:"embedded"`
	MemberID    kernel.ID   `gorm:"column:member_id;uniqueIndex:benefit_grants_of" json:"member_id"`
	Benefit     string      `gorm:"column:benefit;uniqueIndex:benefit_grants_of" json:"benefit"` // code: editions share it
	Period      string      `gorm:"column:period;uniqueIndex:benefit_grants_of" json:"period"`   // key of the [Span]
	Customer    kernel.Ref  `gorm:"column:customer" json:"customer"`
	From        kernel.Date `gorm:"column:from_day" json:"from"`
	To          kernel.Date `gorm:"column:to_day" json:"to"`    // first day after
	Ends        time.Time   `gorm:"column:ends_at" json:"ends"` // the instant at which that day begins

	Unlimited bool  `gorm:"column:unlimited" json:"unlimited,omitempty"` // nothing is refused; what is used is counted
	Granted   int64 `gorm:"column:granted" json:"granted"`
	Reserved  int64 `gorm:"column:reserved" json:"reserved"` // of orders and sign-ups under way
	Used      int64 `gorm:"column:used" json:"used"`
	Released  int64 `gorm:"column:released" json:"released"` // how often a reservation was given back
	Expired   int64 `gorm:"column:expired" json:"expired"`   // what was left when the period was over

	State GrantState `gorm:"column:state" json:"state"`
}

// TableName is crm_benefit_grants.
func (*Grant) TableName() string { return "crm_benefit_grants" }

// Status returns where the state is kept; only the engine writes there.
func (g *Grant) Status() *GrantState { return &g.State }

// Person returns whose data key seals the reasons in its history.
func (g *Grant) Person() kernel.Ref { return g.Customer }

// Left returns how often the benefit can be had still, never below zero; of an unlimited
// one [math.MaxInt64].
func (g *Grant) Left() int64 {
	if g.Unlimited {
		return math.MaxInt64
	}
	return max(g.Granted-g.Reserved-g.Used-g.Expired, 0)
}

// Columns that grants are looked up by.
const (
	colGrantMember   = storage.Col[kernel.ID]("member_id")
	colGrantBenefit  = storage.Col[string]("benefit")
	colGrantPeriod   = storage.Col[string]("period")
	colGrantCustomer = storage.Col[kernel.Ref]("customer")
	colGrantFrom     = storage.Col[kernel.Date]("from_day")
	colGrantTo       = storage.Col[kernel.Date]("to_day")
	colGrantEnds     = storage.Col[time.Time]("ends_at")
	colGrantState    = storage.Col[GrantState]("state")
)
