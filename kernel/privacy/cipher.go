package privacy

import (
	"encoding/binary"
	"errors"
)

// Errors of sealing and opening. None of them, and nothing that wraps them,
// holds personal data or key material.
var (
	// ErrCannotOpen says that sealed data or a wrapped key does not open: it was
	// edited, belongs to another row, column or person, or this is not its key.
	ErrCannotOpen = errors.New("personal data does not open with this key here")
	// ErrNotSealed says that a secret is still plain where only a sealed one is
	// taken: on its way into a store.
	ErrNotSealed = errors.New("personal data is not sealed")
	// ErrNoKey says that there is no data key to seal or open with, as after the
	// person was erased.
	ErrNoKey = errors.New("there is no data key")
)

// Cipher is the insurer's cryptography. Implement it to seal with other
// algorithms or in a hardware module. Its methods, and those of its data keys,
// may be called by many goroutines at once, keep none of the slices that they
// are given, and return errors that hold no personal data.
type Cipher interface {
	// NewDataKey makes the key of one person: a fresh random one, and its wrapped
	// form to be stored. ad names tenant and person and is bound to the wrapped
	// form, so that it cannot be passed off as somebody else's.
	NewDataKey(ad string) (wrapped []byte, key DataKey, err error)
	// OpenDataKey unwraps what NewDataKey returned. The error is [ErrCannotOpen]
	// unless it is about something else, like a device out of reach.
	OpenDataKey(wrapped []byte, ad string) (DataKey, error)
	// Index returns 16 bytes to find a value by: always the same for the same
	// value of the same field, unrelated for another field, and not to be had
	// without the insurer's key. field names tenant and column, like
	// "tenant-1/customers.identity". Bring the value into one form first (case,
	// spaces, country code). The empty value has no index: nil.
	Index(field, value string) ([]byte, error)
}

// DataKey is the key of one person; see [Cipher] for what its methods owe.
type DataKey interface {
	// Seal encrypts plain so that it opens only with the same key and ad.
	Seal(plain, ad []byte) ([]byte, error)
	// Open returns what was sealed. The error is [ErrCannotOpen] unless it is
	// about something else, like a device out of reach.
	Open(sealed, ad []byte) ([]byte, error)
	// Commit returns 16 bytes that vouch for plain at ad: always the same for the
	// same key, plain and ad. They are keyed, so that nobody finds the text by
	// trying, and mean nothing once the key is destroyed.
	Commit(plain, ad []byte) []byte
}

// Place returns the additional data that binds a secret to where it is stored,
// so that a sealed value copied to another row or column does not open there:
// "table.column|id".
func Place(table, column, id string) string {
	return table + "." + column + "|" + id
}

// short is the length of commitments and indexes, in bytes.
const short = 16

// joined returns a and b so that no other pair gives the same bytes.
func joined(a, b string) []byte { return appendJoined(make([]byte, 0, 8+len(a)+len(b)), a, b) }

func appendJoined[A, B string | []byte](buf []byte, a A, b B) []byte {
	buf = binary.BigEndian.AppendUint64(buf, uint64(len(a)))
	return append(append(buf, a...), b...)
}
