package member

import (
	"errors"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Appraisal is how somebody has worked in a period, and what comes of it (绩效考核).
type Appraisal struct {
	kernel.Root `gorm:"embedded"`
	State       AppraisalState  `gorm:"column:state" json:"state"`
	StaffID     kernel.ID       `gorm:"column:staff_id;uniqueIndex:appraisals_period" json:"staff_id"`
	From        kernel.Date     `gorm:"column:from_day;uniqueIndex:appraisals_period" json:"from"` // first day of the period
	To          kernel.Date     `gorm:"column:to_day" json:"to"`                                   // last day of it
	Marks       Marks           `gorm:"column:marks;serializer:json" json:"marks"`
	Weights     Weights         `gorm:"column:weights;serializer:json" json:"weights"` // as they were
	Score       decimal.Decimal `gorm:"column:score" json:"score"`                     // 0 to 100, two decimals
	Grade       string          `gorm:"column:grade" json:"grade"`
	Then        Consequence     `gorm:"column:consequence" json:"consequence"` // what the grade asks for
	Remark      privacy.Secret  `gorm:"column:remark" json:"remark,omitzero"`
	Reward      string          `gorm:"column:reward" json:"reward,omitempty"` // by code
	Coach       kernel.Ref      `gorm:"column:coach" json:"coach,omitempty"`
	Plan        privacy.Secret  `gorm:"column:plan" json:"plan,omitzero"` // what the coaching is to reach
	Due         kernel.Date     `gorm:"column:due" json:"due,omitzero"`   // until when
	Reached     bool            `gorm:"column:reached" json:"reached"`    // it was
}

// TableName is crm_appraisals.
func (*Appraisal) TableName() string { return "crm_appraisals" }

// Status returns where the state is, for the engine.
func (a *Appraisal) Status() *AppraisalState { return &a.State }

// Person returns whose work it is about.
func (a *Appraisal) Person() kernel.Ref { return a.StaffID.Ref() }

// AppraisalState is where an appraisal stands.
type AppraisalState string

// The states of an appraisal.
const (
	AppraisalGraded   AppraisalState = "graded"
	AppraisalRewarded AppraisalState = "rewarded"
	AppraisalSettled  AppraisalState = "settled"
	AppraisalCoaching AppraisalState = "coaching"
	AppraisalCoached  AppraisalState = "coached"
)

// AppraisalEvent is what may happen to an appraisal. Each is a command of [Appraisals].
type AppraisalEvent string

// The events of an appraisal.
const (
	AppraisalAppraise AppraisalEvent = "Appraise"
	AppraisalReward   AppraisalEvent = "Reward"
	AppraisalSettle   AppraisalEvent = "Settle"
	AppraisalCoach    AppraisalEvent = "Coach"
	AppraisalConclude AppraisalEvent = "Conclude"
)

// AppraisalLife is the life of an appraisal.
var AppraisalLife = workflow.Must(workflow.New(workflow.Table[AppraisalState, AppraisalEvent]{
	Name: "appraisal", Label: label("Appraisal", "绩效考核"),
	States: []workflow.State[AppraisalState]{
		{Name: AppraisalGraded, Class: workflow.Open, Label: label("Graded", "已评定")},
		{Name: AppraisalCoaching, Class: workflow.Open, Label: label("Coaching", "辅导中")},
		{Name: AppraisalRewarded, Class: workflow.Ended, Label: label("Rewarded", "已奖励")},
		{Name: AppraisalSettled, Class: workflow.Ended, Label: label("Settled", "已结束")},
		{Name: AppraisalCoached, Class: workflow.Ended, Label: label("Coached", "已辅导")},
	},
	Rows: []workflow.Row[AppraisalState, AppraisalEvent]{
		{Event: AppraisalAppraise, Create: true, To: AppraisalGraded, Who: managers,
			Label: label("Appraise", "考核"), Note: "Quality, skill and satisfaction of a period make a grade."},
		{Event: AppraisalReward, From: []AppraisalState{AppraisalGraded}, To: AppraisalRewarded, Who: managers, Guards: []string{"reward due"},
			Label: label("Reward", "奖励"), Note: "Good work is rewarded."},
		{Event: AppraisalSettle, From: []AppraisalState{AppraisalGraded}, To: AppraisalSettled, Who: managers, Guards: []string{"nothing due"},
			Label: label("Settle", "结束"), Note: "The grade asks for nothing."},
		{Event: AppraisalCoach, From: []AppraisalState{AppraisalGraded}, To: AppraisalCoaching, Who: managers, Guards: []string{"coaching due"},
			Label: label("Coach", "辅导改进"), Note: "Poor work is improved by a plan, with a coach and a day."},
		{Event: AppraisalConclude, From: []AppraisalState{AppraisalCoaching}, To: AppraisalCoached, Who: managers,
			Label: label("Conclude", "辅导结束"), Note: "The coaching is over; it is noted whether the plan was reached."},
	},
}))

var appraisalLife = &command.Life[Appraisal, AppraisalState, AppraisalEvent]{
	Kind: "appraisal", Machine: AppraisalLife,
	Guards: map[string]func(*command.Unit, *Appraisal) error{
		"reward due":   due(ThenReward),
		"nothing due":  due(ThenNothing),
		"coaching due": due(ThenCoach),
	},
}

// due is the guard that the grade asks for the consequence.
func due(want Consequence) func(*command.Unit, *Appraisal) error {
	return func(_ *command.Unit, a *Appraisal) error {
		if a.Then != want {
			return errors.New("the grade asks for something else: " + string(a.Then))
		}
		return nil
	}
}

const colTo = storage.Col[kernel.Date]("to_day")

func appraisalGrants() []access.Grant {
	// How somebody works is between them and their managers; auditors see it all the same.
	few := []kernel.Role{access.System, access.Manager, access.Auditor}
	return append(command.Grants(appraisalLife, few), grant("appraisal", few, "ForStaff")...)
}

var appraisalSubjects = []journal.Subjects{{Kind: "appraisal", Root: &Appraisal{}}}
