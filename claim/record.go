package claim

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// Claim is one loss under one policy and what becomes of it.
type Claim struct {
	kernel.Root `gorm:"embedded"`

	Number   string     `gorm:"column:number;uniqueIndex:claims_number" json:"number"`
	Policy   kernel.Ref `gorm:"column:policy;uniqueIndex:claims_loss" json:"policy"`
	Insured  kernel.Ref `gorm:"column:insured" json:"insured,omitempty"` // whose data key seals the personal columns
	Claimant kernel.Ref `gorm:"column:claimant" json:"claimant"`         // who claims, and is paid unless others are entitled

	Relationship string     `gorm:"column:relationship" json:"relationship,omitempty"` // of the claimant to the insured: "self", "spouse" …
	Authority    string     `gorm:"column:authority" json:"authority,omitempty"`       // number of the power of attorney, where one is needed
	Reporter     kernel.Ref `gorm:"column:reporter" json:"reporter,omitempty"`
	Assistant    kernel.Ref `gorm:"column:assistant" json:"assistant,omitempty"` // the adviser who helps the claimant (MR 三(五))
	Channel      string     `gorm:"column:channel" json:"channel,omitempty"`

	OccurredAt time.Time   `gorm:"column:occurred_at" json:"occurred_at"`
	LossOn     kernel.Date `gorm:"column:loss_on;uniqueIndex:claims_loss" json:"loss_on"` // the day of the loss in the policy's zone
	Cause      string      `gorm:"column:cause;uniqueIndex:claims_loss" json:"cause"`     // the host's code
	Twin       int64       `gorm:"column:twin;uniqueIndex:claims_loss" json:"twin"`       // 1; 2 for a second claim of the same policy, day and cause that was accepted as such
	Zone       string      `gorm:"column:zone" json:"zone"`
	KnownAt    time.Time   `gorm:"column:known_at" json:"known_at"` // when the claimant came to know: limitation runs from here
	ReportedAt time.Time   `gorm:"column:reported_at" json:"reported_at"`

	Place       privacy.Secret `gorm:"column:place" json:"place,omitzero"`
	Description privacy.Secret `gorm:"column:description" json:"description,omitzero"`
	Account     privacy.Secret `gorm:"column:account" json:"account,omitzero"` // the claimant's
	Method      string         `gorm:"column:method" json:"method,omitempty"`  // of payment, the host's word
	Catastrophe string         `gorm:"column:catastrophe" json:"catastrophe,omitempty"`

	Claimed  decimal.Decimal `gorm:"column:claimed" json:"claimed"`
	Currency kernel.Currency `gorm:"column:currency" json:"currency"`
	Cover    Cover           `gorm:"column:cover;serializer:json" json:"cover"`

	Handler      kernel.Ref `gorm:"column:handler" json:"handler,omitempty"`           // staff
	Investigator kernel.Ref `gorm:"column:investigator" json:"investigator,omitempty"` // staff or an expert
	FastTrack    bool       `gorm:"column:fast_track" json:"fast_track,omitempty"`     // small and simple; no rule differs
	NotInForce   bool       `gorm:"column:not_in_force" json:"not_in_force,omitempty"` // at the loss; Cover.WhyNot says why
	Complex      bool       `gorm:"column:complex" json:"complex,omitempty"`           // the longer statutory period applies
	Requests     int64      `gorm:"column:requests" json:"requests,omitempty"`         // how often missing documents were asked for

	FiledAt     time.Time `gorm:"column:filed_at" json:"filed_at,omitzero"`
	CompletedAt time.Time `gorm:"column:completed_at" json:"completed_at,omitzero"` // the complete answer to a request for documents
	AcceptedAt  time.Time `gorm:"column:accepted_at" json:"accepted_at,omitzero"`
	ContactedAt time.Time `gorm:"column:contacted_at" json:"contacted_at,omitzero"` // first contact with the claimant
	DecidedAt   time.Time `gorm:"column:decided_at" json:"decided_at,omitzero"`
	AgreedAt    time.Time `gorm:"column:agreed_at" json:"agreed_at,omitzero"`
	PaidAt      time.Time `gorm:"column:paid_at" json:"paid_at,omitzero"`
	ClosedAt    time.Time `gorm:"column:closed_at" json:"closed_at,omitzero"`

	Undisputed decimal.Decimal `gorm:"column:undisputed" json:"undisputed"` // what may be paid before the decision
	Approved   decimal.Decimal `gorm:"column:approved" json:"approved"`
	Overpaid   decimal.Decimal `gorm:"column:overpaid" json:"overpaid"` // paid beyond the decision, to be recovered
	DecidedBy  kernel.Ref      `gorm:"column:decided_by" json:"decided_by,omitempty"`
	Reason     string          `gorm:"column:reason" json:"reason,omitempty"` // code of a refusal
	Clause     string          `gorm:"column:clause" json:"clause,omitempty"` // that the refusal rests on

	Proposal   Proposal   `gorm:"column:proposal" json:"proposal,omitempty"` // what waits for a countersignature
	ProposedBy kernel.Ref `gorm:"column:proposed_by" json:"proposed_by,omitempty"`

	State State `gorm:"column:state" json:"state"`
}

// Proposal is a decision that waits for somebody with more authority.
type Proposal string

// The proposals. Empty: none.
const (
	ToPay    Proposal = "pay"
	ToRefuse Proposal = "refuse"
)

// TableName is crm_claims.
func (*Claim) TableName() string { return "crm_claims" }

// Status returns where the state is kept; only the engine writes there.
func (c *Claim) Status() *State { return &c.State }

// Person returns whose data key seals the claim's personal columns: the insured's, or
// the claimant's where no insured is named.
func (c *Claim) Person() kernel.Ref {
	if c.Insured == "" {
		return c.Claimant
	}
	return c.Insured
}

func (c *Claim) owner() payment.Owner { return payment.Owner{Kind: "claim", ID: c.ID} }

// Columns that claims are looked up by.
const (
	colNumber   = storage.Col[string]("number")
	colPolicy   = storage.Col[kernel.Ref]("policy")
	colInsured  = storage.Col[kernel.Ref]("insured")
	colHandler  = storage.Col[kernel.Ref]("handler")
	colLossOn   = storage.Col[kernel.Date]("loss_on")
	colCause    = storage.Col[string]("cause")
	colState    = storage.Col[State]("state")
	colClaim    = storage.Col[kernel.ID]("claim_id")
	colCoverage = storage.Col[string]("coverage")
	colPeriod   = storage.Col[string]("period")
)

// Line is what one coverage is asked for and what it pays.
type Line struct {
	kernel.Meta `gorm:"embedded"`
	ClaimID     kernel.ID       `gorm:"column:claim_id;uniqueIndex:claim_lines_coverage" json:"claim_id"`
	Coverage    string          `gorm:"column:coverage;uniqueIndex:claim_lines_coverage" json:"coverage"`
	Claimed     decimal.Decimal `gorm:"column:claimed" json:"claimed"`
	Approved    decimal.Decimal `gorm:"column:approved" json:"approved"` // as calculated; counts once the claim is approved
	Reason      string          `gorm:"column:reason" json:"reason,omitempty"`
	Clause      string          `gorm:"column:clause" json:"clause,omitempty"`
	Item        Item            `gorm:"column:item;serializer:json" json:"item"`            // what was asked
	Trace       []Step          `gorm:"column:trace;serializer:json" json:"trace,omitzero"` // how it came about
	Dropped     bool            `gorm:"column:dropped" json:"dropped,omitempty"`            // no longer part of the assessment

	Used        decimal.Decimal `gorm:"column:used" json:"used"`             // of the limit
	Deductible  decimal.Decimal `gorm:"column:deductible" json:"deductible"` // borne by the insured
	Accumulator kernel.ID       `gorm:"column:accumulator" json:"accumulator,omitempty"`
	Taken       bool            `gorm:"column:taken" json:"taken,omitempty"` // from the accumulator
}

// TableName is crm_claim_lines.
func (*Line) TableName() string { return "crm_claim_lines" }

// Verdict says what a document was found to be.
type Verdict string

// The verdicts (SP 1.1.24).
const (
	Unjudged Verdict = "pending"
	Genuine  Verdict = "genuine"
	Doubtful Verdict = "doubtful"
	False    Verdict = "false"
)

// Document is a piece of evidence: asked for, received, or both. The file itself is kept
// by the host.
type Document struct {
	kernel.Meta `gorm:"embedded"`
	ClaimID     kernel.ID      `gorm:"column:claim_id" json:"claim_id"`
	PersonRef   kernel.Ref     `gorm:"column:person" json:"-"`
	Kind        string         `gorm:"column:kind" json:"kind"`
	Required    bool           `gorm:"column:required" json:"required,omitempty"`
	AskedAt     time.Time      `gorm:"column:asked_at" json:"asked_at,omitzero"`
	ReceivedAt  time.Time      `gorm:"column:received_at" json:"received_at,omitzero"`
	Name        privacy.Secret `gorm:"column:name" json:"name,omitzero"` // of the file
	MediaType   string         `gorm:"column:media_type" json:"media_type,omitempty"`
	Size        int64          `gorm:"column:size" json:"size,omitempty"` // bytes
	SHA256      string         `gorm:"column:sha256" json:"sha256,omitempty"`
	URI         privacy.Secret `gorm:"column:uri" json:"uri,omitzero"` // at the host
	Verdict     Verdict        `gorm:"column:verdict" json:"verdict"`
	JudgedBy    kernel.Ref     `gorm:"column:judged_by" json:"judged_by,omitempty"`
}

// TableName is crm_claim_documents.
func (*Document) TableName() string { return "crm_claim_documents" }

// Person returns whose data key seals the personal columns.
func (d *Document) Person() kernel.Ref { return d.PersonRef }

// Missing reports whether the document is asked for and not there.
func (d *Document) Missing() bool { return d.Required && d.ReceivedAt.IsZero() }

// Circumstances returns what the rulebook asks about a claim.
func (c *Claim) Circumstances() rulebook.Facts {
	f := rulebook.Facts{
		"line": c.Cover.Line, "group": c.Cover.Group, "amount": c.Claimed, "contacted": !c.ContactedAt.IsZero(),
		"known_at": c.KnownAt, "filed_at": c.FiledAt, "completed_at": c.CompletedAt, "agreed_at": c.AgreedAt,
		"assess_days": c.Cover.AssessDays, "assess_days_complex": c.Cover.AssessDaysComplex, "pay_days": c.Cover.PayDays,
	}
	if c.Complex {
		f["complexity"] = "complex"
	}
	if c.Handler != "" {
		f["handler"] = string(c.Handler)
	}
	return f
}
