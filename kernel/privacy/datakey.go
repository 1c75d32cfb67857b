package privacy

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// dataKey is the data key of [Keys]: 64 random bytes, one half to seal with
// AES-256-GCM, the other to commit with HMAC-SHA-256.
type dataKey struct {
	aead   tink.AEAD
	commit []byte              // the half to commit with
	idle   atomic.Pointer[mac] // under it
}

const half = 32

func newSecretKey() []byte {
	secret := make([]byte, 2*half)
	_, _ = rand.Read(secret) // never fails
	return secret
}

func dataKeyOf(secret []byte) (*dataKey, error) {
	if len(secret) != 2*half {
		return nil, ErrCannotOpen
	}
	gcm, err := subtle.NewAESGCM(secret[:half])
	if err != nil {
		return nil, fmt.Errorf("data key: %w", err)
	}
	return &dataKey{aead: gcm, commit: bytes.Clone(secret[half:])}, nil
}

func (k *dataKey) Seal(plain, ad []byte) ([]byte, error) { return k.aead.Encrypt(plain, ad) }

func (k *dataKey) Open(sealed, ad []byte) ([]byte, error) {
	plain, err := k.aead.Decrypt(sealed, ad)
	if err != nil {
		return nil, ErrCannotOpen
	}
	return plain, nil
}

func (k *dataKey) Commit(plain, ad []byte) []byte {
	m := k.idle.Swap(nil)
	if m == nil {
		m = newMAC(k.commit)
	}
	defer k.idle.Store(m)
	return m.sum(appendJoined(m.room[:0], ad, plain))
}

// Format keeps the key out of whatever prints it.
func (k *dataKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "privacy.DataKey") }
