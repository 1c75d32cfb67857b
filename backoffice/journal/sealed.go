package journal

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// VerifySeals holds the tenant's entries against its seals: those in the database, and those
// that were kept elsewhere, of which the newest is enough. It works in constant memory and in
// one snapshot, and reads no more of an entry than its number and hash: that this is the hash
// of what the entry says is for [Verify] to see. signer may be nil; then signatures are not
// looked at.
//
// Without one kept elsewhere, seals show only that whoever changed the journal forgot to
// change them too, or could not sign them: to remove the newest needs no key.
//
// A kept seal that is damaged, forged, or another tenant's is a [kernel.FieldErrors] on
// "seals[0]", "seals[1]" …
func VerifySeals(ctx context.Context, tx *storage.GuardTx, signer Signer, kept ...Seal) (*Report, error) {
	v := &sealVerifier{ctx: ctx, tx: tx, signer: signer, report: &Report{}, kept: map[int64][]*Seal{}}
	if err := v.keep(kept); err != nil {
		return nil, err
	}
	newest, err := storage.One[leaf](tx, storage.Query{Order: []storage.Order{ColSeq.Desc()}})
	if err != nil {
		return nil, err
	}
	if newest != nil {
		v.newest = newest.Seq
	}
	before := Seal{}
	q := storage.Query{Order: []storage.Order{colNumber.Asc()}, Limit: sealPage}
	for {
		page, err := storage.Find[Seal](tx, q)
		if err != nil {
			return nil, err
		}
		for i := range page {
			s := &page[i]
			for n := before.Number + 1; n < s.Number && v.room(); n++ {
				if err := v.missing(n); err != nil {
					return nil, err
				}
			}
			if err := v.stored(&before, s); err != nil {
				return nil, err
			}
			before = *s
		}
		if len(page) < sealPage {
			break
		}
		q.After = []any{before.Number, before.ID}
	}
	for _, n := range slices.Sorted(maps.Keys(v.kept)) {
		if n > before.Number {
			v.behind(&before, n)
			if err := v.beyond(n); err != nil {
				return nil, err
			}
		}
	}
	v.nobodyVouches()
	return v.report, nil
}

// Join adds what another verification of the same journal has found.
func (r *Report) Join(o *Report) {
	r.Entries, r.Subjects, r.Rows = r.Entries+o.Entries, r.Subjects+o.Subjects, r.Rows+o.Rows
	r.Seals, r.Sealed = r.Seals+o.Seals, max(r.Sealed, o.Sealed)
	r.Faults = append(r.Faults, o.Faults...)
}

type sealVerifier struct {
	ctx      context.Context
	tx       *storage.GuardTx
	signer   Signer
	report   *Report
	kept     map[int64][]*Seal // by number; several, where seals were made twice
	newest   int64             // number of the newest entry
	signed   bool              // a seal before was signed
	unsigned int64             // the newest seal for which nobody vouches yet
}

func (v *sealVerifier) room() bool { return len(v.report.Faults) < MaxFaults }

func (v *sealVerifier) fault(what string, seal int64, detail string, args ...any) {
	if v.room() {
		v.report.Faults = append(v.report.Faults, Fault{What: what, Seal: seal, Detail: fmt.Sprintf(detail, args...)})
	}
}

// keep checks the seals that were kept elsewhere.
func (v *sealVerifier) keep(kept []Seal) error {
	var f kernel.FieldErrors
	for i := range kept {
		s, path := &kept[i], fmt.Sprintf("seals[%d]", i)
		switch {
		case s.Number == 0: // there was nothing to seal
			continue
		case s.Tenant != v.tx.Tenant():
			f.Add(path, "tenant", "the seal is another tenant's")
			continue
		case !s.sound():
			f.Add(path, "hash", "the seal is not as it was handed out")
			continue
		}
		holds, err := v.holds(s)
		if err != nil {
			return err
		}
		if !holds {
			f.Add(path, "signature", "the seal's signature is not the insurer's")
		} else if !slices.ContainsFunc(v.kept[s.Number], func(k *Seal) bool { return bytes.Equal(k.Hash, s.Hash) }) {
			v.kept[s.Number] = append(v.kept[s.Number], s)
		}
	}
	return f.Err()
}

// holds reports whether the seal's signature, if there is one and somebody who knows it
// again, is the insurer's.
func (v *sealVerifier) holds(s *Seal) (bool, error) {
	if v.signer == nil || len(s.Signature) == 0 {
		return true, nil
	}
	holds, err := v.signer.Verify(v.ctx, s.Message(), s.Signature)
	if err != nil {
		err = fmt.Errorf("verifying the signature of seal %d: %w", s.Number, err)
	}
	return holds, err
}

// stored looks at a seal of the database, which stands behind before.
func (v *sealVerifier) stored(before, s *Seal) error {
	kept := v.kept[s.Number]
	same := slices.ContainsFunc(kept, func(k *Seal) bool { return bytes.Equal(k.Hash, s.Hash) })
	sound := s.sound()
	if s.Number == before.Number+1 && (!bytes.Equal(s.Prev, before.Hash) || s.After != before.UpTo) {
		v.nobodyVouches() // what comes now does not speak of those before
		v.fault(SealBroken, s.Number, "")
	}
	v.behind(before, s.Number)
	switch {
	case !sound:
		v.fault(SealChanged, s.Number, "it is not what its hash says")
	case len(kept) > 0 && (!same || len(kept) > 1):
		v.fault(SealChanged, s.Number, "it is not the one that was kept")
	}
	if sound {
		if err := v.vouch(s, same); err != nil {
			return err
		}
	}
	if len(kept) == 0 && sound {
		return v.entries(s)
	}
	return v.entries(kept...)
}

// behind looks whether the seal that was stored before number n is the one that what was
// kept of that number was made behind.
func (v *sealVerifier) behind(before *Seal, n int64) {
	for _, k := range v.kept[n] {
		if before.Number == n-1 && !bytes.Equal(k.Prev, before.Hash) && len(v.kept[n-1]) == 0 {
			v.fault(SealChanged, before.Number, "it is not the one before seal %d that was kept", n)
		}
	}
}

// vouch notes who stands for a seal and thereby for those before it: a signature, or
// whoever has kept the same.
func (v *sealVerifier) vouch(s *Seal, kept bool) error {
	holds, err := v.holds(s)
	switch signed := len(s.Signature) > 0; {
	case err != nil || v.signer == nil:
		return err
	case !holds:
		v.fault(SealForged, s.Number, "")
	case signed:
		v.signed, v.unsigned = true, 0
	case kept:
		v.unsigned = 0
	case v.signed: // once signed, always signed
		v.fault(SealUnsigned, s.Number, "")
	default:
		v.unsigned = s.Number
	}
	return nil
}

func (v *sealVerifier) nobodyVouches() {
	if v.unsigned > 0 {
		v.fault(SealUnsigned, v.unsigned, "")
	}
	v.unsigned = 0
}

// missing names a seal that is not there, though later ones are.
func (v *sealVerifier) missing(n int64) error {
	v.fault(SealMissing, n, "")
	return v.entries(v.kept[n]...)
}

// beyond looks at seals with a number that the database has not come to.
func (v *sealVerifier) beyond(n int64) error {
	for _, k := range v.kept[n] {
		if v.newest < k.UpTo {
			v.fault(RolledBack, n, "the newest entry has number %d, and %d was sealed on %s", v.newest, k.UpTo, k.At.Format("2006-01-02 15:04"))
			continue
		}
		v.fault(SealMissing, n, "")
		if err := v.entries(k); err != nil {
			return err
		}
	}
	return nil
}

// entries holds the entries of a range against its seals.
func (v *sealVerifier) entries(seals ...*Seal) error {
	for _, s := range seals {
		var found sum
		if err := eachLeaf(v.tx, s.After, s.UpTo, found.add); err != nil {
			return err
		}
		v.report.Seals++
		v.report.Sealed = max(v.report.Sealed, s.UpTo)
		if found.of(s) {
			continue
		}
		what := SealedOther
		switch {
		case found.subjects < s.Subjects:
			what = SubjectMissing
		case found.entries < s.Entries:
			what = SealedMissing
		case found.entries > s.Entries:
			what = SealedAdded
		}
		v.fault(what, s.Number, "numbers %d to %d: %d entries of %d new subjects were sealed, there are %d of %d",
			s.After+1, s.UpTo, s.Entries, s.Subjects, found.entries, found.subjects)
	}
	return nil
}
