package kernel

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// ID is the key of one of our own records: a UUID of version 7 in its usual
// text form, so keys sort by when they were made. Empty means none.
type ID string

// NewID returns a new key. Keys made by one process increase.
func NewID() ID { return ID(uuid.Must(uuid.NewV7()).String()) }

// ParseID reads a key in any case and returns its usual form. What is no UUID is
// [ErrNotFound]: no record can have that key.
func ParseID(s string) (ID, error) {
	u, err := uuid.Parse(s)
	if err != nil || len(s) != 36 {
		return "", fmt.Errorf("%q is not a key: %w", clip(s), ErrNotFound)
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
// UTF-8 without control characters.
func CheckRef(f *FieldErrors, path string, r Ref) {
	if r == "" {
		f.Add(path, "required", "a reference is needed")
		return
	}
	if len(r) > MaxRef {
		f.Add(path, "length", "a reference has at most %d bytes", MaxRef)
	}
	checkRunes(f, path, string(r), false)
}

// CheckText notes a fault unless s is at most max characters of UTF-8 without
// control characters other than, where lines is set, line breaks and tabs.
// Whether an empty text will do is the caller's to say.
func CheckText(f *FieldErrors, path, s string, max int, lines bool) {
	if len(s) > 4*max || utf8.RuneCountInString(s) > max {
		f.Add(path, "length", "at most %d characters", max)
		return
	}
	checkRunes(f, path, s, lines)
}

func checkRunes(f *FieldErrors, path, s string, lines bool) {
	if !utf8.ValidString(s) {
		f.Add(path, "encoding", "not valid UTF-8")
		return
	}
	for _, r := range s {
		if unicode.IsControl(r) && !(lines && (r == '\n' || r == '\r' || r == '\t')) {
			f.Add(path, "control", "control characters are not allowed")
			return
		}
	}
}

// clip keeps a hostile key from filling an error's text.
func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
