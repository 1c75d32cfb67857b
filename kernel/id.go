package kernel

import (
	"fmt"

	"github.com/google/uuid"
)

// ID is the key of one of our own records: a UUID of version 7 in its usual
// text form, so keys sort by when they were made. Empty means none.
type ID string

// NewID returns a new key. Keys made by one process increase.
func NewID() ID { return ID(uuid.Must(uuid.NewV7()).String()) }

// ParseID reads a key of 36 characters in any case and returns its usual form.
// Everything else is [ErrNotFound]: no record can have that key. The error does
// not repeat s, which may be a number of something else.
func ParseID(s string) (ID, error) {
	u, err := uuid.Parse(s)
	if err != nil || len(s) != 36 {
		return "", fmt.Errorf("not a key: %w", ErrNotFound)
	}
	return ID(u.String()), nil
}

// Ref names a record that may be the host's: a customer, policy or staff number
// of 1 to [MaxRef] bytes, opaque to us. Our own records are named by their [ID].
type Ref string

// MaxRef is the length of the longest [Ref], in bytes.
const MaxRef = 64

// Ref returns the key as a reference.
func (id ID) Ref() Ref { return Ref(id) }

// CheckRef notes a fault unless r is a usable reference: 1 to [MaxRef] bytes of
// UTF-8 in one line without control characters, as [CheckText] says.
func CheckRef(f *FieldErrors, path string, r Ref) {
	if r == "" {
		f.Add(path, "required", "a reference is needed")
		return
	}
	if len(r) > MaxRef {
		f.Add(path, "length", "a reference has at most %d bytes", MaxRef)
		return
	}
	checkRunes(f, path, string(r), false)
}

// usable reports whether [CheckRef] has nothing against s.
func usable(s string) bool {
	var f FieldErrors
	CheckRef(&f, "", Ref(s))
	return len(f.Faults) == 0
}
