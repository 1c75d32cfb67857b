package privacy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/coverkit/crm/kernel"
)

// Mask is what is shown in place of a secret, whatever its length.
const Mask = "•••"

// String returns the [Mask], or "" for the empty secret.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return Mask
}

// GoString masks like String.
func (s Secret) GoString() string { return s.String() }

// Format masks like String, for every verb of fmt.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, s.String()) }

// LogValue masks like String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON masks like String.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalText masks like String; XML, YAML and the keys of JSON objects use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// errEncode is final: a mask in a binary copy would be taken for the text when
// it is read back.
var errEncode = errors.New("a secret has no binary encoding; use Stored and Sealed")

// MarshalBinary refuses, and so do the encoders that ask for it. Move a secret
// by [Secret.Stored] and [Sealed].
func (s Secret) MarshalBinary() ([]byte, error) { return nil, errEncode }

// UnmarshalBinary refuses; see MarshalBinary.
func (s *Secret) UnmarshalBinary([]byte) error { return errEncode }

// UnmarshalJSON takes a plain text in, as from a form; null changes nothing. The
// error is a [kernel.ErrInvalid] for anything but a JSON string, and for the
// [Mask], which is no data but a form sent back untouched.
func (s *Secret) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var text string
	// The decoder's own error would quote the input.
	if json.Unmarshal(data, &text) != nil {
		return fmt.Errorf("%w: personal data is a text", kernel.ErrInvalid)
	}
	return s.UnmarshalText([]byte(text))
}

// UnmarshalText takes a plain text in, as from a form. The error is a
// [kernel.ErrInvalid] for the [Mask].
func (s *Secret) UnmarshalText(text []byte) error {
	if string(text) == Mask {
		return fmt.Errorf("%w: a mask was sent in place of personal data", kernel.ErrInvalid)
	}
	*s = New(string(text))
	return nil
}
