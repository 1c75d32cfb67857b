package storage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// What every store asks of the values that it is given. Two stores that differ
// here would make a program pass on one and fail on the other.

// IsNull reports whether the field's value is stored as NULL: no key, no bytes, the
// zero time, date or document (a nil slice, but not an empty one), the empty secret.
func (f *Field) IsNull(v reflect.Value) bool {
	switch f.Kind {
	case UUID, Bytes:
		return v.Len() == 0
	case Time:
		if v.CanAddr() { // spares a copy on the heap
			return v.Addr().Interface().(*time.Time).IsZero()
		}
		return v.Interface().(time.Time).IsZero()
	case Day, Sealed, JSON:
		return v.IsZero()
	}
	return false
}

// Fits says why the amount cannot be stored in the field's places; nil when it
// can. The error is a [kernel.ErrInvalid].
func (f *Field) Fits(d decimal.Decimal) error {
	if f.Scale == kernel.RateScale {
		return kernel.FitsRate(d)
	}
	return kernel.FitsAmount(d)
}

// accepts reports whether a value from outside can be compared with the column:
// there is one, and every store could keep it.
func (f *Field) accepts(v reflect.Value) bool {
	if f.IsNull(v) {
		return false
	}
	switch f.Kind {
	case String:
		return CheckText(v.String()) == nil
	case UUID:
		id, err := kernel.ParseID(v.String())
		return err == nil && string(id) == v.String()
	case Amount:
		return f.Fits(v.Interface().(decimal.Decimal)) == nil
	case Sealed, JSON:
		return false
	}
	return true
}

// CheckText says why no store could keep the text: it is not UTF-8, or holds a
// NUL. The error is a [kernel.ErrInvalid] and does not repeat the text.
func CheckText(s string) error {
	if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return fmt.Errorf("text that cannot be stored: %w", kernel.ErrInvalid)
	}
	return nil
}

// MarshalJSON returns the document that is stored for a value of kind [JSON]. The
// error is a [kernel.ErrInvalid]: for a value without JSON, and for texts in it
// that [CheckText] refuses.
func MarshalJSON(v any) ([]byte, error) {
	doc, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("a document that cannot be stored: %w", kernel.ErrInvalid)
	}
	if !bytes.Contains(doc, []byte(`\u0000`)) && !bytes.Contains(doc, []byte(`\ufffd`)) {
		return doc, nil
	}
	// The encoder writes \ufffd for bytes that are not UTF-8; a true U+FFFD it
	// leaves as it is. What follows another backslash is plain text.
	plain := bytes.ReplaceAll(doc, []byte(`\\`), nil)
	if bytes.Contains(plain, []byte(`\u0000`)) || bytes.Contains(plain, []byte(`\ufffd`)) {
		return nil, fmt.Errorf("a document with text that cannot be stored: %w", kernel.ErrInvalid)
	}
	return doc, nil
}
