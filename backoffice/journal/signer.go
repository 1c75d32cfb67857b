package journal

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"
)

// Ed25519 is a [Signer] with a key of package crypto/ed25519.
type Ed25519 struct {
	// Key signs; nil: nothing can be signed, only verified.
	Key ed25519.PrivateKey
	// Known are public keys whose signatures hold too: those of earlier keys, or of the
	// one who signs, where this program only verifies.
	Known []ed25519.PublicKey
}

// Sign signs with Key.
func (e Ed25519) Sign(_ context.Context, message []byte) ([]byte, error) {
	if len(e.Key) != ed25519.PrivateKeySize {
		return nil, errors.New("journal: Ed25519.Key is missing or not of its size: seals cannot be signed")
	}
	return ed25519.Sign(e.Key, message), nil
}

// Verify reports whether Key or one of Known made the signature.
func (e Ed25519) Verify(_ context.Context, message, signature []byte) (bool, error) {
	keys := slices.Clone(e.Known)
	if len(e.Key) == ed25519.PrivateKeySize {
		keys = append(keys, e.Key.Public().(ed25519.PublicKey))
	}
	return slices.ContainsFunc(keys, func(k ed25519.PublicKey) bool {
		return len(k) == ed25519.PublicKeySize && ed25519.Verify(k, message, signature)
	}), nil
}
