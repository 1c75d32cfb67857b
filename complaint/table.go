package complaint

import "github.com/coverkit/crm/kernel/workflow"

// rows is the table of a complaint's life. Guards look at the record; what a command is
// given, its method checks.
var rows = []workflow.Row[State, Event]{
	{Event: EventReceive, Create: true, To: Received, Who: front, Label: label("Receive", "接收"),
		Note: "Somebody complains, with a way to be reached or expressly without; likely repetitions come back as candidates."},
	{Event: EventAdopt, Create: true, AnyState: true, Who: adopters, Label: label("Adopt", "接管在办投诉"),
		Note: "A running case of an older system goes on here, with its own times."},
	{Event: EventEscalated, Create: true, To: Accepted, Who: library, Label: label("Escalated", "二次投诉立案"),
		Note: "The review of an earlier decision begins, accepted at once and for another handler."},

	// Notes: they keep the state.
	{Event: EventAddFacts, AnyOpen: true, Who: front, Guards: []string{guardUnanswered}, Label: label("Add facts", "补充事实与理由"),
		Note: "The complainant brings new facts or reasons; the period begins anew with them."},
	{Event: EventNotify, AnyOpen: true, Who: tellers, Guards: []string{guardImpartial}, Label: label("Notify", "告知"),
		Note: "The complainant was told something, or it is now known when a letter arrived."},
	{Event: EventSuspend, AnyOpen: true, Who: handlers, Guards: []string{guardImpartial, guardUnanswered, guardRunning}, Label: label("Suspend", "中止计时"),
		Note: "An appraisal, inspection or mediation begins; its days are not counted."},
	{Event: EventContinue, AnyOpen: true, Who: handlers, Guards: []string{guardImpartial, guardSuspended}, Label: label("Continue", "恢复计时"),
		Note: "What the complaint waited for is over."},
	{Event: EventAskUnit, AnyOpen: true, Who: handlers, Guards: []string{guardImpartial, guardUnanswered}, Label: label("Ask the unit", "要求责任单位说明"),
		Note: "The unit complained of is asked for its findings until a day."},
	{Event: EventAnswerUnit, AnyOpen: true, Who: units, Label: label("The unit answers", "责任单位说明"),
		Note: "The unit has answered."},
	{Event: EventNameRespondent, AnyOpen: true, Who: handlers, Guards: []string{guardImpartial, guardUnanswered}, Label: label("Name respondent", "增列被投诉对象"),
		Note: "Somebody else turns out to be complained of."},
	{Event: EventExtend, AnyOpen: true, Who: handlers, Guards: []string{guardImpartial, guardUnanswered, guardFirstLevel, guardNotExtended}, Label: label("Extend", "延长办理期限"),
		Note: "The case is complex: the longer period holds, once and for a reason."},
	{Event: EventExtendAgain, AnyOpen: true, Who: handlers, Guards: []string{guardImpartial, guardUnanswered, guardFirstLevel, guardExtended}, Label: label("Extend again", "再次延长办理期限"),
		Note: "For special reasons, approved by somebody of the superior unit, and with notice to the complainant."},
	{Event: EventAbsorb, AnyOpen: true, Who: library, Guards: []string{guardUnanswered}, Label: label("Absorb", "并入其他投诉"),
		Note: "Another complaint of the same complainant is merged into this one; the earlier receipt counts."},

	// From receipt to a decision.
	{Event: EventAccept, From: []State{Received}, To: Accepted, Who: handlers, Guards: []string{guardImpartial}, Label: label("Accept", "受理"),
		Note: "The complaint is handled; the complainant is promised a day."},
	{Event: EventRefuse, From: []State{Received}, To: Refused, Who: handlers, Guards: []string{guardImpartial}, Label: label("Refuse", "不予受理"),
		Note: "Not for the insurer to handle; says why and where to turn."},
	{Event: EventClassify, From: []State{Accepted}, To: Classified, Who: handlers, Guards: []string{guardImpartial}, Label: label("Classify", "分类"),
		Note: "Category, severity and complexity; a supervisor is told of a major one."},
	{Event: EventAssign, From: []State{Classified}, To: Investigating, Who: handlers, Guards: []string{guardImpartial}, Label: label("Assign", "分派"),
		Note: "Somebody who is not complained of, and has not handled it before, investigates."},
	{Event: EventAssign, From: []State{Investigating}, Who: handlers, Guards: []string{guardImpartial}, Label: label("Assign", "分派"),
		Note: "Somebody else goes on with the investigation."},
	{Event: EventResolveOnTheSpot, From: []State{Accepted, Classified}, To: Resolved, Who: handlers, Guards: []string{guardImpartial, guardFresh}, Label: label("Resolve on the spot", "当场解决"),
		Note: "A general complaint is put right at once; classifies it as well."},
	{Event: EventConclude, From: []State{Investigating}, To: Deciding, Who: handlers, Guards: []string{guardImpartial, guardFresh}, Label: label("Conclude", "调查核实"),
		Note: "There is a finding for each respondent."},
	{Event: EventResolve, From: []State{Deciding}, To: Resolved, Who: handlers, Guards: []string{guardImpartial, guardFresh, guardGeneral}, Label: label("Resolve", "作出处理决定"),
		Note: "What is done about a general complaint is decided."},
	{Event: EventRefer, From: []State{Deciding}, To: AwaitingApproval, Who: handlers, Guards: []string{guardImpartial, guardFresh, guardMajor}, Label: label("Refer", "提交复核"),
		Note: "What is to be done about a major complaint is proposed."},
	{Event: EventCountersign, From: []State{AwaitingApproval}, To: Resolved, Who: leaders, Guards: []string{guardImpartial, guardFresh, guardFourEyes}, Label: label("Countersign", "复核同意"),
		Note: "Somebody else than the proposer approves."},
	{Event: EventReturn, From: []State{AwaitingApproval}, To: Deciding, Who: leaders, Guards: []string{guardImpartial, guardFresh, guardFourEyes}, Label: label("Return", "退回"),
		Note: "Somebody else than the proposer wants another proposal."},

	// The answer, and what follows.
	{Event: EventReply, From: []State{Resolved}, To: Replied, Who: handlers, Guards: []string{guardImpartial}, Label: label("Reply", "答复"),
		Note: "The complainant is told the decision, and how and until when to ask for review."},
	{Event: EventClose, From: []State{Replied}, To: Closed, Who: closers, Guards: []string{guardImpartial}, Label: label("Close", "满意结案"),
		Note: "The complainant is satisfied or has let the review window pass; the root cause is known."},
	{Event: EventComplainAgain, From: []State{Replied, Closed}, To: Escalated, Reopens: true, Who: front, Guards: []string{guardFirstLevel}, Label: label("Complain again", "二次投诉"),
		Note: "Inside the window a linked complaint of level 2 is opened; this one is never silently reopened."},
	{Event: EventNameOutsideBody, From: []State{Replied, Closed}, Who: front, Guards: []string{guardSecondLevel}, Label: label("Name outside body", "告知外部救济途径"),
		Note: "Not satisfied with the review either: the complainant is told which body outside decides."},
	{Event: EventWithdraw, AnyOpen: true, To: Withdrawn, Who: front, Guards: []string{guardImpartial}, Label: label("Withdraw", "撤回"),
		Note: "The complainant takes the complaint back; the procedure ends that day."},
	{Event: EventMerge, From: []State{Received, Accepted, Classified}, To: Merged, Who: handlers, Guards: []string{guardImpartial}, Label: label("Merge", "合并"),
		Note: "The complaint repeats another of the same complainant, which goes on with the earlier receipt."},
}
