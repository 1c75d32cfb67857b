package complaint

import (
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// State is where a complaint stands.
type State string

// The states of a complaint.
const (
	Received         State = "received"
	Accepted         State = "accepted"
	Classified       State = "classified"
	Investigating    State = "investigating"
	Deciding         State = "deciding"
	AwaitingApproval State = "awaiting_approval"
	Resolved         State = "resolved"
	Replied          State = "replied"
	Closed           State = "closed"
	Escalated        State = "escalated" // goes on as the complaint of level 2 that Complaint.Second names
	Refused          State = "refused"
	Withdrawn        State = "withdrawn"
	Merged           State = "merged" // goes on as the complaint that Complaint.Survivor names
)

// Event is what happens to a complaint. Each is a method of [Service], but Escalated and
// Absorb, which follow from ComplainAgain and Merge on another complaint.
type Event string

// The events of a complaint.
const (
	EventReceive          Event = "Receive"
	EventAdopt            Event = "Adopt"
	EventEscalated        Event = "Escalated" // the birth of the complaint of level 2
	EventAddFacts         Event = "AddFacts"
	EventNotify           Event = "Notify"
	EventSuspend          Event = "Suspend"
	EventContinue         Event = "Continue"
	EventAskUnit          Event = "AskUnit"
	EventAnswerUnit       Event = "AnswerUnit"
	EventNameRespondent   Event = "NameRespondent"
	EventExtend           Event = "Extend"
	EventExtendAgain      Event = "ExtendAgain"
	EventAbsorb           Event = "Absorb"
	EventAccept           Event = "Accept"
	EventRefuse           Event = "Refuse"
	EventClassify         Event = "Classify"
	EventAssign           Event = "Assign"
	EventResolveOnTheSpot Event = "ResolveOnTheSpot"
	EventConclude         Event = "Conclude"
	EventResolve          Event = "Resolve"
	EventRefer            Event = "Refer"
	EventCountersign      Event = "Countersign"
	EventReturn           Event = "Return"
	EventReply            Event = "Reply"
	EventClose            Event = "Close"
	EventComplainAgain    Event = "ComplainAgain"
	EventNameOutsideBody  Event = "NameOutsideBody"
	EventWithdraw         Event = "Withdraw"
	EventMerge            Event = "Merge"
)

func label(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }

var states = []workflow.State[State]{
	{Name: Received, Class: workflow.Open, Label: label("Received", "已接收")},
	{Name: Accepted, Class: workflow.Open, Label: label("Accepted for handling", "已受理")},
	{Name: Classified, Class: workflow.Open, Label: label("Classified", "已分类")},
	{Name: Investigating, Class: workflow.Open, Label: label("Under investigation", "调查中")},
	{Name: Deciding, Class: workflow.Open, Label: label("Being decided", "拟定处理方案")},
	{Name: AwaitingApproval, Class: workflow.Open, Label: label("Awaiting countersignature", "待复核")},
	{Name: Resolved, Class: workflow.Open, Label: label("Resolved", "已形成处理决定")},
	{Name: Replied, Class: workflow.Waiting, Label: label("Replied to", "已答复")},
	{Name: Closed, Class: workflow.Ended, Label: label("Closed", "已结案")},
	{Name: Escalated, Class: workflow.Ended, Label: label("Complained of again", "已转二次投诉")},
	{Name: Refused, Class: workflow.Ended, Label: label("Refused", "不予受理")},
	{Name: Withdrawn, Class: workflow.Ended, Label: label("Withdrawn", "已撤回")},
	{Name: Merged, Class: workflow.Ended, Label: label("Merged", "已合并")},
}

// Who does what. The owner may everything and is never listed.
var (
	front    = []kernel.Role{access.Agent, access.Adviser, access.Adjuster, access.ComplaintHandler, access.Manager, access.System}
	handlers = []kernel.Role{access.ComplaintHandler, access.Manager}
	leaders  = []kernel.Role{access.Manager}
	units    = []kernel.Role{access.Agent, access.Adviser, access.Adjuster, access.Underwriter, access.ProductManager, access.ComplaintHandler, access.Manager}
	tellers  = []kernel.Role{access.ComplaintHandler, access.Manager, access.System}
	closers  = []kernel.Role{access.ComplaintHandler, access.Archivist, access.Manager, access.System}
	adopters = []kernel.Role{access.Manager, access.System}
	library  = []kernel.Role{access.System}
)

// Lifecycle is the workflow of a complaint.
var Lifecycle = workflow.Must(workflow.New(workflow.Table[State, Event]{
	Name: "complaint", Label: label("Complaint", "投诉"), States: states, Rows: rows,
}))
