package crm_test

import (
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/internal/torture"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// most is the heap that a sweep may need above what was there, however much is overdue.
const most = 64 << 20

// Nobody has swept for a month, and thousands of complaints are overdue, each a case of its
// own. One sweep takes every step, and needs no more memory for many than for few.
func TestSweepOfABacklog(t *testing.T) {
	n := torture.Rounds(5_000, 100_000)
	w := over(t, "sqlite")
	w.pile(t, n)
	w.clock.Advance(30 * 24 * time.Hour)

	var done task.Swept
	var lasted time.Duration
	peak := heap(func() {
		start := time.Now()
		done = got(w.Tasks.Sweep(owner))(t)
		lasted = time.Since(start)
	})
	t.Logf("%d overdue tasks, %d steps in %s: %.0f tasks/s, %.1f MiB of heap at most above the start",
		n, done.Sum(), lasted.Round(time.Millisecond), float64(n)/lasted.Seconds(), float64(peak)/(1<<20))
	if want := (task.Swept{Breached: n, Escalated: n}); done != want {
		t.Errorf("%+v, want %+v", done, want)
	}
	if peak > most {
		t.Errorf("%d MiB of heap, want at most %d", peak>>20, most>>20)
	}
	if again := got(w.Tasks.Sweep(owner))(t); again.Sum() != 0 {
		t.Errorf("once more: %+v", again)
	}
}

// pile makes n complaints, each with the task of a real one. They come straight through the
// storage layer, many in a unit of work, as a host would load them.
func (w *world) pile(t *testing.T, n int) {
	t.Helper()
	real := got(w.Complaints.Receive(owner, complaint.Receipt{Anonymous: true, Content: privacy.New("no answer")}))(t)
	model := w.deadlines(t, real.ID)["cn.complaint.decide"]
	guarded := storage.Guard(w.store, w.keys)
	for first := 1; first < n; first += 2_000 {
		err := guarded.Update(owner, func(tx *storage.GuardTx) error {
			var rows []storage.Record
			for i := first; i < min(n, first+2_000); i++ {
				c, k := real, model
				c.Root = kernel.Root{Meta: kernel.Meta{ID: kernel.NewID(), CreatedAt: real.CreatedAt, UpdatedAt: real.UpdatedAt}}
				c.Number, c.PersonRef, c.Content = string(c.ID), c.ID.Ref(), privacy.Secret{}
				k.Meta = kernel.Meta{ID: kernel.NewID(), CreatedAt: real.CreatedAt, UpdatedAt: real.UpdatedAt}
				k.CaseID, k.PersonRef, k.Ladder = c.ID, c.PersonRef, slices.Clone(k.Ladder)
				rows = append(rows, &c, &k)
			}
			return tx.Insert(rows...)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// heap returns how far the heap in use grew above its start while fn ran.
func heap(fn func()) (peak uint64) {
	runtime.GC()
	var at runtime.MemStats
	runtime.ReadMemStats(&at)
	start := at.HeapInuse
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for tick := time.Tick(5 * time.Millisecond); ; {
			select {
			case <-stop:
				return
			case <-tick:
				runtime.ReadMemStats(&at)
				peak = max(peak, at.HeapInuse-min(start, at.HeapInuse))
			}
		}
	})
	fn()
	close(stop)
	wg.Wait()
	return peak
}
