package storagetest

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

var errRefused = errors.New("refused by the domain")

// allOrNothing: however a unit ends other than well, nothing of it stays, and the
// store goes on.
func allOrNothing(w *world) {
	kept := policy()
	w.insert(kept)
	// spoil writes in every way, sent to the database or still held back.
	spoil := func(tx storage.Tx, send bool) error {
		p, doomed := *kept, policy()
		p.State = "spoilt"
		err := errors.Join(tx.Insert(doomed), tx.Save(&p), tx.Save(&p), tx.Delete(doomed), tx.Insert(policy(), &Entry{Tenant: tenant}))
		if send && err == nil {
			_, err = storage.Count[Policy](tx)
		}
		return err
	}
	for name, end := range map[string]func(ctx context.Context, send bool) error{
		"error": func(ctx context.Context, send bool) error {
			err := w.store.Update(ctx, func(tx storage.Tx) error { return errors.Join(spoil(tx, send), errRefused) })
			w.wantErr("error", err, errRefused)
			return err
		},
		"panic": func(ctx context.Context, send bool) error {
			with := recovered(func() {
				_ = w.store.Update(ctx, func(tx storage.Tx) error { _ = spoil(tx, send); panic(errRefused) })
			})
			if with != any(errRefused) {
				w.Errorf("the panic came out as %v", with)
			}
			return errRefused
		},
		"goexit": func(ctx context.Context, send bool) error {
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = w.store.Update(ctx, func(tx storage.Tx) error { _ = spoil(tx, send); runtime.Goexit(); return nil })
			}()
			<-done
			return errRefused
		},
		"duplicate at the end": func(ctx context.Context, send bool) error {
			err := w.store.Update(ctx, func(tx storage.Tx) error {
				p := policy()
				p.Number = kept.Number
				return errors.Join(spoil(tx, send), tx.Insert(p))
			})
			w.wantErr("duplicate", err, kernel.ErrDuplicate)
			return err
		},
		"swallowed duplicate": func(ctx context.Context, send bool) error {
			err := w.store.Update(ctx, func(tx storage.Tx) error {
				p := policy()
				p.Number = kept.Number
				_, _ = spoil(tx, send), tx.Insert(p)
				_, _ = storage.Count[Policy](tx)
				_ = tx.Insert(policy())
				return nil
			})
			w.wantErr("swallowed duplicate", err, kernel.ErrDuplicate)
			return err
		},
		"swallowed conflict": func(ctx context.Context, send bool) error {
			err := w.store.Update(ctx, func(tx storage.Tx) error {
				p := *kept
				p.Version = 7
				_, _ = tx.Save(&p), spoil(tx, send)
				return nil
			})
			w.wantErr("swallowed conflict", err, kernel.ErrConflict)
			return err
		},
		"swallowed misfit": func(ctx context.Context, send bool) error {
			err := w.store.Update(ctx, func(tx storage.Tx) error {
				p := policy()
				p.Premium = dec("0.00001")
				_, _ = tx.Insert(p), spoil(tx, send)
				return nil
			})
			w.wantErr("swallowed misfit", err, kernel.ErrInvalid)
			return err
		},
		"cancelled before": func(ctx context.Context, send bool) error {
			ctx, cancel := context.WithCancel(ctx)
			cancel()
			err := w.store.Update(ctx, func(tx storage.Tx) error { return spoil(tx, send) })
			w.wantErr("cancelled before", err, context.Canceled)
			return err
		},
		"cancelled within": func(ctx context.Context, send bool) error {
			ctx, cancel := context.WithCancel(ctx)
			defer cancel()
			err := w.store.Update(ctx, func(tx storage.Tx) error {
				err := spoil(tx, send)
				cancel()
				return err
			})
			w.wantErr("cancelled within", err, context.Canceled)
			return err
		},
		"out of time": func(ctx context.Context, send bool) error {
			ctx, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
			defer cancel()
			err := w.store.Update(ctx, func(tx storage.Tx) error {
				err := spoil(tx, send)
				<-ctx.Done()
				return err
			})
			w.wantErr("out of time", err, context.DeadlineExceeded)
			return err
		},
	} {
		for _, send := range []bool{false, true} {
			if err := end(w.ctx, send); err == nil {
				w.Errorf("%s: the unit succeeded", name)
			}
			var entries []Entry
			w.view(func(tx storage.Tx) (err error) {
				entries, err = storage.Find[Entry](tx, storage.Query{})
				return err
			})
			if got, n := w.get(kept.ID), w.count(); got.State != "active" || got.Version != 1 || n != 1 || len(entries) != 0 {
				w.Fatalf("%s (sent: %t) left state %q, version %d, %d policies, %d entries", name, send, got.State, got.Version, n, len(entries))
			}
		}
	}
	w.insert(policy())
	if n := w.count(); n != 2 {
		w.Errorf("%d policies after the store went on, want 2", n)
	}
}

// closed: a Tx is of no use after its unit, however that ended.
func closed(w *world) {
	kept := policy()
	w.insert(kept)
	var used []storage.Tx
	keep := func(tx storage.Tx) error { used = append(used, tx); return nil }
	w.update(keep)
	w.view(keep)
	_ = w.store.Update(w.ctx, func(tx storage.Tx) error { _ = keep(tx); return errRefused })
	_ = recovered(func() { _ = w.store.Update(w.ctx, func(tx storage.Tx) error { _ = keep(tx); panic("once") }) })
	_ = recovered(func() { _ = w.store.View(w.ctx, func(tx storage.Tx) error { _ = keep(tx); panic("once") }) })
	for i, tx := range used {
		p := *kept
		var list []Policy
		_, tally := tx.Tally((*Policy)(nil), storage.Query{}, nil)
		for name, err := range map[string]error{
			"Load": tx.Load(storage.Where(&list, storage.Query{})), "Insert": tx.Insert(policy()), "Save": tx.Save(&p),
			"Delete": tx.Delete(kept), "Tally": tally,
		} {
			if !errors.Is(err, storage.ErrClosed) {
				w.Errorf("%s on Tx %d after its unit: %v, want ErrClosed", name, i, err)
			}
		}
	}
	if n := w.count(); n != 1 {
		w.Errorf("%d policies, want 1", n)
	}
}

// readOnly: a View takes no writes; to ask for a lock means nothing there.
func readOnly(w *world) {
	kept := policy()
	w.insert(kept)
	for name, write := range map[string]func(storage.Tx) error{
		"Insert": func(tx storage.Tx) error { return tx.Insert(policy()) },
		"Save":   func(tx storage.Tx) error { p := *kept; return tx.Save(&p) },
		"Delete": func(tx storage.Tx) error { return tx.Delete(kept) },
	} {
		err := w.store.View(w.ctx, write)
		w.wantErr(name, err, storage.ErrReadOnly)
	}
	w.view(func(tx storage.Tx) error {
		var list []Policy
		return tx.Load(storage.ByID(new(Policy), kept.ID).Locked(), storage.Where(&list, storage.Query{Lock: true}))
	})
	err := w.store.View(w.ctx, func(storage.Tx) error { return errRefused })
	w.wantErr("an error out of a View", err, errRefused)
	if with := recovered(func() { _ = w.store.View(w.ctx, func(storage.Tx) error { panic("once") }) }); with != "once" {
		w.Errorf("a panic came out of a View as %v", with)
	}
	if got, n := w.get(kept.ID), w.count(); got.Version != 1 || n != 1 {
		w.Errorf("version %d, %d policies", got.Version, n)
	}
}

// snapshot: what a View has seen stays so until it ends, whether the store lets
// others write meanwhile or makes them wait.
func snapshot(w *world) {
	a, b := policy(), policy()
	w.insert(a, b)
	wrote := make(chan error, 1)
	w.view(func(tx storage.Tx) error {
		before, err := storage.Get[Policy](tx, a.ID)
		if err != nil {
			return err
		}
		go func() {
			wrote <- w.attempt(func(tx storage.Tx) error {
				a, b := *a, *b
				a.State, b.State = "later", "later"
				return errors.Join(tx.Save(&a), tx.Save(&b), tx.Insert(policy()))
			})
		}()
		select {
		case err := <-wrote:
			wrote <- err
		case <-time.After(100 * time.Millisecond): // it waits for us
		}
		after, err := storage.Get[Policy](tx, a.ID)
		if err != nil {
			return err
		}
		other, err := storage.Get[Policy](tx, b.ID)
		if err != nil {
			return err
		}
		n, err := storage.Count[Policy](tx)
		if before.State != after.State || other.State != "active" || n != 2 {
			w.Errorf("within one View: %q, then %q, %q and %d policies", before.State, after.State, other.State, n)
		}
		return err
	})
	if err := <-wrote; err != nil {
		w.Fatal(err)
	}
	if got, n := w.get(b.ID), w.count(); got.State != "later" || n != 3 {
		w.Errorf("after the View: %q, %d policies", got.State, n)
	}
}
