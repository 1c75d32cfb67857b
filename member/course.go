package member

import (
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Course is something that staff are taught (培训课程).
type Course struct {
	kernel.Root `gorm:"embedded"`
	State       CourseState `gorm:"column:state" json:"state"`
	Code        string      `gorm:"column:code;uniqueIndex:courses_code" json:"code"`
	Syllabus    Syllabus    `gorm:"column:syllabus;serializer:json" json:"syllabus"`
}

// TableName is crm_courses.
func (*Course) TableName() string { return "crm_courses" }

// Status returns where the state is, for the engine.
func (c *Course) Status() *CourseState { return &c.State }

// Form is how a course is held.
type Form string

// The forms.
const (
	InClass Form = "class"  // 理论授课
	Online  Form = "online" // 线上学习
	Drill   Form = "drill"  // 实战演练
)

// Syllabus is what a course teaches, who may teach it, and what it takes to pass.
type Syllabus struct {
	Title         workflow.Label  `json:"title"`
	Goal          string          `json:"goal"`    // 1 to [MaxText] characters
	Content       string          `json:"content"` // 1 to [MaxText] characters
	Form          Form            `json:"form"`
	Hours         int             `json:"hours"`                   // 1 to 1000
	Criteria      []Criterion     `json:"criteria"`                // that a trainer must meet, one at least
	PassMark      decimal.Decimal `json:"pass_mark"`               // of the exam, 0 to 100
	MinAttendance decimal.Decimal `json:"min_attendance,omitzero"` // per cent, 0 to 100
	Qualification string          `json:"qualification,omitempty"` // that passing gives, by code; empty: none
	ValidMonths   int             `json:"valid_months,omitzero"`   // how long it holds; 0: for ever
}

// Criterion is something that a trainer must bring: experience, a way with words, a method.
type Criterion struct {
	Code string         `json:"code"`
	Text workflow.Label `json:"text"`
}

func (s *Syllabus) check(f *kernel.FieldErrors) {
	checkLabel(f, "title", s.Title)
	for _, t := range [...]struct{ path, text string }{{"goal", s.Goal}, {"content", s.Content}} {
		if t.text == "" {
			f.Add(t.path, "required", "a course has a goal and a content")
		}
		kernel.CheckText(f, t.path, t.text, MaxText, true)
	}
	if s.Form != InClass && s.Form != Online && s.Form != Drill {
		f.Add("form", "unknown", "class, online or drill")
	}
	checkInt(f, "hours", int64(s.Hours), 1, 1000)
	if len(s.Criteria) == 0 {
		f.Add("criteria", "required", "say what a trainer must bring")
	}
	checkCount(f, "criteria", len(s.Criteria), MaxList)
	seen := map[string]bool{}
	for i, c := range s.Criteria[:min(len(s.Criteria), MaxList)] {
		at := f.Index("criteria", i)
		checkCode(at, "code", c.Code, true)
		checkLabel(at, "text", c.Text)
		if seen[c.Code] {
			at.Add("code", "duplicate", "the code of an earlier criterion")
		}
		seen[c.Code] = true
	}
	checkScore(f, "pass_mark", s.PassMark)
	checkScore(f, "min_attendance", s.MinAttendance)
	checkCode(f, "qualification", s.Qualification, false)
	checkInt(f, "valid_months", int64(s.ValidMonths), 0, maxMonths)
}

// CourseState is where a course stands.
type CourseState string

// The states of a course.
const (
	CourseOffered   CourseState = "offered"
	CourseWithdrawn CourseState = "withdrawn"
)

// CourseEvent is what may happen to a course. Each is a command of [Courses].
type CourseEvent string

// The events of a course.
const (
	CourseOffer    CourseEvent = "Offer"
	CourseRevise   CourseEvent = "Revise"
	CourseWithdraw CourseEvent = "Withdraw"
)

// CourseLife is the life of a course.
var CourseLife = workflow.Must(workflow.New(workflow.Table[CourseState, CourseEvent]{
	Name: "course", Label: label("Course", "培训课程"),
	States: []workflow.State[CourseState]{
		{Name: CourseOffered, Class: workflow.Open, Label: label("Offered", "开设")},
		{Name: CourseWithdrawn, Class: workflow.Ended, Label: label("Withdrawn", "停开")},
	},
	Rows: []workflow.Row[CourseState, CourseEvent]{
		{Event: CourseOffer, Create: true, To: CourseOffered, Who: managers,
			Label: label("Offer", "开设"), Note: "A course can be planned from now on."},
		{Event: CourseRevise, From: []CourseState{CourseOffered}, Who: managers,
			Label: label("Revise", "修订"), Note: "The syllabus is replaced; trainings that are planned keep theirs."},
		{Event: CourseWithdraw, From: []CourseState{CourseOffered}, To: CourseWithdrawn, Who: managers,
			Label: label("Withdraw", "停开"), Note: "The course is not planned any more."},
	},
}))

var courseLife = &command.Life[Course, CourseState, CourseEvent]{Kind: "course", Machine: CourseLife}

func courseGrants() []access.Grant {
	return append(command.Grants(courseLife, readers), grant("course", readers, "List")...)
}

var courseSubjects = []journal.Subjects{{Kind: "course", Root: &Course{}}}

func courseWithCode(tx storage.Tx, code string) (*Course, error) {
	return storage.One[Course](tx, storage.Query{Where: []storage.Cond{colCode.Eq(code)}})
}
