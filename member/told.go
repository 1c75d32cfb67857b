package member

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// BenefitsTold says which benefits a member was told of at a transaction (MR 七(二)2). Of
// a transaction there is one at most; it never changes.
type BenefitsTold struct {
	kernel.Root `gorm:"embedded"`
	Customer    kernel.Ref    `gorm:"column:customer;uniqueIndex:benefits_told_about" json:"customer"`
	AboutKind   string        `gorm:"column:about_kind;uniqueIndex:benefits_told_about" json:"about_kind"` // "policy", "claim" …
	AboutID     kernel.ID     `gorm:"column:about_id;uniqueIndex:benefits_told_about" json:"about_id"`
	Benefits    []ToldBenefit `gorm:"column:benefits;serializer:json" json:"benefits"` // by code
	State       ToldState     `gorm:"column:state" json:"state"`
}

// ToldBenefit is one benefit that was told.
type ToldBenefit struct {
	Code    string         `json:"code"`
	Edition int64          `json:"edition"`
	Name    workflow.Label `json:"name"`
	Tier    string         `json:"tier"`                // that gives it
	Left    int64          `json:"left,omitzero"`       // in the period; 0 together with Unlimited: as often as one likes
	Without bool           `json:"unlimited,omitempty"` // without a quota
}

// TableName is crm_benefits_told.
func (*BenefitsTold) TableName() string { return "crm_benefits_told" }

// Status returns where the state is kept; only the engine writes there.
func (t *BenefitsTold) Status() *ToldState { return &t.State }

// Concerns returns the transaction.
func (t *BenefitsTold) Concerns() []command.Case {
	return []command.Case{{Kind: t.AboutKind, ID: t.AboutID}}
}

// ToldState is always [Told].
type ToldState string

// Told is the one state of [BenefitsTold].
const Told ToldState = "told"

// ToldEvent is always [Tell].
type ToldEvent string

// Tell is the one event of [BenefitsTold].
const Tell ToldEvent = "Tell"

// ToldLifecycle is the workflow of what was told: it happens and is over.
var ToldLifecycle = workflow.Must(workflow.New(workflow.Table[ToldState, ToldEvent]{
	Name: "benefits_told", Label: label("Benefits told", "权益告知"),
	States: []workflow.State[ToldState]{{Name: Told, Class: workflow.Ended, Label: label("Told", "已告知")}},
	Rows: []workflow.Row[ToldState, ToldEvent]{
		{Event: Tell, Create: true, To: Told, Who: benefitGivers, Label: label("Tell", "告知权益"),
			Note: "At a transaction the member is told of the benefits that the membership gives."},
	},
}))

var toldLife = &command.Life[BenefitsTold, ToldState, ToldEvent]{Kind: "benefits_told", Machine: ToldLifecycle}

const (
	colToldCustomer = storage.Col[kernel.Ref]("customer")
	colAboutKind    = storage.Col[string]("about_kind")
	colAboutID      = storage.Col[kernel.ID]("about_id")
)

// TellBenefits writes down which benefits a member has, and so is told of, at a
// transaction: the case that it is about. It is meant to follow from the commands that
// are such transactions, in the same unit of work. Of one case it writes once; for
// customers who are no active members, or have no benefits, nothing.
//
// How the member gets to see them is the host's: the journal relays the entry.
func (s *Benefits) TellBenefits(ctx context.Context, r command.Runner, about command.Case, customer kernel.Ref) error {
	var told *BenefitsTold
	err := r.Look(ctx, toldLife.Action(Tell), func(u *command.Unit) error {
		var f kernel.FieldErrors
		checkCode(&f, "about.kind", about.Kind, true)
		about.ID = keyOf(&f, "about.id", about.ID)
		if err := f.Err(); err != nil {
			return err
		}
		all, err := s.enjoyed(u, customer)
		if err != nil || len(all) == 0 { // as with most customers
			return err
		}
		before, err := storage.One[BenefitsTold](u, storage.Query{Where: []storage.Cond{
			colToldCustomer.Eq(customer), colAboutKind.Eq(about.Kind), colAboutID.Eq(about.ID),
		}})
		if err == nil && before == nil {
			told = tells(all, about, customer)
		}
		return err
	})
	if err != nil || told == nil {
		return err
	}
	_, err = command.Create(ctx, r, toldLife, command.Creation[BenefitsTold, ToldEvent]{
		Event: Tell,
		Build: func(u *command.Unit) (*BenefitsTold, error) {
			u.Fact("about_kind", about.Kind)
			u.Fact("about", string(about.ID))
			u.Fact("benefits", len(told.Benefits))
			return told, nil
		},
	})
	return err
}

func tells(all []Entitlement, about command.Case, customer kernel.Ref) *BenefitsTold {
	t := &BenefitsTold{Customer: customer, AboutKind: about.Kind, AboutID: about.ID}
	t.Branch = all[0].branch
	for i := range all {
		e := &all[i]
		b := ToldBenefit{Code: e.Benefit.Code, Edition: e.Benefit.Edition, Name: e.Benefit.Design.Name, Tier: e.Tier, Without: e.Quota == 0}
		if !b.Without {
			b.Left = e.Left()
		}
		t.Benefits = append(t.Benefits, b)
	}
	return t
}

// Told returns one page of what a customer was told of, the latest first.
func (s *Benefits) Told(ctx context.Context, customer kernel.Ref, page kernel.List) (kernel.Page[BenefitsTold], error) {
	var out kernel.Page[BenefitsTold]
	err := s.run.Look(ctx, "benefit.Told", func(u *command.Unit) (err error) {
		var f kernel.FieldErrors
		if kernel.CheckRef(&f, "customer", customer); f.Err() != nil {
			return f.Err()
		}
		out, err = storage.Page[BenefitsTold](u, storage.Query{
			Where: append(u.Branches(), colToldCustomer.Eq(customer)), Order: []storage.Order{storage.ColCreated.Desc()},
		}, page)
		return err
	})
	return out, err
}

func toldGrants() []access.Grant {
	return append(grant("benefit", readers, "Told"), grant(toldLife.Kind, benefitGivers, string(Tell))...)
}

var toldSubjects = []journal.Subjects{{Kind: toldLife.Kind, Root: &BenefitsTold{}}}
