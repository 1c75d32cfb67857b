package journal_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"testing"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// remove deletes entries past guard and journal.
func (o *office) remove(t testing.TB, where ...storage.Cond) {
	t.Helper()
	err := o.raw.Update(owner, func(tx storage.Tx) error {
		entries, err := storage.Find[journal.Entry](tx, storage.Query{Where: where})
		if err != nil || len(entries) == 0 {
			return errors.Join(err, errors.New("nothing to remove"))
		}
		for i := range entries {
			if err := tx.Delete(&entries[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func rehash(s *journal.Seal) {
	h := sha256.Sum256(s.Message())
	s.Hash = h[:]
}

func gone(s *journal.Seal) { s.Number = 0 }

// Three seals over two entries of a subject each, and what somebody may do to them: words
// says what is found with no seal kept, kept what is found with the newest.
func TestForgedSeals(t *testing.T) {
	t.Parallel()
	const missing, subject, rolled = journal.SealedMissing, journal.SubjectMissing, journal.RolledBack
	for name, c := range map[string]struct {
		signed      bool
		forge       func(o *office, subjects []*parcel)
		words, kept []string
	}{
		"nothing":            {forge: func(*office, []*parcel) {}},
		"nothing, signed":    {signed: true, forge: func(*office, []*parcel) {}},
		"an entry gone":      {forge: func(o *office, s []*parcel) { o.remove(t, journal.ColSeq.Eq(4)) }, words: []string{missing}, kept: []string{missing}},
		"a subject gone":     {forge: func(o *office, s []*parcel) { o.remove(t, journal.ColSubject.Eq(s[1].ID)) }, words: []string{subject}, kept: []string{subject}},
		"the newest gone":    {forge: func(o *office, s []*parcel) { o.remove(t, journal.ColSeq.Eq(6)) }, words: []string{missing}, kept: []string{missing}},
		"all entries gone":   {forge: func(o *office, s []*parcel) { o.remove(t) }, words: []string{subject, subject, subject}, kept: []string{subject, subject, subject}},
		"the last seal gone": {forge: func(o *office, _ []*parcel) { o.reseal(t, 3, gone) }, kept: []string{journal.SealMissing}},
		"with its entries": {forge: func(o *office, s []*parcel) {
			o.reseal(t, 3, gone)
			o.remove(t, journal.ColSubject.Eq(s[2].ID))
		}, kept: []string{rolled}},
		"all gone": {forge: func(o *office, _ []*parcel) {
			for n := range int64(3) {
				o.reseal(t, n+1, gone)
			}
			o.remove(t)
		}, kept: []string{rolled}},
		"a seal in the middle gone": {forge: func(o *office, _ []*parcel) { o.reseal(t, 2, gone) }, words: []string{journal.SealMissing}, kept: []string{journal.SealMissing}},
		"the first gone":            {forge: func(o *office, _ []*parcel) { o.reseal(t, 1, gone) }, words: []string{journal.SealMissing}, kept: []string{journal.SealMissing}},
		"a seal edited": {forge: func(o *office, _ []*parcel) { o.reseal(t, 2, func(s *journal.Seal) { s.Entries = 1 }) },
			words: []string{journal.SealChanged}, kept: []string{journal.SealChanged}},
		"edited with its hash": {forge: func(o *office, _ []*parcel) {
			o.reseal(t, 2, func(s *journal.Seal) { s.At = s.At.AddDate(-1, 0, 0); rehash(s) })
		}, words: []string{journal.SealBroken}, kept: []string{journal.SealBroken, journal.SealChanged}},
		"the last edited with its hash": {forge: func(o *office, _ []*parcel) {
			o.reseal(t, 3, func(s *journal.Seal) { s.At = s.At.AddDate(-1, 0, 0); rehash(s) })
		}, kept: []string{journal.SealChanged}},
		"… though it was signed": {signed: true, forge: func(o *office, _ []*parcel) {
			o.reseal(t, 3, func(s *journal.Seal) { s.At = s.At.AddDate(-1, 0, 0); rehash(s) })
		}, words: []string{journal.SealForged}, kept: []string{journal.SealChanged, journal.SealForged}},
		"… without the signature": {signed: true, forge: func(o *office, _ []*parcel) {
			o.reseal(t, 3, func(s *journal.Seal) { s.At = s.At.AddDate(-1, 0, 0); rehash(s); s.Signature = nil })
		}, words: []string{journal.SealUnsigned}, kept: []string{journal.SealChanged, journal.SealUnsigned}},
		"all signatures gone": {signed: true, forge: func(o *office, _ []*parcel) {
			for n := range int64(3) {
				o.reseal(t, n+1, func(s *journal.Seal) { s.Signature = nil })
			}
		}, words: []string{journal.SealUnsigned}}, // whoever has kept the same vouches for it
		"another tenant's": {forge: func(o *office, _ []*parcel) { o.reseal(t, 3, func(s *journal.Seal) { s.Tenant = "other" }) }, kept: []string{journal.SealMissing}},
		"a fork": {forge: func(o *office, s []*parcel) { // back to the second seal, and on
			o.reseal(t, 3, gone)
			o.remove(t, journal.ColSubject.Eq(s[2].ID))
			o.fill(t, 2)
			o.seal(t, owner, nil)
		}, kept: []string{journal.SealChanged, subject}},
		"a number beyond all": {forge: func(o *office, _ []*parcel) { o.reseal(t, 3, func(s *journal.Seal) { s.Number = 1 << 40; rehash(s) }) },
			words: slices.Repeat([]string{journal.SealMissing}, journal.MaxFaults), kept: slices.Repeat([]string{journal.SealMissing}, journal.MaxFaults)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice()
			var signer journal.Signer
			if c.signed {
				signer = newSigner(t)
			}
			var last journal.Seal
			var subjects []*parcel
			for range 3 {
				subjects = append(subjects, o.fill(t, 1)...)
				last = o.seal(t, owner, signer)
			}
			c.forge(o, subjects)
			if got := o.sealed(t, signer); !slices.Equal(got, c.words) {
				t.Errorf("none kept: %q, want %q", got, c.words)
			}
			if got := o.sealed(t, signer, last); !slices.Equal(got, c.kept) {
				t.Errorf("the newest kept: %q, want %q", got, c.kept)
			}
		})
	}
}

// A host may begin to sign at any time, and then each seal is signed.
func TestSigningBegins(t *testing.T) {
	t.Parallel()
	o, signer := newOffice(), newSigner(t)
	var kept []journal.Seal
	for _, by := range []journal.Signer{nil, nil, signer, nil} {
		if got := o.sealed(t, signer, kept...); got != nil {
			t.Errorf("after %d seals: %v", len(kept), got)
		}
		o.fill(t, 1)
		kept = append(kept, o.seal(t, owner, by))
	}
	for name, c := range map[string]struct {
		signer journal.Signer
		kept   []journal.Seal
		words  []string
	}{
		"nobody asks":       {},
		"none kept":         {signer: signer, words: []string{journal.SealUnsigned}},
		"the last is known": {signer: signer, kept: kept[3:]},
	} {
		if got := o.sealed(t, c.signer, c.kept...); !slices.Equal(got, c.words) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// What was kept badly is no evidence.
func TestKeptSealsAreLookedAt(t *testing.T) {
	t.Parallel()
	o, signer := newOffice(), newSigner(t)
	o.fill(t, 1)
	s := o.seal(t, owner, signer)
	edited, forged := s, s
	edited.Entries++
	forged.Entries++
	rehash(&forged)
	err := o.View(owner, func(tx *storage.GuardTx) error {
		_, err := journal.VerifySeals(owner, tx, signer, s, edited, forged)
		return err
	})
	var f *kernel.FieldErrors
	if !errors.As(err, &f) || len(f.Faults) != 2 || f.Faults[0].Path != "seals[1]" || f.Faults[0].Code != "hash" || f.Faults[1].Path != "seals[2]" || f.Faults[1].Code != "signature" {
		t.Errorf("%v", err)
	}
	away := errors.New("the key service is away")
	err = o.View(owner, func(tx *storage.GuardTx) error {
		_, err := journal.VerifySeals(owner, tx, absent{away})
		return err
	})
	if !errors.Is(err, away) {
		t.Errorf("%v", err)
	}
	if _, err := journal.MakeSeal(owner, o.Guarded, noon, absent{away}); !errors.Is(err, away) {
		t.Errorf("%v", err)
	}
}

// absent is a signer that cannot be reached.
type absent struct{ err error }

func (a absent) Sign(context.Context, []byte) ([]byte, error)         { return nil, a.err }
func (a absent) Verify(context.Context, []byte, []byte) (bool, error) { return false, a.err }
