package member

import (
	"fmt"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Activity is something to which members and customers are invited (客户活动、会员专享活动;
// MR 二(四)3): a lecture, a salon. It has so many seats; who comes later waits in a line.
type Activity struct {
	kernel.Root `gorm:"embedded"`
	Plan        ActivityPlan `gorm:"column:plan;serializer:json" json:"plan"`
	Begins      time.Time    `gorm:"column:begins_at" json:"begins"`
	Taken       int64        `gorm:"column:taken" json:"taken"`     // seats; never more than there are
	Waiting     int64        `gorm:"column:waiting" json:"waiting"` // in the line
	Calls       int64        `gorm:"column:calls" json:"calls"`     // sign-ups so far, also those cancelled: the place in the line
	HeldAt      time.Time    `gorm:"column:held_at" json:"held_at,omitzero"`

	State ActivityState `gorm:"column:state" json:"state"`
}

// ActivityPlan is all that an activity says.
type ActivityPlan struct {
	Title    workflow.Label `json:"title"`
	Kind     string         `json:"kind"`                // "lecture", "salon" …: the host's word, 1 to 64 bytes
	Place    string         `json:"place,omitempty"`     // at most [MaxText] characters
	From     time.Time      `json:"from"`                //
	To       time.Time      `json:"to"`                  // after From
	SignUpTo time.Time      `json:"sign_up_to,omitzero"` // until when one may sign up; zero: until it begins
	Capacity int64          `json:"capacity"`            // seats, 1 to 10 000

	ProgramID kernel.ID `json:"program_id,omitempty"` // for its members alone; empty: for every customer
	Tiers     []string  `json:"tiers,omitempty"`      // of the program; empty: all
	Benefit   string    `json:"benefit,omitempty"`    // code of a member event that gives entry; a sign-up takes one from its quota
}

// TableName is crm_activities.
func (*Activity) TableName() string { return "crm_activities" }

// Status returns where the state is kept; only the engine writes there.
func (a *Activity) Status() *ActivityState { return &a.State }

// Free returns how many seats nobody has.
func (a *Activity) Free() int64 { return max(a.Plan.Capacity-a.Taken, 0) }

// ActivityState is where an activity stands.
type ActivityState string

// The states of an activity.
const (
	ActivityPlanned   ActivityState = "planned"
	ActivityOpen      ActivityState = "open"
	ActivityHeld      ActivityState = "held"
	ActivityCancelled ActivityState = "cancelled"
)

// ActivityEvent is what may happen to an activity.
type ActivityEvent string

// The events of an activity.
const (
	ActivityPlanIt ActivityEvent = "Plan"
	ActivityEdit   ActivityEvent = "Edit"
	ActivityInvite ActivityEvent = "Invite"
	ActivitySignUp ActivityEvent = "SignUp"
	ActivityLeave  ActivityEvent = "Leave"
	ActivityExtend ActivityEvent = "Extend"
	ActivityHold   ActivityEvent = "Hold"
	ActivityCancel ActivityEvent = "Cancel"
)

// hosts are those who hold activities, ushers those who sign people up.
var (
	hosts  = []kernel.Role{access.Adviser, access.ProductManager, access.Manager}
	ushers = append([]kernel.Role{access.ComplaintHandler, access.ProductManager, access.System}, servants...)
)

// ActivityLifecycle is the workflow of an activity. SignUp and Leave stand in its history
// too, since they take and free its seats.
var ActivityLifecycle = workflow.Must(workflow.New(workflow.Table[ActivityState, ActivityEvent]{
	Name: "activity", Label: label("Activity", "活动"),
	States: []workflow.State[ActivityState]{
		{Name: ActivityPlanned, Class: workflow.Open, Label: label("Planned", "筹备中")},
		{Name: ActivityOpen, Class: workflow.Open, Label: label("Open for sign-up", "报名中")},
		{Name: ActivityHeld, Class: workflow.Ended, Label: label("Held", "已举办")},
		{Name: ActivityCancelled, Class: workflow.Ended, Label: label("Cancelled", "已取消")},
	},
	Rows: []workflow.Row[ActivityState, ActivityEvent]{
		{Event: ActivityPlanIt, Create: true, To: ActivityPlanned, Who: hosts, Label: label("Plan", "策划"),
			Note: "An activity is planned."},
		{Event: ActivityEdit, From: []ActivityState{ActivityPlanned}, Who: hosts, Label: label("Edit", "修改"),
			Note: "The plan is replaced."},
		{Event: ActivityInvite, From: []ActivityState{ActivityPlanned}, To: ActivityOpen, Who: hosts, Label: label("Invite", "开放报名"),
			Note: "Members and customers may sign up."},
		{Event: ActivitySignUp, From: []ActivityState{ActivityOpen}, Who: ushers, Guards: []string{"sign_up_open"}, Label: label("Sign up", "报名"),
			Note: "Somebody takes a seat, or a place in the line when none is free."},
		{Event: ActivityLeave, From: []ActivityState{ActivityOpen}, Who: ushers, Label: label("Leave", "退出报名"),
			Note: "A sign-up is cancelled; the first in the line moves up."},
		{Event: ActivityExtend, From: []ActivityState{ActivityOpen}, Who: hosts, Label: label("Extend", "增加名额"),
			Note: "There are more seats; the line moves up."},
		{Event: ActivityHold, From: []ActivityState{ActivityOpen}, To: ActivityHeld, Who: hosts, Guards: []string{"begun"}, Label: label("Hold", "举办"),
			Note: "It takes place; who still waits in the line did not get a seat."},
		{Event: ActivityCancel, From: []ActivityState{ActivityPlanned, ActivityOpen}, To: ActivityCancelled, Who: hosts, Label: label("Cancel", "取消活动"),
			Note: "It does not take place; all sign-ups are cancelled."},
	},
}))

var activityLife = &command.Life[Activity, ActivityState, ActivityEvent]{
	Kind: "activity", Machine: ActivityLifecycle,
	Guards: map[string]func(*command.Unit, *Activity) error{
		"sign_up_open": func(u *command.Unit, a *Activity) error {
			last := a.Begins
			if !a.Plan.SignUpTo.IsZero() {
				last = a.Plan.SignUpTo
			}
			if !u.Now().Before(last) {
				return fmt.Errorf("one could sign up until %s", last.UTC().Format("2006-01-02 15:04 MST"))
			}
			return nil
		},
		"begun": func(u *command.Unit, a *Activity) error {
			if u.Now().Before(a.Begins) {
				return fmt.Errorf("it begins at %s", a.Begins.UTC().Format("2006-01-02 15:04 MST"))
			}
			return nil
		},
	},
}

// maxCapacity is the largest number of seats.
const maxCapacity = 10_000

const (
	colActivityState = storage.Col[ActivityState]("state")
	colBegins        = storage.Col[time.Time]("begins_at")
)
