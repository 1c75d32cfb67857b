package gormstore

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coverkit/crm/storage"
)

// group lets Updates that come at the same time share one commit, which on SQLite is
// what takes the time. There is one baton. Whoever has it may write; when others wait,
// it is handed on together with the open transaction, and the last one commits for all.
// So each fn runs in its caller's own goroutine, and a caller alone pays one mutex.
type group struct {
	mu    sync.Mutex
	taken bool
	queue []*waiter // first come, first served
	turns int       // how often the baton was handed on
	last  int       // members of the last batch; of whoever has the baton
	changes
	settled atomic.Int64 // how many changes are committed
}

// waiter gets the baton, with the open transaction or with nil.
type waiter struct {
	turn chan *batch
	gone bool
}

// take waits for the baton. It gives up when ctx is over, and when the baton does not
// move for so long: an Update inside an Update would wait for itself.
func (g *group) take(ctx context.Context, patience time.Duration) (*batch, error) {
	g.mu.Lock()
	if !g.taken {
		g.taken = true
		g.mu.Unlock()
		return nil, nil
	}
	w := &waiter{turn: make(chan *batch, 1)}
	g.queue = append(g.queue, w)
	seen := g.turns
	g.mu.Unlock()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		err := fmt.Errorf("another Update of the same store does not end: %w", storage.ErrRetry)
		select {
		case b := <-w.turn:
			return b, nil
		case <-ctx.Done():
			err = ctx.Err()
		case <-timer.C:
		}
		g.mu.Lock()
		if moved := g.turns != seen; moved && ctx.Err() == nil {
			seen = g.turns
			g.mu.Unlock()
			timer.Reset(patience)
			continue
		}
		w.gone = true
		g.mu.Unlock()
		select {
		case b := <-w.turn: // it came at the same moment
			return b, nil
		default:
			return nil, err
		}
	}
}

// next hands the baton on; false when nobody waits. The lock is held.
func (g *group) next(b *batch) bool {
	for len(g.queue) > 0 {
		w := g.queue[0]
		g.queue[0], g.queue = nil, g.queue[1:]
		if w.gone {
			continue
		}
		if b != nil && b.done == nil {
			b.done = make(chan struct{})
		}
		g.turns++
		w.turn <- b
		return true
	}
	return false
}

// busy reports whether somebody has the baton.
func (g *group) busy() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.taken
}

// drop hands the baton on without a transaction, or lays it down.
func (g *group) drop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.taken = g.next(nil)
}

// A batch takes no more members than that, and none when it has lasted so long.
const (
	maxMembers = 64
	maxHold    = 4 * time.Millisecond
)

// handOn gives the open transaction to the next one, if there is one and it is wise.
func (g *group) handOn(b *batch) bool {
	if b.err != nil || b.members >= maxMembers || time.Since(b.since) > maxHold {
		return false
	}
	back := g.last > b.members // those of the last batch are about to come back
	for tries := 0; ; tries++ {
		g.mu.Lock()
		done := g.next(b)
		g.mu.Unlock()
		if done || !back || tries == 3 {
			return done
		}
		runtime.Gosched()
	}
}
