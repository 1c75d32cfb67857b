package reveal

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Kind is the kind of subject that a look at sealed data is.
const Kind = "access"

// Access is one look at the sealed data of one person: in which case, at which parts, by
// whom, what for. A look that opens data of several people leaves one for each. It is a
// subject of its own, so that a look writes its journal entry without touching the case,
// and it never changes.
type Access struct {
	kernel.Root `gorm:"embedded"` // CreatedAt is when; Branch is the case's
	State       State             `gorm:"column:state" json:"-"`
	CaseKind    string            `gorm:"column:case_kind" json:"case_kind"` // "claim"
	CaseID      kernel.ID         `gorm:"column:case_id" json:"case_id"`
	PersonRef   kernel.Ref        `gorm:"column:person" json:"person,omitempty"` // whose data; empty: nobody's in particular
	Parts       []Part            `gorm:"column:parts;serializer:json" json:"parts"`
	Purpose     privacy.Secret    `gorm:"column:purpose" json:"purpose"` // sealed
	Actor       string            `gorm:"column:actor" json:"actor"`
	Role        kernel.Role       `gorm:"column:role" json:"role"` // that allowed it
}

// TableName is crm_accesses.
func (*Access) TableName() string { return "crm_accesses" }

// Status returns the place of the state, for the engine.
func (a *Access) Status() *State { return &a.State }

// Person returns whose data was looked at.
func (a *Access) Person() kernel.Ref { return a.PersonRef }

// State is where a look stands: it is over as soon as it is made.
type State string

// Looked is the only state of a look.
const Looked State = "looked"

// Event is what happens to a look.
type Event string

// EventLook is the look itself: what every Reveal writes into the journal.
const EventLook Event = "Look"

// revealers are all who may open something somewhere: not the auditor, who sees who did.
var revealers = []kernel.Role{
	access.Agent, access.Underwriter, access.Adjuster, access.ComplaintHandler, access.Adviser,
	access.ProductManager, access.Cashier, access.Archivist, access.Manager, access.PrivacyOfficer,
}

// Lifecycle is the life of a look.
var Lifecycle = workflow.Must(workflow.New(workflow.Table[State, Event]{
	Name:   Kind,
	Label:  workflow.Label{EN: "Look at sealed data", ZH: "个人信息查阅"},
	States: []workflow.State[State]{{Name: Looked, Class: workflow.Ended, Label: workflow.Label{EN: "Looked at", ZH: "已查阅"}}},
	Rows: []workflow.Row[State, Event]{{
		Event: EventLook, Create: true, To: Looked, Who: revealers,
		Label: workflow.Label{EN: "Look", ZH: "查阅"}, Note: "Somebody opens sealed data for a stated purpose.",
	}},
}))

var life = &command.Life[Access, State, Event]{Kind: Kind, Machine: Lifecycle}

// Columns that looks are found by.
const (
	colPerson   = storage.Col[kernel.Ref]("person")
	colCaseKind = storage.Col[string]("case_kind")
	colCase     = storage.Col[kernel.ID]("case_id")
	colActor    = storage.Col[string]("actor")
)

// Grants returns who sees that somebody looked, and who may read what for. A look itself
// is granted with the Reveal of its case.
func Grants() []access.Grant {
	overseers := []kernel.Role{access.Manager, access.Auditor, access.PrivacyOfficer}
	return []access.Grant{
		{Action: Kind + ".Get", Roles: overseers},
		{Action: Kind + ".List", Roles: overseers},
		{Action: Kind + ".Reveal", Roles: []kernel.Role{access.Manager, access.PrivacyOfficer}},
	}
}

// Kinds returns the kind of subject that looks are, with its workflow.
func Kinds() []command.Kind { return []command.Kind{command.KindOf(life)} }

// Subjects tells which table holds looks, for journal.Verify.
func Subjects() []journal.Subjects { return []journal.Subjects{{Kind: Kind, Root: new(Access)}} }
