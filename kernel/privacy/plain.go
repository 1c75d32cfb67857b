package privacy

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

// Plain is an opened piece of personal data. Whatever prints, logs or encodes it
// meets the mask; who needs the text converts it: string(p). Two places show
// it all the same, because its methods are not asked there: unexported fields that
// package fmt prints, and keys of JSON objects.
type Plain string

// String returns [Mask], or "" for nothing.
func (p Plain) String() string {
	if p == "" {
		return ""
	}
	return Mask
}

// GoString masks like String.
func (p Plain) GoString() string { return p.String() }

// Format masks like String, for every verb of fmt.
func (p Plain) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, p.String()) }

// LogValue masks like String.
func (p Plain) LogValue() slog.Value { return slog.StringValue(p.String()) }

// MarshalJSON masks like String.
func (p Plain) MarshalJSON() ([]byte, error) { return json.Marshal(p.String()) }

// MarshalText masks like String.
func (p Plain) MarshalText() ([]byte, error) { return []byte(p.String()), nil }
