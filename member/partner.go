package member

import (
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Partner is an institution that serves members on the insurer's behalf (合作机构; MR
// 三(六)2): which services it offers, and from when to when it agreed to. How good it is,
// its members' evaluations say; see [Partners.Rating].
type Partner struct {
	kernel.Root   `gorm:"embedded"`
	Code          string         `gorm:"column:code;uniqueIndex:partners_code" json:"code"`
	Name          string         `gorm:"column:name" json:"name"` // of an organisation
	Services      []ServiceKind  `gorm:"column:services;serializer:json" json:"services"`
	Agreement     string         `gorm:"column:agreement" json:"agreement,omitempty"` // its number
	AgreementFrom kernel.Date    `gorm:"column:agreement_from" json:"agreement_from"` // first day
	AgreementTo   kernel.Date    `gorm:"column:agreement_to" json:"agreement_to"`     // last day
	Contact       privacy.Secret `gorm:"column:contact" json:"contact,omitzero"`      // whom to call
	State         PartnerState   `gorm:"column:state" json:"state"`
}

// TableName is crm_partners.
func (*Partner) TableName() string { return "crm_partners" }

// Status returns where the state is kept; only the engine writes there.
func (p *Partner) Status() *PartnerState { return &p.State }

// agreed reports whether the partner's agreement holds on a day.
func (p *Partner) agreed(on kernel.Date) bool { return on >= p.AgreementFrom && on <= p.AgreementTo }

// PartnerState is where a partner stands.
type PartnerState string

// The states of a partner.
const (
	PartnerActive    PartnerState = "active"
	PartnerSuspended PartnerState = "suspended"
	PartnerEnded     PartnerState = "ended"
)

// PartnerEvent is what may happen to a partner. Each is a command of [Partners].
type PartnerEvent string

// The events of a partner.
const (
	PartnerEngage  PartnerEvent = "Engage"
	PartnerAmend   PartnerEvent = "Amend"
	PartnerSuspend PartnerEvent = "Suspend"
	PartnerResume  PartnerEvent = "Resume"
	PartnerEnd     PartnerEvent = "End"
)

// PartnerLifecycle is the workflow of a partner.
var PartnerLifecycle = workflow.Must(workflow.New(workflow.Table[PartnerState, PartnerEvent]{
	Name: "partner", Label: label("Partner", "合作机构"),
	States: []workflow.State[PartnerState]{
		{Name: PartnerActive, Class: workflow.Open, Label: label("Active", "合作中")},
		{Name: PartnerSuspended, Class: workflow.Open, Label: label("Suspended", "暂停合作")},
		{Name: PartnerEnded, Class: workflow.Ended, Label: label("Ended", "已终止合作")},
	},
	Rows: []workflow.Row[PartnerState, PartnerEvent]{
		{Event: PartnerEngage, Create: true, To: PartnerActive, Who: designers, Label: label("Engage", "建立合作"),
			Note: "An institution agrees to serve members."},
		{Event: PartnerAmend, From: []PartnerState{PartnerActive, PartnerSuspended}, Who: designers, Label: label("Amend", "变更协议"),
			Note: "Its services or the term of the agreement change."},
		{Event: PartnerSuspend, From: []PartnerState{PartnerActive}, To: PartnerSuspended, Who: designers, Label: label("Suspend", "暂停"),
			Note: "It gets no new orders; those that are agreed go on."},
		{Event: PartnerResume, From: []PartnerState{PartnerSuspended}, To: PartnerActive, Who: designers, Label: label("Resume", "恢复"),
			Note: "It gets orders again."},
		{Event: PartnerEnd, From: []PartnerState{PartnerActive, PartnerSuspended}, To: PartnerEnded, Who: managers, Label: label("End", "终止"),
			Note: "The cooperation is over."},
	},
}))

var partnerLife = &command.Life[Partner, PartnerState, PartnerEvent]{Kind: "partner", Machine: PartnerLifecycle}

// partner returns the partner with the key, or nil when there is none.
func partner(u *command.Unit, id kernel.ID) (*Partner, error) {
	id, err := kernel.ParseID(string(id))
	if err != nil {
		return nil, nil //nolint:nilerr // what is no key is no partner
	}
	return storage.One[Partner](u, storage.Query{Where: append(u.Branches(), storage.ColID.Eq(id))})
}
