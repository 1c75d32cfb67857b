package journal_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

func (o *office) seal(t testing.TB, ctx context.Context, signer journal.Signer) journal.Seal {
	t.Helper()
	s, err := journal.MakeSeal(ctx, o.Guarded, noon, signer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// sealed holds the journal against its seals and returns what is wrong, a word for each.
func (o *office) sealed(t testing.TB, signer journal.Signer, kept ...journal.Seal) []string {
	t.Helper()
	var words []string
	for _, f := range o.verifySeals(t, signer, kept...).Faults {
		words = append(words, f.What)
		if f.Seal == 0 || !strings.HasPrefix(f.String(), f.What+": seal ") {
			t.Errorf("%q", f)
		}
	}
	return words
}

func (o *office) verifySeals(t testing.TB, signer journal.Signer, kept ...journal.Seal) (report *journal.Report) {
	t.Helper()
	err := o.View(owner, func(tx *storage.GuardTx) (err error) {
		report, err = journal.VerifySeals(owner, tx, signer, kept...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return report
}

func newSigner(t testing.TB) journal.Ed25519 {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return journal.Ed25519{Key: key}
}

// Each seal takes up where the last one ended, and one over nothing new is the last again.
func TestSealsFollowEachOther(t *testing.T) {
	t.Parallel()
	o := newOffice()
	if s := o.seal(t, owner, nil); !cmp.Equal(s, journal.Seal{}) || s.String() != "nothing sealed" {
		t.Errorf("of nothing: %v", s)
	}
	var seals []journal.Seal
	for i := range 3 {
		o.fill(t, 600) // more than are read at once
		s := o.seal(t, owner, nil)
		if again := o.seal(t, owner, nil); !cmp.Equal(s, again) {
			t.Errorf("again: %s", cmp.Diff(s, again))
		}
		if s.Number != int64(i+1) || s.After != int64(i*1200) || s.UpTo != int64((i+1)*1200) || s.Entries != 1200 || s.Subjects != 600 || !s.At.Equal(noon) {
			t.Errorf("%v", s)
		}
		if i > 0 && !bytes.Equal(s.Prev, seals[i-1].Hash) {
			t.Errorf("%v does not hold the hash of the one before", s)
		}
		seals = append(seals, s)
	}
	n := 0
	if err := o.View(owner, func(tx *storage.GuardTx) (err error) {
		found, err := storage.Find[journal.Seal](tx, storage.Query{})
		n = len(found)
		return err
	}); n != 3 || err != nil {
		t.Errorf("%d seals, %v", n, err)
	}
	for name, kept := range map[string][]journal.Seal{
		"none": nil, "all": seals, "the first": seals[:1], "the last": seals[2:], "one twice": {seals[1], seals[1]}, "that of nothing": {{}},
	} {
		if r := o.verifySeals(t, nil, kept...); !r.OK() || r.Seals != 3 || r.Sealed != 3600 {
			t.Errorf("%s kept: %d seals up to %d, %v", name, r.Seals, r.Sealed, r.Faults)
		}
	}
	err := o.Update(owner, func(tx *storage.GuardTx) error { return tx.Delete(&seals[2]) })
	if !errors.Is(err, kernel.ErrState) {
		t.Errorf("a seal was removed: %v", err)
	}
}

// What is kept as JSON is the same seal, and small.
func TestASealIsKeptAsJSON(t *testing.T) {
	t.Parallel()
	o, signer := newOffice(), newSigner(t)
	o.fill(t, 2)
	o.seal(t, owner, signer)
	o.fill(t, 1)
	s := o.seal(t, owner, signer)
	doc, err := json.Marshal(s)
	if err != nil || len(doc) > 500 {
		t.Fatalf("%d bytes, %v", len(doc), err)
	}
	var back journal.Seal
	if err := json.Unmarshal(doc, &back); err != nil {
		t.Fatal(err)
	}
	if back.At = back.At.In(time.FixedZone("", 8*3600)); !bytes.Equal(back.Message(), s.Message()) || !bytes.Equal(back.Signature, s.Signature) {
		t.Errorf("%s is not %s", back, s)
	}
	if got := o.sealed(t, signer, back); got != nil {
		t.Error(got)
	}
	if line := s.String(); !strings.HasPrefix(line, "seal 2: 2 entries, numbers 5 to 6, ") || len(line) > 110 {
		t.Error(line)
	}
}

// No two fields run into each other, and none is left out.
func TestAMessageHoldsEverything(t *testing.T) {
	t.Parallel()
	base := journal.Seal{Tenant: "a", Number: 1, Entries: 2, Root: []byte("r"), Prev: []byte("p"), At: noon}
	seen := map[string]string{}
	for name, change := range map[string]func(*journal.Seal){
		"nothing": func(*journal.Seal) {}, "tenant": func(s *journal.Seal) { s.Tenant = "b" }, "number": func(s *journal.Seal) { s.Number++ },
		"after": func(s *journal.Seal) { s.After++ }, "up to": func(s *journal.Seal) { s.UpTo++ }, "entries": func(s *journal.Seal) { s.Entries++ },
		"subjects": func(s *journal.Seal) { s.Subjects++ }, "root": func(s *journal.Seal) { s.Root = []byte("s") },
		"prev": func(s *journal.Seal) { s.Prev = nil }, "at": func(s *journal.Seal) { s.At = noon.Add(time.Microsecond) },
		"root and prev": func(s *journal.Seal) { s.Root, s.Prev = []byte("rp"), nil },
	} {
		s := base
		change(&s)
		if twin := seen[string(s.Message())]; twin != "" {
			t.Errorf("%s and %s have one message", name, twin)
		}
		seen[string(s.Message())] = name
	}
	s := base
	s.ID, s.Hash, s.Signature = kernel.NewID(), []byte("x"), []byte("x")
	if seen[string(s.Message())] != "nothing" {
		t.Error("key, hash or signature are part of what is hashed")
	}
}

// Tenants have seals of their own, and none of another's.
func TestTenantsAreSealedApart(t *testing.T) {
	t.Parallel()
	o := newOffice()
	other := kernel.WithActor(owner, kernel.Actor{ID: "x", Tenant: "other", Roles: []kernel.Role{kernel.RoleOwner}})
	for range 2 {
		o.fill(t, 1)
		if err := o.write(other, &parcel{Weight: 1}, "Post"); err != nil {
			t.Fatal(err)
		}
	}
	mine, theirs := o.seal(t, owner, nil), o.seal(t, other, nil)
	if mine.Entries != 4 || theirs.Entries != 2 || mine.Number != 1 || theirs.Number != 1 || theirs.Tenant != "other" || bytes.Equal(mine.Root, theirs.Root) {
		t.Errorf("%v\n%v", mine, theirs)
	}
	err := o.View(owner, func(tx *storage.GuardTx) error {
		_, err := journal.VerifySeals(owner, tx, nil, mine, theirs)
		return err
	})
	var f *kernel.FieldErrors
	if !errors.As(err, &f) || len(f.Faults) != 1 || f.Faults[0].Path != "seals[1]" || f.Faults[0].Code != "tenant" {
		t.Errorf("%v", err)
	}
}

// Many who seal at once make one chain that covers everything.
func TestManySealAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice()
	var wg sync.WaitGroup
	var mu sync.Mutex
	var kept []journal.Seal
	for range 4 {
		wg.Go(func() {
			for range 25 {
				p := &parcel{Weight: 1}
				if err := o.write(owner, p, "Post"); err != nil {
					t.Error(err)
				}
				s, err := journal.MakeSeal(owner, o.Guarded, noon, nil)
				if errors.Is(err, kernel.ErrConflict) {
					continue
				}
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				kept = append(kept, s)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	kept = append(kept, o.seal(t, owner, nil))
	r := o.verifySeals(t, nil, kept...)
	if !r.OK() || r.Sealed != 100 || len(kept) < 50 {
		t.Errorf("%d kept, sealed up to %d: %v", len(kept), r.Sealed, r.Faults)
	}
}

// A seal that cannot be signed is none, and one that was changed is not built upon.
func TestSealsThatAreNotMade(t *testing.T) {
	t.Parallel()
	o := newOffice()
	o.fill(t, 1)
	if s, err := journal.MakeSeal(owner, o.Guarded, noon, journal.Ed25519{}); err == nil || s.Number != 0 {
		t.Errorf("without a key: %v, %v", s, err)
	}
	signer := newSigner(t)
	first := o.seal(t, owner, signer)
	o.fill(t, 1)
	if _, err := journal.MakeSeal(owner, o.Guarded, noon, newSigner(t)); !errors.Is(err, kernel.ErrState) {
		t.Errorf("behind somebody else's: %v", err)
	}
	next := newSigner(t)
	next.Known = []ed25519.PublicKey{signer.Key.Public().(ed25519.PublicKey)}
	if s := o.seal(t, owner, next); s.Number != 2 {
		t.Errorf("with a new key: %v", s)
	}
	if got := o.sealed(t, next, first); got != nil {
		t.Errorf("with a new key: %v", got)
	}
	if got := o.sealed(t, journal.Ed25519{Known: next.Known}); !slices.Equal(got, []string{journal.SealForged}) {
		t.Errorf("with the old key alone: %v", got)
	}
	o.reseal(t, 2, func(s *journal.Seal) { s.Entries++ })
	if _, err := journal.MakeSeal(owner, o.Guarded, noon, next); !errors.Is(err, kernel.ErrState) {
		t.Errorf("behind a changed one: %v", err)
	}
	if _, err := journal.MakeSeal(context.Background(), o.Guarded, noon, nil); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("nobody seals: %v", err)
	}
}

// reseal changes a stored seal past the library; a change to Number 0 removes it.
func (o *office) reseal(t testing.TB, number int64, change func(*journal.Seal)) {
	t.Helper()
	err := o.raw.Update(owner, func(tx storage.Tx) error {
		s, err := storage.One[journal.Seal](tx, storage.Query{Where: []storage.Cond{storage.Col[int64]("number").Eq(number)}})
		if err == nil {
			err = tx.Delete(s)
		}
		if change(s); err != nil || s.Number == 0 {
			return err
		}
		return tx.Insert(s)
	})
	if err != nil {
		t.Fatal(err)
	}
}
