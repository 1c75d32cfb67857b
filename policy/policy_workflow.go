package policy

import (
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// PolicyState is where a policy stands. Whether it covers a loss is not told by it; see
// [Policies.CoverAt].
type PolicyState string

// The states of a policy.
const (
	PolicyIssued    PolicyState = "issued"    // concluded, not begun
	InForce         PolicyState = "in_force"  //
	PolicyCancelled PolicyState = "cancelled" //
	PolicyExpired   PolicyState = "expired"   //
)

// PolicyEvent is what may happen to a policy.
type PolicyEvent string

// The events of a policy.
const (
	EventIssue              PolicyEvent = "Issue"
	policyActivate          PolicyEvent = "Activate"
	policyReceive           PolicyEvent = "ReceivePremium"
	EventAcknowledgeReceipt PolicyEvent = "AcknowledgeReceipt"
	policyCoolingOff        PolicyEvent = "CancelCoolingOff"
	policyCancel            PolicyEvent = "Cancel"
	policyExpire            PolicyEvent = "Expire"
)

var servicers = []kernel.Role{access.Agent, access.Underwriter, access.Manager, access.System}

type policyRow = workflow.Row[PolicyState, PolicyEvent]

// PolicyLife is the life of a policy.
var PolicyLife = workflow.Must(workflow.New(workflow.Table[PolicyState, PolicyEvent]{
	Name: "policy", Label: label("Policy", "保单"),
	States: []workflow.State[PolicyState]{
		{Name: PolicyIssued, Class: workflow.Open, Label: label("Issued", "已出单")},
		{Name: InForce, Class: workflow.Open, Label: label("In force", "有效")},
		{Name: PolicyCancelled, Class: workflow.Ended, Label: label("Cancelled", "已解除")},
		{Name: PolicyExpired, Class: workflow.Ended, Label: label("Expired", "已满期终止")},
	},
	Rows: []policyRow{
		{Event: EventIssue, Create: true, To: PolicyIssued, Who: sellers,
			Label: label("Issue", "出单"), Note: "An application becomes a contract."},
		{Event: policyActivate, From: []PolicyState{PolicyIssued}, To: InForce, Who: servicers, Guards: []string{"inception_reached"},
			Label: label("Activate", "生效"), Note: "The inception has come."},
		{Event: policyReceive, From: []PolicyState{PolicyIssued, InForce}, Who: cashiers,
			Label: label("Receive premium", "收取保费"), Note: "Premium came in; it pays the instalments in their order."},
		{Event: EventAcknowledgeReceipt, From: []PolicyState{PolicyIssued, InForce}, Who: servicers, Guards: []string{"receipt_unsigned"},
			Label: label("Acknowledge receipt", "签收回执"), Note: "The policyholder signed for the policy; the cooling-off period begins."},
		{Event: policyCoolingOff, From: []PolicyState{PolicyIssued, InForce}, To: PolicyCancelled, Who: servicers, Guards: []string{"cooling_off_open"},
			Label: label("Cancel in cooling-off", "犹豫期退保"), Note: "The contract is undone; the premium goes back less the stated fee."},
		{Event: policyCancel, From: []PolicyState{PolicyIssued, InForce}, To: PolicyCancelled, Who: servicers,
			Label: label("Cancel", "解除合同"), Note: "Cover ends on a day; premium not yet earned goes back, or nothing."},
		{Event: policyExpire, From: []PolicyState{InForce}, To: PolicyExpired, Who: servicers, Guards: []string{"term_over"},
			Label: label("Expire", "满期终止"), Note: "The term is over."},
	},
}))
