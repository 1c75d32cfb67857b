package improve

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// Improvement is a measure against a cause: who takes it until when, and what it
// brought.
type Improvement struct {
	kernel.Root `gorm:"embedded"`

	SourceKind  SourceKind     `gorm:"column:source_kind" json:"source_kind"`
	SourceID    kernel.Ref     `gorm:"column:source_id" json:"source_id"`
	PersonRef   kernel.Ref     `gorm:"column:person" json:"-"`
	CauseCode   string         `gorm:"column:cause_code" json:"cause_code,omitempty"` // of the host's tree of causes
	Cause       privacy.Secret `gorm:"column:cause" json:"cause"`                     // in words; sealed
	Measure     privacy.Secret `gorm:"column:measure" json:"measure"`                 // what is to be done; sealed
	Unit        kernel.Ref     `gorm:"column:unit" json:"unit"`                       // responsible: a department or a branch
	Responsible kernel.Ref     `gorm:"column:responsible" json:"responsible"`         // responsible: a person of the staff
	DueOn       kernel.Date    `gorm:"column:due_on" json:"due_on,omitzero"`          // the last day to finish
	Figures     []Figure       `gorm:"column:figures;serializer:json" json:"figures,omitempty"`
	Evidence    privacy.Secret `gorm:"column:evidence" json:"evidence,omitzero"`      // that it is in place; sealed
	Document    string         `gorm:"column:document" json:"document,omitempty"`     // number of the evidence at the host
	Effective   bool           `gorm:"column:effective" json:"effective"`             // verified, and every figure is better than before
	Reopened    int64          `gorm:"column:reopened" json:"reopened,omitempty"`     // how often it was sent back
	ProposedBy  kernel.Ref     `gorm:"column:proposed_by" json:"proposed_by"`         //
	DecidedBy   kernel.Ref     `gorm:"column:decided_by" json:"decided_by,omitempty"` // who approved or rejected it
	FinishedBy  kernel.Ref     `gorm:"column:finished_by" json:"finished_by,omitempty"`
	VerifiedBy  kernel.Ref     `gorm:"column:verified_by" json:"verified_by,omitempty"`
	StartedAt   time.Time      `gorm:"column:started_at" json:"started_at,omitzero"`
	FinishedAt  time.Time      `gorm:"column:finished_at" json:"finished_at,omitzero"`
	VerifiedAt  time.Time      `gorm:"column:verified_at" json:"verified_at,omitzero"`
	State       State          `gorm:"column:state" json:"state"`
}

// TableName is crm_improvements.
func (*Improvement) TableName() string { return "crm_improvements" }

// Status returns where the state is kept; only the engine writes there.
func (i *Improvement) Status() *State { return &i.State }

// Person returns whose data key seals the free texts: the complainant's, say. Empty: a
// key of the tenant's.
func (i *Improvement) Person() kernel.Ref { return i.PersonRef }

// Source returns what the improvement comes from.
func (i *Improvement) Source() Source { return Source{i.SourceKind, i.SourceID} }

// Circumstances tells the rulebook what deadlines depend on.
func (i *Improvement) Circumstances() rulebook.Facts {
	facts := rulebook.Facts{
		"source": string(i.SourceKind), "cause": i.CauseCode, "unit": string(i.Unit), "handler": string(i.Responsible), "branch": i.Branch,
	}
	if !i.DueOn.IsZero() {
		facts["due_on"] = i.DueOn
	}
	return facts
}

// SourceKind says what kind of thing showed that something must be better.
type SourceKind string

// The kinds of source.
const (
	FromComplaint  SourceKind = "complaint"
	FromSurvey     SourceKind = "survey"
	FromInspection SourceKind = "inspection"
	FromVisit      SourceKind = "visit"
)

var sourceKinds = []SourceKind{FromComplaint, FromSurvey, FromInspection, FromVisit}

// Source is the record that an improvement comes from; its ID may be the host's.
type Source struct {
	Kind SourceKind
	ID   kernel.Ref
}

// Direction says which way a figure gets better.
type Direction string

// The directions.
const (
	Higher Direction = "higher" // is better: a satisfaction score
	Lower  Direction = "lower"  // is better: repeated complaints in a month
)

// Figure is a number by which the effect is measured, before the measure and after it.
type Figure struct {
	Name     string          `json:"name"` // 1 to 64 bytes; different within an improvement
	Unit     string          `json:"unit"` // "%", "days", "complaints per month" … at most 64 bytes
	Better   Direction       `json:"better"`
	Before   decimal.Decimal `json:"before"` // with at most eight decimals; so is After
	After    decimal.Decimal `json:"after,omitzero"`
	Measured bool            `json:"measured,omitzero"` // After was measured
}

// Improved reports whether the figure was measured again and is better than before; the
// same is not better.
func (f Figure) Improved() bool {
	switch {
	case !f.Measured:
		return false
	case f.Better == Lower:
		return f.After.LessThan(f.Before)
	}
	return f.After.GreaterThan(f.Before)
}

// Columns that improvements are looked up by.
const (
	colSourceKind  = storage.Col[SourceKind]("source_kind")
	colSourceID    = storage.Col[kernel.Ref]("source_id")
	colUnit        = storage.Col[kernel.Ref]("unit")
	colResponsible = storage.Col[kernel.Ref]("responsible")
	colDue         = storage.Col[kernel.Date]("due_on")
	colEffective   = storage.Col[bool]("effective")
	colState       = storage.Col[State]("state")
)
