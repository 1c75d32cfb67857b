package member

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Staff is somebody who serves customers (服务团队成员).
type Staff struct {
	kernel.Root    `gorm:"embedded"`
	State          StaffState  `gorm:"column:state" json:"state"`
	Actor          kernel.Ref  `gorm:"column:actor;uniqueIndex:staff_actor" json:"actor"`      // [kernel.Actor]'s ID
	Name           string      `gorm:"column:name" crm:"personal" json:"name"`                 // plain: customers are told who serves them
	Role           kernel.Role `gorm:"column:role" json:"role"`                                // what the person does; what they may do is for access to say
	Team           string      `gorm:"column:team" json:"team,omitempty"`                      // by code
	AgreedOn       kernel.Date `gorm:"column:agreed_on" json:"agreed_on,omitzero"`             // the confidentiality agreement was signed (保密协议)
	AgreementUntil kernel.Date `gorm:"column:agreement_until" json:"agreement_until,omitzero"` // first day without it; zero: no end
	Successor      kernel.Ref  `gorm:"column:successor" json:"successor,omitempty"`            // in state left: who serves the customers now
}

// TableName is crm_staff.
func (*Staff) TableName() string { return "crm_staff" }

// Status returns where the state is, for the engine.
func (s *Staff) Status() *StaffState { return &s.State }

// Person returns the staff's own reference: what is sealed is theirs.
func (s *Staff) Person() kernel.Ref { return s.ID.Ref() }

// bound reports whether a confidentiality agreement holds on the day.
func (s *Staff) bound(on kernel.Date) bool {
	return s.AgreedOn != 0 && s.AgreedOn <= on && (s.AgreementUntil == 0 || on < s.AgreementUntil)
}

// Qualification is something that staff are proved to be able to do (执业或岗位资格).
type Qualification struct {
	kernel.Meta `gorm:"embedded"`
	StaffID     kernel.ID      `gorm:"column:staff_id" json:"staff_id"`
	Code        string         `gorm:"column:code" json:"code"`
	Certificate privacy.Secret `gorm:"column:certificate" json:"certificate,omitzero"`
	From        kernel.Date    `gorm:"column:from_day" json:"from"`                  // first day
	Until       kernel.Date    `gorm:"column:until_day" json:"until,omitzero"`       // first day without it; zero: no end
	TrainingID  kernel.ID      `gorm:"column:training_id" json:"training,omitempty"` // that gave it
}

// TableName is crm_qualifications.
func (*Qualification) TableName() string { return "crm_qualifications" }

// Person returns whose qualification it is.
func (q *Qualification) Person() kernel.Ref { return q.StaffID.Ref() }

func (q *Qualification) holds(on kernel.Date) bool {
	return q.From <= on && (q.Until == 0 || on < q.Until)
}

// StaffState is where somebody's work for the insurer stands.
type StaffState string

// The states of staff.
const (
	StaffActive    StaffState = "active"
	StaffSuspended StaffState = "suspended"
	StaffLeft      StaffState = "left"
)

// StaffEvent is what may happen to staff. Each is a command of [Staffs].
type StaffEvent string

// The events of staff.
const (
	StaffHire          StaffEvent = "Hire"
	StaffTransfer      StaffEvent = "Transfer"
	StaffQualify       StaffEvent = "Qualify"
	StaffDisqualify    StaffEvent = "Disqualify"
	StaffSignAgreement StaffEvent = "SignAgreement"
	StaffSuspend       StaffEvent = "Suspend"
	StaffResume        StaffEvent = "Resume"
	StaffLeave         StaffEvent = "Leave"
)

// StaffLife is the life of staff.
var StaffLife = workflow.Must(workflow.New(workflow.Table[StaffState, StaffEvent]{
	Name: "staff", Label: label("Staff", "服务人员"),
	States: []workflow.State[StaffState]{
		{Name: StaffActive, Class: workflow.Open, Label: label("Active", "在岗")},
		{Name: StaffSuspended, Class: workflow.Waiting, Label: label("Suspended", "停岗")},
		{Name: StaffLeft, Class: workflow.Ended, Label: label("Left", "已离职")},
	},
	Rows: []workflow.Row[StaffState, StaffEvent]{
		{Event: StaffHire, Create: true, To: StaffActive, Who: managers,
			Label: label("Hire", "入职"), Note: "Somebody begins to serve customers."},
		{Event: StaffTransfer, AnyOpen: true, Who: managers,
			Label: label("Transfer", "调岗"), Note: "Role, team or branch change."},
		{Event: StaffQualify, AnyOpen: true, Who: managers,
			Label: label("Qualify", "登记资格"), Note: "A qualification is proved, or given by a training."},
		{Event: StaffDisqualify, AnyOpen: true, Who: managers,
			Label: label("Disqualify", "取消资格"), Note: "A qualification does not hold any more."},
		{Event: StaffSignAgreement, AnyOpen: true, Who: managers,
			Label: label("Sign agreement", "签订保密协议"), Note: "The confidentiality agreement is signed, or signed anew."},
		{Event: StaffSuspend, From: []StaffState{StaffActive}, To: StaffSuspended, Who: managers,
			Label: label("Suspend", "停岗"), Note: "The person does not serve customers for the time being."},
		{Event: StaffResume, From: []StaffState{StaffSuspended}, To: StaffActive, Who: managers,
			Label: label("Resume", "复岗"), Note: "The person serves customers again."},
		{Event: StaffLeave, From: []StaffState{StaffActive, StaffSuspended}, To: StaffLeft, Who: managers,
			Label: label("Leave", "离职"), Note: "The person goes; somebody else serves the customers, who are told."},
	},
}))

var staffLife = &command.Life[Staff, StaffState, StaffEvent]{Kind: "staff", Machine: StaffLife}

const (
	colActor = storage.Col[kernel.Ref]("actor")
	colStaff = storage.Col[kernel.ID]("staff_id")
	colRole  = storage.Col[kernel.Role]("role")
	colTeam  = storage.Col[string]("team")
)

func staffGrants() []access.Grant {
	return append(command.Grants(staffLife, readers), grant("staff", readers, "ByActor", "List", "Qualifications")...)
}

var staffSubjects = []journal.Subjects{{
	Kind: "staff", Root: &Staff{}, Parts: []journal.Part{{Record: &Qualification{}, Owner: string(colStaff)}},
}}

// staffOf returns who acts under the reference; nil for nobody that is known here.
func staffOf(tx storage.Tx, actor kernel.Ref) (*Staff, error) {
	return storage.One[Staff](tx, storage.Query{Where: []storage.Cond{colActor.Eq(actor)}})
}

// advises refuses an adviser who is known here and does not work. A host that keeps its
// staff elsewhere may name anybody.
func advises(tx storage.Tx, path string, adviser kernel.Ref) error {
	if adviser == "" {
		return nil
	}
	s, err := staffOf(tx, adviser)
	if err == nil && s != nil && s.State != StaffActive {
		return kernel.Invalid(path, "state", "this adviser does not work at present")
	}
	return err
}
