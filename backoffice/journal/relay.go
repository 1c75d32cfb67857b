package journal

import (
	"context"
	"errors"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Cursor is how far a consumer has read.
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

const relayPage = 200

// Relay hands the tenant's entries that the consumer has not seen to deliver, in order
// of writing, so in order per subject, and returns how many. Each consumer has a
// cursor of its own in the database and goes on where it stopped. An entry is
// delivered at least once: after a crash, or when two processes relay for one
// consumer, some come again. An error of deliver ends the run before that entry.
//
// Entries whose transaction is still open are waited for, for a moment, rather than
// skipped; what cannot be waited for comes with a later run. Two runs for one consumer
// at the same moment end with [kernel.ErrConflict] or [kernel.ErrDuplicate] for one of
// them, after it has delivered.
func Relay(ctx context.Context, store *storage.Guarded, consumer string, at time.Time, deliver func(context.Context, Entry) error) (int, error) {
	var f kernel.FieldErrors
	if kernel.CheckRef(&f, "consumer", kernel.Ref(consumer)); f.Err() != nil {
		return 0, f.Err()
	}
	cur, err := cursor(ctx, store, consumer)
	if err != nil {
		return 0, err
	}
	until, marked, err := settled(ctx, store, cur)
	if err != nil {
		return 0, err
	}
	n := 0
	for {
		var page []Entry
		err := store.View(ctx, func(tx *storage.GuardTx) (err error) {
			page, err = storage.Find[Entry](tx, storage.Query{
				Where: []storage.Cond{ColSeq.Gt(cur.Seq), ColSeq.Le(until)}, Order: []storage.Order{ColSeq.Asc()}, Limit: relayPage,
			})
			return err
		})
		if err != nil {
			return n, err
		}
		done, failed := hand(ctx, cur, page, deliver)
		if done > 0 || marked {
			if err := advance(context.WithoutCancel(ctx), store, cur, at); err != nil {
				return n, errors.Join(failed, err)
			}
			marked = false
		}
		if n += done; failed != nil || len(page) < relayPage {
			return n, failed
		}
	}
}

// hand delivers a page and moves the cursor past what was taken.
func hand(ctx context.Context, cur *Cursor, page []Entry, deliver func(context.Context, Entry) error) (int, error) {
	for i, e := range page {
		if err := ctx.Err(); err != nil {
			return i, err
		}
		if err := deliver(ctx, e); err != nil {
			return i, err
		}
		cur.Seq = e.Seq
	}
	return len(page), nil
}

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
	return store.Update(ctx, func(tx *storage.GuardTx) error {
		cur.UpdatedAt = at
		if cur.ID == "" {
			cur.ID, cur.CreatedAt = kernel.NewID(), at
			return tx.Insert(cur)
		}
		return tx.Save(cur)
	})
}

// settled returns the number up to which no further entry can appear, and whether the
// cursor has a new mark. Numbers are taken before the commit, so a lower one may become
// visible later; the newest one seen is safe once every transaction that was open when
// it was seen has ended. Where one stays open the mark remembers what to wait for, so
// that transactions which overlap without a break delay the relay and never stop it.
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
