package customer

import (
	"time"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// VisitSubject is the kind of subject that a visit is.
const VisitSubject = "visit"

// VisitKind says what a visit is about.
type VisitKind string

// The kinds of visits.
const (
	VisitNewPolicy VisitKind = "new_policy" // 新单回访: inside the cooling-off period of a policy
	VisitClaim     VisitKind = "claim"      // 理赔回访
	VisitComplaint VisitKind = "complaint"  // 投诉回访
	VisitBusiness  VisitKind = "business"   // 业务回访: after a change of the policy or a service order
	VisitCare      VisitKind = "care"       // 关怀回访
)

var visitKinds = []VisitKind{VisitNewPolicy, VisitClaim, VisitComplaint, VisitBusiness, VisitCare}

// About names the record that a visit is about: a delivery of a policy, a claim, a
// complaint. The zero value names none.
type About struct {
	Kind string // "claim"
	ID   kernel.ID
}

// Visit is one call on a customer (回访): planned, tried until the customer is
// reached, and gone through by a script.
type Visit struct {
	kernel.Root `gorm:"embedded"`

	Kind        VisitKind      `gorm:"column:kind;uniqueIndex:visits_about" json:"kind"`
	AboutKind   string         `gorm:"column:about_kind;uniqueIndex:visits_about" json:"about_kind,omitempty"`
	AboutID     kernel.ID      `gorm:"column:about_id;uniqueIndex:visits_about" json:"about_id,omitempty"`
	Round       int64          `gorm:"column:round;uniqueIndex:visits_about" json:"round"` // 1; 2 when it was planned again after the first ended
	Customer    kernel.Ref     `gorm:"column:customer" json:"customer"`                    // whose data key seals the texts
	Line        kernel.Line    `gorm:"column:line" json:"line,omitempty"`                  // of the business that it is about; statutory deadlines ask for it
	Group       bool           `gorm:"column:is_group" json:"group,omitempty"`             // a group contract, to which call-backs do not apply
	Seller      kernel.Ref     `gorm:"column:seller" json:"seller,omitempty"`              // staff who sold what the visit is about
	Handler     kernel.Ref     `gorm:"column:handler" json:"handler,omitempty"`            // staff whose turn it is: who calls, then who fixes
	DueOn       kernel.Date    `gorm:"column:due_on" json:"due_on,omitzero"`               // the last day to complete it
	Script      string         `gorm:"column:script" json:"script"`                        // version
	Points      []Point        `gorm:"column:points;serializer:json" json:"points"`        // of the script, as it was when the visit was planned
	Attempts    int64          `gorm:"column:attempts" json:"attempts"`                    // so far
	Recording   string         `gorm:"column:recording" json:"recording,omitempty"`        // the host's reference
	ReachedAt   time.Time      `gorm:"column:reached_at" json:"reached_at,omitzero"`       //
	Problem     Problem        `gorm:"column:problem" json:"problem,omitempty"`            // what the customer raised
	ProblemText privacy.Secret `gorm:"column:problem_text" json:"problem_text,omitzero"`   // the problem in words; sealed
	Remedy      privacy.Secret `gorm:"column:remedy" json:"remedy,omitzero"`               // what was done about it; sealed
	FixedBy     kernel.Ref     `gorm:"column:fixed_by" json:"fixed_by,omitempty"`          //
	EndedAt     time.Time      `gorm:"column:ended_at" json:"ended_at,omitzero"`           // completed or given up
	State       VisitState     `gorm:"column:state" json:"state"`
}

// TableName is crm_visits.
func (*Visit) TableName() string { return "crm_visits" }

// Status returns where the state is kept; only the engine writes there.
func (v *Visit) Status() *VisitState { return &v.State }

// Person returns whose data key seals the texts: the customer's own.
func (v *Visit) Person() kernel.Ref { return v.Customer }

// About returns what the visit is about.
func (v *Visit) About() About { return About{v.AboutKind, v.AboutID} }

// Concerns returns the case whose deadlines the visit may meet.
func (v *Visit) Concerns() []command.Case {
	if v.AboutKind == "" {
		return nil
	}
	return []command.Case{{Kind: v.AboutKind, ID: v.AboutID}}
}

// Circumstances tells the rulebook what deadlines depend on.
func (v *Visit) Circumstances() rulebook.Facts {
	facts := rulebook.Facts{
		"kind": string(v.Kind), "line": string(v.Line), "group": v.Group, "handler": string(v.Handler), "branch": v.Branch,
	}
	if !v.DueOn.IsZero() {
		facts["due_on"] = v.DueOn
	}
	if v.Problem != "" {
		facts["problem"] = string(v.Problem)
	}
	return facts
}

// Problem says what kind of problem a customer raised at a visit.
type Problem string

// The problems.
const (
	ProblemMisselling Problem = "misselling" // 销售误导: solved by somebody else than the seller (保监会令2010年第4号 art. 18)
	ProblemService    Problem = "service"    // 服务问题
	ProblemClaim      Problem = "claim"      // 理赔问题
	ProblemOther      Problem = "other"      // 其他
)

// Attempt is one try to reach the customer. Number counts from 1 within a visit.
type Attempt struct {
	kernel.Meta `gorm:"embedded"`
	VisitID     kernel.ID      `gorm:"column:visit_id;uniqueIndex:visit_attempts_number" json:"visit_id"`
	Number      int64          `gorm:"column:number;uniqueIndex:visit_attempts_number" json:"number"`
	PersonRef   kernel.Ref     `gorm:"column:person" json:"-"`
	Outcome     AttemptResult  `gorm:"column:outcome" json:"outcome"`
	Channel     string         `gorm:"column:channel" json:"channel,omitempty"`
	By          kernel.Ref     `gorm:"column:by_whom" json:"by"`
	Recording   string         `gorm:"column:recording" json:"recording,omitempty"`
	Note        privacy.Secret `gorm:"column:note" json:"note,omitzero"` // sealed
}

// TableName is crm_visit_attempts.
func (*Attempt) TableName() string { return "crm_visit_attempts" }

// Person returns whose data key seals the note.
func (a *Attempt) Person() kernel.Ref { return a.PersonRef }

// Columns that visits and what belongs to them are looked up by.
const (
	colVisit          = storage.Col[kernel.ID]("visit_id")
	colVisitKind      = storage.Col[VisitKind]("kind")
	colVisitState     = storage.Col[VisitState]("state")
	colVisitAboutKind = storage.Col[string]("about_kind")
	colVisitAboutID   = storage.Col[kernel.ID]("about_id")
	colVisitCustomer  = storage.Col[kernel.Ref]("customer")
	colVisitHandler   = storage.Col[kernel.Ref]("handler")
	colVisitDue       = storage.Col[kernel.Date]("due_on")
	colVisitRound     = storage.Col[int64]("round")
	colNumberInVisit  = storage.Col[int64]("number")
)
