package workflow_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// State and Event are types of their own in every room, so that the compiler
// keeps the workflows apart.
type (
	State string
	Event string
)

const (
	reported State = "reported"
	filed    State = "filed"
	pending  State = "documents_pending"
	approved State = "approved"
	declined State = "declined"
	closed   State = "closed"
)

const (
	report   Event = "Report"
	adopt    Event = "Adopt"
	assign   Event = "Assign"
	file     Event = "File"
	request  Event = "RequestDocuments"
	supply   Event = "SupplyDocuments"
	approve  Event = "Approve"
	decline  Event = "Decline"
	shut     Event = "Close"
	reassess Event = "Reassess"
	remark   Event = "Remark"
)

// small is a claim in six states: enough to show every kind of row.
func small() workflow.Table[State, Event] {
	type row = workflow.Row[State, Event]
	adjusters, claimants := []kernel.Role{"adjuster"}, []kernel.Role{"adjuster", "claimant"}
	return workflow.Table[State, Event]{
		Name:  "claim",
		Label: workflow.Label{EN: "Claim", ZH: "理赔"},
		States: []workflow.State[State]{
			{reported, workflow.Open, workflow.Label{EN: "Reported", ZH: "已报案"}},
			{filed, workflow.Open, workflow.Label{EN: "Filed", ZH: "已申请"}},
			{pending, workflow.Waiting, workflow.Label{EN: "Documents pending", ZH: "待补材料"}},
			{approved, workflow.Open, workflow.Label{EN: "Approved", ZH: "已核定"}},
			{declined, workflow.Open, workflow.Label{EN: "Declined", ZH: "已拒赔"}},
			{closed, workflow.Ended, workflow.Label{EN: "Closed", ZH: "已结案"}},
		},
		Rows: []row{
			{Event: report, Create: true, To: reported, Who: claimants,
				Label: workflow.Label{EN: "Report", ZH: "报案"}, Note: "Somebody tells of a loss."},
			{Event: adopt, Create: true, AnyState: true, Who: adjusters,
				Label: workflow.Label{EN: "Adopt", ZH: "迁入"}, Note: "A running case comes from another system."},
			{Event: assign, AnyOpen: true, Who: adjusters,
				Label: workflow.Label{EN: "Assign", ZH: "分派"}, Note: "The case gets another handler."},
			{Event: file, From: []State{reported}, To: filed, Who: claimants, Guards: []string{"form complete"},
				Label: workflow.Label{EN: "File", ZH: "提交申请"}, Note: "The claimant hands in the form."},
			{Event: request, From: []State{filed}, To: pending, Who: adjusters,
				Label: workflow.Label{EN: "Request documents", ZH: "补充材料通知"}, Note: "Everything that is missing is asked for at once."},
			{Event: supply, From: []State{pending}, To: filed, Who: claimants,
				Label: workflow.Label{EN: "Supply documents", ZH: "补充材料"}, Note: "The missing documents arrive."},
			{Event: approve, From: []State{filed}, To: approved, Who: adjusters, Guards: []string{"checks passed", "within authority"},
				Label: workflow.Label{EN: "Approve", ZH: "核定"}, Note: "The amount is decided."},
			{Event: decline, From: []State{filed, pending}, To: declined, Who: adjusters, Guards: []string{"within authority"},
				Label: workflow.Label{EN: "Decline", ZH: "拒赔"}, Note: "The claim is refused with a reason."},
			{Event: shut, AnyOpen: true, To: closed, Who: adjusters,
				Label: workflow.Label{EN: "Close", ZH: "结案"}, Note: "The case goes to the archive."},
			{Event: reassess, From: []State{approved, declined, closed}, To: filed, Reopens: true, Who: adjusters,
				Label: workflow.Label{EN: "Reassess", ZH: "重新核定"}, Note: "An appeal was granted."},
			{Event: remark, From: []State{closed}, Who: adjusters,
				Label: workflow.Label{EN: "Remark", ZH: "备注"}, Note: "Something is noted on a closed case."},
		},
	}
}

var claims = workflow.Must(workflow.New(small()))

// A service asks the machine for the next state and saves what it answers.
func ExampleMachine_Fire() {
	ctx := context.Background()
	guard := func(name string) error {
		if name == "within authority" {
			return fmt.Errorf("the amount is over 10,000: %w", kernel.ErrForbidden)
		}
		return nil
	}
	fmt.Println(claims.Fire(ctx, reported, file, guard))
	_, err := claims.Fire(ctx, filed, approve, guard)
	fmt.Println(err)
	fmt.Println(errors.Is(err, kernel.ErrState), errors.Is(err, kernel.ErrForbidden))
	_, err = claims.Fire(ctx, closed, approve, guard)
	fmt.Println(err)
	// Output:
	// filed <nil>
	// claim: Approve refused in filed: the amount is over 10,000: forbidden
	// true true
	// claim: Approve refused in closed: it is possible only in filed
}

// Create begins a subject; CreateIn takes over one that is half done elsewhere.
func ExampleMachine_Create() {
	ctx := context.Background()
	fmt.Println(claims.Create(ctx, report, workflow.Pass))
	fmt.Println(claims.CreateIn(ctx, adopt, approved, workflow.Pass))
	_, err := claims.Create(ctx, file, workflow.Pass)
	fmt.Println(err)
	// Output:
	// reported <nil>
	// approved <nil>
	// claim: File refused to create: it creates nothing
}

// Moves is what a screen shows: the buttons, and why the others are grey.
func ExampleMachine_Moves() {
	claimant := kernel.Actor{ID: "c-1", Roles: []kernel.Role{"claimant"}}
	moves := claims.Moves(pending, func(r workflow.Row[State, Event]) error {
		if !claimant.Has(r.Who...) {
			return kernel.ErrForbidden
		}
		return nil
	}, workflow.Pass)
	for _, m := range moves.Allowed {
		fmt.Println("may", m.Label.EN, "->", claims.Label(m.To).EN)
	}
	for _, r := range moves.WhyNot[:4] {
		fmt.Printf("not %s: %s\n", r.Label.EN, r.Reason)
	}
	// Output:
	// may Supply documents -> Filed
	// not Adopt: it only creates
	// not Approve: it is possible only in filed
	// not Assign: forbidden
	// not Close: forbidden
}

// A faulty table is refused with everything that is wrong with it.
func ExampleNew() {
	table := small()
	table.States[5].Class = workflow.Open
	table.Rows[3].To = "field"
	table.Rows[4].Label.ZH = ""
	_, err := workflow.New(table)
	var faults *kernel.FieldErrors
	if errors.As(err, &faults) {
		for _, f := range faults.Faults {
			fmt.Printf("%s: %s\n", f.Path, f.Message)
		}
	}
	// Output:
	// rows[3].to: the table has no state "field"
	// rows[4].label.zh: is empty
	// rows[9].reopens: leaves no ended state
}
