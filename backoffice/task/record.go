package task

import (
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// Task is one thing that is to be done about a case, usually until an instant that a
// rule sets (时限). The zero time means never, the zero day none.
type Task struct {
	kernel.Meta `gorm:"embedded"`
	Branch      string     `gorm:"column:branch" json:"branch,omitempty"` // of the case
	CaseKind    string     `gorm:"column:case_kind" json:"case_kind"`     // "claim"
	CaseID      kernel.ID  `gorm:"column:case_id" json:"case_id"`
	PersonRef   kernel.Ref `gorm:"column:person" json:"-"`

	State State          `gorm:"column:state" json:"state"`
	Clock string         `gorm:"column:clock" json:"clock,omitempty"` // of the rulebook; empty: somebody gave it
	Code  string         `gorm:"column:code" json:"code,omitempty"`   // the host's word for what somebody gave to do
	Note  privacy.Secret `gorm:"column:note" json:"note,omitzero"`    // about it, in words

	Owner string      `gorm:"column:owner" json:"owner,omitempty"` // actor who does it; empty: anybody of the queue
	Fixed bool        `gorm:"column:fixed" json:"fixed,omitempty"` // assigned by hand: does not follow the case's handler
	Queue kernel.Role `gorm:"column:queue" json:"queue,omitempty"` // whose work it is
	Level int64       `gorm:"column:level" json:"level,omitempty"` // steps of the ladder that were taken

	Rule        string      `gorm:"column:rule" json:"rule,omitempty"`                     // that sets the day now
	RuleFrom    kernel.Date `gorm:"column:rule_from" json:"rule_from,omitzero"`            // since when that version of it is in force
	DueOn       kernel.Date `gorm:"column:due_on" json:"due_on,omitzero"`                  // the last day that is in time
	DueAt       time.Time   `gorm:"column:due_at" json:"due_at,omitzero"`                  // the first instant that is too late
	Provisional bool        `gorm:"column:provisional" json:"provisional,omitempty"`       // the calendar of that year is not known yet
	Timer       Timer       `gorm:"column:timer;serializer:json" json:"timer,omitzero"`    // what the date is worked out from
	Ladder      []Step      `gorm:"column:ladder;serializer:json" json:"ladder,omitempty"` // who hears of it when it is late
	WarnAt      time.Time   `gorm:"column:warn_at" json:"warn_at,omitzero"`                //
	RemindAt    time.Time   `gorm:"column:remind_at" json:"remind_at,omitzero"`            // set by hand
	NextAt      time.Time   `gorm:"column:next_at" json:"next_at,omitzero"`                // when time takes the next step
	OpenedAt    time.Time   `gorm:"column:opened_at" json:"opened_at"`                     //
	WarnedAt    time.Time   `gorm:"column:warned_at" json:"warned_at,omitzero"`            // when the warning was due
	BreachedAt  time.Time   `gorm:"column:breached_at" json:"breached_at,omitzero"`        // the instant from which it was late
	EndedAt     time.Time   `gorm:"column:ended_at" json:"ended_at,omitzero"`              // met or cancelled
	EndedBy     string      `gorm:"column:ended_by" json:"ended_by,omitempty"`             // actor
	PausedAt    time.Time   `gorm:"column:paused_at" json:"paused_at,omitzero"`            //
}

// Timer is what a rule's date is worked out from; see [rulebook.Timer].
type Timer = rulebook.Timer

// Step of the ladder that a late task climbs.
type Step = rulebook.Step

// TableName is crm_tasks.
func (*Task) TableName() string { return "crm_tasks" }

// Person returns whose data key seals the note.
func (t *Task) Person() kernel.Ref { return t.PersonRef }

// Live reports whether the task is still to be done.
func (t *Task) Live() bool { return Lifecycle.Class(t.State).Live() }

// Columns of tasks.
const (
	colCaseKind = storage.Col[string]("case_kind")
	colCase     = storage.Col[kernel.ID]("case_id")
	colOwner    = storage.Col[string]("owner")
	colClock    = storage.Col[string]("clock")
	colDueOn    = storage.Col[kernel.Date]("due_on")
	colQueue    = storage.Col[kernel.Role]("queue")
	colState    = storage.Col[State]("state")
	colDueAt    = storage.Col[time.Time]("due_at")
	colNextAt   = storage.Col[time.Time]("next_at")
	colEndedAt  = storage.Col[time.Time]("ended_at")
)

// Part tells journal.Verify that tasks belong to cases of every kind.
func Part() journal.Part { return journal.Part{Record: new(Task), Owner: string(colCase)} }
