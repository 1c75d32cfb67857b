package survey

import (
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Inspection is a call or case that was drawn to be scored against the standard
// operating procedure (服务过程监控, MR 八(一)). [Picked] helps to draw.
type Inspection struct {
	kernel.Root `gorm:"embedded"`
	State       InspectionState `gorm:"column:state" json:"state"`
	About       About           `gorm:"embedded" json:"about"`                              // Handler is who is inspected
	Customer    kernel.Ref      `gorm:"column:customer" json:"customer,omitempty"`          // whose data key seals the texts
	Recording   kernel.Ref      `gorm:"column:recording" json:"recording,omitempty"`        // the host's reference of the call or video
	ServedAt    time.Time       `gorm:"column:served_at" json:"served_at,omitzero"`         // when the service took place
	Sheet       Sheet           `gorm:"column:sheet;serializer:json" json:"sheet"`          // as it was when the inspection was drawn
	Marks       []Mark          `gorm:"column:marks;serializer:json" json:"marks,omitzero"` // in the order of the sheet
	Points      int64           `gorm:"column:points" json:"points"`                        // reached
	Most        int64           `gorm:"column:most" json:"most"`                            // of so many that applied
	Passed      bool            `gorm:"column:passed" json:"passed"`                        //
	Inspector   kernel.Ref      `gorm:"column:inspector" json:"inspector,omitempty"`        // staff who scored
	ScoredAt    time.Time       `gorm:"column:scored_at" json:"scored_at,omitzero"`         //
	Findings    privacy.Secret  `gorm:"column:findings" json:"findings,omitzero"`           //
	Proposal    Proposal        `gorm:"embedded" json:"proposal,omitzero"`                  //
}

// TableName is crm_survey_inspections.
func (*Inspection) TableName() string { return "crm_survey_inspections" }

// Status returns where the state is, for the engine.
func (i *Inspection) Status() *InspectionState { return &i.State }

// Person returns whose data key seals the texts: the customer's, where one is named.
func (i *Inspection) Person() kernel.Ref { return i.Customer }

// Sheet is what an inspection looks at: the steps of the operating procedure with their
// points.
type Sheet struct {
	Code  string      `json:"code"`           // 1 to 64 bytes
	Title string      `json:"title,omitzero"` // at most 200 characters
	Pass  int         `json:"pass"`           // per cent of the points that it takes to pass, 1 to 100
	Items []SheetItem `json:"items"`
}

// SheetItem is one step of the operating procedure.
type SheetItem struct {
	Code     string         `json:"code"` // 1 to 64 bytes
	Text     workflow.Label `json:"text"`
	Points   int            `json:"points"`            // at most, 1 to 1000
	Critical bool           `json:"critical,omitzero"` // without points here nothing passes
}

// Mark is what one item of the sheet got.
type Mark struct {
	Item   string `json:"item"`
	Points int    `json:"points"`
	Not    bool   `json:"not,omitzero"` // did not apply, and counts for nothing
}

func (s *Sheet) check(f *kernel.FieldErrors) {
	kernel.CheckRef(f, "code", kernel.Ref(s.Code))
	kernel.CheckText(f, "title", s.Title, MaxName, false)
	checkRange(f, "pass", s.Pass, 1, 100)
	if len(s.Items) == 0 {
		f.Add("items", "required", "score something")
	}
	if checkCount(f, "items", len(s.Items), MaxItems); len(s.Items) > MaxItems {
		return
	}
	for i := range s.Items {
		item, at := &s.Items[i], f.Index("items", i)
		kernel.CheckRef(at, "code", kernel.Ref(item.Code))
		checkLabel(at, "text", item.Text)
		checkRange(at, "points", item.Points, 1, 1000)
		if s.find(item.Code) < i {
			at.Add("code", "duplicate", "the code of an earlier item")
		}
	}
}

func (s *Sheet) find(code string) int {
	for i := range s.Items {
		if s.Items[i].Code == code {
			return i
		}
	}
	return -1
}

// score adds the marks up. Every item needs one; all faults come back at once. Without
// any item that applied nothing is passed.
func (s *Sheet) score(f *kernel.FieldErrors, marks []Mark) (points, most int64, passed bool) {
	if checkCount(f, "marks", len(marks), MaxItems); len(marks) > MaxItems {
		return 0, 0, false
	}
	seen := make([]bool, len(s.Items))
	failed := false
	for i, m := range marks {
		at, n := f.Index("marks", i), s.find(m.Item)
		switch {
		case n < 0:
			at.Add("item", "unknown", "the sheet has no such item")
			continue
		case seen[n]:
			at.Add("item", "duplicate", "scored before")
			continue
		}
		seen[n] = true
		item := &s.Items[n]
		if m.Not {
			checkRange(at, "points", m.Points, 0, 0)
			continue
		}
		checkRange(at, "points", m.Points, 0, item.Points)
		points, most = points+int64(m.Points), most+int64(item.Points)
		failed = failed || item.Critical && m.Points == 0
	}
	for n, ok := range seen {
		if !ok {
			f.Add("marks", "required", "item %q is not scored", s.Items[n].Code)
		}
	}
	return points, most, !failed && most > 0 && 100*points >= int64(s.Pass)*most
}

// InspectionState is where an inspection stands.
type InspectionState string

// The states of an inspection.
const (
	Drawn   InspectionState = "drawn"
	Scored  InspectionState = "scored"
	Dropped InspectionState = "dropped"
)

// InspectionEvent is what may happen to an inspection.
type InspectionEvent string

// The events of an inspection.
const (
	inspectionDraw  InspectionEvent = "Draw"
	inspectionScore InspectionEvent = "Score"
	inspectionDrop  InspectionEvent = "Drop"
)

var inspectors = []kernel.Role{access.Manager, access.ComplaintHandler}

// InspectionLife is the life of an inspection.
var InspectionLife = workflow.Must(workflow.New(workflow.Table[InspectionState, InspectionEvent]{
	Name: "inspection", Label: label("Service inspection", "服务质检"),
	States: []workflow.State[InspectionState]{
		{Name: Drawn, Class: workflow.Open, Label: label("Drawn", "已抽取")},
		{Name: Scored, Class: workflow.Ended, Label: label("Scored", "已评分")},
		{Name: Dropped, Class: workflow.Ended, Label: label("Dropped", "已放弃")},
	},
	Rows: []workflow.Row[InspectionState, InspectionEvent]{
		{Event: inspectionDraw, Create: true, To: Drawn, Who: append([]kernel.Role{access.System}, inspectors...),
			Label: label("Draw", "抽取"), Note: "A call or case is drawn, with the sheet to score it on."},
		{Event: inspectionScore, From: []InspectionState{Drawn}, To: Scored, Who: inspectors, Guards: []string{"not_oneself"},
			Label: label("Score", "评分"), Note: "Somebody other than the handler scores every item of the sheet."},
		{Event: inspectionDrop, From: []InspectionState{Drawn}, To: Dropped, Who: inspectors,
			Label: label("Drop", "放弃"), Note: "It cannot be scored, as when the recording is missing."},
	},
}))

var inspectionLife = &command.Life[Inspection, InspectionState, InspectionEvent]{
	Kind: "inspection", Machine: InspectionLife,
	Guards: map[string]func(*command.Unit, *Inspection) error{
		"not_oneself": func(u *command.Unit, i *Inspection) error {
			if i.About.Handler != "" && string(i.About.Handler) == u.Actor.ID {
				return kernel.ErrForbidden
			}
			return nil
		},
	},
}

// Columns of inspections.
const (
	colInspection = storage.Col[InspectionState]("state")
	colHandler    = storage.Col[kernel.Ref]("handler")
	colScoredAt   = storage.Col[time.Time]("scored_at")
)
