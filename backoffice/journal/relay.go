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
	Seq         int64  `gorm:"column:seq"` // of the last entry that was delivered
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
// skipped; what cannot be waited for comes with the next run.
func Relay(ctx context.Context, store *storage.Guarded, consumer string, at time.Time, deliver func(context.Context, Entry) error) (int, error) {
	var f kernel.FieldErrors
	if kernel.CheckRef(&f, "consumer", kernel.Ref(consumer)); f.Err() != nil {
		return 0, f.Err()
	}
	until, err := settled(ctx, store)
	if err != nil {
		return 0, err
	}
	n := 0
	for {
		var cur *Cursor
		var page []Entry
		err := store.View(ctx, func(tx *storage.GuardTx) (err error) {
			if cur, err = storage.One[Cursor](tx, storage.Query{Where: []storage.Cond{colConsumer.Eq(consumer)}}); err != nil {
				return err
			}
			if cur == nil {
				cur = &Cursor{Consumer: consumer}
			}
			page, err = storage.Find[Entry](tx, storage.Query{
				Where: []storage.Cond{ColSeq.Gt(cur.Seq), ColSeq.Le(until)}, Order: []storage.Order{ColSeq.Asc()}, Limit: relayPage,
			})
			return err
		})
		if err != nil || len(page) == 0 {
			return n, err
		}
		var failed error
		done := 0
		for _, e := range page {
			if failed = ctx.Err(); failed == nil {
				failed = deliver(ctx, e)
			}
			if failed != nil {
				break
			}
			cur.Seq = e.Seq
			done++
		}
		if done > 0 {
			if err := advance(context.WithoutCancel(ctx), store, cur, at); err != nil {
				return n, errors.Join(failed, err)
			}
		}
		if n += done; failed != nil || len(page) < relayPage {
			return n, failed
		}
	}
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

// settled returns the number up to which no further entry can appear. Numbers are
// taken before the commit, so a lower one may become visible later; the last one seen
// is safe once every transaction that was open when it was seen has ended.
func settled(ctx context.Context, store *storage.Guarded) (int64, error) {
	var last *Entry
	err := store.View(ctx, func(tx *storage.GuardTx) (err error) {
		last, err = storage.One[Entry](tx, storage.Query{Order: []storage.Order{ColSeq.Desc()}})
		return err
	})
	if err != nil || last == nil {
		return 0, err
	}
	h, ok := store.Store().(storage.Horizon)
	if !ok {
		return last.Seq, nil
	}
	oldest, next, err := h.Horizon(ctx)
	if errors.Is(err, errors.ErrUnsupported) { // units end in the order of their numbers
		return last.Seq, nil
	}
	if err != nil {
		return 0, err
	}
	for wait := time.Millisecond; oldest < next && wait < 300*time.Millisecond; wait *= 2 {
		select {
		case <-ctx.Done():
			return 0, ctx.Err()
		case <-time.After(wait):
		}
		if oldest, _, err = h.Horizon(ctx); err != nil {
			return 0, err
		}
	}
	if oldest < next {
		return 0, nil
	}
	return last.Seq, nil
}
