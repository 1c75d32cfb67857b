package privacy

import (
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecuresecretdataaccess"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/prf/hmacprf"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// Keys is the [Cipher] that comes with the package: data keys seal with
// AES-256-GCM and are wrapped with AES-256-GCM, indexes are HMAC-SHA-256. It is
// immutable.
//
// Who loses the keys loses all personal data; who has the keys and the database
// has all personal data. Keep a copy of them, and keep them apart from the
// database and its backups.
type Keys struct {
	wrap, index *keyset.Handle
	aead        tink.AEAD
	macs        *sync.Pool // *mac under the index key
}

// NewKeys returns fresh keys that live in memory only, for tests and first
// steps. What is sealed with them is lost with the process, unless they are
// exported; see [OpenKeyFile].
func NewKeys() (*Keys, error) {
	wrap, err := keyset.NewHandle(wrapTemplate())
	if err != nil {
		return nil, fmt.Errorf("new wrapping key: %w", err)
	}
	index, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("new index key: %w", err)
	}
	return keysOf(wrap, index)
}

func keysOf(wrap, index *keyset.Handle) (*Keys, error) {
	a, err := aead.New(wrap)
	if err != nil {
		return nil, fmt.Errorf("wrapping keys: %w", err)
	}
	key, err := indexKey(index)
	if err != nil {
		return nil, fmt.Errorf("index key: %w", err)
	}
	return &Keys{wrap: wrap, index: index, aead: a, macs: &sync.Pool{New: func() any { return newMAC(key) }}}, nil
}

// indexKey returns the key of the indexes itself. [prf.Set] would begin anew with it for
// each index, which takes longer than the index.
func indexKey(index *keyset.Handle) ([]byte, error) {
	entry, err := index.Primary()
	if err != nil {
		return nil, err
	}
	key, ok := entry.Key().(*hmacprf.Key)
	if !ok || key.Parameters().(*hmacprf.Parameters).HashType() != hmacprf.SHA256 {
		return nil, errors.New("it is not for HMAC-SHA-256")
	}
	return key.KeyBytes().Data(insecuresecretdataaccess.Token{}), nil
}

// NewDataKey makes a data key and wraps it; see [Cipher].
func (k *Keys) NewDataKey(ad string) ([]byte, DataKey, error) {
	secret := newSecretKey()
	wrapped, err := k.aead.Encrypt(secret, []byte(ad))
	if err != nil {
		return nil, nil, fmt.Errorf("wrap data key: %w", err)
	}
	key, err := dataKeyOf(secret)
	if err != nil {
		return nil, nil, err
	}
	return wrapped, key, nil
}

// OpenDataKey unwraps a data key; see [Cipher].
func (k *Keys) OpenDataKey(wrapped []byte, ad string) (DataKey, error) {
	secret, err := k.aead.Decrypt(wrapped, []byte(ad))
	if err != nil {
		return nil, ErrCannotOpen
	}
	key, err := dataKeyOf(secret)
	if err != nil {
		return nil, err
	}
	return key, nil
}

// Index returns the blind index of a value; see [Cipher].
func (k *Keys) Index(field, value string) ([]byte, error) {
	if value == "" {
		return nil, nil
	}
	m := k.macs.Get().(*mac)
	defer k.macs.Put(m)
	return m.sum(appendJoined(m.room[:0], field, value)), nil
}

// Format keeps the keys out of whatever prints them.
func (k Keys) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "privacy.Keys") }

func wrapTemplate() *tinkpb.KeyTemplate { return aead.AES256GCMKeyTemplate() }
