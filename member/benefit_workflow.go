package member

import (
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// BenefitState is where a benefit stands.
type BenefitState string

// The states of a benefit.
const (
	BenefitDraft     BenefitState = "draft"
	BenefitApproved  BenefitState = "approved"
	BenefitAnnounced BenefitState = "announced"
	BenefitEffective BenefitState = "effective"
	BenefitRetiring  BenefitState = "retiring"
	BenefitRetired   BenefitState = "retired"
	BenefitDiscarded BenefitState = "discarded"
)

// BenefitEvent is what may happen to a benefit.
type BenefitEvent string

// The events of a benefit.
const (
	BenefitDraw        BenefitEvent = "Draft"
	BenefitAdopt       BenefitEvent = "Adopt"
	BenefitEdit        BenefitEvent = "Edit"
	BenefitApprove     BenefitEvent = "Approve"
	BenefitAnnounce    BenefitEvent = "Announce"
	BenefitStart       BenefitEvent = "Start"
	BenefitPromote     BenefitEvent = "Promote"
	BenefitAnnounceEnd BenefitEvent = "AnnounceEnd"
	BenefitEnd         BenefitEvent = "End"
	BenefitDiscard     BenefitEvent = "Discard"
)

// benefitTurners may start and end what was announced: people, and programs by the day.
var benefitTurners = append([]kernel.Role{access.System}, designers...)

// BenefitLifecycle is the workflow of a benefit (MR 七).
var BenefitLifecycle = workflow.Must(workflow.New(workflow.Table[BenefitState, BenefitEvent]{
	Name: "benefit", Label: label("Benefit", "权益"),
	States: []workflow.State[BenefitState]{
		{Name: BenefitDraft, Class: workflow.Open, Label: label("Draft", "草稿")},
		{Name: BenefitApproved, Class: workflow.Open, Label: label("Approved", "已批准")},
		{Name: BenefitAnnounced, Class: workflow.Open, Label: label("Announced", "已公告")},
		{Name: BenefitEffective, Class: workflow.Open, Label: label("Effective", "生效中")},
		{Name: BenefitRetiring, Class: workflow.Open, Label: label("Retiring", "已公告终止")},
		{Name: BenefitRetired, Class: workflow.Ended, Label: label("Retired", "已终止")},
		{Name: BenefitDiscarded, Class: workflow.Ended, Label: label("Discarded", "已废弃")},
	},
	Rows: []workflow.Row[BenefitState, BenefitEvent]{
		{Event: BenefitDraw, Create: true, To: BenefitDraft, Who: designers, Label: label("Draft", "起草"),
			Note: "A new benefit, or the next edition of one, is begun."},
		{Event: BenefitAdopt, Create: true, To: BenefitEffective, Who: machines, Label: label("Adopt", "迁入"),
			Note: "A benefit that members have already comes from another system."},
		{Event: BenefitEdit, From: []BenefitState{BenefitDraft}, Who: designers, Label: label("Edit", "修改"),
			Note: "The design of a draft is replaced."},
		{Event: BenefitApprove, From: []BenefitState{BenefitDraft}, To: BenefitApproved, Who: managers, Label: label("Approve", "批准"),
			Note: "The design is released; it does not change any more."},
		{Event: BenefitAnnounce, From: []BenefitState{BenefitApproved}, To: BenefitAnnounced, Who: designers,
			Guards: []string{"may_be_announced"}, Label: label("Announce", "公告"),
			Note: "Members are told what they will have and from when; the end of the edition before is told with it."},
		{Event: BenefitStart, From: []BenefitState{BenefitAnnounced}, To: BenefitEffective, Who: benefitTurners,
			Guards: []string{"notice_given"}, Label: label("Start", "生效"),
			Note: "Members have it from now on; the edition before ends."},
		{Event: BenefitPromote, From: []BenefitState{BenefitAnnounced, BenefitEffective}, Who: designers, Label: label("Promote", "宣传"),
			Note: "It is made known on a channel once more; no period runs from that."},
		{Event: BenefitAnnounceEnd, From: []BenefitState{BenefitEffective}, To: BenefitRetiring, Who: designers,
			Label: label("Announce end", "公告终止"), Note: "Members are told from when they will not have it any more; until then they do."},
		{Event: BenefitEnd, From: []BenefitState{BenefitRetiring}, To: BenefitRetired, Who: benefitTurners,
			Guards: []string{"end_notice_given"}, Label: label("End", "终止"), Note: "Nobody has it any more."},
		{Event: BenefitDiscard, From: []BenefitState{BenefitDraft, BenefitApproved}, To: BenefitDiscarded, Who: designers,
			Label: label("Discard", "废弃"), Note: "It will not be announced."},
	},
}))
