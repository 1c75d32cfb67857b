package claim

import (
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// State is where a claim stands.
type State string

// The states of a claim.
const (
	Reported         State = "reported"
	Filed            State = "filed"
	DocumentsPending State = "documents_pending"
	Accepted         State = "accepted"
	Investigating    State = "investigating"
	Assessing        State = "assessing"
	AwaitingApproval State = "awaiting_approval"
	Approved         State = "approved"
	Payable          State = "payable"
	Paid             State = "paid"
	Declined         State = "declined"
	Closed           State = "closed"
	Withdrawn        State = "withdrawn"
)

// Event is what happens to a claim. Each is a method of [Service], but Settle and
// BouncePayment, which follow from payments.
type Event string

// The events of a claim.
const (
	EventReport             Event = "Report"
	EventImport             Event = "Import"
	EventAddDocument        Event = "AddDocument"
	EventJudgeDocument      Event = "JudgeDocument"
	EventReserve            Event = "Reserve"
	EventAssign             Event = "Assign"
	EventMarkComplex        Event = "MarkComplex"
	EventContact            Event = "Contact"
	EventNotify             Event = "Notify"
	EventAssist             Event = "Assist"
	EventFile               Event = "File"
	EventCheck              Event = "Check"
	EventRequestDocuments   Event = "RequestDocuments"
	EventSupplyDocuments    Event = "SupplyDocuments"
	EventAccept             Event = "Accept"
	EventRequestMore        Event = "RequestMore"
	EventSupplyMore         Event = "SupplyMore"
	EventInvestigate        Event = "Investigate"
	EventConclude           Event = "Conclude"
	EventAssess             Event = "Assess"
	EventApprove            Event = "Approve"
	EventRefer              Event = "Refer"
	EventCountersign        Event = "Countersign"
	EventCountersignRefusal Event = "CountersignRefusal"
	EventReturn             Event = "Return"
	EventDecline            Event = "Decline"
	EventAgree              Event = "Agree"
	EventRequestPayment     Event = "RequestPayment"
	EventSettle             Event = "Settle"
	EventBouncePayment      Event = "BouncePayment"
	EventAdvance            Event = "Advance"
	EventReassess           Event = "Reassess"
	EventLapse              Event = "Lapse"
	EventCloseNil           Event = "CloseNil"
	EventClose              Event = "Close"
	EventWithdraw           Event = "Withdraw"
)

func label(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }

var states = []workflow.State[State]{
	{Name: Reported, Class: workflow.Waiting, Label: label("Reported", "已报案")},
	{Name: Filed, Class: workflow.Open, Label: label("Filed", "已提交申请")},
	{Name: DocumentsPending, Class: workflow.Waiting, Label: label("Documents pending", "待补充材料")},
	{Name: Accepted, Class: workflow.Open, Label: label("Accepted for handling", "已受理")},
	{Name: Investigating, Class: workflow.Open, Label: label("Under investigation", "调查中")},
	{Name: Assessing, Class: workflow.Open, Label: label("Being assessed", "审核中")},
	{Name: AwaitingApproval, Class: workflow.Open, Label: label("Awaiting countersignature", "待复核")},
	{Name: Approved, Class: workflow.Open, Label: label("Approved", "已核定")},
	{Name: Payable, Class: workflow.Open, Label: label("Payable", "待支付")},
	{Name: Paid, Class: workflow.Open, Label: label("Paid", "已支付")},
	{Name: Declined, Class: workflow.Open, Label: label("Declined", "已拒赔")},
	{Name: Closed, Class: workflow.Ended, Label: label("Closed", "已结案")},
	{Name: Withdrawn, Class: workflow.Ended, Label: label("Withdrawn", "已撤销")},
}

// Who does what. The owner may everything and is never listed.
var (
	front    = []kernel.Role{access.Agent, access.Adviser, access.Adjuster, access.Manager, access.System}
	helpers  = []kernel.Role{access.Adviser, access.Adjuster, access.Manager}
	handlers = []kernel.Role{access.Adjuster, access.Manager}
	leaders  = []kernel.Role{access.Manager}
	tellers  = []kernel.Role{access.Adjuster, access.Manager, access.System}
	payers   = []kernel.Role{access.Adjuster, access.Cashier, access.Manager, access.System}
	closers  = []kernel.Role{access.Adjuster, access.Archivist, access.Manager, access.System}
	adopters = []kernel.Role{access.Manager, access.System}
	library  = []kernel.Role{access.System}
)

// Lifecycle is the workflow of a claim.
var Lifecycle = workflow.Must(workflow.New(workflow.Table[State, Event]{
	Name: "claim", Label: label("Claim", "理赔"), States: states, Rows: rows,
}))
