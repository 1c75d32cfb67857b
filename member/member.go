package member

import (
	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// Kind is the kind of subject that a membership is, in the journal and in access.
const Kind = "member"

// Member is a customer's membership of a program (会员).
type Member struct {
	kernel.Root `gorm:"embedded"`
	State       State       `gorm:"column:state" json:"state"`
	Number      string      `gorm:"column:number;uniqueIndex:members_number" json:"number"` // "M-2026-00000001"
	ProgramID   kernel.ID   `gorm:"column:program_id" json:"program_id"`
	Customer    kernel.Ref  `gorm:"column:customer;uniqueIndex:members_live" json:"customer"`
	LiveIn      kernel.ID   `gorm:"column:live_in;uniqueIndex:members_live" json:"-"` // the program while the membership holds or may be renewed
	Channel     string      `gorm:"column:channel" json:"channel,omitempty"`          // where the customer joined, by code
	ReferredBy  kernel.Ref  `gorm:"column:referred_by" json:"referred_by,omitempty"`  // who brought the customer
	Adviser     kernel.Ref  `gorm:"column:adviser" json:"adviser,omitempty"`          // staff who looks after the member
	JoinedOn    kernel.Date `gorm:"column:joined_on" json:"joined_on,omitzero"`       // from which years and reviews are counted
	Since       kernel.Date `gorm:"column:since" json:"since,omitzero"`               // first day on which the tier is known here
	ExpiresOn   kernel.Date `gorm:"column:expires_on" json:"expires_on,omitzero"`     // first day without membership; zero: no end
	Tier        string      `gorm:"column:tier" json:"tier,omitempty"`                // of the latest day that was evaluated
	TierOn      kernel.Date `gorm:"column:tier_on" json:"tier_on,omitzero"`           // that day
	Points      int64       `gorm:"column:points" json:"points"`                      // sum of what is left of the lots; those of lots that are over count until they are booked
	MergedInto  kernel.ID   `gorm:"column:merged_into" json:"merged_into,omitempty"`  // in state merged: the membership that goes on
}

// TableName is crm_members.
func (*Member) TableName() string { return "crm_members" }

// Status returns where the state is, for the engine.
func (m *Member) Status() *State { return &m.State }

// Person returns the customer, under whose key what is personal is sealed.
func (m *Member) Person() kernel.Ref { return m.Customer }

// Circumstances tells a host's rulebook what deadlines of the membership may depend on.
func (m *Member) Circumstances() rulebook.Facts {
	return rulebook.Facts{"handler": string(m.Adviser), "branch": m.Branch, "tier": m.Tier, "joined_on": m.JoinedOn}
}

// Columns of members and of what belongs to them.
const (
	colMember   = storage.Col[kernel.ID]("member_id")
	colNumber   = storage.Col[string]("number")
	colCustomer = storage.Col[kernel.Ref]("customer")
	colLiveIn   = storage.Col[kernel.ID]("live_in")
	colState    = storage.Col[State]("state")
	colAdviser  = storage.Col[kernel.Ref]("adviser")
	colTier     = storage.Col[string]("tier")
	colTerm     = storage.Col[kernel.Date]("expires_on")
	colSince    = storage.Col[kernel.Date]("since")
)

func memberGrants() []access.Grant {
	grants := command.Grants(life, readers)
	grants = append(grants, grant(Kind, readers, "ByNumber", "ForCustomer", "List", "TierOn", "Tiers", "Lots", "Statement")...)
	grants = append(grants, grant(Kind, servants, "EnrolDirect")...)
	return append(grants, grant(Kind, machines, "EvaluateTiers", "ExpireDue", "ExpireDuePoints")...)
}

var memberSubjects = []journal.Subjects{{
	Kind: Kind, Root: &Member{}, Parts: []journal.Part{
		{Record: &Evaluation{}, Owner: string(colMember)},
		{Record: &Lot{}, Owner: string(colMember)},
		{Record: &PointMove{}, Owner: string(colMember)},
	},
}}
