package privacy_test

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm/schema"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

const here = "customers.phone|c-1"

func newKeys(t testing.TB) *privacy.Keys {
	t.Helper()
	keys, err := privacy.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func newDataKey(t testing.TB, c privacy.Cipher) privacy.DataKey {
	t.Helper()
	_, key, err := c.NewDataKey("tenant-1/customers/c-1")
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func seal(t testing.TB, key privacy.DataKey, plain, ad string) privacy.Secret {
	t.Helper()
	s := privacy.New(plain)
	if err := s.Seal(key, ad); err != nil {
		t.Fatal(err)
	}
	return s
}

// ciphers are run through the same stories.
func ciphers(t *testing.T, story func(t *testing.T, c privacy.Cipher)) {
	t.Run("keys", func(t *testing.T) { t.Parallel(); story(t, newKeys(t)) })
	t.Run("plaintext", func(t *testing.T) { t.Parallel(); story(t, privacy.Plaintext) })
}

func TestSecretComesBackFromTheStore(t *testing.T) {
	t.Parallel()
	ciphers(t, func(t *testing.T, c privacy.Cipher) {
		key := newDataKey(t, c)
		rapid.Check(t, func(r *rapid.T) {
			plain, ad := rapid.String().Draw(r, "plain"), rapid.String().Draw(r, "ad")
			s := privacy.New(plain)
			if err := s.Seal(key, ad); err != nil {
				r.Fatal(err)
			}
			v, err := s.Value()
			if err != nil {
				r.Fatal(err)
			}
			var back privacy.Secret
			if err := back.Scan(v); err != nil {
				r.Fatal(err)
			}
			if back != s || !back.Equal(s) {
				r.Fatal("what was stored is not what was sealed")
			}
			if got, err := back.Open(key, ad); err != nil || got != plain {
				r.Fatalf("Open = %q, %v", got, err)
			}
			if back.IsSealed() == (plain == "") {
				r.Fatal("only the empty secret is never sealed")
			}
		})
	})
}

func TestEmptySecret(t *testing.T) {
	t.Parallel()
	key := newDataKey(t, newKeys(t))
	for name, s := range map[string]privacy.Secret{
		"zero":         {},
		"of no text":   privacy.New(""),
		"of no bytes":  privacy.Sealed(nil),
		"of no length": privacy.Sealed([]byte{}),
		"sealed":       seal(t, key, "", here),
	} {
		if !s.IsZero() || s.IsSealed() || s != (privacy.Secret{}) {
			t.Errorf("%s: not empty", name)
		}
		if s.Stored() != nil || s.Commitment() != nil || s.String() != "" {
			t.Errorf("%s: says something", name)
		}
		if v, err := s.Value(); v != nil || err != nil {
			t.Errorf("%s: Value = %v, %v", name, v, err)
		}
		if text, err := s.Open(nil, here); text != "" || err != nil {
			t.Errorf("%s: Open = %q, %v", name, text, err)
		}
		if text, ok := s.Plain(); text != "" || !ok {
			t.Errorf("%s: Plain = %q, %v", name, text, ok)
		}
	}
}

func TestPlainSecretIsNotStored(t *testing.T) {
	t.Parallel()
	s := privacy.New("13800138000")
	if text, ok := s.Plain(); text != "13800138000" || !ok {
		t.Error("what came in cannot be checked")
	}
	if s.IsZero() || s.IsSealed() || s.Stored() != nil || s.Commitment() != nil {
		t.Error("a plain secret passes for a stored one")
	}
	if _, err := s.Value(); !errors.Is(err, privacy.ErrNotSealed) {
		t.Errorf("Value: %v", err)
	}
	if _, err := s.Open(newDataKey(t, newKeys(t)), here); !errors.Is(err, privacy.ErrNotSealed) {
		t.Errorf("Open: %v", err)
	}
	if s != privacy.New("13800138000") || s == privacy.New("13800138001") {
		t.Error("plain secrets are equal by their text")
	}
}

func TestSealedSecretIsNotPlain(t *testing.T) {
	t.Parallel()
	ciphers(t, func(t *testing.T, c privacy.Cipher) {
		s := seal(t, newDataKey(t, c), "13800138000", here)
		if text, ok := s.Plain(); text != "" || ok {
			t.Error("a sealed secret gives its text without a key")
		}
	})
}

func TestSealTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	ciphers(t, func(t *testing.T, c privacy.Cipher) {
		s := seal(t, newDataKey(t, c), "13800138000", here)
		again := s
		if err := again.Seal(newDataKey(t, c), "elsewhere"); err != nil || again != s {
			t.Errorf("sealed again: %v", err)
		}
	})
}

func TestNoKey(t *testing.T) {
	t.Parallel()
	s := privacy.New("13800138000")
	if err := s.Seal(nil, here); !errors.Is(err, privacy.ErrNoKey) || s.IsSealed() {
		t.Errorf("Seal: %v", err)
	}
	s = seal(t, newDataKey(t, newKeys(t)), "13800138000", here)
	if _, err := s.Open(nil, here); !errors.Is(err, privacy.ErrNoKey) {
		t.Errorf("Open after erasure: %v", err)
	}
}

// deviceKey is a host's own data key, in a device that may be out of reach.
type deviceKey struct {
	privacy.DataKey
	down   error
	commit int
}

func (k deviceKey) Seal(plain, ad []byte) ([]byte, error) {
	if k.down != nil {
		return nil, k.down
	}
	return k.DataKey.Seal(plain, ad)
}

func (k deviceKey) Open(sealed, ad []byte) ([]byte, error) {
	if k.down != nil {
		return nil, k.down
	}
	return k.DataKey.Open(sealed, ad)
}

func (k deviceKey) Commit(plain, ad []byte) []byte { return k.DataKey.Commit(plain, ad)[:k.commit] }

func TestHostBringsItsOwnKey(t *testing.T) {
	t.Parallel()
	key := newDataKey(t, newKeys(t))
	sealed := seal(t, deviceKey{key, nil, 16}, "13800138000", here)
	if text, err := sealed.Open(key, here); text != "13800138000" || err != nil {
		t.Errorf("Open = %q, %v", text, err)
	}
	down := errors.New("device out of reach")
	if _, err := sealed.Open(deviceKey{key, down, 16}, here); !errors.Is(err, down) || errors.Is(err, privacy.ErrCannotOpen) {
		t.Errorf("a device out of reach passes for a forgery: %v", err)
	}
	plain := privacy.New("13800138000")
	if err := plain.Seal(deviceKey{key, down, 16}, here); !errors.Is(err, down) || plain.IsSealed() {
		t.Errorf("Seal: %v", err)
	}
	if err := plain.Seal(deviceKey{key, nil, 8}, here); err == nil || plain.IsSealed() {
		t.Error("a short commitment was taken")
	}
}

func TestSecretOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	ciphers(t, func(t *testing.T, c privacy.Cipher) {
		key := newDataKey(t, c)
		s := seal(t, key, "13800138000", privacy.Place("customers", "phone", "c-1"))
		for name, ad := range map[string]string{
			"another row":    privacy.Place("customers", "phone", "c-2"),
			"another column": privacy.Place("customers", "fax", "c-1"),
			"another table":  privacy.Place("claimants", "phone", "c-1"),
			"no place":       "",
		} {
			if _, err := s.Open(key, ad); !errors.Is(err, privacy.ErrCannotOpen) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestPersonsDoNotOpenEachOther(t *testing.T) {
	t.Parallel()
	keys := newKeys(t)
	s := seal(t, newDataKey(t, keys), "13800138000", here)
	other := newDataKey(t, keys)
	if _, err := s.Open(other, here); !errors.Is(err, privacy.ErrCannotOpen) {
		t.Errorf("another person's key: %v", err)
	}
	if bytes.Equal(s.Commitment(), seal(t, other, "13800138000", here).Commitment()) {
		t.Error("two persons with one number have one commitment")
	}
}

// Whoever can write to the database must not be able to plant readable text
// where text is sealed.
func TestReadableTextIsNotTakenForSealed(t *testing.T) {
	t.Parallel()
	planted := seal(t, newDataKey(t, privacy.Plaintext), "6222020000000000001", here)
	key := newDataKey(t, newKeys(t))
	if _, err := planted.Open(key, here); !errors.Is(err, privacy.ErrCannotOpen) {
		t.Errorf("planted: %v", err)
	}
	sealed := seal(t, key, "6222020000000000001", here)
	if _, err := sealed.Open(newDataKey(t, privacy.Plaintext), here); !errors.Is(err, privacy.ErrCannotOpen) {
		t.Errorf("without keys: %v", err)
	}
}

func TestEveryChangedByteIsFound(t *testing.T) {
	t.Parallel()
	ciphers(t, func(t *testing.T, c privacy.Cipher) {
		key := newDataKey(t, c)
		stored := seal(t, key, "110101199003079090", here).Stored()
		refused := func(what string, b []byte) {
			t.Helper()
			if _, err := privacy.Sealed(b).Open(key, here); !errors.Is(err, privacy.ErrCannotOpen) {
				t.Errorf("%s: %v", what, err)
			}
		}
		for i := range stored {
			for bit := range 8 {
				b := bytes.Clone(stored)
				b[i] ^= 1 << bit
				refused("one bit changed", b)
			}
			if i > 0 {
				refused("cut short", stored[:i])
			}
		}
		refused("lengthened", append(bytes.Clone(stored), 0))
	})
}

func TestCommitmentStaysWithTheText(t *testing.T) {
	t.Parallel()
	ciphers(t, func(t *testing.T, c privacy.Cipher) {
		key := newDataKey(t, c)
		first := seal(t, key, "13800138000", here).Commitment()
		if len(first) != 16 {
			t.Fatalf("%d bytes", len(first))
		}
		if !bytes.Equal(first, seal(t, key, "13800138000", here).Commitment()) {
			t.Error("sealed again, the same text has another commitment")
		}
		for name, other := range map[string]privacy.Secret{
			"text":  seal(t, key, "13800138001", here),
			"place": seal(t, key, "13800138000", strings.ToUpper(here)),
			"edge":  seal(t, key, here[len(here)-1:]+"13800138000", here[:len(here)-1]),
		} {
			if bytes.Equal(first, other.Commitment()) {
				t.Errorf("another %s has the same commitment", name)
			}
		}
	})
}

func TestStoredIsACopy(t *testing.T) {
	t.Parallel()
	key := newDataKey(t, newKeys(t))
	buffer := seal(t, key, "13800138000", here).Stored()
	s := privacy.Sealed(buffer)
	clear(buffer) // as a driver does with its own
	clear(s.Stored())
	clear(s.Commitment())
	if text, err := s.Open(key, here); text != "13800138000" {
		t.Errorf("Open = %q, %v", text, err)
	}
}

func TestScan(t *testing.T) {
	t.Parallel()
	want := seal(t, newDataKey(t, newKeys(t)), "13800138000", here)
	for _, src := range []any{want.Stored(), string(want.Stored())} {
		var s privacy.Secret
		if err := s.Scan(src); err != nil || s != want {
			t.Errorf("%T: %v", src, err)
		}
	}
	s := want
	if err := s.Scan(nil); err != nil || !s.IsZero() {
		t.Errorf("NULL: %v", err)
	}
	if err := s.Scan(int64(13800138000)); err == nil {
		t.Error("a number was taken for a sealed secret")
	}
}

func TestGormSeesOneColumnOfBytes(t *testing.T) {
	t.Parallel()
	type Customer struct {
		ID    string
		Phone privacy.Secret `gorm:"column:mobile"`
	}
	parsed, err := schema.Parse(&Customer{}, new(sync.Map), schema.NamingStrategy{})
	if err != nil {
		t.Fatal(err)
	}
	f := parsed.LookUpField("mobile")
	if f == nil || f.DataType != schema.Bytes || len(parsed.DBNames) != 2 {
		t.Errorf("field %+v of columns %v", f, parsed.DBNames)
	}
	var _ driver.Valuer = privacy.Secret{}
}

func TestSecretComesInByForm(t *testing.T) {
	t.Parallel()
	var form struct{ Phone, Email, Address privacy.Secret }
	form.Address = privacy.New("as before")
	err := json.Unmarshal([]byte(`{"Phone":"138\u00300138000","Email":"","Address":null}`), &form)
	if err != nil {
		t.Fatal(err)
	}
	if form.Phone != privacy.New("13800138000") || !form.Email.IsZero() || form.Address != privacy.New("as before") {
		t.Error("the form was read wrongly")
	}
	for _, bad := range []string{`{"Phone":13800138000}`, `{"Phone":["1"]}`, `{"Phone":{}}`, `{"Phone":"•••"}`} {
		err := json.Unmarshal([]byte(bad), &form)
		if !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if form.Phone != privacy.New("13800138000") {
		t.Error("a refused form changed the secret")
	}
}
