package privacy

import (
	"crypto/hmac"
	"crypto/sha256"
	"hash"
)

// mac computes HMAC-SHA-256 under one key, for one goroutine at a time: to begin with a key
// takes longer than a short text does.
type mac struct {
	hash.Hash
	room []byte // for who puts a text together
	out  [sha256.Size]byte
}

func newMAC(key []byte) *mac { return &mac{Hash: hmac.New(sha256.New, key)} }

// sum returns 16 bytes. The text was put together in the room, and is wiped out there.
func (m *mac) sum(text []byte) []byte {
	m.Reset()
	m.Write(text)
	clear(text)
	m.room = text
	return append(make([]byte, 0, short), m.Sum(m.out[:0])[:short]...)
}
