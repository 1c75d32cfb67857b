package member

import (
	"errors"
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// SignUp is somebody's seat at an activity, or place in the line for one.
type SignUp struct {
	kernel.Root `gorm:"embedded"`
	ActivityID  kernel.ID      `gorm:"column:activity_id;uniqueIndex:sign_ups_place" json:"activity_id"`
	Place       int64          `gorm:"column:place;uniqueIndex:sign_ups_place" json:"place"` // in the order of signing up, from 1
	Customer    kernel.Ref     `gorm:"column:customer" json:"customer"`
	MemberID    kernel.ID      `gorm:"column:member_id" json:"member_id,omitempty"` // empty: no member
	GrantID     kernel.ID      `gorm:"column:grant_id" json:"grant_id,omitempty"`   // from which the entry was reserved
	MovedUpAt   time.Time      `gorm:"column:moved_up_at" json:"moved_up_at,omitzero"`
	AttendedAt  time.Time      `gorm:"column:attended_at" json:"attended_at,omitzero"`
	Score       int64          `gorm:"column:score" json:"score,omitempty"` // 1 (bad) to 5 (very good); 0: no feedback
	Comment     privacy.Secret `gorm:"column:comment" json:"comment,omitzero"`
	FeedbackAt  time.Time      `gorm:"column:feedback_at" json:"feedback_at,omitzero"`
	State       SignUpState    `gorm:"column:state" json:"state"`
}

// TableName is crm_sign_ups.
func (*SignUp) TableName() string { return "crm_sign_ups" }

// Status returns where the state is kept; only the engine writes there.
func (s *SignUp) Status() *SignUpState { return &s.State }

// Person returns whose data key seals the comment.
func (s *SignUp) Person() kernel.Ref { return s.Customer }

// Concerns returns the activity.
func (s *SignUp) Concerns() []command.Case {
	return []command.Case{{Kind: "activity", ID: s.ActivityID}}
}

// SignUpState is where a sign-up stands.
type SignUpState string

// The states of a sign-up.
const (
	SignedUp        SignUpState = "signed_up"
	SignUpWaiting   SignUpState = "waiting"
	SignUpAttended  SignUpState = "attended"
	SignUpAbsent    SignUpState = "absent"
	SignUpCancelled SignUpState = "cancelled"
)

// SignUpEvent is what may happen to a sign-up.
type SignUpEvent string

// The events of a sign-up.
const (
	SignUpSeat     SignUpEvent = "SignUp"
	SignUpQueue    SignUpEvent = "Queue"
	SignUpMoveUp   SignUpEvent = "MoveUp"
	SignUpAttend   SignUpEvent = "Attend"
	SignUpMiss     SignUpEvent = "Miss"
	SignUpCancel   SignUpEvent = "Cancel"
	SignUpFeedback SignUpEvent = "GiveFeedback"
)

// SignUpLifecycle is the workflow of a sign-up. SignUp, Queue and MoveUp follow from what
// happens to the activity.
var SignUpLifecycle = workflow.Must(workflow.New(workflow.Table[SignUpState, SignUpEvent]{
	Name: "sign_up", Label: label("Sign-up", "报名"),
	States: []workflow.State[SignUpState]{
		{Name: SignedUp, Class: workflow.Waiting, Label: label("Signed up", "已报名")},
		{Name: SignUpWaiting, Class: workflow.Waiting, Label: label("Waiting", "候补中")},
		{Name: SignUpAttended, Class: workflow.Ended, Label: label("Attended", "已参加")},
		{Name: SignUpAbsent, Class: workflow.Ended, Label: label("Absent", "未到场")},
		{Name: SignUpCancelled, Class: workflow.Ended, Label: label("Cancelled", "已取消")},
	},
	Rows: []workflow.Row[SignUpState, SignUpEvent]{
		{Event: SignUpSeat, Create: true, To: SignedUp, Who: ushers, Label: label("Sign up", "报名"),
			Note: "Somebody takes a free seat."},
		{Event: SignUpQueue, Create: true, To: SignUpWaiting, Who: ushers, Label: label("Queue", "候补"),
			Note: "No seat is free: somebody takes the last place in the line."},
		{Event: SignUpMoveUp, From: []SignUpState{SignUpWaiting}, To: SignedUp, Who: ushers, Label: label("Move up", "候补转正"),
			Note: "A seat has become free for the first in the line."},
		{Event: SignUpAttend, From: []SignUpState{SignedUp}, To: SignUpAttended, Who: ushers, Guards: []string{"activity_held"},
			Label: label("Attend", "签到"), Note: "The customer came."},
		{Event: SignUpMiss, From: []SignUpState{SignedUp}, To: SignUpAbsent, Who: ushers, Guards: []string{"activity_held"},
			Label: label("Miss", "缺席"), Note: "The customer did not come; what was reserved is used all the same."},
		{Event: SignUpCancel, From: []SignUpState{SignedUp, SignUpWaiting}, To: SignUpCancelled, Who: ushers,
			Label: label("Cancel", "取消报名"), Note: "The customer will not come, or there is no seat, or no activity."},
		{Event: SignUpFeedback, From: []SignUpState{SignUpAttended}, Who: ushers, Label: label("Give feedback", "反馈"),
			Note: "The customer says how good it was; the last word counts."},
	},
}))

var signUpLife = &command.Life[SignUp, SignUpState, SignUpEvent]{
	Kind: "sign_up", Machine: SignUpLifecycle,
	Guards: map[string]func(*command.Unit, *SignUp) error{
		"activity_held": func(u *command.Unit, s *SignUp) error {
			a, err := storage.Get[Activity](u, s.ActivityID)
			if err == nil && a.State != ActivityHeld {
				err = errors.New("the activity was not held yet")
			}
			return err
		},
	},
}

const (
	colActivityID   = storage.Col[kernel.ID]("activity_id")
	colPlace        = storage.Col[int64]("place")
	colSignUpState  = storage.Col[SignUpState]("state")
	colSignUpPerson = storage.Col[kernel.Ref]("customer")
	colFeedbackAt   = storage.Col[time.Time]("feedback_at")
	colAttendedAt   = storage.Col[time.Time]("attended_at")
)
