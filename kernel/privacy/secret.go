package privacy

import (
	"crypto/subtle"
	"fmt"
	"unique"
)

// Secret is a piece of personal data: plain on its way in, sealed everywhere
// else. The zero value is the empty secret, "nothing known".
//
// A secret is immutable but for Seal, Scan and the Unmarshal methods, and safe
// to copy. Two secrets are equal (==) when both are plain with the same text or
// both are stored as the same bytes. The same text sealed twice is not equal;
// compare [Secret.Commitment] for that.
//
// fmt, the encoders and the loggers are kept from the text. A debugger, and what
// walks pointers and unexported fields as one does, is not.
type Secret struct {
	// A text that can be read is held behind a handle, because fmt prints the
	// fields of a value that it finds in an unexported field without asking the
	// value's methods; of a handle it prints an address.
	text   unique.Handle[string]
	sealed string // the stored form; without its text where that can be read
}

// The stored form: a format byte, the commitment, and what the data key made of
// the text.
const (
	formatSealed   = 1
	formatReadable = 2 // by [Plaintext]; refused by every other key
	header         = 1 + short
)

// New returns a plain secret, as it comes in. New("") is the empty secret.
func New(plain string) Secret {
	if plain == "" {
		return Secret{}
	}
	return Secret{text: unique.Make(plain)}
}

// Sealed returns a secret as it was read from a store. Whether the bytes are
// sound shows when it is opened. No bytes are the empty secret.
func Sealed(stored []byte) Secret {
	if len(stored) >= header && stored[0] == formatReadable {
		return Secret{text: unique.Make(string(stored[header:])), sealed: string(stored[:header])}
	}
	return Secret{sealed: string(stored)}
}

// IsZero reports whether the secret is empty.
func (s Secret) IsZero() bool { return s == Secret{} }

// IsSealed reports whether the secret is sealed. An empty one is not.
func (s Secret) IsSealed() bool { return s.sealed != "" }

// Equal reports whether s == t; it is there for comparing tools.
func (s Secret) Equal(t Secret) bool { return s == t }

// Plain returns the text of a secret that is not sealed yet, for checking and
// for its index. An empty secret is "", true; a sealed one "", false: it has to
// be opened.
func (s Secret) Plain() (string, bool) {
	if s.IsSealed() {
		return "", false
	}
	if s.IsZero() {
		return "", true
	}
	return s.text.Value(), true
}

// Stored returns what a store keeps: nil for the empty secret, and nil for one
// that is not sealed, which must not be stored; see [Secret.Value].
func (s Secret) Stored() []byte {
	switch {
	case !s.IsSealed():
		return nil
	case s.readable():
		return []byte(s.sealed + s.text.Value())
	}
	return []byte(s.sealed)
}

// Commitment returns 16 bytes that stand for the text in digests of its row.
// They stay when the same text is sealed again with the same key at the same
// place. nil unless the secret is sealed.
//
// A commitment is only as true as the store that it was read from; Open checks
// it against the text.
func (s Secret) Commitment() []byte {
	if len(s.sealed) < header {
		return s.Stored() // nothing, or unsound and so unlike any commitment
	}
	return []byte(s.sealed[1:header])
}

// Seal seals a plain secret with the person's key at its place; see [Place]. A
// sealed or empty secret is left alone. The error is [ErrNoKey] or the key's, and
// the secret stays plain.
func (s *Secret) Seal(k DataKey, ad string) error {
	text, _ := s.Plain()
	if text == "" { // empty, or sealed already
		return nil
	}
	if k == nil {
		return ErrNoKey
	}
	plain, place := []byte(text), []byte(ad)
	body, err := k.Seal(plain, place)
	if err != nil {
		return err
	}
	commitment := k.Commit(plain, place)
	if len(commitment) != short {
		return fmt.Errorf("the data key made a commitment of %d bytes, not %d", len(commitment), short)
	}
	stored := make([]byte, 0, header+len(body))
	stored = append(append(stored, formatOf(k)), commitment...)
	*s = Sealed(append(stored, body...))
	return nil
}

// Open returns the text of a sealed secret. The error is [ErrCannotOpen] when
// the stored bytes were changed in any way, come from another place or were
// sealed with another key, [ErrNotSealed] for a plain secret, [ErrNoKey]
// without a key, or the key's own. The empty secret opens as "".
func (s Secret) Open(k DataKey, ad string) (string, error) {
	switch {
	case s.IsZero():
		return "", nil
	case !s.IsSealed():
		return "", ErrNotSealed
	case k == nil:
		return "", ErrNoKey
	case len(s.sealed) < header || s.sealed[0] != formatOf(k):
		return "", ErrCannotOpen
	}
	plain, err := k.Open(s.Stored()[header:], []byte(ad))
	if err != nil {
		return "", err
	}
	if subtle.ConstantTimeCompare(k.Commit(plain, []byte(ad)), s.Commitment()) != 1 {
		return "", ErrCannotOpen
	}
	return string(plain), nil
}

func (s Secret) readable() bool { return s.IsSealed() && s.text != unique.Handle[string]{} }

// formatOf keeps readable text from being accepted where text is sealed.
func formatOf(k DataKey) byte {
	if _, ok := k.(plainKey); ok {
		return formatReadable
	}
	return formatSealed
}
