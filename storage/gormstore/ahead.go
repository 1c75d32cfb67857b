package gormstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Ahead lets units of work that may be run again begin before their turn on SQLite: while
// another one writes, they read what was committed last on a connection from this pool and
// hold their writes back. Only to send these do they wait for their turn. What they had
// locked must then be as they read it, as if the lock had been real; otherwise they are
// run once more, in their turn. See [Store.Repeat].
func Ahead(db *sql.DB, units int) Option {
	return func(s *Store) { s.scouts, s.slots = db, make(chan struct{}, units) }
}

// Repeat is Update for an fn that may be run twice, of which the last time counts.
func (s *Store) Repeat(ctx context.Context, fn func(storage.Tx) error) error {
	if s.scouts == nil || !s.group.busy() {
		return s.Update(ctx, fn)
	}
	return s.early(ctx, fn)
}

// early is a unit of work that has begun before its turn.
type early struct {
	s      *Store
	t      *tx
	since  int64     // what the snapshot sees; see [changes]
	conn   *sql.Conn // of the snapshot; nil when it is over
	exec   executor
	b      *batch // nil before the turn
	served bool   // another one has sent what was held back
	err    error  // of sending it
}

// errStale says that a unit was early and has read what others have changed since.
var errStale = errors.New("read before others wrote")

func (s *Store) early(ctx context.Context, fn func(storage.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e := &early{s: s}
	if !e.open(ctx) {
		return s.Update(ctx, fn)
	}
	t := s.d.tx(ctx, e.exec, false)
	e.t, t.early = t, e
	ended := false
	defer func() {
		if ended {
			return
		}
		t.end() // fn panicked or ended its goroutine
		if e.close(); e.b != nil {
			s.leave(e.b, t, false)
		}
	}()
	err := e.run(ctx, fn)
	ended = true
	t.end()
	switch e.close(); {
	case e.b == nil: // nothing to write, or refused by what was committed
		return err
	case e.served:
		return cmp.Or(e.b.err, err)
	case stale(t.failed):
		s.hot.lost(t.lost)
		if s.forgo(ctx, e.b, t); e.b.err == nil {
			return s.member(ctx, e.b, fn)
		}
	}
	return s.answer(e.b, t, err)
}

// run is fn and sending what is left, which somebody else may do.
func (e *early) run(ctx context.Context, fn func(storage.Tx) error) error {
	if err := fn(e.t); err != nil {
		return err
	}
	if err := e.t.ready(); err != nil {
		return err
	}
	if e.b != nil || len(e.t.held) == 0 {
		return e.t.finish()
	}
	e.close()
	b, err := e.s.group.take(ctx, e.s.wait, e)
	switch {
	case err != nil:
		return err
	case e.b != nil: // sent, or in vain
		return e.err
	case b == nil:
		if b, err = e.s.open(ctx); err != nil {
			return err
		}
	}
	e.send(b)
	return e.err
}

// send sends what was held back, on behalf of whoever has the baton.
func (e *early) send(b *batch) {
	if e.err = e.enter(b); e.err != nil {
		e.err = e.t.fail(e.err)
		return
	}
	e.err = e.t.finish()
}

// serve sends what was held back, for one who waits for his turn. Where that is in vain,
// he has to take it himself.
func (s *Store) serve(ctx context.Context, b *batch, e *early) (served bool) {
	e.served = true // should the driver panic
	e.send(b)
	switch {
	case e.err == nil:
		s.group.note(e.t.locked)
	case stale(e.t.failed):
		e.served = false
	default:
		s.forgo(ctx, b, e.t)
	}
	return e.served
}

// stale reports whether a unit failed by what it could not know before its turn.
func stale(err error) bool {
	return errors.Is(err, errStale) || errors.Is(err, kernel.ErrConflict) || errors.Is(err, kernel.ErrDuplicate)
}

// open takes a snapshot, unless as many as there may be last too long.
func (e *early) open(ctx context.Context) bool {
	s := e.s
	select {
	case s.slots <- struct{}{}:
	default:
		timer := time.NewTimer(maxHold)
		defer timer.Stop()
		select {
		case s.slots <- struct{}{}:
		case <-ctx.Done():
			return false
		case <-timer.C:
			return false
		}
	}
	done := false
	defer func() {
		if !done { // also when the driver panics
			<-s.slots
		}
	}()
	e.since = s.group.settled.Load()
	conn, err := s.begin(ctx, s.scouts, true)
	if err != nil {
		return false
	}
	e.conn, e.exec, done = conn, s.executor(conn), true
	return true
}

// close ends the snapshot.
func (e *early) close() {
	if e.conn == nil {
		return
	}
	conn := e.conn
	e.conn = nil
	defer func() { <-e.s.slots }()
	defer e.s.giveBack(e.exec, conn)
	e.s.rollback(context.Background(), e.exec, conn)
}

// turn waits until the unit may write.
func (e *early) turn() error {
	e.close()
	b, err := e.s.turn(e.t.ctx)
	if err != nil {
		return err
	}
	return e.enter(b)
}

// enter makes the unit a member, and sure that what it has locked is as it was read.
func (e *early) enter(b *batch) error {
	b.members++
	t := e.t
	e.b, t.early, t.exec, t.shared = b, nil, b.exec, true
	if len(t.locked) == 0 {
		return nil
	}
	g := &e.s.group
	ops := g.look(b)
	for i := range t.locked {
		if l := &t.locked[i]; !l.saved {
			ops = append(ops, op{stmt: l.p.still, args: l.was, row: func(row) error { l.met = true; return nil }, one: true})
		}
	}
	if _, err := t.exec.run(t.ctx, ops); err != nil {
		return err
	}
	for i := range t.locked {
		if l := &t.locked[i]; !l.saved && !l.met {
			t.lost = l.p.Table
			return errStale
		}
	}
	if g.changed(e.since, t.locked) {
		return errStale
	}
	return nil
}
