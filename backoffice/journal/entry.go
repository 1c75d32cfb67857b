package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Entry is one thing that happened to one subject. It is written once.
type Entry struct {
	Seq            int64      `gorm:"column:seq;primaryKey;autoIncrement" crm:"chain" json:"seq"` // order of writing over all subjects
	Tenant         string     `gorm:"column:tenant" json:"-"`
	Kind           string     `gorm:"column:kind" json:"kind"` // of the subject: "claim"
	SubjectID      kernel.ID  `gorm:"column:subject_id;uniqueIndex:journal_subject" json:"subject_id"`
	SubjectVersion int64      `gorm:"column:subject_version;uniqueIndex:journal_subject" json:"subject_version"` // after the command
	Branch         string     `gorm:"column:branch" json:"branch,omitempty"`
	Unit           kernel.ID  `gorm:"column:unit" json:"unit"`       // the same for all entries of one unit of work
	Command        string     `gorm:"column:command" json:"command"` // "claim.Approve"
	Event          string     `gorm:"column:event" json:"event"`
	From           string     `gorm:"column:from_state" json:"from,omitempty"` // empty for the first entry
	To             string     `gorm:"column:to_state" json:"to,omitempty"`
	Actor          string     `gorm:"column:actor" json:"actor"`
	Role           string     `gorm:"column:role" json:"role"`                     // that authorised it
	OnBehalf       string     `gorm:"column:on_behalf" json:"on_behalf,omitempty"` // whose command the system reacted to
	At             time.Time  `gorm:"column:at" json:"at"`
	Facts          Facts      `gorm:"column:facts;serializer:json" json:"facts,omitempty"` // without personal data
	PersonRef      kernel.Ref `gorm:"column:person" json:"-"`                              // whose data the sealed columns are

	Reason  privacy.Secret `gorm:"column:reason" json:"reason,omitzero"`   // free text, sealed
	Changes privacy.Secret `gorm:"column:changes" json:"changes,omitzero"` // personal fields before and after, sealed

	Idem  []byte `gorm:"column:idem;uniqueIndex:journal_idem" json:"-"` // digest of command and key
	Input []byte `gorm:"column:input" json:"-"`                         // keyed digest of the input under that key

	Rows []RowDigest `gorm:"column:row_digests;serializer:json" json:"-"` // every row that the command wrote
	Prev []byte      `gorm:"column:prev" json:"-"`                        // hash of the entry before
	Hash []byte      `gorm:"column:hash" crm:"chain" json:"-"`
}

// Facts are what a reader of the history wants to know: amounts, dates, codes and
// references. Never personal data.
type Facts map[string]any

// RowDigest says what a command left in one row.
type RowDigest struct {
	Table   string `json:"t"`
	ID      string `json:"i"`
	Version int64  `json:"v"`
	Digest  string `json:"d,omitempty"` // SHA-256 in hex; empty when the row was deleted
}

// TableName is crm_journal.
func (*Entry) TableName() string { return "crm_journal" }

// Frozen marks entries as written once.
func (*Entry) Frozen() {}

// Person returns whose data the sealed columns hold.
func (e *Entry) Person() kernel.Ref { return e.PersonRef }

// RowKey names the row before it has a sequence number.
func (e *Entry) RowKey() string { return fmt.Sprintf("%s/%d", e.SubjectID, e.SubjectVersion) }

// Columns of the journal.
const (
	ColSeq     = storage.Col[int64]("seq")
	ColKind    = storage.Col[string]("kind")
	ColSubject = storage.Col[kernel.ID]("subject_id")
	ColVersion = storage.Col[int64]("subject_version")
	ColIdem    = storage.Col[[]byte]("idem")
)

// IdemOf returns what is stored for an idempotency key: it tells nothing of the key.
func IdemOf(command, key string) []byte {
	h := sha256.Sum256([]byte(command + "\x00" + key))
	return h[:]
}

// Digester is what digests rows: the guard's unit of work.
type Digester interface {
	Digest(rec storage.Record, version int64) ([32]byte, error)
}

// Link puts the entry behind prev, the hash of the subject's last entry, and
// computes its own hash over every column but the number that the store gives.
func (e *Entry) Link(d Digester, prev []byte) error {
	e.Prev = prev
	h, err := d.Digest(e, 0)
	if err != nil {
		return err
	}
	e.Hash = h[:]
	return nil
}

// NewRowDigest digests one row for an entry.
func NewRowDigest(d Digester, rec storage.Record, id string, version int64) (RowDigest, error) {
	h, err := d.Digest(rec, version)
	if err != nil {
		return RowDigest{}, err
	}
	return RowDigest{Table: rec.TableName(), ID: id, Version: version, Digest: hex.EncodeToString(h[:])}, nil
}

// AppendRows writes the document of row digests, as package json does but without looking
// for what they are; false for names in which JSON would have to escape something.
func AppendRows(b []byte, rows []RowDigest) ([]byte, bool) {
	b = append(b, '[')
	for i, r := range rows {
		if !plain(r.Table) || !plain(r.ID) || !plain(r.Digest) {
			return nil, false
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, `{"t":"`...), r.Table...), `","i":"`...)
		b = append(append(b, r.ID...), `","v":`...)
		b = strconv.AppendInt(b, r.Version, 10)
		if r.Digest != "" {
			b = append(append(append(b, `,"d":"`...), r.Digest...), '"')
		}
		b = append(b, '}')
	}
	return append(b, ']'), len(rows) > 0
}

func plain(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c > '~', c == '"', c == '\\', c == '<', c == '>', c == '&':
			return false
		}
	}
	return true
}

// History returns what happened to a subject, the oldest first.
func History(tx storage.Tx, kind string, id kernel.ID) ([]Entry, error) {
	return storage.Find[Entry](tx, storage.Query{
		Where: []storage.Cond{ColSubject.Eq(id), ColKind.Eq(kind)},
		Order: []storage.Order{ColVersion.Asc()},
	})
}
