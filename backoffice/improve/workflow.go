package improve

import (
	"fmt"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// State is where an improvement stands.
type State string

// The states of an improvement.
const (
	Proposed   State = "proposed"    // 已提出
	Approved   State = "approved"    // 已批准
	InProgress State = "in_progress" // 整改中
	Done       State = "done"        // 已完成, not verified yet
	Verified   State = "verified"    // 已验证
	Rejected   State = "rejected"    // 未采纳
)

// Event is what happens to an improvement.
type Event string

// The events of an improvement.
const (
	EventPropose Event = "Propose"
	EventApprove Event = "Approve"
	EventReject  Event = "Reject"
	EventStart   Event = "Start"
	EventFinish  Event = "Finish"
	EventVerify  Event = "Verify"
	EventReopen  Event = "Reopen"
)

var (
	proposers = []kernel.Role{
		access.Agent, access.Underwriter, access.Adjuster, access.ComplaintHandler, access.Adviser,
		access.ProductManager, access.Archivist, access.PrivacyOfficer, access.Manager, access.System,
	}
	doers    = proposers[:len(proposers)-1]
	deciders = []kernel.Role{access.Manager}
	checkers = []kernel.Role{access.ComplaintHandler, access.Manager}
)

const guardOther = "another person"

func label(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }

// Lifecycle is the workflow of an improvement.
var Lifecycle = workflow.Must(workflow.New(workflow.Table[State, Event]{
	Name:  kind,
	Label: label("Improvement", "改进措施"),
	States: []workflow.State[State]{
		{Name: Proposed, Class: workflow.Open, Label: label("Proposed", "已提出")},
		{Name: Approved, Class: workflow.Open, Label: label("Approved", "已批准")},
		{Name: InProgress, Class: workflow.Open, Label: label("In progress", "整改中")},
		{Name: Done, Class: workflow.Open, Label: label("Done", "已完成")},
		{Name: Verified, Class: workflow.Ended, Label: label("Verified", "已验证")},
		{Name: Rejected, Class: workflow.Ended, Label: label("Rejected", "未采纳")},
	},
	Rows: []workflow.Row[State, Event]{
		{Event: EventPropose, Create: true, To: Proposed, Who: proposers, Label: label("Propose", "提出"),
			Note: "Somebody proposes a measure against a cause that was found."},
		{Event: EventApprove, From: []State{Proposed}, To: Approved, Who: deciders, Label: label("Approve", "批准"),
			Note: "The measure is taken; it has a responsible unit and person, a due day and the figures that will show its effect."},
		{Event: EventReject, From: []State{Proposed}, To: Rejected, Who: deciders, Label: label("Reject", "不予采纳"),
			Note: "The measure is not taken, for a reason."},
		{Event: EventStart, From: []State{Approved}, To: InProgress, Who: doers, Label: label("Start", "开始整改"),
			Note: "Work on the measure begins."},
		{Event: EventFinish, From: []State{InProgress}, To: Done, Who: doers, Label: label("Finish", "完成整改"),
			Note: "The measure is in place, with evidence."},
		{Event: EventVerify, From: []State{Done}, To: Verified, Who: checkers, Guards: []string{guardOther}, Label: label("Verify", "验证效果"),
			Note: "Somebody other than the responsible person measures the effect."},
		{Event: EventReopen, From: []State{Done}, To: InProgress, Who: checkers, Label: label("Reopen", "退回整改"),
			Note: "It does not do yet, for a reason."},
	},
}))

const kind = "improvement"

var life = &command.Life[Improvement, State, Event]{Kind: kind, Machine: Lifecycle, Guards: map[string]func(*command.Unit, *Improvement) error{
	guardOther: func(u *command.Unit, i *Improvement) error {
		if me := kernel.Ref(u.Actor.ID); me == i.Responsible || me == i.FinishedBy {
			return fmt.Errorf("somebody else than who is responsible for it verifies: %w", kernel.ErrForbidden)
		}
		return nil
	},
}}

var readers = access.Staff

// Grants returns who may do what with improvements: all staff propose and carry out,
// managers decide.
func Grants() []access.Grant {
	all := append([]kernel.Role{access.System}, readers...)
	return append(command.Grants(life, all),
		access.Grant{Action: kind + ".List", Roles: all},
		access.Grant{Action: kind + ".Counts", Roles: all},
		access.Grant{Action: kind + ".Reveal", Roles: doers},
	)
}

// Subjects tells which table holds improvements, for journal.Verify.
func Subjects() []journal.Subjects {
	return []journal.Subjects{{Kind: kind, Root: new(Improvement)}}
}

// Kinds returns the kind of subject that improvements are, with its workflow.
func Kinds() []command.Kind { return []command.Kind{command.KindOf(life)} }
