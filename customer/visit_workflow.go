package customer

import (
	"fmt"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
)

// VisitState is where a visit stands.
type VisitState string

// The states of a visit.
const (
	VisitPlanned       VisitState = "planned"        // 待回访
	VisitReached       VisitState = "reached"        // 已接通
	VisitProblemRaised VisitState = "problem_raised" // 问题待处理
	VisitCompleted     VisitState = "completed"      // 回访完成
	VisitUnreached     VisitState = "unreached"      // 未能接通
)

// VisitEvent is something that happens to a visit. Each is a command of [Visits].
type VisitEvent string

// The events of a visit.
const (
	EventPlan         VisitEvent = "Plan"
	EventAttempt      VisitEvent = "Attempt"
	EventReach        VisitEvent = "Reach"
	EventComplete     VisitEvent = "Complete"
	EventRaiseProblem VisitEvent = "RaiseProblem"
	EventGiveUp       VisitEvent = "GiveUp"
)

// The guards that the table names.
const (
	guardCaller = "caller"
	guardFixer  = "fixer"
	guardTried  = "tried"
)

// visitors call on customers; those who plan besides follow from other rooms.
var (
	visitors = []kernel.Role{access.Agent, access.Adviser, access.Adjuster, access.ComplaintHandler, access.Archivist, access.Manager}
	planners = append([]kernel.Role{access.System}, visitors...)
)

// VisitLife is the life of a visit.
var VisitLife = workflow.Must(workflow.New(workflow.Table[VisitState, VisitEvent]{
	Name:  VisitSubject,
	Label: workflow.Label{EN: "Visit", ZH: "回访"},
	States: []workflow.State[VisitState]{
		{Name: VisitPlanned, Class: workflow.Open, Label: workflow.Label{EN: "Planned", ZH: "待回访"}},
		{Name: VisitReached, Class: workflow.Open, Label: workflow.Label{EN: "Reached", ZH: "已接通"}},
		{Name: VisitProblemRaised, Class: workflow.Open, Label: workflow.Label{EN: "Problem raised", ZH: "问题待处理"}},
		{Name: VisitCompleted, Class: workflow.Ended, Label: workflow.Label{EN: "Completed", ZH: "回访完成"}},
		{Name: VisitUnreached, Class: workflow.Ended, Label: workflow.Label{EN: "Not reached", ZH: "未能接通"}},
	},
	Rows: []workflow.Row[VisitState, VisitEvent]{
		{Event: EventPlan, Create: true, To: VisitPlanned, Who: planners,
			Label: workflow.Label{EN: "Plan", ZH: "安排回访"}, Note: "A customer is to be called on until a day, by a script."},
		{Event: EventAttempt, From: []VisitState{VisitPlanned}, Who: visitors, Guards: []string{guardCaller},
			Label: workflow.Label{EN: "Attempt", ZH: "记录未接通"}, Note: "The customer was tried and not reached; the reason is kept."},
		{Event: EventReach, From: []VisitState{VisitPlanned}, To: VisitReached, Who: visitors, Guards: []string{guardCaller},
			Label: workflow.Label{EN: "Reach", ZH: "接通"}, Note: "The customer is there and can speak."},
		{Event: EventGiveUp, From: []VisitState{VisitPlanned}, To: VisitUnreached, Who: visitors, Guards: []string{guardTried},
			Label: workflow.Label{EN: "Give up", ZH: "终止回访"}, Note: "The customer was not reached after all the attempts that the company asks for."},
		{Event: EventComplete, From: []VisitState{VisitReached}, To: VisitCompleted, Who: visitors,
			Label: workflow.Label{EN: "Complete", ZH: "完成回访"}, Note: "Every point of the script has its answer and none is a problem."},
		{Event: EventRaiseProblem, From: []VisitState{VisitReached}, To: VisitProblemRaised, Who: visitors,
			Label: workflow.Label{EN: "Raise problem", ZH: "提出问题"}, Note: "The customer denies a point or complains; somebody has to put it right."},
		{Event: EventComplete, From: []VisitState{VisitProblemRaised}, To: VisitCompleted, Who: visitors, Guards: []string{guardFixer},
			Label: workflow.Label{EN: "Complete", ZH: "完成回访"}, Note: "Somebody other than the seller has put the problem right."},
	},
}))

// visitLife is the life with its guards; tries is how often a customer is tried before
// giving up.
func visitLife(tries int64) *command.Life[Visit, VisitState, VisitEvent] {
	notTheSeller := func(u *command.Unit, v *Visit, does string) error {
		if v.Seller != "" && kernel.Ref(u.Actor.ID) == v.Seller {
			return fmt.Errorf("somebody else than the seller %s: %w", does, kernel.ErrForbidden)
		}
		return nil
	}
	return &command.Life[Visit, VisitState, VisitEvent]{
		Kind: VisitSubject, Machine: VisitLife,
		Guards: map[string]func(*command.Unit, *Visit) error{
			guardCaller: func(u *command.Unit, v *Visit) error {
				if v.Kind != VisitNewPolicy {
					return nil
				}
				return notTheSeller(u, v, "asks about the sale")
			},
			guardFixer: func(u *command.Unit, v *Visit) error { return notTheSeller(u, v, "puts it right") },
			guardTried: func(_ *command.Unit, v *Visit) error {
				if v.Attempts < tries {
					return fmt.Errorf("%d of %d attempts were made", v.Attempts, tries)
				}
				return nil
			},
		},
	}
}
