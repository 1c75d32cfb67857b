package privacy

import (
	"crypto/sha256"
	"crypto/subtle"
)

// Plaintext is the [Cipher] that seals nothing: the store holds readable text.
// Secrets are still masked wherever they are printed. A value moved or edited
// by mistake is still noticed, one edited on purpose is not: anybody can work
// out the checksums.
//
// It will do for tests, for demonstrations with invented people, and for an
// insurer whose database is encrypted below us and whose law does not ask for
// more. Erasing a person by destroying the data key does not work with it, and
// its indexes can be found by trying. Data written with it does not open with
// [Keys], nor the other way round.
var Plaintext Cipher = plaintext{}

type plaintext struct{}

func (plaintext) NewDataKey(ad string) ([]byte, DataKey, error) {
	return checksum("key", ad), plainKey{}, nil
}

func (plaintext) OpenDataKey(wrapped []byte, ad string) (DataKey, error) {
	if subtle.ConstantTimeCompare(wrapped, checksum("key", ad)) != 1 {
		return nil, ErrCannotOpen
	}
	return plainKey{}, nil
}

func (plaintext) Index(field, value string) ([]byte, error) {
	if value == "" {
		return nil, nil
	}
	return checksum("index", string(joined(field, value))), nil
}

type plainKey struct{}

func (plainKey) Seal(plain, _ []byte) ([]byte, error)  { return plain, nil }
func (plainKey) Open(sealed, _ []byte) ([]byte, error) { return sealed, nil }
func (plainKey) Commit(plain, ad []byte) []byte {
	return checksum("commit", string(joined(string(ad), string(plain))))
}

func checksum(kind, of string) []byte {
	sum := sha256.Sum256(joined(kind, of))
	return sum[:short]
}
