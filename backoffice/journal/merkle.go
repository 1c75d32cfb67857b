package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

// merkle is the root of a Merkle tree as in RFC 6962, section 2.1, over leaves that come
// one after the other. It holds the roots of the full subtrees only, the largest first: as
// many as the number of leaves has bits set.
type merkle struct {
	leaves uint64
	full   [][sha256.Size]byte
}

// The prefixes keep a node from being passed off as a leaf.
const (
	leafPrefix = 0x00
	nodePrefix = 0x01
)

// add puts one more leaf behind the others.
func (m *merkle) add(data []byte) {
	h := sha256.Sum256(append([]byte{leafPrefix}, data...))
	for range bits.TrailingZeros64(^m.leaves) { // a subtree of each size that is full already
		last := len(m.full) - 1
		h, m.full = nodeOf(m.full[last], h), m.full[:last]
	}
	m.full = append(m.full, h)
	m.leaves++
}

// root returns the hash of the tree; of no leaves it is that of nothing.
func (m *merkle) root() [sha256.Size]byte {
	last := len(m.full) - 1
	if last < 0 {
		return sha256.Sum256(nil)
	}
	h := m.full[last]
	for i := last - 1; i >= 0; i-- {
		h = nodeOf(m.full[i], h)
	}
	return h
}

func nodeOf(left, right [sha256.Size]byte) [sha256.Size]byte {
	b := make([]byte, 0, 1+2*sha256.Size)
	return sha256.Sum256(append(append(append(b, nodePrefix), left[:]...), right[:]...))
}

// leaf is an entry as it enters a seal: its number, and the hash of all the rest. It is a
// narrow view of [Entry], so that a long journal is read quickly.
type leaf struct {
	Seq     int64  `gorm:"column:seq;primaryKey;autoIncrement"`
	Tenant  string `gorm:"column:tenant"`
	Version int64  `gorm:"column:subject_version"`
	Hash    []byte `gorm:"column:hash"`
}

// TableName is that of [Entry].
func (*leaf) TableName() string { return "crm_journal" }

// append appends the leaf's data: eight bytes of its number, and its hash.
func (l *leaf) append(b []byte) []byte {
	return append(binary.BigEndian.AppendUint64(b, uint64(l.Seq)), l.Hash...)
}
