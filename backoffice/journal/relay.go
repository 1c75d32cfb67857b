package journal

import (
	"context"
	"errors"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

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
