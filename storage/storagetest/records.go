package storagetest

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Policy has a column of every kind and every sort of unique index: over one
// column, over one that may be NULL, and over two.
type Policy struct {
	kernel.Root `gorm:"embedded"`
	Number      string            `gorm:"column:number;uniqueIndex:st_policies_number"`
	Holder      kernel.Ref        `gorm:"column:holder;uniqueIndex:st_policies_signed"`
	State       State             `gorm:"column:state"`
	Renews      kernel.ID         `gorm:"column:renews;uniqueIndex:st_policies_renews"` // a policy is renewed once
	Lives       int64             `gorm:"column:lives"`
	Grade       int8              `gorm:"column:grade"`
	Group       bool              `gorm:"column:is_group"`
	SignedOn    kernel.Date       `gorm:"column:signed_on;uniqueIndex:st_policies_signed"`
	IssuedAt    time.Time         `gorm:"column:issued_at"`
	Premium     decimal.Decimal   `gorm:"column:premium"`
	Rate        decimal.Decimal   `gorm:"column:rate;scale:8"`
	Terms       []byte            `gorm:"column:terms"`
	Phone       privacy.Secret    `gorm:"column:phone"`
	Riders      []string          `gorm:"column:riders;serializer:json"`
	Labels      map[string]string `gorm:"column:labels;serializer:json"`
	Site        Site              `gorm:"column:site;serializer:json"`
}

// State is text with a type of its own, as the states of a workflow are.
type State string

// Site is a document.
type Site struct {
	City    string          `json:"city"`
	Value   decimal.Decimal `json:"value"`
	BuiltOn kernel.Date     `json:"built_on"`
	Hazards []string        `json:"hazards,omitempty"`
}

// TableName is st_policies.
func (*Policy) TableName() string { return "st_policies" }

// Person is the holder.
func (p *Policy) Person() kernel.Ref { return p.Holder }

// Issued is a policy that is written once.
type Issued struct {
	Policy `gorm:"embedded"`
}

// Frozen says that an issued policy is not changed.
func (*Issued) Frozen() {}

// Entry is numbered by the store and written once.
type Entry struct {
	Seq    int64          `gorm:"column:seq;primaryKey;autoIncrement"`
	Tenant string         `gorm:"column:tenant"`
	Policy kernel.ID      `gorm:"column:policy"`
	Event  string         `gorm:"column:event"`
	Key    []byte         `gorm:"column:key;uniqueIndex:st_entries_key"` // NULL: may be repeated
	Reason privacy.Secret `gorm:"column:reason"`
}

// TableName is st_entries.
func (*Entry) TableName() string { return "st_entries" }

// RowKey stands in for the number, which is not known before the insert.
func (e *Entry) RowKey() string { return string(e.Policy) + "/" + e.Event }

// Frozen says that an entry is not changed.
func (*Entry) Frozen() {}

// Line is a row without a version.
type Line struct {
	ID     kernel.ID       `gorm:"column:id;primaryKey"`
	Tenant string          `gorm:"column:tenant"`
	Policy kernel.ID       `gorm:"column:policy"`
	Amount decimal.Decimal `gorm:"column:amount"`
}

// TableName is st_lines.
func (*Line) TableName() string { return "st_lines" }

// Columns of a [Policy].
const (
	colNumber = storage.Col[string]("number")
	colHolder = storage.Col[kernel.Ref]("holder")
	colState  = storage.Col[State]("state")

	colLinePolicy = storage.Col[kernel.ID]("policy") // of a Line
	colRenews     = storage.Col[kernel.ID]("renews")
	colLives      = storage.Col[int64]("lives")
	colGrade      = storage.Col[int8]("grade")
	colGroup      = storage.Col[bool]("is_group")
	colSignedOn   = storage.Col[kernel.Date]("signed_on")
	colIssuedAt   = storage.Col[time.Time]("issued_at")
	colPremium    = storage.Col[decimal.Decimal]("premium")
	colRate       = storage.Col[decimal.Decimal]("rate")
	colTerms      = storage.Col[[]byte]("terms")
)

// Columns that cannot be compared but asked for NULL.
const (
	colPhone  = storage.Col[privacy.Secret]("phone")
	colRiders = storage.Col[[]string]("riders")
	colLabels = storage.Col[map[string]string]("labels")
)
