package member

import (
	"errors"
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// GrantState says whether a grant's period runs.
type GrantState string

// The states of a grant.
const (
	GrantCurrent GrantState = "current"
	GrantExpired GrantState = "expired"
)

// GrantEvent is what may happen to a grant.
type GrantEvent string

// The events of a grant.
const (
	GrantOpen    GrantEvent = "Open"
	GrantRaise   GrantEvent = "Raise"
	GrantReserve GrantEvent = "Reserve"
	GrantRedeem  GrantEvent = "Redeem"
	GrantConsume GrantEvent = "Consume"
	GrantRelease GrantEvent = "Release"
	GrantExpire  GrantEvent = "Expire"
)

// benefitGivers use a benefit on a member's behalf.
var benefitGivers = append([]kernel.Role{access.System, access.ComplaintHandler}, servants...)

// GrantLifecycle is the workflow of a grant. All events but Redeem and Expire follow from
// orders, sign-ups and tiers.
var GrantLifecycle = workflow.Must(workflow.New(workflow.Table[GrantState, GrantEvent]{
	Name: "benefit_grant", Label: label("Quota of a benefit", "权益额度"),
	States: []workflow.State[GrantState]{
		{Name: GrantCurrent, Class: workflow.Open, Label: label("Current", "有效")},
		{Name: GrantExpired, Class: workflow.Ended, Label: label("Expired", "已过期")},
	},
	Rows: []workflow.Row[GrantState, GrantEvent]{
		{Event: GrantOpen, Create: true, To: GrantCurrent, Who: benefitGivers, Label: label("Open", "授予"),
			Note: "A member has a benefit for the first time in a period."},
		{Event: GrantRaise, From: []GrantState{GrantCurrent}, Who: benefitGivers, Label: label("Raise", "提高额度"),
			Note: "A higher tier, or a new edition, gives more; what was granted is never lowered."},
		{Event: GrantReserve, From: []GrantState{GrantCurrent}, Who: benefitGivers, Guards: []string{"something_left"},
			Label: label("Reserve", "预留"), Note: "An order or a sign-up takes one for later."},
		{Event: GrantRedeem, From: []GrantState{GrantCurrent}, Who: benefitGivers, Guards: []string{"something_left"},
			Label: label("Redeem", "使用"), Note: "One is used at once."},
		{Event: GrantConsume, From: []GrantState{GrantCurrent, GrantExpired}, Who: benefitGivers, Guards: []string{"something_reserved"},
			Label: label("Consume", "核销"), Note: "What was reserved has been used, perhaps after the period."},
		{Event: GrantRelease, From: []GrantState{GrantCurrent, GrantExpired}, Who: benefitGivers, Guards: []string{"something_reserved"},
			Label: label("Release", "释放"), Note: "What was reserved is given back; after the period it expires."},
		{Event: GrantExpire, From: []GrantState{GrantCurrent}, To: GrantExpired, Who: machines, Guards: []string{"period_over"},
			Label: label("Expire", "过期"), Note: "The period is over; what is left and not reserved is lost."},
	},
}))

var grantLife = &command.Life[Grant, GrantState, GrantEvent]{
	Kind: "benefit_grant", Machine: GrantLifecycle,
	Guards: map[string]func(*command.Unit, *Grant) error{
		"something_left": func(_ *command.Unit, g *Grant) error {
			if g.Left() == 0 {
				return fmt.Errorf("the quota of %s is used up", g.Period)
			}
			return nil
		},
		"something_reserved": func(_ *command.Unit, g *Grant) error {
			if g.Reserved == 0 {
				return errors.New("nothing is reserved")
			}
			return nil
		},
		"period_over": func(u *command.Unit, g *Grant) error {
			if u.Now().Before(g.Ends) {
				return fmt.Errorf("the period runs until %s", g.To.AddDays(-1))
			}
			return nil
		},
	},
}
