package claim

import "github.com/coverkit/crm/kernel/workflow"

// rows is the table of a claim's life. Guards look at the record; what a command is
// given, its method checks.
var rows = []workflow.Row[State, Event]{
	{Event: EventReport, Create: true, To: Reported, Who: front, Label: label("Report", "报案"),
		Note: "Somebody tells of a loss; a policy not in force is flagged, a repeated report refused."},
	{Event: EventImport, Create: true, AnyState: true, Who: adopters, Label: label("Import", "批量接管案件"),
		Note: "A running or closed claim of an older system comes in, one of many, with its own times."},

	// Notes: they keep the state.
	{Event: EventAddDocument, AnyOpen: true, Who: front, Label: label("Add document", "收到材料"),
		Note: "A document came in; a part of what was asked for stops no clock."},
	{Event: EventJudgeDocument, AnyOpen: true, Who: handlers, Label: label("Judge document", "鉴别材料"),
		Note: "A document was found genuine, doubtful or false."},
	{Event: EventReserve, AnyOpen: true, Who: handlers, Label: label("Reserve", "提取准备金"),
		Note: "A reserve changes, or the undisputed minimum is recorded."},
	{Event: EventAssign, AnyOpen: true, Who: leaders, Label: label("Assign", "分派"),
		Note: "Somebody else handles the claim."},
	{Event: EventMarkComplex, AnyOpen: true, Who: handlers, Label: label("Mark complex", "标记复杂案件"),
		Note: "The case needs the longer statutory period."},
	{Event: EventContact, AnyOpen: true, Who: handlers, Label: label("Contact", "联系客户"),
		Note: "The handler spoke with the claimant; the first contact has a deadline."},
	{Event: EventNotify, AnyOpen: true, Who: tellers, Label: label("Notify", "通知"),
		Note: "Somebody was told something, or it is now known when the notice arrived."},
	{Event: EventAssist, AnyOpen: true, Who: helpers, Label: label("Assist", "协助理赔"),
		Note: "An adviser helps the claimant."},

	// From the notice of loss to handling.
	{Event: EventFile, From: []State{Reported}, To: Filed, Who: front, Label: label("File", "提交申请"),
		Note: "The claimant claims in form; the checklist opens and the decision clock starts."},
	{Event: EventCheck, From: []State{Filed, Accepted, Investigating, Assessing}, Who: handlers, Label: label("Check", "审核资料"),
		Note: "One of completeness, authenticity and coverage is judged, in that order."},
	{Event: EventRequestDocuments, From: []State{Filed}, To: DocumentsPending, Who: handlers, Label: label("Request documents", "补充材料"),
		Note: "Everything missing is listed at once; only the first request stops the statutory clock."},
	{Event: EventSupplyDocuments, From: []State{DocumentsPending}, To: Filed, Who: front, Label: label("Supply documents", "补交材料"),
		Note: "All that was missing is there."},
	{Event: EventAccept, From: []State{Filed}, To: Accepted, Who: handlers, Guards: []string{guardComplete}, Label: label("Accept", "受理"),
		Note: "The claim gets its handler, who contacts the claimant."},
	{Event: EventRequestMore, From: []State{Accepted, Investigating, Assessing}, Who: handlers, Label: label("Request more", "要求补充说明"),
		Note: "The claimant is asked for more; this stops no statutory clock."},
	{Event: EventSupplyMore, From: []State{Accepted, Investigating, Assessing}, Who: front, Label: label("Supply more", "补充说明"),
		Note: "The claimant has answered."},

	// Finding out and deciding.
	{Event: EventInvestigate, From: []State{Accepted, Assessing}, To: Investigating, Who: handlers, Label: label("Investigate", "调查"),
		Note: "Somebody is sent to find out."},
	{Event: EventConclude, From: []State{Investigating}, To: Assessing, Who: handlers, Guards: []string{guardComplete}, Label: label("Conclude", "调查结论"),
		Note: "The investigation says whether the claim is genuine."},
	{Event: EventAssess, From: []State{Accepted}, To: Assessing, Who: handlers, Label: label("Assess", "审核"),
		Note: "Each coverage is calculated, step by step."},
	{Event: EventApprove, From: []State{Assessing}, To: Approved, Who: handlers, Guards: []string{guardChecks}, Label: label("Approve", "核定"),
		Note: "The amount is decided within the actor's authority and taken from the limits."},
	{Event: EventRefer, From: []State{Assessing}, To: AwaitingApproval, Who: handlers, Label: label("Refer", "提交复核"),
		Note: "A decision is proposed to somebody with more authority."},
	{Event: EventCountersign, From: []State{AwaitingApproval}, To: Approved, Who: handlers, Guards: []string{guardToPay, guardFourEyes, guardChecks, guardAuthority},
		Label: label("Countersign", "复核同意"), Note: "Somebody else with the authority approves the proposed amount."},
	{Event: EventCountersignRefusal, From: []State{AwaitingApproval}, To: Declined, Who: handlers, Guards: []string{guardToRefuse, guardFourEyes, guardGround, guardRefusal},
		Label: label("Countersign refusal", "复核拒赔"), Note: "Somebody else with the authority agrees to refuse."},
	{Event: EventReturn, From: []State{AwaitingApproval}, To: Assessing, Who: handlers, Label: label("Return", "退回"),
		Note: "The proposal goes back to the handler."},
	{Event: EventDecline, From: []State{Filed, DocumentsPending, Assessing}, To: Declined, Who: handlers, Guards: []string{guardGround, guardRefusal}, Label: label("Decline", "拒赔"),
		Note: "Nothing is paid, for a reason and by a clause; a refusal notice is due."},

	// Paying.
	{Event: EventAgree, From: []State{Approved}, To: Payable, Who: tellers, Guards: []string{guardAmount, guardNotified}, Label: label("Agree", "达成协议"),
		Note: "The claimant agrees to the notified amount; payment is due."},
	{Event: EventRequestPayment, From: []State{Payable}, Who: payers, Guards: []string{guardOwed}, Label: label("Request payment", "申请支付"),
		Note: "A payment to each payee is opened."},
	{Event: EventSettle, From: []State{Payable}, To: Paid, Who: library, Guards: []string{guardSettled}, Label: label("Settle", "支付完成"),
		Note: "The last payment arrived and they add up."},
	{Event: EventBouncePayment, From: []State{Paid, Closed}, To: Payable, Reopens: true, Who: library, Label: label("Bounce payment", "退票"),
		Note: "A payment that had arrived came back."},
	{Event: EventAdvance, From: []State{Accepted, DocumentsPending, Investigating, Assessing, AwaitingApproval, Approved}, Who: handlers, Guards: []string{guardUndisputed},
		Label: label("Advance", "先予支付"), Note: "The undisputed minimum is paid before the rest is decided (Insurance Law article 25)."},

	// Ends, and coming back from them.
	{Event: EventReassess, From: []State{Approved, Declined, Paid, Closed}, To: Assessing, Reopens: true, Who: leaders, Guards: []string{guardOurs}, Label: label("Reassess", "重新审核"),
		Note: "The decision is taken back, and what it took goes back to the limits."},
	{Event: EventLapse, From: []State{Reported, DocumentsPending}, To: Closed, Who: tellers, Guards: []string{guardLapsed}, Label: label("Lapse", "失效结案"),
		Note: "The limitation has passed, or the claimant has not answered for too long."},
	{Event: EventCloseNil, From: []State{Approved}, To: Closed, Who: handlers, Guards: []string{guardNil}, Label: label("Close without payment", "零赔付结案"),
		Note: "The approved amount is zero."},
	{Event: EventClose, From: []State{Paid, Declined}, To: Closed, Who: closers, Guards: []string{guardNothingOpen}, Label: label("Close", "结案归档"),
		Note: "Nothing is open any more; reserves are released and the file is archived."},
	{Event: EventWithdraw, From: []State{Reported, Filed, DocumentsPending, Accepted, Investigating, Assessing}, To: Withdrawn, Who: front,
		Label: label("Withdraw", "撤销"), Note: "The claimant takes the claim back."},
}
