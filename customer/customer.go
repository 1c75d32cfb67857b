package customer

import (
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Kind is the kind of subject that an archive is, in the journal and in access.
const Kind = "customer"

// Customer is the archive of one person or organisation: its basic section. Secrets
// are sealed; see [Service.Reveal]. Phones, emails and addresses are [Contact] rows,
// the other sections [Health] and [Finance].
type Customer struct {
	kernel.Root `gorm:"embedded"`
	State       State  `gorm:"column:state" json:"state"`
	Number      string `gorm:"column:number;uniqueIndex:customers_number" json:"number"` // of the archive: "C-2026-00000001"
	Party       Party  `gorm:"column:party" json:"party"`
	Name        string `gorm:"column:name" crm:"personal" json:"name"` // masked for roles that do not see it; see [Fields]

	Gender              privacy.Secret `gorm:"column:gender" json:"gender,omitzero"`
	Birth               privacy.Secret `gorm:"column:birth" json:"birth,omitzero"` // "1990-01-01"
	Occupation          privacy.Secret `gorm:"column:occupation" json:"occupation,omitzero"`
	Employer            privacy.Secret `gorm:"column:employer" json:"employer,omitzero"`
	Marital             privacy.Secret `gorm:"column:marital" json:"marital,omitzero"`
	LegalRepresentative privacy.Secret `gorm:"column:legal_representative" json:"legal_representative,omitzero"`
	Died                privacy.Secret `gorm:"column:died" json:"died,omitzero"` // the day, once it is known

	DocumentKind    DocumentKind   `gorm:"column:document_kind" json:"document_kind,omitempty"`
	DocumentCountry string         `gorm:"column:document_country" json:"document_country,omitempty"` // that issued it, by ISO 3166-1
	DocumentNumber  privacy.Secret `gorm:"column:document_number" json:"document_number,omitzero"`
	DocumentExpires kernel.Date    `gorm:"column:document_expires" json:"document_expires,omitzero"` // last day of validity; zero: unlimited or unknown
	DocumentChecked Verified       `gorm:"embedded" json:"document_checked,omitzero"`

	Standing `gorm:"embedded"` // of the basic section

	MergedInto      kernel.ID `gorm:"column:merged_into" json:"merged_into,omitempty"` // the archive that holds on, in state merged
	SurvivorVersion int64     `gorm:"column:survivor_version" json:"-"`                // of that archive at the merger

	// Blind indexes: to find by the exact value of what is sealed.
	IdentityIndex []byte `gorm:"column:identity_index;uniqueIndex:customers_identity" json:"-"` // of the identity document
	TwinIndex     []byte `gorm:"column:twin_index" json:"-"`                                    // of name and birth date
}

// TableName is crm_customers.
func (*Customer) TableName() string { return "crm_customers" }

// Status returns the place of the state, for the engine.
func (c *Customer) Status() *State { return &c.State }

// Person returns the customer's own reference: what is sealed is theirs.
func (c *Customer) Person() kernel.Ref { return c.ID.Ref() }

// Verified says when the identity document was last checked, and how. The zero value
// means never.
type Verified struct {
	At  time.Time `gorm:"column:document_verified_at" json:"at,omitzero"`
	How Method    `gorm:"column:document_verified_how" json:"how,omitempty"`
}

// Standing is how far a section of the archive can be relied on.
type Standing struct {
	Source       Source    `gorm:"column:source" json:"source"`
	VerifiedAt   time.Time `gorm:"column:verified_at" json:"verified_at,omitzero"` // zero: never
	VerifiedHow  Method    `gorm:"column:verified_how" json:"verified_how,omitempty"`
	Completeness int       `gorm:"column:completeness" json:"completeness"` // per cent of the section's fields that are known, 0 to 100
}

// Columns of the archive.
const (
	colName     = storage.Col[string]("name")
	colNumber   = storage.Col[string]("number")
	colState    = storage.Col[State]("state")
	colParty    = storage.Col[Party]("party")
	colIdentity = storage.Col[[]byte]("identity_index")
	colTwin     = storage.Col[[]byte]("twin_index")
)
