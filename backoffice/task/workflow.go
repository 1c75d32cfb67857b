package task

import (
	"context"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// State is where a task stands.
type State string

// The states of a task. One that was breached and done afterwards is met late.
const (
	Open      State = "open"
	Paused    State = "paused"
	Breached  State = "breached"
	Met       State = "met"
	MetLate   State = "met_late"
	Cancelled State = "cancelled"
)

// Event is what may happen to a task.
type Event string

// The events of a task. Those of time and of the case are the library's; people give
// Open, Assign, Remind, Complete and Cancel.
const (
	EventOpen      Event = "Open"
	EventWarn      Event = "Warn"
	EventBreach    Event = "Breach"
	EventEscalate  Event = "Escalate"
	EventPause     Event = "Pause"
	EventResume    Event = "Resume"
	EventRetarget  Event = "Retarget"
	EventRecompute Event = "Recompute"
	EventRemind    Event = "Remind"
	EventExcuse    Event = "Excuse"
	EventAssign    Event = "Assign"
	EventMeet      Event = "Meet"
	EventProve     Event = "Prove"
	EventComplete  Event = "Complete"
	EventCancel    Event = "Cancel"
)

func label(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }

var (
	library = []kernel.Role{access.System}
	leaders = []kernel.Role{access.Manager, access.System}
	doers   = []kernel.Role{
		access.Agent, access.Underwriter, access.Adjuster, access.ComplaintHandler, access.Adviser, access.ProductManager,
		access.Cashier, access.Archivist, access.Manager, access.System,
	}
)

type row = workflow.Row[State, Event]

// Lifecycle is the life of a task.
var Lifecycle = workflow.Must(workflow.New(workflow.Table[State, Event]{
	Name: "task", Label: label("Task", "任务"),
	States: []workflow.State[State]{
		{Name: Open, Class: workflow.Open, Label: label("Open", "待办")},
		{Name: Paused, Class: workflow.Waiting, Label: label("Paused", "中止计时")},
		{Name: Breached, Class: workflow.Open, Label: label("Overdue", "已逾期")},
		{Name: Met, Class: workflow.Ended, Label: label("Met", "按期完成")},
		{Name: MetLate, Class: workflow.Ended, Label: label("Met late", "逾期完成")},
		{Name: Cancelled, Class: workflow.Ended, Label: label("Cancelled", "已取消")},
	},
	Rows: []row{
		{Event: EventOpen, Create: true, To: Open, Who: doers, Label: label("Open", "创建"), Note: "An event of the case opens it, or somebody gives it."},
		{Event: EventWarn, From: []State{Open}, Who: library, Label: label("Warn", "预警"), Note: "The due instant is near."},
		{Event: EventBreach, From: []State{Open}, To: Breached, Who: library, Label: label("Breach", "逾期"), Note: "The due instant has passed; that stays on record."},
		{Event: EventEscalate, From: []State{Breached}, Who: library, Label: label("Escalate", "升级"), Note: "It is late, and the next on the ladder hears of it."},
		{Event: EventPause, From: []State{Open}, To: Paused, Who: library, Label: label("Pause", "中止"), Note: "The rule's clock stands still."},
		{Event: EventResume, From: []State{Paused}, To: Open, Who: library, Label: label("Resume", "恢复"), Note: "The clock goes on where it stood."},
		{Event: EventRetarget, AnyOpen: true, Who: library, Label: label("Retarget", "变更期限"), Note: "The case changed the date: an extension, new facts, an earlier receipt."},
		{Event: EventExcuse, From: []State{Breached}, To: Open, Who: library, Label: label("Excuse", "撤销逾期"), Note: "It became known late that the date had moved in time: the clock had stood still."},
		{Event: EventRecompute, AnyOpen: true, Who: library, Label: label("Recompute", "重算期限"), Note: "The calendar of the due year has come."},
		{Event: EventRemind, AnyOpen: true, Who: doers, Label: label("Remind", "提醒"), Note: "A reminder is set, or has come."},
		{Event: EventAssign, AnyOpen: true, Who: leaders, Label: label("Assign", "指派"), Note: "Somebody else does it."},
		{Event: EventMeet, From: []State{Open, Paused}, To: Met, Who: library, Label: label("Meet", "达成"), Note: "The case did what the rule asks, in time or late."},
		{Event: EventMeet, From: []State{Breached}, To: MetLate, Who: library, Label: label("Meet", "达成"), Note: "The case did what the rule asks, in time or late."},
		{Event: EventProve, From: []State{Breached}, To: Met, Who: library, Label: label("Prove", "证明按期"), Note: "What was recorded late had been done in time."},
		{Event: EventComplete, From: []State{Open}, To: Met, Who: doers, Guards: []string{"given"}, Label: label("Complete", "完成"), Note: "Somebody did what was given by hand."},
		{Event: EventComplete, From: []State{Breached}, To: MetLate, Who: doers, Guards: []string{"given"}, Label: label("Complete", "完成"), Note: "Somebody did what was given by hand."},
		{Event: EventCancel, AnyOpen: true, To: Cancelled, Who: leaders, Guards: []string{"given"}, Label: label("Cancel", "取消"), Note: "The case ended, or nobody needs it any more."},
	},
}))

// move gives the event to the task.
func (t *Task) move(ctx context.Context, e Event, byHand bool) error {
	to, err := Lifecycle.Fire(ctx, t.State, e, func(string) error {
		if byHand && t.Clock != "" {
			return errRuled
		}
		return nil
	})
	if err == nil {
		t.State = to
	}
	return err
}
