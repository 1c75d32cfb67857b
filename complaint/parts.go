package complaint

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// Complainant is somebody who complains, for themselves or for somebody else.
type Complainant struct {
	kernel.Meta    `gorm:"embedded"`
	ComplaintID    kernel.ID      `gorm:"column:complaint_id" json:"complaint_id"`
	PersonRef      kernel.Ref     `gorm:"column:person" json:"-"`
	Customer       kernel.Ref     `gorm:"column:customer" json:"customer,omitempty"` // empty: not in the archive
	Name           privacy.Secret `gorm:"column:name" json:"name,omitzero"`
	Phone          privacy.Secret `gorm:"column:phone" json:"phone,omitzero"`
	PhoneIndex     []byte         `gorm:"column:phone_index" json:"-"` // blind: finds the same number again
	Email          privacy.Secret `gorm:"column:email" json:"email,omitzero"`
	Address        privacy.Secret `gorm:"column:address" json:"address,omitzero"`
	Representative bool           `gorm:"column:representative" json:"representative,omitempty"` // chosen by several who complain together
	OnBehalfOf     kernel.Ref     `gorm:"column:on_behalf_of" json:"on_behalf_of,omitempty"`     // the customer; empty: for themselves, or for BehalfName
	BehalfName     privacy.Secret `gorm:"column:behalf_name" json:"behalf_name,omitzero"`        // for somebody who is not in the archive
	Authority      string         `gorm:"column:authority" json:"authority,omitempty"`           // number of the power of attorney
}

// TableName is crm_complainants.
func (*Complainant) TableName() string { return "crm_complainants" }

// Person returns whose data key seals the contacts: the complainant's own.
func (c *Complainant) Person() kernel.Ref { return c.PersonRef }

// Respondent is who or what is complained of.
type Respondent struct {
	kernel.Meta `gorm:"embedded"`
	ComplaintID kernel.ID      `gorm:"column:complaint_id;uniqueIndex:respondents_party" json:"complaint_id"`
	Kind        RespondentKind `gorm:"column:kind;uniqueIndex:respondents_party" json:"kind"`
	Party       kernel.Ref     `gorm:"column:party;uniqueIndex:respondents_party" json:"party"` // branch code, staff, partner or product code
	Verdict     Verdict        `gorm:"column:verdict" json:"verdict,omitempty"`                 // justified or unjustified; empty: nothing is found yet
}

// TableName is crm_complaint_respondents.
func (*Respondent) TableName() string { return "crm_complaint_respondents" }

// Inquiry asks the unit of a respondent for its findings.
type Inquiry struct {
	kernel.Meta  `gorm:"embedded"`
	ComplaintID  kernel.ID      `gorm:"column:complaint_id" json:"complaint_id"`
	PersonRef    kernel.Ref     `gorm:"column:person" json:"-"`
	RespondentID kernel.ID      `gorm:"column:respondent_id" json:"respondent_id,omitempty"`
	Unit         kernel.Ref     `gorm:"column:unit" json:"unit"`
	Question     privacy.Secret `gorm:"column:question" json:"question,omitzero"`
	AskedAt      time.Time      `gorm:"column:asked_at" json:"asked_at"`
	DueOn        kernel.Date    `gorm:"column:due_on" json:"due_on"`
	Answer       privacy.Secret `gorm:"column:answer" json:"answer,omitzero"`
	AnsweredAt   time.Time      `gorm:"column:answered_at" json:"answered_at,omitzero"`
	AnsweredBy   kernel.Ref     `gorm:"column:answered_by" json:"answered_by,omitempty"`
}

// TableName is crm_complaint_inquiries.
func (*Inquiry) TableName() string { return "crm_complaint_inquiries" }

// Person returns whose data key seals question and answer.
func (i *Inquiry) Person() kernel.Ref { return i.PersonRef }

// Finding is what the investigation found about a respondent.
type Finding struct {
	kernel.Meta  `gorm:"embedded"`
	ComplaintID  kernel.ID      `gorm:"column:complaint_id" json:"complaint_id"`
	PersonRef    kernel.Ref     `gorm:"column:person" json:"-"`
	RespondentID kernel.ID      `gorm:"column:respondent_id" json:"respondent_id,omitempty"` // empty: about no single respondent
	Verdict      Verdict        `gorm:"column:verdict" json:"verdict"`                       // justified or unjustified
	Facts        privacy.Secret `gorm:"column:facts" json:"facts,omitzero"`
	Evidence     privacy.Secret `gorm:"column:evidence" json:"evidence,omitzero"`
	Responsible  kernel.Ref     `gorm:"column:responsible" json:"responsible,omitempty"` // unit or person
	By           kernel.Ref     `gorm:"column:by_whom" json:"by"`
}

// TableName is crm_complaint_findings.
func (*Finding) TableName() string { return "crm_complaint_findings" }

// Person returns whose data key seals facts and evidence.
func (f *Finding) Person() kernel.Ref { return f.PersonRef }

// Resolution is what is done about a complaint. Of several the last counts; those
// before it were returned.
type Resolution struct {
	kernel.Meta  `gorm:"embedded"`
	ComplaintID  kernel.ID       `gorm:"column:complaint_id" json:"complaint_id"`
	PersonRef    kernel.Ref      `gorm:"column:person" json:"-"`
	Sequence     int64           `gorm:"column:sequence" json:"sequence"` // 1 for the first
	Status       ProposalState   `gorm:"column:status" json:"status"`
	Measures     privacy.Secret  `gorm:"column:measures" json:"measures,omitzero"`
	Compensation decimal.Decimal `gorm:"column:compensation" json:"compensation"` // zero: none
	Currency     kernel.Currency `gorm:"column:currency" json:"currency"`
	Apology      bool            `gorm:"column:apology" json:"apology,omitempty"`
	Correction   privacy.Secret  `gorm:"column:correction" json:"correction,omitzero"` // what is put right
	ProposedBy   kernel.Ref      `gorm:"column:proposed_by" json:"proposed_by"`
	ApprovedBy   kernel.Ref      `gorm:"column:approved_by" json:"approved_by,omitempty"` // the proposer where nobody else is needed
}

// TableName is crm_complaint_resolutions.
func (*Resolution) TableName() string { return "crm_complaint_resolutions" }

// Person returns whose data key seals measures and correction.
func (r *Resolution) Person() kernel.Ref { return r.PersonRef }

// Suspension is a time that is not counted. A zero Until: it goes on.
type Suspension struct {
	kernel.Meta `gorm:"embedded"`
	ComplaintID kernel.ID      `gorm:"column:complaint_id" json:"complaint_id"`
	PersonRef   kernel.Ref     `gorm:"column:person" json:"-"`
	Kind        SuspensionKind `gorm:"column:kind" json:"kind"`
	From        time.Time      `gorm:"column:from_at" json:"from"`
	Until       time.Time      `gorm:"column:until_at" json:"until,omitzero"`
	Text        privacy.Secret `gorm:"column:text" json:"text,omitzero"`
}

// TableName is crm_complaint_suspensions.
func (*Suspension) TableName() string { return "crm_complaint_suspensions" }

// Person returns whose data key seals the text.
func (s *Suspension) Person() kernel.Ref { return s.PersonRef }
