package gormstore_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
	"github.com/coverkit/crm/storage/storagetest"
)

// hasty is a store whose units all begin before their turn.
type hasty struct{ *gormstore.Store }

func (h hasty) Update(ctx context.Context, fn func(storage.Tx) error) error { return h.Early(ctx, fn) }
func (h hasty) Repeat(ctx context.Context, fn func(storage.Tx) error) error { return h.Early(ctx, fn) }

// file opens a SQLite file with the suite's tables, and a connection of somebody else's.
func file(t *testing.T) (hasty, host) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "crm.db")
	store, err := sqlite.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return hasty{store}, openHost(t, sqlite.Dialector("file:"+path+"?_busy_timeout=5000"), nil)
}

// TestAheadConforms: what begins before its turn keeps the contract all the same.
func TestAheadConforms(t *testing.T) {
	t.Parallel()
	storagetest.Exercise(t, func(t *testing.T) storage.Store { s, _ := file(t); return s })
}

func TestAheadSharesCommits(t *testing.T) {
	t.Parallel()
	s, _ := file(t)
	shareCommits(t, s, s.Update)
	insert(t, s.Store, policy()) // no turn, no snapshot is left over
	insert(t, s, policy())
}

// TestAheadOfOthers: a unit has read, and before its turn comes others write. What it then
// does is what it would have done after them.
func TestAheadOfOthers(t *testing.T) {
	t.Parallel()
	lock := func(tx storage.Tx, id kernel.ID) (*storagetest.Policy, error) {
		p := new(storagetest.Policy)
		return p, tx.Load(storage.ByID(p, id).Locked())
	}
	lines := func(tx storage.Tx) (int64, error) { return storage.Count[storagetest.Line](tx) }
	line := func() *storagetest.Line { return &storagetest.Line{ID: kernel.NewID(), Tenant: "north"} }
	for name, test := range map[string]struct {
		others func(t *testing.T, s hasty, h host, p *storagetest.Policy) error
		again  bool // the unit is run twice
	}{
		"nobody": {func(*testing.T, hasty, host, *storagetest.Policy) error { return nil }, false},
		"somebody elsewhere": {func(t *testing.T, s hasty, _ host, _ *storagetest.Policy) error {
			return s.Store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(policy()) })
		}, false},
		"a unit that saves what was locked": {func(t *testing.T, s hasty, _ host, p *storagetest.Policy) error {
			return s.Store.Update(t.Context(), func(tx storage.Tx) error {
				p, err := lock(tx, p.ID)
				return errors.Join(err, tx.Insert(line()), tx.Save(p))
			})
		}, true},
		"a unit that locks it too, and writes something else": {func(t *testing.T, s hasty, _ host, p *storagetest.Policy) error {
			return s.Store.Update(t.Context(), func(tx storage.Tx) error {
				_, err := lock(tx, p.ID)
				return errors.Join(err, tx.Insert(line()))
			})
		}, true},
		"one that locks many": {func(t *testing.T, s hasty, _ host, _ *storagetest.Policy) error {
			return s.Store.Update(t.Context(), func(tx storage.Tx) error {
				all, err := storage.Find[storagetest.Policy](tx, storage.Query{Lock: true})
				if len(all) == 0 {
					t.Error("there is nothing to lock")
				}
				return errors.Join(err, tx.Insert(line()))
			})
		}, true},
		"so many that they are not remembered": {func(t *testing.T, s hasty, _ host, p *storagetest.Policy) error {
			other := policy()
			err := s.Store.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(other) })
			for n := 0; n < 300 && err == nil; n++ {
				err = s.Store.Update(t.Context(), func(tx storage.Tx) error {
					id := other.ID
					if n == 0 {
						id = p.ID
					}
					_, err := lock(tx, id)
					return errors.Join(err, tx.Insert(line()))
				})
			}
			return err
		}, true},
		"another program": {func(t *testing.T, _ hasty, h host, _ *storagetest.Policy) error {
			h.exec(t, "INSERT INTO st_lines (id, tenant, policy, amount) VALUES ('x', 'north', '', 0)")
			return nil
		}, true},
		"a unit that removes it": {func(t *testing.T, s hasty, _ host, p *storagetest.Policy) error {
			return s.Store.Update(t.Context(), func(tx storage.Tx) error {
				p, err := lock(tx, p.ID)
				return errors.Join(err, tx.Insert(line()), tx.Delete(p))
			})
		}, true},
	} {
		for what, save := range map[string]bool{", saving it": true, ", leaving it": false} {
			t.Run(name+what, func(t *testing.T) {
				t.Parallel()
				s, h := file(t)
				p := policy()
				insert(t, s, p)
				if err := s.Update(t.Context(), func(tx storage.Tx) error { // from now on it is known who writes
					_, err := lock(tx, p.ID)
					return errors.Join(err, tx.Insert(line()))
				}); err != nil {
					t.Fatal(err)
				}
				runs, seen := 0, int64(0)
				err := s.Update(t.Context(), func(tx storage.Tx) error {
					runs++
					locked, err := lock(tx, p.ID)
					if err != nil {
						return err
					}
					if seen, err = lines(tx); err != nil {
						return err
					}
					if runs == 1 {
						if err := test.others(t, s, h, p); err != nil {
							t.Error(err)
						}
					}
					if save {
						locked.Lives = seen
						if err := tx.Save(locked); err != nil {
							return err
						}
					}
					return tx.Insert(line())
				})
				if gone := errors.Is(err, kernel.ErrNotFound); err != nil && (!gone || runs != 2) || err == nil && (runs == 2) != test.again {
					t.Fatalf("%v after %d runs", err, runs)
				}
				if n := int64(h.count(t, "st_lines")); err == nil && n != seen+1 {
					t.Errorf("the unit saw %d lines and added one: there are %d", seen, n)
				}
			})
		}
	}
}

// TestAheadOnlyLooking: what writes nothing waits for nobody.
func TestAheadOnlyLooking(t *testing.T) {
	t.Parallel()
	s, _ := file(t)
	p := policy()
	insert(t, s, p)
	if err := s.Store.Update(t.Context(), func(storage.Tx) error {
		done := make(chan error)
		go func() {
			done <- s.Update(t.Context(), func(tx storage.Tx) error {
				return tx.Load(storage.ByID(new(storagetest.Policy), p.ID).Locked())
			})
		}()
		select {
		case err := <-done:
			return err
		case <-time.After(5 * time.Second):
			return errors.New("it waits for the one who writes")
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// TestAheadGivesUp: who is called off while waiting for the turn has written nothing.
func TestAheadGivesUp(t *testing.T) {
	t.Parallel()
	s, h := file(t)
	ctx, cancel := context.WithCancel(t.Context())
	var runs atomic.Int64
	if err := s.Store.Update(t.Context(), func(storage.Tx) error {
		done := make(chan error)
		go func() {
			done <- s.Update(ctx, func(tx storage.Tx) error {
				runs.Add(1)
				time.AfterFunc(20*time.Millisecond, cancel)
				return tx.Insert(policy())
			})
		}()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want Canceled", err)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n := h.count(t, "st_policies"); n != 0 || runs.Load() != 1 {
		t.Errorf("%d rows after %d runs", n, runs.Load())
	}
	insert(t, s, policy())
}
