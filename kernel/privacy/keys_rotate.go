package privacy

import (
	"fmt"

	"github.com/tink-crypto/tink-go/v2/keyset"
)

// AddKey returns keys with one more wrapping key that opens but does not wrap
// yet. Wrapping keys are changed in two steps, so that no process meets a data
// key that it cannot open:
//
//	next, err := keys.AddKey()   // 1. opens with the new key, wraps with the old
//	err = next.WriteFile(path)   //    … and wait until every process has read it
//	next, err = next.Promote()   // 2. wraps with the new key, still opens with the old
//	err = next.WriteFile(path)
//
// Then, at leisure, [Keys.Rewrap] each person's wrapped key. What the data keys
// sealed stays as it is. The index key is not changed in this version: every
// index would have to be made again.
func (k *Keys) AddKey() (*Keys, error) {
	m := keyset.NewManagerFromHandle(k.wrap)
	if _, err := m.Add(wrapTemplate()); err != nil {
		return nil, fmt.Errorf("add wrapping key: %w", err)
	}
	return k.with(m)
}

// Promote returns keys that wrap with the key that was added last.
func (k *Keys) Promote() (*Keys, error) {
	last, err := k.wrap.Entry(k.wrap.Len() - 1)
	if err != nil {
		return nil, fmt.Errorf("promote wrapping key: %w", err)
	}
	m := keyset.NewManagerFromHandle(k.wrap)
	if err := m.SetPrimary(last.KeyID()); err != nil {
		return nil, fmt.Errorf("promote wrapping key: %w", err)
	}
	return k.with(m)
}

// Rewrap returns the same data key wrapped with the present wrapping key. The
// error is [ErrCannotOpen] as for OpenDataKey.
func (k *Keys) Rewrap(wrapped []byte, ad string) ([]byte, error) {
	secret, err := k.aead.Decrypt(wrapped, []byte(ad))
	if err != nil {
		return nil, ErrCannotOpen
	}
	again, err := k.aead.Encrypt(secret, []byte(ad))
	if err != nil {
		return nil, fmt.Errorf("wrap data key: %w", err)
	}
	return again, nil
}

func (k *Keys) with(m *keyset.Manager) (*Keys, error) {
	wrap, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("wrapping keys: %w", err)
	}
	return keysOf(wrap, k.index)
}

// covers reports whether k opens all that old opens. It then stems from the same
// NewKeys, and so has the same index key.
func (k *Keys) covers(old *Keys) bool {
	for i := range old.wrap.Len() {
		want, err := old.wrap.Entry(i)
		if err != nil {
			return false
		}
		found := false
		for j := 0; j < k.wrap.Len() && !found; j++ {
			have, err := k.wrap.Entry(j)
			found = err == nil && have.Key().Equal(want.Key())
		}
		if !found {
			return false
		}
	}
	return true
}
