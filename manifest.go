package crm

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// ErrDamaged says that a backup is not, bit by bit, what [CRM.Backup] wrote.
var ErrDamaged = errors.New("the backup is damaged")

// Manifest says what a backup is. It is written last, so that a folder without one is a
// backup that was broken off.
type Manifest struct {
	Format  int       `json:"format"` // 1
	TakenAt time.Time `json:"taken_at"`
	File    string    `json:"file"` // the copy, in the same folder
	Size    int64     `json:"size"` // in bytes
	SHA256  string    `json:"sha256"`
	storage.Contents
	Digest string `json:"digest"` // SHA-256 of all the above
	Seal   string `json:"seal"`   // of the digest, keyed: only who has the insurer's keys can make it
}

const (
	manifestName = "manifest.json"
	copyName     = "crm.db"
)

// LastSeq returns the number of the newest journal entry of all tenants; 0 for none.
func (m Manifest) LastSeq() int64 { return m.Numbers["crm_journal"] }

// sign fills in digest and seal.
func (m *Manifest) sign(keys privacy.Cipher) (err error) {
	m.Digest, m.Seal = "", ""
	if m.Digest, err = m.digest(); err != nil {
		return err
	}
	m.Seal, err = seal(keys, m.Digest)
	return err
}

func (m Manifest) digest() (string, error) {
	m.Digest, m.Seal = "", ""
	doc, err := json.Marshal(m)
	sum := sha256.Sum256(doc)
	return hex.EncodeToString(sum[:]), err
}

func seal(keys privacy.Cipher, digest string) (string, error) {
	b, err := keys.Index("backup/manifest", digest)
	return hex.EncodeToString(b), err
}

// encode returns the manifest as it is written: there is one way only.
func (m Manifest) encode() ([]byte, error) {
	doc, err := json.MarshalIndent(m, "", "  ")
	return append(doc, '\n'), err
}

// readManifest reads the manifest of a folder and holds it against itself and the keys.
func readManifest(dir string, keys privacy.Cipher) (m Manifest, err error) {
	doc, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, err
	}
	if err := json.Unmarshal(doc, &m); err != nil {
		return m, fmt.Errorf("%w: its manifest cannot be read", ErrDamaged)
	}
	want, err := m.digest()
	if err != nil {
		return m, err
	}
	again, err := m.encode()
	switch {
	case err != nil:
		return m, err
	case m.Digest != want || !bytes.Equal(doc, again):
		return m, fmt.Errorf("%w: its manifest was changed", ErrDamaged)
	case m.Format != 1 || m.File != copyName:
		return m, fmt.Errorf("crm: a backup of format %d, which this program does not know", m.Format)
	}
	mark, err := seal(keys, m.Digest)
	if err != nil {
		return m, err
	}
	if subtle.ConstantTimeCompare([]byte(mark), []byte(m.Seal)) != 1 {
		return m, fmt.Errorf("crm: the backup was made with other keys, or by somebody without them: %w", privacy.ErrCannotOpen)
	}
	return m, nil
}

// digestFile returns size and SHA-256 of a file; what it reads goes to w as well.
func digestFile(path string, w io.Writer) (size int64, sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(h, w), f)
	return size, hex.EncodeToString(h.Sum(nil)), err
}
