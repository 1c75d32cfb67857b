package journal

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// sealing is the cursor of seals. No consumer of [Relay] can have its name.
const sealing = "seals\t"

// sealPage is how many entries, or seals, are read at once.
const sealPage = 1000

// MakeSeal seals the entries since the tenant's last seal, signs, stores and returns the new
// one. Where nothing is new it returns the last one again, and the zero Seal when there is
// none. signer may be nil. It works in constant memory, and writers go on meanwhile.
//
// Entries whose transaction is open are waited for, for a moment; what cannot be waited for
// comes under a later seal. So nothing can appear below a seal that was not there when it
// was made. Of several processes that seal at once one wins and the others go on behind
// its seal; one that others have come before five times is told [kernel.ErrConflict].
//
// A last seal that is not what its hash or its signature says is a [kernel.ErrState]: see
// [VerifySeals].
func MakeSeal(ctx context.Context, store *storage.Guarded, at time.Time, signer Signer) (Seal, error) {
	for n := 1; ; n++ {
		s, err := makeSeal(ctx, store, at, signer)
		switch contended := errors.Is(err, kernel.ErrDuplicate) || errors.Is(err, kernel.ErrConflict) || errors.Is(err, storage.ErrRetry); {
		case err == nil:
			return s, nil
		case !contended:
			return Seal{}, err
		case n == 5:
			return Seal{}, fmt.Errorf("other processes are sealing: %w", kernel.ErrConflict)
		}
		select {
		case <-ctx.Done():
			return Seal{}, ctx.Err()
		case <-time.After(time.Duration(n) * time.Millisecond):
		}
	}
}

func makeSeal(ctx context.Context, store *storage.Guarded, at time.Time, signer Signer) (Seal, error) {
	last, err := lastSeal(ctx, store, signer)
	if err != nil {
		return Seal{}, err
	}
	cur, err := cursor(ctx, store, sealing)
	if err != nil {
		return Seal{}, err
	}
	cur.Seq = last.UpTo
	until, marked, err := settled(ctx, store, cur)
	if err != nil {
		return Seal{}, err
	}
	next, err := last.next(ctx, store, until, at, signer)
	if err != nil || next == nil && !marked {
		return last, err
	}
	err = store.Update(ctx, func(tx *storage.GuardTx) error {
		if marked {
			if err := cur.put(tx, at); err != nil {
				return err
			}
		}
		if next == nil {
			return nil
		}
		return tx.Insert(next)
	})
	if next == nil {
		next = &last
	}
	return *next, err
}

// next returns the seal behind this one, over the entries up to a number, or nil where there
// are none.
func (s Seal) next(ctx context.Context, store *storage.Guarded, until int64, at time.Time, signer Signer) (*Seal, error) {
	if until <= s.UpTo {
		return nil, nil
	}
	next := &Seal{ID: kernel.NewID(), Number: s.Number + 1, After: s.UpTo, UpTo: until, Prev: s.Hash, At: at}
	var found sum
	err := store.View(ctx, func(tx *storage.GuardTx) error {
		next.Tenant = tx.Tenant()
		return eachLeaf(tx, next.After, next.UpTo, found.add)
	})
	if err != nil || found.entries == 0 {
		return nil, err
	}
	root := found.tree.root()
	next.Entries, next.Subjects, next.Root = found.entries, found.subjects, root[:]
	next.Hash = next.hash()
	if signer != nil {
		if next.Signature, err = signer.Sign(ctx, next.Message()); err != nil {
			return nil, fmt.Errorf("signing seal %d: %w", next.Number, err)
		}
	}
	return next, nil
}

// lastSeal returns the tenant's newest seal, or the zero Seal.
func lastSeal(ctx context.Context, store *storage.Guarded, signer Signer) (last Seal, err error) {
	err = store.View(ctx, func(tx *storage.GuardTx) error {
		found, err := storage.One[Seal](tx, storage.Query{Order: []storage.Order{colNumber.Desc()}})
		if found != nil {
			last = *found
		}
		return err
	})
	if err != nil || last.Number == 0 {
		return last, err
	}
	holds := last.sound()
	if holds && signer != nil && len(last.Signature) > 0 {
		holds, err = signer.Verify(ctx, last.Message(), last.Signature)
	}
	if err == nil && !holds {
		err = fmt.Errorf("seal %d is not what its hash or its signature says: %w", last.Number, kernel.ErrState)
	}
	return last, err
}

// eachLeaf hands the entries with numbers above after, and up to upTo, to do, in the order
// of their numbers. An after of 0 means from the first on, whatever its number: entries are
// numbered from 1, and nobody may put one before them.
func eachLeaf(tx storage.Tx, after, upTo int64, do func(*leaf)) error {
	if after == 0 {
		after = math.MinInt64
	}
	for {
		page, err := storage.Find[leaf](tx, storage.Query{
			Where: []storage.Cond{ColSeq.Gt(after), ColSeq.Le(upTo)}, Order: []storage.Order{ColSeq.Asc()}, Limit: sealPage,
		})
		if err != nil {
			return err
		}
		for i := range page {
			do(&page[i])
		}
		if len(page) < sealPage {
			return nil
		}
		after = page[len(page)-1].Seq
	}
}
