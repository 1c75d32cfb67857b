package payment

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// State is where a payment stands.
type State string

// The states of a payment.
const (
	Pending   State = "pending"   // 待支付
	Requested State = "requested" // 已提交
	Issued    State = "issued"    // 已付出
	Cleared   State = "cleared"   // 已到账
	Bounced   State = "bounced"   // 已退票
	Failed    State = "failed"    // 支付失败
	Stopped   State = "stopped"   // 已止付
	Voided    State = "voided"    // 已作废
)

// Event is what happens to a payment.
type Event string

// The events of a payment.
const (
	EventOpen    Event = "Open"
	EventRequest Event = "Request"
	EventIssue   Event = "Issue"
	EventClear   Event = "Clear"
	EventBounce  Event = "Bounce"
	EventFail    Event = "Fail"
	EventStop    Event = "Stop"
	EventVoid    Event = "Void"
)

var who = []kernel.Role{access.Cashier, access.Manager, access.System}

// Lifecycle is the workflow of a payment.
var Lifecycle = workflow.Must(workflow.New(workflow.Table[State, Event]{
	Name:  "payment",
	Label: workflow.Label{EN: "Payment", ZH: "付款"},
	States: []workflow.State[State]{
		{Name: Pending, Class: workflow.Open, Label: workflow.Label{EN: "Pending", ZH: "待支付"}},
		{Name: Requested, Class: workflow.Waiting, Label: workflow.Label{EN: "Requested", ZH: "已提交"}},
		{Name: Issued, Class: workflow.Waiting, Label: workflow.Label{EN: "Issued", ZH: "已付出"}},
		{Name: Cleared, Class: workflow.Ended, Label: workflow.Label{EN: "Cleared", ZH: "已到账"}},
		{Name: Bounced, Class: workflow.Open, Label: workflow.Label{EN: "Bounced", ZH: "已退票"}},
		{Name: Failed, Class: workflow.Open, Label: workflow.Label{EN: "Failed", ZH: "支付失败"}},
		{Name: Stopped, Class: workflow.Ended, Label: workflow.Label{EN: "Stopped", ZH: "已止付"}},
		{Name: Voided, Class: workflow.Ended, Label: workflow.Label{EN: "Voided", ZH: "已作废"}},
	},
	Rows: []workflow.Row[State, Event]{
		{Event: EventOpen, Create: true, To: Pending, Who: who, Label: workflow.Label{EN: "Open", ZH: "登记付款"},
			Note: "A claim, an application or a policy owes money."},
		{Event: EventRequest, From: []State{Pending, Bounced, Failed}, To: Requested, Who: who,
			Label: workflow.Label{EN: "Request", ZH: "提交支付"}, Note: "It was handed to those who pay; after a bounce or a failure with a corrected account."},
		{Event: EventIssue, From: []State{Requested}, To: Issued, Who: who, Label: workflow.Label{EN: "Issue", ZH: "付出"},
			Note: "The money left the insurer."},
		{Event: EventClear, From: []State{Issued}, To: Cleared, Who: who, Label: workflow.Label{EN: "Clear", ZH: "确认到账"},
			Note: "The money arrived; the payee gets the voucher."},
		{Event: EventBounce, From: []State{Cleared}, To: Bounced, Reopens: true, Who: who, Label: workflow.Label{EN: "Bounce", ZH: "退票"},
			Note: "Money that had arrived came back."},
		{Event: EventFail, From: []State{Requested, Issued}, To: Failed, Who: who, Label: workflow.Label{EN: "Fail", ZH: "支付失败"},
			Note: "It could not be paid, for instance because the account does not exist."},
		{Event: EventStop, From: []State{Pending, Requested}, To: Stopped, Who: who, Label: workflow.Label{EN: "Stop", ZH: "止付"},
			Note: "It is not to be paid after all; the money has not left."},
		{Event: EventVoid, From: []State{Issued}, To: Voided, Who: who, Label: workflow.Label{EN: "Void", ZH: "作废"},
			Note: "It left but was never cashed, and is void now."},
	},
}))

var life = &command.Life[Payment, State, Event]{Kind: "payment", Machine: Lifecycle}

var readers = []kernel.Role{
	access.Adjuster, access.Underwriter, access.ComplaintHandler, access.Cashier,
	access.Archivist, access.Manager, access.Auditor, access.System,
}

// Grants returns who may do what with payments: cashier and manager, and the system.
func Grants() []access.Grant {
	return append(command.Grants(life, readers),
		access.Grant{Action: "payment.Dispatch", Roles: who},
		access.Grant{Action: "payment.ByOwner", Roles: readers},
		access.Grant{Action: "payment.ByKey", Roles: readers},
		access.Grant{Action: "payment.List", Roles: readers},
		access.Grant{Action: "payment.Reveal", Roles: []kernel.Role{access.Adjuster, access.Cashier, access.Manager}},
	)
}

// Kinds returns the kinds of subjects that are kept here, with their workflows.
func Kinds() []command.Kind { return []command.Kind{command.KindOf(life)} }

// Subjects tells which table holds payments, for journal.Verify.
func Subjects() []journal.Subjects {
	return []journal.Subjects{{Kind: life.Kind, Root: new(Payment)}}
}
