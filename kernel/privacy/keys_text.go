package privacy

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"
)

// ErrKeyFile says that a key file, or what should be its content, is not usable.
// What wraps it says why; it never holds key material.
var ErrKeyFile = errors.New("unusable key file")

const keyFormat = "coverkit keys, version 1"

// keyText is the content of a key file. A keyset with one bit wrong may still
// load, and would seal with a key that no copy of the file has; hence the sum.
type keyText struct {
	Format string `json:"format"`
	Note   string `json:"note"`
	Wrap   []byte `json:"wrap"`  // Tink keyset, binary: AEAD
	Index  []byte `json:"index"` // Tink keyset, binary: PRF
	Sum    []byte `json:"sum"`   // SHA-256 over both
}

const keyNote = "Secret. Whoever has this file and the database has all personal data; " +
	"without it all personal data is lost. Keep a copy, apart from the database."

// Export returns the keys as text, unprotected, to be put into a secret manager;
// [ParseKeys] reads it back.
func (k *Keys) Export() ([]byte, error) {
	wrap, index, err := k.sets()
	if err != nil {
		return nil, err
	}
	t := keyText{Format: keyFormat, Note: keyNote, Wrap: wrap, Index: index, Sum: sumOf(wrap, index)}
	text, err := json.MarshalIndent(t, "", "  ")
	return append(text, '\n'), err
}

// ParseKeys reads what [Keys.Export] returned, for hosts that keep their keys in
// a secret manager. The error is [ErrKeyFile].
func ParseKeys(text []byte) (*Keys, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, fmt.Errorf("%w: it is empty", ErrKeyFile)
	}
	var t keyText
	dec := json.NewDecoder(bytes.NewReader(text))
	// The decoder's own errors may quote the text, so they are dropped here.
	if dec.Decode(&t) != nil || t.Format != keyFormat {
		return nil, fmt.Errorf("%w: it does not begin as %q, or is cut short", ErrKeyFile, keyFormat)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("%w: something follows the keys", ErrKeyFile)
	}
	if subtle.ConstantTimeCompare(t.Sum, sumOf(t.Wrap, t.Index)) != 1 {
		return nil, fmt.Errorf("%w: its keys do not match its sum", ErrKeyFile)
	}
	wrap, errWrap := readSet(t.Wrap)
	index, errIndex := readSet(t.Index)
	if errWrap != nil || errIndex != nil {
		return nil, fmt.Errorf("%w: a keyset does not read", ErrKeyFile)
	}
	keys, err := keysOf(wrap, index)
	if err != nil {
		return nil, fmt.Errorf("%w: a keyset is of another kind", ErrKeyFile)
	}
	return keys, nil
}

func (k *Keys) sets() (wrap, index []byte, err error) {
	var w, i bytes.Buffer
	err = errors.Join(
		insecurecleartextkeyset.Write(k.wrap, keyset.NewBinaryWriter(&w)),
		insecurecleartextkeyset.Write(k.index, keyset.NewBinaryWriter(&i)))
	if err != nil {
		return nil, nil, errors.New("the keys cannot be written out")
	}
	return w.Bytes(), i.Bytes(), nil
}

func readSet(set []byte) (*keyset.Handle, error) {
	return insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(set)))
}

func sumOf(wrap, index []byte) []byte {
	sum := sha256.Sum256(joined(string(wrap), string(index)))
	return sum[:]
}
