package customer

import (
	"context"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// AccessKind is the kind of subject that a look at sealed data is.
const AccessKind = "access"

// Access is one look at sealed data: whose, which fields, by whom, what for. It is a
// subject of its own, so that a look writes its journal entry without touching the
// customer's, and it never changes.
type Access struct {
	kernel.Root `gorm:"embedded"` // CreatedAt is when
	State       AccessState       `gorm:"column:state" json:"-"`
	CustomerID  kernel.ID         `gorm:"column:customer_id" json:"customer_id"`
	Fields      []Field           `gorm:"column:fields;serializer:json" json:"fields"`
	Purpose     privacy.Secret    `gorm:"column:purpose" json:"purpose"` // sealed
	Actor       string            `gorm:"column:actor" json:"actor"`
	Role        kernel.Role       `gorm:"column:role" json:"role"` // that allowed it
}

// TableName is crm_accesses.
func (*Access) TableName() string { return "crm_accesses" }

// Status returns the place of the state, for the engine.
func (a *Access) Status() *AccessState { return &a.State }

// Person returns whose data was looked at.
func (a *Access) Person() kernel.Ref { return a.CustomerID.Ref() }

// AccessState is where a look stands: it is over as soon as it is made.
type AccessState string

// Looked is the only state of a look.
const Looked AccessState = "looked"

// AccessEvent is what happens to a look.
type AccessEvent string

// EventLook is the look itself, the step of [Service.Reveal] that is journalled.
const EventLook AccessEvent = "Look"

// AccessLife is the life of a look.
var AccessLife = workflow.Must(workflow.New(workflow.Table[AccessState, AccessEvent]{
	Name:   AccessKind,
	Label:  workflow.Label{EN: "Look at personal data", ZH: "个人信息查阅"},
	States: []workflow.State[AccessState]{{Name: Looked, Class: workflow.Ended, Label: workflow.Label{EN: "Looked at", ZH: "已查阅"}}},
	Rows: []workflow.Row[AccessState, AccessEvent]{{
		Event: EventLook, Create: true, To: Looked, Who: revealers,
		Label: workflow.Label{EN: "Look", ZH: "查阅"}, Note: "Somebody opens sealed data for a stated purpose.",
	}},
}))

var looks = &command.Life[Access, AccessState, AccessEvent]{Kind: AccessKind, Machine: AccessLife}

// Accesses returns who has looked at a customer's sealed data, the latest first: what
// the person may ask (Personal Information Protection Law articles 44 and 45).
func (s *Service) Accesses(ctx context.Context, id kernel.ID, list kernel.List) (kernel.Page[Access], error) {
	var page kernel.Page[Access]
	err := s.r.Look(ctx, Kind+".Accesses", func(u *command.Unit) error {
		c, err := s.seen(u, "Accesses", id)
		if err != nil {
			return err
		}
		page, err = storage.Page[Access](u, storage.Query{
			Where: []storage.Cond{colCustomer.Eq(c.ID)},
			Order: []storage.Order{storage.ColCreated.Desc()},
		}, list)
		return err
	})
	return page, err
}
