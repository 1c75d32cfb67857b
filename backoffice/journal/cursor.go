package journal

import (
	"context"
	"errors"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Cursor is how far a consumer of [Relay] has read, or how far the journal is sealed.
type Cursor struct {
	kernel.Meta `gorm:"embedded"`
	Consumer    string `gorm:"column:consumer;uniqueIndex:cursors_consumer"`
	Seq         int64  `gorm:"column:seq"`          // of the last entry that was delivered
	Until       int64  `gorm:"column:seen_until"`   // newest entry seen while somebody's transaction stayed open …
	Mark        int64  `gorm:"column:settled_mark"` // … and the transaction number from which on all up to it are settled
}

// TableName is crm_cursors.
func (*Cursor) TableName() string { return "crm_cursors" }

const colConsumer = storage.Col[string]("consumer")

func cursor(ctx context.Context, store *storage.Guarded, consumer string) (*Cursor, error) {
	var cur *Cursor
	err := store.View(ctx, func(tx *storage.GuardTx) (err error) {
		cur, err = storage.One[Cursor](tx, storage.Query{Where: []storage.Cond{colConsumer.Eq(consumer)}})
		return err
	})
	if cur == nil {
		cur = &Cursor{Consumer: consumer}
	}
	return cur, err
}

func advance(ctx context.Context, store *storage.Guarded, cur *Cursor, at time.Time) error {
	return store.Update(ctx, func(tx *storage.GuardTx) error { return cur.put(tx, at) })
}

// put writes the cursor down, for the first time or again.
func (cur *Cursor) put(tx storage.Tx, at time.Time) error {
	cur.UpdatedAt = at
	if cur.ID == "" {
		cur.ID, cur.CreatedAt = kernel.NewID(), at
		return tx.Insert(cur)
	}
	return tx.Save(cur)
}

// settled returns the number up to which no further entry of the tenant can appear, for
// whoever reads in the order of writing, and whether the cursor has a new mark that is to
// be kept. Numbers are taken before the commit, so a lower one may become visible later;
// the newest one seen is safe once every transaction that was open when it was seen has
// ended. Where one stays open the mark remembers what to wait for, so that transactions which overlap without a break delay the relay and never stop it.
func settled(ctx context.Context, store *storage.Guarded, cur *Cursor) (until int64, marked bool, err error) {
	var last *Entry
	err = store.View(ctx, func(tx *storage.GuardTx) (err error) {
		last, err = storage.One[Entry](tx, storage.Query{Order: []storage.Order{ColSeq.Desc()}})
		return err
	})
	if err != nil || last == nil {
		return 0, false, err
	}
	h, ok := store.Store().(storage.Horizon)
	if !ok {
		return last.Seq, false, nil
	}
	oldest, next, err := h.Horizon(ctx)
	if errors.Is(err, errors.ErrUnsupported) { // units end in the order of their numbers
		return last.Seq, false, nil
	}
	for wait := time.Millisecond; err == nil && oldest < next && wait < patience; wait *= 2 {
		select {
		case <-ctx.Done():
			return 0, false, ctx.Err()
		case <-time.After(wait):
		}
		oldest, _, err = h.Horizon(ctx)
	}
	switch {
	case err != nil:
		return 0, false, err
	case oldest >= next:
		return last.Seq, false, nil
	case cur.Mark == 0:
		until = cur.Seq
	case oldest >= uint64(cur.Mark):
		until = cur.Until
	default: // still waiting for those of an earlier run
		return cur.Seq, false, nil
	}
	cur.Until, cur.Mark = last.Seq, int64(next)
	return until, true, nil
}

// patience bounds how long a run waits for transactions that are open.
const patience = 300 * time.Millisecond
