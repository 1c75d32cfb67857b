package member

import (
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// State is where a membership stands.
type State string

// The states of a membership.
const (
	Applied    State = "applied"
	Active     State = "active"
	Frozen     State = "frozen"
	Expired    State = "expired"
	Refused    State = "refused"
	Terminated State = "terminated"
	Merged     State = "merged"
)

// Event is what may happen to a membership. Each is a command of [Members]; Absorb is the
// other side of Merge.
type Event string

// The events of a membership.
const (
	EventEnrol        Event = "Enrol"
	EventAdopt        Event = "Adopt"
	EventAdmit        Event = "Admit"
	EventRefuse       Event = "Refuse"
	EventFreeze       Event = "Freeze"
	EventUnfreeze     Event = "Unfreeze"
	EventExpire       Event = "Expire"
	EventRenew        Event = "Renew"
	EventTerminate    Event = "Terminate"
	EventMerge        Event = "Merge"
	EventAbsorb       Event = "Absorb"
	EventAssign       Event = "Assign"
	EventEvaluateTier Event = "EvaluateTier"
	EventEarn         Event = "Earn"
	EventSpend        Event = "Spend"
	EventReturn       Event = "Return"
	EventReverse      Event = "Reverse"
	EventExpirePoints Event = "ExpirePoints"
)

var (
	bookers = append([]kernel.Role{access.System}, servants...) // who book points
	keeping = []State{Active, Frozen, Expired}                  // states in which points are kept
)

// Lifecycle is the life of a membership.
var Lifecycle = workflow.Must(workflow.New(workflow.Table[State, Event]{
	Name: Kind, Label: label("Membership", "会员"),
	States: []workflow.State[State]{
		{Name: Applied, Class: workflow.Open, Label: label("Applied", "已申请")},
		{Name: Active, Class: workflow.Open, Label: label("Active", "有效")},
		{Name: Frozen, Class: workflow.Waiting, Label: label("Frozen", "已冻结")},
		{Name: Expired, Class: workflow.Ended, Label: label("Expired", "已到期")},
		{Name: Refused, Class: workflow.Ended, Label: label("Refused", "已拒绝")},
		{Name: Terminated, Class: workflow.Ended, Label: label("Terminated", "已终止")},
		{Name: Merged, Class: workflow.Ended, Label: label("Merged", "已合并")},
	},
	Rows: []workflow.Row[State, Event]{
		{Event: EventEnrol, Create: true, To: Applied, Who: bookers,
			Label: label("Enrol", "申请入会"), Note: "A customer wants to join the program."},
		{Event: EventAdopt, Create: true, To: Active, Who: machines,
			Label: label("Adopt", "迁入"), Note: "A membership comes from another system with its tier and points."},
		{Event: EventAdmit, From: []State{Applied}, To: Active, Who: bookers,
			Label: label("Admit", "批准入会"), Note: "The customer becomes a member, in the tier for which the figures of the day are enough."},
		{Event: EventRefuse, From: []State{Applied}, To: Refused, Who: servants,
			Label: label("Refuse", "拒绝入会"), Note: "The customer does not become a member."},
		{Event: EventFreeze, From: []State{Active}, To: Frozen, Who: servants,
			Label: label("Freeze", "冻结"), Note: "Points are neither earned nor spent for the time being."},
		{Event: EventUnfreeze, From: []State{Frozen}, To: Active, Who: servants,
			Label: label("Unfreeze", "解冻"), Note: "The membership goes on."},
		{Event: EventExpire, From: []State{Active, Frozen}, To: Expired, Who: machines, Guards: []string{"term over"},
			Label: label("Expire", "到期"), Note: "The term of the membership is over."},
		{Event: EventRenew, From: []State{Expired}, To: Active, Reopens: true, Who: bookers,
			Label: label("Renew", "续期"), Note: "The membership goes on for another term, with its years and the points that are left."},
		{Event: EventTerminate, From: []State{Active, Frozen}, To: Terminated, Who: servants,
			Label: label("Terminate", "终止"), Note: "The membership ends, and its points with it."},
		{Event: EventTerminate, From: []State{Expired}, To: Terminated, Reopens: true, Who: servants,
			Label: label("Terminate", "终止"), Note: "A membership that has expired ends for good, and its points with it."},
		{Event: EventMerge, From: []State{Active}, To: Merged, Who: managers,
			Label: label("Merge", "合并"), Note: "Two memberships are of one customer; the other one goes on with the points of both."},
		{Event: EventAbsorb, From: []State{Active}, Who: managers,
			Label: label("Absorb", "并入"), Note: "The points of a merged membership are taken over; part of the command Merge."},
		{Event: EventAssign, From: []State{Applied, Active, Frozen, Expired}, Who: bookers,
			Label: label("Assign", "指定顾问"), Note: "Somebody else looks after the member."},
		{Event: EventEvaluateTier, From: []State{Active, Frozen}, Who: bookers,
			Label: label("Evaluate tier", "等级评定"), Note: "The tier of a day is worked out and explained."},
		{Event: EventEarn, From: []State{Active}, Who: bookers,
			Label: label("Earn points", "积分入账"), Note: "Points are given for something, once."},
		{Event: EventSpend, From: []State{Active}, Who: bookers,
			Label: label("Spend points", "积分使用"), Note: "Points are used, those that expire first."},
		{Event: EventReturn, From: keeping, Who: bookers,
			Label: label("Return points", "积分退还"), Note: "What points were spent on does not take place; they come back."},
		{Event: EventReverse, From: keeping, Who: bookers,
			Label: label("Reverse points", "积分撤回"), Note: "Points that should not have been given are taken back."},
		{Event: EventExpirePoints, From: keeping, Who: machines,
			Label: label("Expire points", "积分过期"), Note: "Points whose time is over are gone."},
	},
}))

var life = &command.Life[Member, State, Event]{
	Kind: Kind, Machine: Lifecycle,
	Guards: map[string]func(*command.Unit, *Member) error{"term over": termOver},
}

// Workflow returns the table of a membership's life.
func (*Members) Workflow() *workflow.Machine[State, Event] { return Lifecycle }
