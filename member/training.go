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

// Training is one person's way through a course (培训). Those who sit in one class share a
// session.
type Training struct {
	kernel.Root  `gorm:"embedded"`
	State        TrainingState   `gorm:"column:state" json:"state"`
	CourseID     kernel.ID       `gorm:"column:course_id" json:"course_id"`
	StaffID      kernel.ID       `gorm:"column:staff_id" json:"staff_id"`
	Session      kernel.Ref      `gorm:"column:session" json:"session,omitempty"`
	PlannedOn    kernel.Date     `gorm:"column:planned_on" json:"planned_on"`
	Syllabus     Syllabus        `gorm:"column:syllabus;serializer:json" json:"syllabus"` // as it was when planned
	TrainerKind  TrainerKind     `gorm:"column:trainer_kind" json:"trainer_kind"`
	TrainerActor kernel.Ref      `gorm:"column:trainer_actor" json:"trainer_actor,omitempty"` // own staff
	TrainerName  privacy.Secret  `gorm:"column:trainer_name" json:"trainer_name,omitzero"`    // of a hired trainer
	TrainerFirm  string          `gorm:"column:trainer_firm" json:"trainer_firm,omitempty"`   // that sends the trainer, by code
	FinishedOn   kernel.Date     `gorm:"column:finished_on" json:"finished_on,omitzero"`
	Attendance   decimal.Decimal `gorm:"column:attendance" json:"attendance"`     // per cent of the hours
	Score        decimal.Decimal `gorm:"column:score" json:"score"`               // of the exam, 0 to 100
	Satisfaction int             `gorm:"column:satisfaction" json:"satisfaction"` // of the trainee, 1 to 5; 0: not asked
	Effects      []Effect        `gorm:"column:effects;serializer:json" json:"effects,omitempty"`
}

// TableName is crm_trainings.
func (*Training) TableName() string { return "crm_trainings" }

// Status returns where the state is, for the engine.
func (t *Training) Status() *TrainingState { return &t.State }

// Person returns the trainee's reference.
func (t *Training) Person() kernel.Ref { return t.StaffID.Ref() }

// Effect is a measure of the trainee's work before and after the training.
type Effect struct {
	On      kernel.Date     `json:"on"`
	Measure string          `json:"measure"` // by code: "complaints", "first_answer" …
	Before  decimal.Decimal `json:"before"`
	After   decimal.Decimal `json:"after"`
}

// TrainerKind says where a trainer comes from.
type TrainerKind string

// Where trainers come from.
const (
	OwnTrainer   TrainerKind = "own"   // 内部选拔
	HiredTrainer TrainerKind = "hired" // 外部招聘
)

// TrainingState is where a training stands.
type TrainingState string

// The states of a training.
const (
	TrainingPlanned  TrainingState = "planned"
	TrainingRunning  TrainingState = "running"
	TrainingExamined TrainingState = "examined"
	TrainingPassed   TrainingState = "passed"
	TrainingFailed   TrainingState = "failed"
)

// TrainingEvent is what may happen to a training. Each is a command of [Trainings].
type TrainingEvent string

// The events of a training.
const (
	TrainingPlan         TrainingEvent = "Plan"
	TrainingRun          TrainingEvent = "Run"
	TrainingFinish       TrainingEvent = "Finish"
	TrainingPass         TrainingEvent = "Pass"
	TrainingFail         TrainingEvent = "Fail"
	TrainingRate         TrainingEvent = "Rate"
	TrainingRecordEffect TrainingEvent = "RecordEffect"
)

// workers are all who serve customers; auditors only read.
var workers = []kernel.Role{
	access.Agent, access.Underwriter, access.Adjuster, access.ComplaintHandler, access.Adviser, access.ProductManager,
	access.Cashier, access.Archivist, access.Manager, access.PrivacyOfficer,
}

// TrainingLife is the life of a training.
var TrainingLife = workflow.Must(workflow.New(workflow.Table[TrainingState, TrainingEvent]{
	Name: "training", Label: label("Training", "培训"),
	States: []workflow.State[TrainingState]{
		{Name: TrainingPlanned, Class: workflow.Open, Label: label("Planned", "已计划")},
		{Name: TrainingRunning, Class: workflow.Open, Label: label("Running", "进行中")},
		{Name: TrainingExamined, Class: workflow.Open, Label: label("Examined", "已考核")},
		{Name: TrainingPassed, Class: workflow.Ended, Label: label("Passed", "合格")},
		{Name: TrainingFailed, Class: workflow.Ended, Label: label("Failed", "不合格")},
	},
	Rows: []workflow.Row[TrainingState, TrainingEvent]{
		{Event: TrainingPlan, Create: true, To: TrainingPlanned, Who: managers,
			Label: label("Plan", "计划"), Note: "Somebody is to take a course, with a trainer who meets its criteria."},
		{Event: TrainingRun, From: []TrainingState{TrainingPlanned}, To: TrainingRunning, Who: managers,
			Label: label("Run", "开课"), Note: "The course begins."},
		{Event: TrainingFinish, From: []TrainingState{TrainingRunning}, To: TrainingExamined, Who: managers,
			Label: label("Finish", "结课考核"), Note: "The course is over; attendance and exam are noted."},
		{Event: TrainingPass, From: []TrainingState{TrainingExamined}, To: TrainingPassed, Who: managers, Guards: []string{"mark reached"},
			Label: label("Pass", "合格"), Note: "Attendance and exam are enough; the course's qualification is given."},
		{Event: TrainingFail, From: []TrainingState{TrainingExamined}, To: TrainingFailed, Who: managers, Guards: []string{"mark missed"},
			Label: label("Fail", "不合格"), Note: "Attendance or exam are not enough."},
		{Event: TrainingRate, From: []TrainingState{TrainingExamined, TrainingPassed, TrainingFailed}, Who: workers,
			Label: label("Rate", "学员评价"), Note: "The trainee says how satisfied they are."},
		{Event: TrainingRecordEffect, From: []TrainingState{TrainingPassed, TrainingFailed}, Who: managers,
			Label: label("Record effect", "跟踪评估"), Note: "The trainee's later work is compared with that before."},
	},
}))

var trainingLife = &command.Life[Training, TrainingState, TrainingEvent]{
	Kind: "training", Machine: TrainingLife,
	Guards: map[string]func(*command.Unit, *Training) error{
		"mark reached": func(_ *command.Unit, t *Training) error {
			if !t.enough() {
				return errors.New("attendance or exam are not enough")
			}
			return nil
		},
		"mark missed": func(_ *command.Unit, t *Training) error {
			if t.enough() {
				return errors.New("attendance and exam are enough")
			}
			return nil
		},
	},
}

// enough reports whether attendance and exam are.
func (t *Training) enough() bool {
	return t.Score.GreaterThanOrEqual(t.Syllabus.PassMark) && t.Attendance.GreaterThanOrEqual(t.Syllabus.MinAttendance)
}

const (
	colCourse       = storage.Col[kernel.ID]("course_id")
	colSession      = storage.Col[kernel.Ref]("session")
	colSatisfaction = storage.Col[int]("satisfaction")
	colTraining     = storage.Col[TrainingState]("state")
)

func trainingGrants() []access.Grant {
	return append(command.Grants(trainingLife, readers), grant("training", readers, "List", "Results")...)
}

var trainingSubjects = []journal.Subjects{{Kind: "training", Root: &Training{}}}
