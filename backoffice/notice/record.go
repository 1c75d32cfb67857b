package notice

import (
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Kind says what somebody is told: "refusal", "acceptance", "reply" … Each room names
// its own.
type Kind string

// Letter is one notice to somebody about a case. Only its arrival is added later.
type Letter struct {
	kernel.Meta  `gorm:"embedded"`
	CaseKind     string         `gorm:"column:case_kind" json:"case_kind"`
	CaseID       kernel.ID      `gorm:"column:case_id" json:"case_id"`
	PersonRef    kernel.Ref     `gorm:"column:person" json:"-"`
	Kind         Kind           `gorm:"column:kind" json:"kind"`
	To           kernel.Ref     `gorm:"column:addressee" json:"to"`
	Channel      string         `gorm:"column:channel" json:"channel,omitempty"`   // the host's word: "sms", "registered letter" …
	Template     string         `gorm:"column:template" json:"template,omitempty"` // the wording and its version, such as "refusal/3"
	DispatchedAt time.Time      `gorm:"column:dispatched_at" json:"dispatched_at"`
	ArrivedAt    time.Time      `gorm:"column:arrived_at" json:"arrived_at,omitzero"` // zero: not known
	Proof        string         `gorm:"column:proof" json:"proof,omitempty"`          // number of the receipt, where there is one
	Text         privacy.Secret `gorm:"column:text" json:"text,omitzero"`             // what it said; sealed
}

// TableName is crm_notices.
func (*Letter) TableName() string { return "crm_notices" }

// Person returns whose data key seals the text: that of the case.
func (l *Letter) Person() kernel.Ref { return l.PersonRef }

// Reached returns when the letter arrived or, while that is not known, when it was sent.
func (l *Letter) Reached() time.Time {
	if l.ArrivedAt.IsZero() {
		return l.DispatchedAt
	}
	return l.ArrivedAt
}

// Columns that letters are looked up by.
const (
	colCaseKind = storage.Col[string]("case_kind")
	colCaseID   = storage.Col[kernel.ID]("case_id")
)

// Of returns the letters of a case, the oldest record first. A case without letters,
// known or not, has none.
func Of(tx storage.Tx, kind string, id kernel.ID) ([]Letter, error) {
	return storage.Find[Letter](tx, ofCase(kind, id))
}

// Ahead is the read for [Of], for a command that loads what it needs together with its
// subject.
func Ahead(kind string, id kernel.ID) storage.Read {
	return storage.Where(new([]Letter), ofCase(kind, id)).Kept()
}

func ofCase(kind string, id kernel.ID) storage.Query {
	return storage.Query{
		Where: []storage.Cond{colCaseID.Eq(id), colCaseKind.Eq(kind)},
		Order: []storage.Order{storage.ColCreated.Asc()},
	}
}

// Part tells a room's Subjects that letters belong to its cases, for journal.Verify.
func Part() journal.Part { return journal.Part{Record: new(Letter), Owner: string(colCaseID)} }
