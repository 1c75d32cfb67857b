package privacy

import (
	"database/sql/driver"
	"fmt"
)

// Value returns the stored form for a column of bytes, NULL for the empty
// secret. A plain one is refused with [ErrNotSealed].
func (s Secret) Value() (driver.Value, error) {
	switch {
	case s.IsZero():
		return nil, nil
	case !s.IsSealed():
		return nil, ErrNotSealed
	}
	return s.Stored(), nil
}

// Scan takes the stored form from a column of bytes or text; NULL and no bytes
// are the empty secret.
func (s *Secret) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*s = Secret{}
	case []byte:
		*s = Sealed(v)
	case string:
		*s = Sealed([]byte(v))
	default:
		return fmt.Errorf("a secret is stored as bytes, not as %T", src)
	}
	return nil
}

// GormDataType says that a secret is one column of bytes.
func (Secret) GormDataType() string { return "bytes" }
