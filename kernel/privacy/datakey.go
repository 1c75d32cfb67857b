package privacy

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// dataKey is the data key of [Keys]: 64 random bytes, one half to seal with
// AES-256-GCM, the other to commit with HMAC-SHA-256.
type dataKey struct {
	aead tink.AEAD
	macs sync.Pool // hash.Hash under the half to commit with: keying one costs more than a commitment
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
	commit := bytes.Clone(secret[half:])
	return &dataKey{aead: gcm, macs: sync.Pool{New: func() any { return hmac.New(sha256.New, commit) }}}, nil
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
	mac := k.macs.Get().(hash.Hash)
	defer k.macs.Put(mac)
	mac.Reset()
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(ad)))
	mac.Write(n[:])
	mac.Write(ad)
	mac.Write(plain)
	return mac.Sum(make([]byte, 0, sha256.Size))[:short]
}

// Format keeps the key out of whatever prints it.
func (k *dataKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "privacy.DataKey") }
