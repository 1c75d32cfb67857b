package complaint

import (
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Complaint is one complaint and what becomes of it. Instants and days that have not
// come yet are zero.
type Complaint struct {
	kernel.Root `gorm:"embedded"`

	Number    string     `gorm:"column:number;uniqueIndex:complaints_number" json:"number"`
	PersonRef kernel.Ref `gorm:"column:person;uniqueIndex:complaints_topic" json:"-"` // whose data key seals: the customer's, or one of the complaint's own
	Customer  kernel.Ref `gorm:"column:customer" json:"customer,omitempty"`           // for whom is complained; empty: nobody of the archive
	Anonymous bool       `gorm:"column:anonymous" json:"anonymous,omitempty"`
	Heads     int64      `gorm:"column:heads" json:"heads"`                   // how many complain together
	InPerson  bool       `gorm:"column:in_person" json:"in_person,omitempty"` // face to face (面谈)
	Via       Via        `gorm:"column:via" json:"via"`                       //
	Regulator string     `gorm:"column:regulator" json:"regulator,omitempty"` // the regulator's reference
	Channel   string     `gorm:"column:channel" json:"channel,omitempty"`     // the host's word: "phone", "web" …
	Topic     `gorm:"embedded"`
	Twin      int64 `gorm:"column:twin;uniqueIndex:complaints_topic" json:"twin"` // 1; 2 for the second complaint about the same topic

	Content privacy.Secret `gorm:"column:content" json:"content,omitzero"`
	Demand  privacy.Secret `gorm:"column:demand" json:"demand,omitzero"`

	Category   Category   `gorm:"column:category" json:"category,omitempty"`
	Severity   Severity   `gorm:"column:severity" json:"severity,omitempty"`
	Complexity Complexity `gorm:"column:complexity" json:"complexity,omitempty"`

	ReceivedAt  time.Time   `gorm:"column:received_at" json:"received_at"`
	RestartedAt time.Time   `gorm:"column:restarted_at" json:"restarted_at,omitzero"` // new facts came: the period counts from here
	PromisedBy  kernel.Date `gorm:"column:promised_by" json:"promised_by,omitzero"`   // the last day on which the answer is in time
	OwedBy      kernel.Date `gorm:"column:owed_by" json:"owed_by,omitzero"`           // the day that was promised to those whose complaints were merged into this one
	Extensions  int64       `gorm:"column:extensions" json:"extensions,omitempty"`    // 0 to 2
	Suspended   bool        `gorm:"column:suspended" json:"suspended,omitempty"`      // days are not counted now

	Handler   kernel.Ref   `gorm:"column:handler" json:"handler,omitempty"`                      // staff
	HandledBy []kernel.Ref `gorm:"column:handled_by;serializer:json" json:"handled_by,omitzero"` // everybody who handled or decided it
	Excluded  []kernel.Ref `gorm:"column:excluded;serializer:json" json:"excluded,omitzero"`     // at level 2: who handled or decided level 1
	Level     int64        `gorm:"column:level" json:"level"`                                    // 1, or 2 for a review
	First     kernel.ID    `gorm:"column:first_id" json:"first,omitempty"`                       // at level 2: the complaint of level 1
	Second    kernel.ID    `gorm:"column:second_id" json:"second,omitempty"`                     // at level 1: the review
	Survivor  kernel.ID    `gorm:"column:survivor_id" json:"survivor,omitempty"`                 // of a merged complaint

	AcceptedAt   time.Time   `gorm:"column:accepted_at" json:"accepted_at,omitzero"`
	ClassifiedAt time.Time   `gorm:"column:classified_at" json:"classified_at,omitzero"`
	ConcludedAt  time.Time   `gorm:"column:concluded_at" json:"concluded_at,omitzero"`
	ResolvedAt   time.Time   `gorm:"column:resolved_at" json:"resolved_at,omitzero"`
	RepliedAt    time.Time   `gorm:"column:replied_at" json:"replied_at,omitzero"` // the reply was sent: that ends the insurer's duty
	ArrivedAt    time.Time   `gorm:"column:arrived_at" json:"arrived_at,omitzero"` // the reply was there: from here the review window counts
	ReviewUntil  kernel.Date `gorm:"column:review_until" json:"review_until,omitzero"`
	ClosedAt     time.Time   `gorm:"column:closed_at" json:"closed_at,omitzero"` // by Close
	ReplyID      kernel.ID   `gorm:"column:reply_id" json:"reply,omitempty"`     // the letter

	Verdict      Verdict        `gorm:"column:verdict" json:"verdict,omitempty"`
	ProposedBy   kernel.Ref     `gorm:"column:proposed_by" json:"proposed_by,omitempty"` // of what waits for a countersignature
	Cause        string         `gorm:"column:cause" json:"cause,omitempty"`             // root cause, a code of the tree
	CauseText    privacy.Secret `gorm:"column:cause_text" json:"cause_text,omitzero"`
	Improvements []kernel.Ref   `gorm:"column:improvements;serializer:json" json:"improvements,omitzero"` // what is done so that it does not happen again
	Satisfied    bool           `gorm:"column:satisfied" json:"satisfied,omitempty"`                      // the complainant said so
	Reason       string         `gorm:"column:reason" json:"reason,omitempty"`                            // code of a refusal
	OutsideBody  string         `gorm:"column:outside_body" json:"outside_body,omitempty"`                // that was named after the review

	State State `gorm:"column:state" json:"state"`
}

// Topic is what a complaint is about. All of it may be empty.
type Topic struct {
	Policy  kernel.Ref  `gorm:"column:policy;uniqueIndex:complaints_topic" json:"policy,omitempty"`
	Claim   kernel.Ref  `gorm:"column:claim;uniqueIndex:complaints_topic" json:"claim,omitempty"`
	Product string      `gorm:"column:product;uniqueIndex:complaints_topic" json:"product,omitempty"` // code
	Other   kernel.Ref  `gorm:"column:other;uniqueIndex:complaints_topic" json:"other,omitempty"`     // anything else: a delivery, a payment …
	Line    kernel.Line `gorm:"column:line" json:"line,omitempty"`
	Group   bool        `gorm:"column:group_business" json:"group,omitempty"` // group business
}

// TableName is crm_complaints.
func (*Complaint) TableName() string { return "crm_complaints" }

// Status returns where the state is kept; only the engine writes there.
func (c *Complaint) Status() *State { return &c.State }

// Person returns whose data key seals the complaint's personal columns: that of the
// customer for whom is complained, else one of the complaint's own.
func (c *Complaint) Person() kernel.Ref { return c.PersonRef }

// Columns that complaints are looked up by.
const (
	colNumber    = storage.Col[string]("number")
	colPerson    = storage.Col[kernel.Ref]("person")
	colCustomer  = storage.Col[kernel.Ref]("customer")
	colPolicy    = storage.Col[kernel.Ref]("policy")
	colClaim     = storage.Col[kernel.Ref]("claim")
	colProduct   = storage.Col[string]("product")
	colOther     = storage.Col[kernel.Ref]("other")
	colHandler   = storage.Col[kernel.Ref]("handler")
	colState     = storage.Col[State]("state")
	colCategory  = storage.Col[Category]("category")
	colSeverity  = storage.Col[Severity]("severity")
	colLevel     = storage.Col[int64]("level")
	colReceived  = storage.Col[time.Time]("received_at")
	colComplaint = storage.Col[kernel.ID]("complaint_id")
	colPhone     = storage.Col[[]byte]("phone_index")
)
