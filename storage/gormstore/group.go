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

// waiter gets the baton, with the open transaction or with nil. Where all that it wants to
// do is to send what a unit has held back, whoever has the baton does that, and the waiter
// hears of it when the transaction is over.
type waiter struct {
	turn chan *batch
	send *early // nil: the waiter wants the baton itself
	next bool   // no more in the queue: it will be told
	gone bool
}

// take waits for the baton. It gives up when ctx is over, and when the baton does not
// move for so long: an Update inside an Update would wait for itself.
func (g *group) take(ctx context.Context, patience time.Duration, send *early) (*batch, error) {
	g.mu.Lock()
	if !g.taken {
		g.taken = true
		g.mu.Unlock()
		return nil, nil
	}
	w := &waiter{turn: make(chan *batch, 1), send: send}
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
		w.gone = !w.next
		g.mu.Unlock()
		if w.gone {
			return nil, err
		}
		return <-w.turn, nil // it is its turn at the same moment
	}
}

// next returns who has waited longest, or nil. The lock is held.
func (g *group) next() *waiter {
	for len(g.queue) > 0 {
		w := g.queue[0]
		g.queue[0], g.queue = nil, g.queue[1:]
		if !w.gone {
			g.turns++
			w.next = true
			return w
		}
	}
	return nil
}

// busy reports whether somebody has the baton.
func (g *group) busy() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.taken
}

// drop hands the baton on without a transaction, or lays it down: false.
func (g *group) drop() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.next()
	if g.taken = w != nil; g.taken {
		w.turn <- nil
	}
	return g.taken
}

// A batch takes no more members than that, and none when it has lasted so long.
const (
	maxMembers = 64
	maxHold    = 4 * time.Millisecond
)

// handOn serves those who wait, until one of them wants the open transaction himself: he
// gets it. It is false when nobody does, or when it is wise to commit.
func (s *Store) handOn(ctx context.Context, b *batch) bool {
	g := &s.group
	back := g.last > b.members // those of the last batch are about to come back
	for tries := 0; b.err == nil && b.members < maxMembers && time.Since(b.since) < maxHold; {
		g.mu.Lock()
		w := g.next()
		g.mu.Unlock()
		switch {
		case w == nil && (!back || tries == 3):
			return false
		case w == nil:
			tries++
			runtime.Gosched()
			continue
		case w.send != nil:
			b.served = append(b.served, w)
			if s.serve(ctx, b, w.send) {
				continue
			}
			b.served = b.served[:len(b.served)-1]
		}
		if b.done == nil {
			b.done = make(chan struct{})
		}
		w.turn <- b
		return true
	}
	return false
}
