package privacy_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/coverkit/crm/kernel/privacy"
)

// FuzzOpen: of all bytes that a store may hold, only those that were sealed open.
func FuzzOpen(f *testing.F) {
	for _, c := range []privacy.Cipher{newKeys(f), privacy.Plaintext} {
		f.Add(seal(f, newDataKey(f, c), "13800138000", here).Stored(), here)
	}
	f.Add([]byte{}, "")
	f.Add([]byte{2}, "")
	f.Add(bytes.Repeat([]byte{2}, 17), "")
	sealing, readable := newDataKey(f, newKeys(f)), newDataKey(f, privacy.Plaintext)
	f.Fuzz(func(t *testing.T, stored []byte, ad string) {
		s := privacy.Sealed(stored)
		if !bytes.Equal(s.Stored(), stored) {
			t.Errorf("Stored = %x of %x", s.Stored(), stored)
		}
		if s.IsZero() != (len(stored) == 0) || s.IsSealed() != (len(stored) > 0) {
			t.Error("not what was stored")
		}
		if len(stored) == 0 {
			return
		}
		if _, err := s.Open(sealing, ad); !errors.Is(err, privacy.ErrCannotOpen) {
			t.Errorf("%x opens: %v", stored, err)
		}
		// Its checksums can be forged; then it must at least be the same text.
		if text, err := s.Open(readable, ad); err == nil && !bytes.HasSuffix(stored, []byte(text)) {
			t.Errorf("%x opens as %q", stored, text)
		}
	})
}

func FuzzParseKeys(f *testing.F) {
	f.Add([]byte(mark(f, newKeys(f))))
	f.Add([]byte(`{"format":"coverkit keys, version 1","wrap":"","index":""}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		keys, err := privacy.ParseKeys(text)
		if (keys == nil) != errors.Is(err, privacy.ErrKeyFile) {
			t.Errorf("%v, %v", keys, err)
		}
	})
}
