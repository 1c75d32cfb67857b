package policy

import (
	"slices"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// ApplicationState is where an application stands.
type ApplicationState string

// The states of an application.
const (
	ApplicationDraft     ApplicationState = "draft"
	Submitted            ApplicationState = "submitted"
	DocumentsPending     ApplicationState = "documents_pending"
	Underwriting         ApplicationState = "underwriting"
	Referred             ApplicationState = "referred"
	Counteroffered       ApplicationState = "counteroffered"
	ApplicationPostponed ApplicationState = "postponed"
	ApplicationApproved  ApplicationState = "approved"
	AwaitingPremium      ApplicationState = "awaiting_premium"
	ApplicationIssued    ApplicationState = "issued"
	ApplicationDeclined  ApplicationState = "declined"
	ApplicationWithdrawn ApplicationState = "withdrawn"
	ApplicationExpired   ApplicationState = "expired"
)

// ApplicationEvent is what may happen to an application.
type ApplicationEvent string

// The events of an application. Those that an objection may block are exported.
const (
	applicationDraft  ApplicationEvent = "Draft"
	editForm          ApplicationEvent = "Edit"
	submitForm        ApplicationEvent = "Submit"
	addDocument       ApplicationEvent = "AddDocument"
	object            ApplicationEvent = "Object"
	clearObjection    ApplicationEvent = "Clear"
	upholdObjection   ApplicationEvent = "Uphold"
	reopenObjection   ApplicationEvent = "ReopenObjection"
	receivePremium    ApplicationEvent = "ReceivePremium"
	requestDocuments  ApplicationEvent = "RequestDocuments"
	supplyDocuments   ApplicationEvent = "SupplyDocuments"
	PassReview        ApplicationEvent = "PassReview"
	requestEvidence   ApplicationEvent = "RequestEvidence"
	supplyEvidence    ApplicationEvent = "SupplyEvidence"
	Approve           ApplicationEvent = "Approve"
	refer             ApplicationEvent = "Refer"
	counteroffer      ApplicationEvent = "Counteroffer"
	acceptOffer       ApplicationEvent = "AcceptOffer"
	rejectOffer       ApplicationEvent = "RejectOffer"
	postpone          ApplicationEvent = "Postpone"
	resume            ApplicationEvent = "Resume"
	decline           ApplicationEvent = "Decline"
	Sign              ApplicationEvent = "Sign"
	Issue             ApplicationEvent = "Issue"
	withdraw          ApplicationEvent = "Withdraw"
	expireApplication ApplicationEvent = "Expire"
)

var (
	sellers      = []kernel.Role{access.Agent, access.Underwriter, access.Manager, access.System}
	underwriters = []kernel.Role{access.Underwriter, access.Manager}
	cashiers     = []kernel.Role{access.Cashier, access.Agent, access.Underwriter, access.Manager, access.System}
)

type applicationRow = workflow.Row[ApplicationState, ApplicationEvent]

// ApplicationLife is the life of an application.
var ApplicationLife = workflow.Must(workflow.New(workflow.Table[ApplicationState, ApplicationEvent]{
	Name: "application", Label: label("Application", "投保单"),
	States: []workflow.State[ApplicationState]{
		{Name: ApplicationDraft, Class: workflow.Open, Label: label("Draft", "录入中")},
		{Name: Submitted, Class: workflow.Open, Label: label("Submitted", "待审核")},
		{Name: DocumentsPending, Class: workflow.Waiting, Label: label("Documents pending", "待补资料")},
		{Name: Underwriting, Class: workflow.Open, Label: label("Underwriting", "核保中")},
		{Name: Referred, Class: workflow.Open, Label: label("Referred", "上报核保")},
		{Name: Counteroffered, Class: workflow.Waiting, Label: label("Counteroffered", "条件承保待确认")},
		{Name: ApplicationPostponed, Class: workflow.Waiting, Label: label("Postponed", "延期")},
		{Name: ApplicationApproved, Class: workflow.Open, Label: label("Approved", "核保通过")},
		{Name: AwaitingPremium, Class: workflow.Waiting, Label: label("Awaiting premium", "待缴费")},
		{Name: ApplicationIssued, Class: workflow.Ended, Label: label("Issued", "已出单")},
		{Name: ApplicationDeclined, Class: workflow.Ended, Label: label("Declined", "拒保")},
		{Name: ApplicationWithdrawn, Class: workflow.Ended, Label: label("Withdrawn", "已撤单")},
		{Name: ApplicationExpired, Class: workflow.Ended, Label: label("Expired", "已失效")},
	},
	Rows: slices.Concat(formRows, reviewRows, underwritingRows, endRows),
}))

var formRows = []applicationRow{
	{Event: applicationDraft, Create: true, To: ApplicationDraft, Who: sellers,
		Label: label("Draft", "录入"), Note: "An application for a product on sale is begun."},
	{Event: editForm, From: []ApplicationState{ApplicationDraft}, Who: sellers,
		Label: label("Edit", "修改"), Note: "The form of a draft is replaced."},
	{Event: submitForm, From: []ApplicationState{ApplicationDraft}, To: Submitted, Who: sellers, Guards: []string{"complete"},
		Label: label("Submit", "投保申请"), Note: "The form is complete and has a premium; rules raise their objections."},
	{Event: addDocument, AnyOpen: true, Who: sellers,
		Label: label("Add document", "添加资料"), Note: "A document has come in."},
	{Event: object, AnyOpen: true, Who: sellers,
		Label: label("Object", "提出核保问题"), Note: "Something has to be settled before a step."},
	{Event: clearObjection, AnyOpen: true, Who: underwriters,
		Label: label("Clear", "解除核保问题"), Note: "An objection is settled and blocks no more."},
	{Event: upholdObjection, AnyOpen: true, Who: underwriters,
		Label: label("Uphold", "维持核保问题"), Note: "An objection stands for good."},
	{Event: reopenObjection, AnyOpen: true, Who: underwriters,
		Label: label("Reopen objection", "重提核保问题"), Note: "An objection that was cleared blocks again."},
	{Event: receivePremium, AnyOpen: true, Who: cashiers,
		Label: label("Receive premium", "收取保费"), Note: "Premium came in; before issue it belongs to the application."},
}

var reviewRows = []applicationRow{
	{Event: requestDocuments, From: []ApplicationState{Submitted}, To: DocumentsPending, Who: sellers,
		Label: label("Request documents", "要求补充资料"), Note: "One list of all that is missing."},
	{Event: supplyDocuments, From: []ApplicationState{DocumentsPending}, To: Submitted, Who: sellers,
		Label: label("Supply documents", "补充资料"), Note: "All that was asked for has come in."},
	{Event: PassReview, From: []ApplicationState{Submitted}, To: Underwriting, Who: underwriters, Guards: []string{"documents_complete", "unblocked_review"},
		Label: label("Pass review", "资料审核通过"), Note: "Four layers in order: complete, genuine, by line, compliance."},
}

var underwritingRows = []applicationRow{
	{Event: requestEvidence, From: []ApplicationState{Underwriting, Referred}, Who: underwriters,
		Label: label("Request evidence", "要求体检或查勘"), Note: "A medical examination, an inspection or the like is asked for."},
	{Event: supplyEvidence, From: []ApplicationState{Underwriting, Referred}, Who: sellers, Guards: []string{"evidence_asked"},
		Label: label("Supply evidence", "提供核保证据"), Note: "Evidence that was asked for has come in."},
	{Event: Approve, From: []ApplicationState{Underwriting, Referred}, To: ApplicationApproved, Who: underwriters,
		Guards: []string{"evidence_complete", "unblocked_approval", "within_authority"},
		Label:  label("Approve", "核保通过"), Note: "The risk is taken on standard terms, within the authority for the sum insured."},
	{Event: refer, From: []ApplicationState{Underwriting}, To: Referred, Who: underwriters,
		Label: label("Refer", "上报核保"), Note: "Somebody with more authority is to decide."},
	{Event: counteroffer, From: []ApplicationState{Underwriting, Referred}, To: Counteroffered, Who: underwriters,
		Guards: []string{"evidence_complete", "unblocked_approval", "within_authority"},
		Label:  label("Counteroffer", "条件承保"), Note: "The risk is taken with a loading, an exclusion or a lower sum, if the customer agrees."},
	{Event: acceptOffer, From: []ApplicationState{Counteroffered}, To: ApplicationApproved, Who: sellers, Guards: []string{"unblocked_approval"},
		Label: label("Accept offer", "同意条件承保"), Note: "The customer agrees to the conditions."},
	{Event: rejectOffer, From: []ApplicationState{Counteroffered}, To: ApplicationWithdrawn, Who: sellers,
		Label: label("Reject offer", "不同意条件承保"), Note: "The customer does not agree; premium received is refunded."},
	{Event: postpone, From: []ApplicationState{Underwriting, Referred}, To: ApplicationPostponed, Who: underwriters,
		Label: label("Postpone", "延期承保"), Note: "The decision waits until a day."},
	{Event: resume, From: []ApplicationState{ApplicationPostponed}, To: Underwriting, Who: underwriters,
		Label: label("Resume", "恢复核保"), Note: "The decision is taken up again."},
}

var endRows = []applicationRow{
	{Event: decline, From: []ApplicationState{Submitted, DocumentsPending, Underwriting, Referred, ApplicationPostponed}, To: ApplicationDeclined, Who: underwriters,
		Label: label("Decline", "拒保"), Note: "The risk is not taken, for a reason; premium received is refunded."},
	{Event: Sign, From: []ApplicationState{ApplicationApproved}, To: AwaitingPremium, Who: sellers, Guards: []string{"unblocked_signing"},
		Label: label("Sign", "合同签订"), Note: "Both sides have signed."},
	{Event: Issue, From: []ApplicationState{AwaitingPremium}, To: ApplicationIssued, Who: sellers, Guards: []string{"unblocked_issue", "premium_covered"},
		Label: label("Issue", "出单"), Note: "The first premium is covered; policy, terms and instalments come to be in one unit of work."},
	{Event: withdraw, AnyOpen: true, To: ApplicationWithdrawn, Who: sellers,
		Label: label("Withdraw", "撤单"), Note: "The customer does not want it any more; premium received is refunded."},
	{Event: expireApplication, AnyOpen: true, To: ApplicationExpired, Who: sellers,
		Label: label("Expire", "失效"), Note: "Nothing came of it; premium received is refunded."},
}
