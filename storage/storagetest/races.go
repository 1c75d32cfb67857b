package storagetest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// oneWinner: of many who read the same version, one saves it.
func oneWinner(w *world) {
	p := policy()
	w.insert(p)
	for round := int64(1); round <= 3; round++ {
		errs := race(64, func(i int) error {
			mine := *p
			mine.Version, mine.Lives = round, int64(i+1)
			return w.attempt(func(tx storage.Tx) error { rec := mine; return tx.Save(&rec) })
		})
		winner := 0
		for i, err := range errs {
			switch {
			case err == nil && winner == 0:
				winner = i + 1
			case err == nil:
				w.Errorf("round %d: %d and %d both won", round, winner, i+1)
			case !errors.Is(err, kernel.ErrConflict):
				w.Errorf("round %d: a loser got %v, want ErrConflict", round, err)
			}
		}
		if got := w.get(p.ID); got.Version != round+1 || got.Lives != int64(winner) || winner == 0 {
			w.Errorf("round %d: version %d by %d, winner was %d", round, got.Version, got.Lives, winner)
		}
	}
}

// oneInserts: of many who insert the same number, one does.
func oneInserts(w *world) {
	won := 0
	for _, err := range race(32, func(int) error {
		return w.attempt(func(tx storage.Tx) error {
			p := policy()
			p.Number = "P-1"
			return tx.Insert(policy(), p)
		})
	}) {
		if err == nil {
			won++
		} else if !errors.Is(err, kernel.ErrDuplicate) {
			w.Errorf("a loser got %v, want ErrDuplicate", err)
		}
	}
	if n := w.count(); won != 1 || n != 2 {
		w.Errorf("%d won and %d policies are there, want 1 and 2", won, n)
	}
}

// lockNeverOverspends: units that lock a row before they take from it wait for each
// other: none conflicts, and none takes what is not there.
func lockNeverOverspends(w *world) {
	for name, load := range map[string]func(tx storage.Tx, id kernel.ID) (*Policy, error){
		"by key": func(tx storage.Tx, id kernel.ID) (*Policy, error) {
			p := new(Policy)
			return p, tx.Load(storage.ByID(p, id).Locked())
		},
		"by query": func(tx storage.Tx, id kernel.ID) (*Policy, error) {
			return storage.One[Policy](tx, storage.Query{Where: []storage.Cond{storage.ColID.Eq(id)}, Lock: true})
		},
	} {
		sum := policy()
		sum.Premium = dec("100")
		w.insert(sum)
		taken := 0
		for _, err := range race(48, func(int) error {
			return w.attempt(func(tx storage.Tx) error {
				p, err := load(tx, sum.ID)
				if err != nil {
					return err
				}
				if p.Premium.LessThan(dec("3")) {
					return errRefused
				}
				runtime.Gosched()
				p.Premium = p.Premium.Sub(dec("3"))
				return tx.Save(p)
			})
		}) {
			if err == nil {
				taken++
			} else if !errors.Is(err, errRefused) {
				w.Errorf("%s: %v", name, err)
			}
		}
		if got := w.get(sum.ID).Premium; taken != 33 || !got.Equal(dec("1")) {
			w.Errorf("%s: taken %d times, %s left; want 33 times, 1", name, taken, got)
		}
	}
}

// lockHoldsUnsaved: a lock keeps others out also when the row that is locked stays as it
// is, and something else is written.
func lockHoldsUnsaved(w *world) {
	p := policy()
	w.insert(p)
	const most = 5
	added := 0
	for _, err := range race(32, func(int) error {
		return w.attempt(func(tx storage.Tx) error {
			if err := tx.Load(storage.ByID(new(Policy), p.ID).Locked()); err != nil {
				return err
			}
			runtime.Gosched()
			n, err := storage.Count[Line](tx, colLinePolicy.Eq(p.ID))
			if err == nil && n == most {
				err = errRefused
			}
			if err != nil {
				return err
			}
			return tx.Insert(&Line{ID: kernel.NewID(), Tenant: tenant, Policy: p.ID})
		})
	}) {
		if err == nil {
			added++
		} else if !errors.Is(err, errRefused) {
			w.Error(err)
		}
	}
	var lines int64
	w.view(func(tx storage.Tx) (err error) {
		lines, err = storage.Count[Line](tx, colLinePolicy.Eq(p.ID))
		return err
	})
	if added != most || lines != most {
		w.Errorf("added %d times, %d lines are there, want %d", added, lines, most)
	}
}

// nothingIsLost: money moves between accounts while others add it up; no sum that
// anybody sees is wrong.
func nothingIsLost(w *world) {
	accounts := make([]*Policy, 4)
	for i := range accounts {
		accounts[i] = policy()
		accounts[i].Premium = dec("100")
		w.insert(accounts[i])
	}
	all := decimal.NewFromInt(400)
	var moving atomic.Int64
	moving.Store(4)
	errs := race(6, func(worker int) error {
		if worker >= 4 {
			for moving.Load() > 0 {
				if err := w.store.View(w.ctx, func(tx storage.Tx) error { return addUp(tx, accounts, all) }); err != nil {
					return err
				}
			}
			return nil
		}
		defer moving.Add(-1)
		for i := range 25 {
			from, to := accounts[(worker+i)%4].ID, accounts[(worker+2*i+1)%4].ID
			if from == to {
				continue
			}
			for {
				err := w.attempt(func(tx storage.Tx) error { return move(tx, from, to) })
				if err == nil {
					break
				}
				if !errors.Is(err, kernel.ErrConflict) {
					return err
				}
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		w.Error(err)
	}
	w.view(func(tx storage.Tx) error { return addUp(tx, accounts, all) })
}

// addUp reads one by one, so that only a snapshot comes out right.
func addUp(tx storage.Tx, accounts []*Policy, want decimal.Decimal) error {
	var sum decimal.Decimal
	for _, a := range accounts {
		p, err := storage.Get[Policy](tx, a.ID)
		if err != nil {
			return err
		}
		sum = sum.Add(p.Premium)
		runtime.Gosched()
	}
	rows, err := tx.Tally((*Policy)(nil), storage.Query{}, nil, storage.Sum("premium"))
	if err == nil && (!sum.Equal(want) || !rows[0].Sums[0].Equal(want)) {
		err = fmt.Errorf("read %s, tallied %s, want %s", sum, rows[0].Sums[0], want)
	}
	return err
}

func move(tx storage.Tx, from, to kernel.ID) error {
	a, b := new(Policy), new(Policy)
	if err := tx.Load(storage.ByID(a, from), storage.ByID(b, to)); err != nil {
		return err
	}
	a.Premium, b.Premium = a.Premium.Sub(dec("1.0001")), b.Premium.Add(dec("1.0001"))
	if from < to { // always in one order, so that no two units wait for each other
		return tx.Save(a, b)
	}
	return tx.Save(b, a)
}

// leaks: units that fail leave no connection taken, so that the store serves on,
// and a store that was closed leaves no goroutine.
func leaks(w *world) {
	label := string(kernel.NewID())
	w.Run("store", func(t *testing.T) {
		w.open(t) // what is shared by all stores starts before we look
		pprof.Do(context.Background(), pprof.Labels("storagetest", label), func(ctx context.Context) {
			pprof.SetGoroutineLabels(ctx)
			in := &world{T: t, ctx: context.Background(), store: w.open(t)}
			in.fail(40)
			in.insert(policy())
		})
	})
	deadline := time.Now().Add(5 * time.Second)
	for leaked(label) > 0 {
		if time.Now().After(deadline) {
			_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
			w.Fatalf("%d goroutines outlived their store", leaked(label))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// fail runs units that end badly, at once and one after the other.
func (w *world) fail(rounds int) {
	race(8, func(worker int) error {
		for i := range rounds {
			ctx, cancel := context.WithCancel(w.ctx)
			done := make(chan struct{})
			go func() { // for Goexit
				defer close(done)
				_ = recovered(func() {
					unit := w.store.Update
					if i%2 == 0 {
						unit = w.store.View
					}
					_ = unit(ctx, func(tx storage.Tx) error {
						_ = tx.Insert(policy())
						_, _ = storage.Count[Policy](tx)
						switch (worker + i/2) % 4 {
						case 0:
							panic("once")
						case 1:
							runtime.Goexit()
						case 2:
							cancel()
							_, _ = storage.Count[Policy](tx)
						}
						return errRefused
					})
				})
			}()
			<-done
			cancel()
		}
		return nil
	})
}

// leaked counts the goroutines that carry the label. A goroutine inherits the
// labels of the one that started it.
func leaked(label string) int {
	var b strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&b, 1)
	return strings.Count(b.String(), label)
}
