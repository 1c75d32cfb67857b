package gormstore_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/storagetest"
)

// TestSharedCommit: callers at once share transactions. Whatever one of them does, what
// was acknowledged is there and nothing else is.
func TestSharedCommit(t *testing.T) {
	t.Parallel()
	each(t, nil, func(t *testing.T, h host) {
		store := h.store(t)
		shareCommits(t, store, store.Update)
		h.idle(t)
	})
}

// shareCommits has 24 callers share transactions, some of which fail, each in its way.
func shareCommits(t *testing.T, store storage.Store, update func(context.Context, func(storage.Tx) error) error) {
	t.Helper()
	{
		taken := policy()
		insert(t, store, taken)
		var there, gone sync.Map
		unit := func(ctx context.Context, way int, cancel func()) {
			p, line := policy(), &storagetest.Line{ID: kernel.NewID(), Tenant: "north"}
			gone.Store(p.ID, true)
			err := update(ctx, func(tx storage.Tx) error {
				if err := tx.Insert(p); err != nil {
					return err
				}
				if way%2 == 0 { // sent before the end
					if n, err := storage.Count[storagetest.Policy](tx, storage.ColID.Eq(p.ID)); err != nil || n != 1 {
						return errors.Join(err, errNo)
					}
				}
				switch way / 2 {
				case 0:
					return errNo
				case 1:
					panic(errNo)
				case 2:
					runtime.Goexit()
				case 3:
					cancel()
				case 4:
					again := policy()
					again.Number = taken.Number
					return tx.Insert(again)
				case 5:
					stale := *taken
					stale.Version = 7
					return tx.Save(&stale)
				}
				return tx.Insert(line)
			})
			if err == nil {
				gone.Delete(p.ID)
				there.Store(p.ID, true)
			} else if way >= 12 {
				t.Errorf("a unit that nothing is wrong with: %v", err)
			}
		}
		var wg sync.WaitGroup
		for caller := range 24 {
			wg.Go(func() {
				for i := range 20 {
					done := make(chan struct{})
					go func() { // for Goexit
						defer close(done)
						defer func() { _ = recover() }()
						ctx, cancel := context.WithCancel(t.Context())
						defer cancel()
						unit(ctx, (caller+i)%18, cancel)
					}()
					<-done
				}
			})
		}
		wg.Wait()
		if err := store.View(t.Context(), func(tx storage.Tx) error {
			all, err := storage.Find[storagetest.Policy](tx, storage.Query{})
			n := 1
			for _, p := range all {
				if _, lost := gone.Load(p.ID); lost {
					t.Errorf("%s was not acknowledged and is there", p.ID)
				}
			}
			there.Range(func(any, any) bool { n++; return true })
			if len(all) != n {
				t.Errorf("%d policies, %d were acknowledged", len(all), n)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFullTogether: the disk is full while several share a transaction: all of them are
// told, and what was acknowledged is there.
func TestFullTogether(t *testing.T) {
	t.Parallel()
	h := dialects["sqlite"](t, nil)
	h.sql.SetMaxOpenConns(1) // the limit belongs to a connection
	store := h.store(t)
	h.exec(t, "PRAGMA max_page_count = 120")
	var done, refused atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 40 {
				p := policy()
				p.Terms = make([]byte, 2000)
				err := store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(p) })
				switch {
				case err == nil:
					done.Add(1)
				case errors.Is(err, storage.ErrUnavailable):
					refused.Add(1)
				default:
					t.Errorf("%v, want ErrUnavailable", err)
				}
			}
		})
	}
	wg.Wait()
	if n := h.count(t, "st_policies"); int64(n) != done.Load() || refused.Load() == 0 {
		t.Errorf("%d rows, %d acknowledged, %d refused", n, done.Load(), refused.Load())
	}
}

// TestUpdateInsideUpdate waits for itself, and gives up.
func TestUpdateInsideUpdate(t *testing.T) {
	t.Parallel()
	h := dialects["sqlite"](t, nil)
	store, err := gormstore.New(h.db, gormstore.Wait(30*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Update(t.Context(), func(storage.Tx) error {
		err := store.Update(t.Context(), func(storage.Tx) error { t.Error("fn runs"); return nil })
		if !errors.Is(err, storage.ErrRetry) {
			t.Errorf("%v, want ErrRetry", err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	insert(t, store, policy())
}
