package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Seal stands for all entries of one tenant since the seal before. Kept where nobody who
// can write to the database can reach it, as JSON, on paper, with somebody else, it shows
// to [VerifySeals] what the journal alone cannot: that entries which were there are not
// there any more, or others. As each seal holds the hash of the one before, the newest one
// vouches for all.
//
// It holds numbers and hashes and no word of what happened. The zero Seal, Number 0, is
// what [MakeSeal] returns before there is anything to seal.
type Seal struct {
	ID     kernel.ID `gorm:"column:id;primaryKey" json:"-"`
	Tenant string    `gorm:"column:tenant" json:"tenant,omitempty"`
	Number int64     `gorm:"column:number;uniqueIndex:seals_number" json:"number"` // 1, 2, … in each tenant

	After    int64 `gorm:"column:after_seq" json:"after"`   // the entries with numbers above this; 0: from the first on
	UpTo     int64 `gorm:"column:upto_seq" json:"up_to"`    // … up to and with this
	Entries  int64 `gorm:"column:entries" json:"entries"`   // how many they are; numbers have gaps
	Subjects int64 `gorm:"column:subjects" json:"subjects"` // of how many subjects the first entry is among them

	Root []byte    `gorm:"column:root" json:"root"`           // Merkle root over their numbers and hashes
	Prev []byte    `gorm:"column:prev" json:"prev,omitempty"` // hash of the seal before; none before the first
	At   time.Time `gorm:"column:at" json:"at"`
	Hash []byte    `gorm:"column:hash" json:"hash"` // SHA-256 over all of the above

	Signature []byte `gorm:"column:signature" json:"signature,omitempty"` // of the insurer's [Signer]; empty: not signed
}

// TableName is crm_seals.
func (*Seal) TableName() string { return "crm_seals" }

// Frozen marks seals as written once.
func (*Seal) Frozen() {}

const colNumber = storage.Col[int64]("number")

// sealV1 opens every message, so that another encoding can never be mistaken for this one.
const sealV1 = "crm.seal.1"

// Message returns what is hashed and signed: all columns but the key, hash and signature, in
// the order in which the fields stand, texts and bytes behind their length, numbers and
// lengths as varints, the time in microseconds since 1970.
func (s *Seal) Message() []byte {
	b := make([]byte, 0, 128)
	text := func(t []byte) { b = append(binary.AppendUvarint(b, uint64(len(t))), t...) }
	text([]byte(sealV1))
	text([]byte(s.Tenant))
	for _, n := range []int64{s.Number, s.After, s.UpTo, s.Entries, s.Subjects} {
		b = binary.AppendVarint(b, n)
	}
	text(s.Root)
	text(s.Prev)
	return binary.AppendVarint(b, s.At.UnixMicro())
}

// String is one line, for printing: number, range, and the hash that stands for it all.
func (s Seal) String() string {
	if s.Number == 0 {
		return "nothing sealed"
	}
	return fmt.Sprintf("seal %d: %d entries, numbers %d to %d, %s", s.Number, s.Entries, s.After+1, s.UpTo, hex.EncodeToString(s.Hash))
}

func (s *Seal) hash() []byte {
	h := sha256.Sum256(s.Message())
	return h[:]
}

// sound reports whether the seal is what its hash says.
func (s *Seal) sound() bool { return bytes.Equal(s.Hash, s.hash()) }

// sum is what the entries of a range come to.
type sum struct {
	entries, subjects int64
	tree              merkle
	buf               []byte
}

func (s *sum) add(l *leaf) {
	s.entries++
	if l.Version == 1 {
		s.subjects++
	}
	s.buf = l.append(s.buf[:0])
	s.tree.add(s.buf)
}

// of reports whether the entries are those of the seal.
func (s *sum) of(seal *Seal) bool {
	root := s.tree.root()
	return s.entries == seal.Entries && s.subjects == seal.Subjects && bytes.Equal(root[:], seal.Root)
}

// Signer signs seals for an insurer and knows its own signatures again. [Ed25519] is one; a
// service that keeps keys in hardware is another.
type Signer interface {
	// Sign returns a signature of the message. It is called outside of any transaction.
	Sign(ctx context.Context, message []byte) ([]byte, error)
	// Verify reports whether the signature is the insurer's and of this message. An error
	// says that it cannot tell now. It must be safe for concurrent use, like Sign, and
	// uses no command of the library.
	Verify(ctx context.Context, message, signature []byte) (bool, error)
}
