package memory

import (
	"context"
	"sync"

	"github.com/coverkit/crm/storage"
)

// Store keeps rows in memory for as long as it is in use itself. It may be shared
// between goroutines. [New] makes one.
type Store struct {
	mu     sync.RWMutex
	tables map[string]*table
}

var _ storage.Store = (*Store)(nil)

// New returns an empty store. It has every table from the start.
func New() *Store { return &Store{tables: map[string]*table{}} }

// View runs fn on what was there when it began; no Update runs meanwhile.
func (s *Store) View(ctx context.Context, fn func(storage.Tx) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := &tx{store: s, ctx: ctx, readOnly: true}
	defer func() { t.over = true }()
	return t.run(fn)
}

// Update runs fn alone and keeps what it wrote, unless it fails, panics, or the
// context is cancelled before it returns.
func (s *Store) Update(ctx context.Context, fn func(storage.Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &tx{store: s, ctx: ctx}
	kept := false
	defer func() { // also after a panic, or when fn ends its goroutine
		t.over = true
		if !kept {
			t.rollback()
		}
	}()
	err := t.run(fn)
	kept = err == nil
	return err
}

func (t *tx) run(fn func(storage.Tx) error) error {
	err := t.ctx.Err()
	if err == nil {
		err = fn(t)
	}
	if err == nil {
		err = t.failed
	}
	if err == nil {
		err = t.ctx.Err()
	}
	return err
}
