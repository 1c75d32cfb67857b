package privacy_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel/privacy"
)

func TestDataKeyOpensAgain(t *testing.T) {
	t.Parallel()
	ciphers(t, func(t *testing.T, c privacy.Cipher) {
		wrapped, key, err := c.NewDataKey("tenant-1/customers/c-1")
		if err != nil {
			t.Fatal(err)
		}
		s := seal(t, key, "13800138000", here)
		again, err := c.OpenDataKey(wrapped, "tenant-1/customers/c-1")
		if err != nil {
			t.Fatal(err)
		}
		if text, err := s.Open(again, here); text != "13800138000" || err != nil {
			t.Errorf("Open = %q, %v", text, err)
		}
	})
}

func TestWrappedKeyIsBoundToItsPerson(t *testing.T) {
	t.Parallel()
	ciphers(t, func(t *testing.T, c privacy.Cipher) {
		wrapped, _, err := c.NewDataKey("tenant-1/customers/c-1")
		if err != nil {
			t.Fatal(err)
		}
		refused := func(what string, wrapped []byte, ad string) {
			t.Helper()
			if key, err := c.OpenDataKey(wrapped, ad); key != nil || !errors.Is(err, privacy.ErrCannotOpen) {
				t.Errorf("%s: %v, %v", what, key, err)
			}
		}
		refused("another person", wrapped, "tenant-1/customers/c-2")
		refused("another tenant", wrapped, "tenant-2/customers/c-1")
		refused("nothing", nil, "tenant-1/customers/c-1")
		for i := range wrapped {
			edited := bytes.Clone(wrapped)
			edited[i] ^= 1
			refused("edited", edited, "tenant-1/customers/c-1")
			refused("cut short", wrapped[:i], "tenant-1/customers/c-1")
		}
	})
}

func TestWrappedKeyNeedsItsKeys(t *testing.T) {
	t.Parallel()
	mine, theirs := newKeys(t), newKeys(t)
	for name, c := range map[string][2]privacy.Cipher{
		"other keys": {mine, theirs}, "no keys": {mine, privacy.Plaintext}, "keys too late": {privacy.Plaintext, mine},
	} {
		wrapped, _, err := c[0].NewDataKey("p")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c[1].OpenDataKey(wrapped, "p"); !errors.Is(err, privacy.ErrCannotOpen) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestIndexFindsEqualValues(t *testing.T) {
	t.Parallel()
	ciphers(t, func(t *testing.T, c privacy.Cipher) {
		rapid.Check(t, func(r *rapid.T) {
			// One text, cut in two places: field and value must not run together.
			text := rapid.StringN(0, 6, -1).Draw(r, "text")
			cut := rapid.IntRange(0, len(text))
			i, j := cut.Draw(r, "cut"), cut.Draw(r, "other cut")
			f1, v1, f2, v2 := text[:i], text[i:], text[:j], text[j:]
			a, errA := c.Index(f1, v1)
			b, errB := c.Index(f2, v2)
			if errA != nil || errB != nil {
				r.Fatal(errA, errB)
			}
			same := f1 == f2 && v1 == v2 || v1 == "" && v2 == ""
			if bytes.Equal(a, b) != same {
				r.Fatalf("%x, %x", a, b)
			}
			if v1 != "" && len(a) != 16 || v1 == "" && a != nil {
				r.Fatalf("%d bytes", len(a))
			}
		})
	})
}

func TestIndexNeedsItsKeys(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range []privacy.Cipher{newKeys(t), newKeys(t), privacy.Plaintext} {
		index, err := c.Index("t/customers.identity", "110101199003079090")
		if err != nil || seen[string(index)] {
			t.Errorf("index %x, %v: no other than that of other keys", index, err)
		}
		seen[string(index)] = true
	}
}

// Two offices share a database; each gets the new file when its turn comes.
func TestRotationInTwoPhases(t *testing.T) {
	t.Parallel()
	old := newKeys(t)
	wrapped, key, err := old.NewDataKey("p")
	if err != nil {
		t.Fatal(err)
	}
	s := seal(t, key, "13800138000", here)
	added, err := old.AddKey()
	if err != nil {
		t.Fatal(err)
	}
	promoted, err := added.Promote()
	if err != nil {
		t.Fatal(err)
	}
	opens := func(c *privacy.Keys, wrapped []byte) bool {
		_, err := c.OpenDataKey(wrapped, "p")
		if err != nil && !errors.Is(err, privacy.ErrCannotOpen) {
			t.Error(err)
		}
		return err == nil
	}
	early, _, _ := added.NewDataKey("p")
	late, _, _ := promoted.NewDataKey("p")
	for name, got := range map[string]bool{
		"old opens early":         opens(old, early),
		"added opens old":         opens(added, wrapped),
		"added opens late":        opens(added, late),
		"promoted opens old":      opens(promoted, wrapped),
		"promoted opens late":     opens(promoted, late),
		"old does not open late":  !opens(old, late),
		"others do not open late": !opens(newKeys(t), late),
	} {
		if !got {
			t.Errorf("not so: %s", name)
		}
	}
	a, _ := old.Index("f", "v")
	b, _ := promoted.Index("f", "v")
	if !bytes.Equal(a, b) {
		t.Error("the index changed with the wrapping key")
	}

	again, err := promoted.Rewrap(wrapped, "p")
	if err != nil || opens(old, again) {
		t.Fatalf("not wrapped with the new key: %v", err)
	}
	key, err = promoted.OpenDataKey(again, "p")
	if err != nil {
		t.Fatal(err)
	}
	if text, err := s.Open(key, here); text != "13800138000" || err != nil {
		t.Errorf("after rewrapping: %q, %v", text, err)
	}
	if _, err := promoted.Rewrap(wrapped, "q"); !errors.Is(err, privacy.ErrCannotOpen) {
		t.Errorf("rewrapped for somebody else: %v", err)
	}
}

func TestKeyFileFollowsRotation(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.keys")
	keys, err := privacy.OpenKeyFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []func(*privacy.Keys) (*privacy.Keys, error){
		(*privacy.Keys).AddKey, (*privacy.Keys).Promote,
	} {
		next, err := step(keys)
		if err != nil {
			t.Fatal(err)
		}
		if err := next.WriteFile(path); err != nil {
			t.Fatal(err)
		}
		wrapped, _, _ := next.NewDataKey("p")
		if keys, err = privacy.OpenKeyFile(path); err != nil {
			t.Fatal(err)
		}
		if _, err := keys.OpenDataKey(wrapped, "p"); err != nil {
			t.Error(err)
		}
	}
	// Two people add a key each: the second must not undo the first.
	mine, err := keys.AddKey()
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := keys.AddKey()
	if err != nil {
		t.Fatal(err)
	}
	if err := mine.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]*privacy.Keys{"older": keys, "their": theirs, "strange": newKeys(t)} {
		if err := k.WriteFile(path); !errors.Is(err, privacy.ErrKeyFile) {
			t.Errorf("%s keys replaced the file: %v", name, err)
		}
	}
}
