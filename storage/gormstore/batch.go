package gormstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/coverkit/crm/storage"
)

// batch is an open transaction that Updates share. It belongs to whoever has the baton.
type batch struct {
	conn    *sql.Conn
	exec    executor
	since   time.Time
	members int
	asked   bool          // whether others have written; see [changes]
	done    chan struct{} // closed when err is final; nil while there is one member
	served  []*waiter     // are told then
	err     error         // why nothing of the batch took place
}

// share runs fn in a transaction that others may take part in, before and after. What
// one of them writes the later ones see, and therefore nobody hears an answer before the
// commit: not even whoever failed, for what he saw may yet be lost.
func (s *Store) share(ctx context.Context, fn func(storage.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b, err := s.turn(ctx)
	if err != nil {
		return err
	}
	return s.member(ctx, b, fn)
}

// turn waits until the caller may write, in a transaction of others or a new one.
func (s *Store) turn(ctx context.Context) (*batch, error) {
	b, err := s.group.take(ctx, s.wait, nil)
	if b == nil && err == nil {
		b, err = s.open(ctx)
	}
	return b, err
}

// member runs fn in its turn.
func (s *Store) member(ctx context.Context, b *batch, fn func(storage.Tx) error) (err error) {
	b.members++
	t := s.d.tx(ctx, b.exec, false)
	t.shared = b.members > 1
	returned := false
	defer func() {
		if !returned { // fn panicked or ended its goroutine
			t.end()
			s.leave(b, t, false)
		}
	}()
	if err = ctx.Err(); err == nil {
		err = t.run(fn)
	}
	returned = true
	t.end()
	return s.answer(b, t, err)
}

// answer ends a member's part and waits until it is known what became of it.
func (s *Store) answer(b *batch, t *tx, err error) error {
	if s.leave(b, t, err == nil) {
		<-b.done
	}
	return cmp.Or(b.err, err)
}

// open begins a batch, or hands the baton on without one.
func (s *Store) open(ctx context.Context) (b *batch, err error) {
	defer func() {
		if b == nil { // also when the driver panics
			s.group.drop()
		}
	}()
	conn, err := s.begin(ctx, s.db, false)
	if err != nil {
		return nil, s.d.translate(ctx, &stmt{}, err)
	}
	return &batch{conn: conn, exec: s.executor(conn), since: time.Now()}, nil
}

// leave ends a member's part: it takes back what a failed one has written, hands the
// transaction on, or ends it for all. waits says that another member will end it.
func (s *Store) leave(b *batch, t *tx, ok bool) (waits bool) {
	ctx := context.WithoutCancel(t.ctx)
	left := false
	defer func() {
		if !left { // the driver panics: what became of the transaction is not known
			abandon(b.exec, b.conn)
			s.end(b, fmt.Errorf("the end of the transaction: %w", storage.ErrUnavailable))
		}
	}()
	waits = s.part(ctx, b, t, ok)
	left = true
	return waits
}

func (s *Store) part(ctx context.Context, b *batch, t *tx, ok bool) (waits bool) {
	switch {
	case ok:
		s.group.note(t.locked)
	case !t.shared: // the only one so far: nothing of the transaction is worth keeping
		s.rollback(ctx, b.exec, b.conn)
		s.end(b, nil)
		return false
	default:
		s.forgo(ctx, b, t)
	}
	if s.handOn(ctx, b) {
		return true
	}
	err := b.err
	if err == nil {
		err = s.commit(ctx, b.exec)
	}
	if err != nil {
		s.rollback(ctx, b.exec, b.conn)
	}
	s.end(b, err)
	return false
}

// forgo takes back what a member has written behind a savepoint.
func (s *Store) forgo(ctx context.Context, b *batch, t *tx) {
	switch {
	case fatal(t.failed):
		b.err = t.failed
	case t.saved:
		if control(ctx, b.exec, sqlTakeBack, sqlRelease) != nil { // a trigger has taken back everything
			b.err = fmt.Errorf("the transaction was lost with another unit of work: %w", storage.ErrRetry)
		}
	}
}

// end gives connection and baton away and tells the members.
func (s *Store) end(b *batch, err error) {
	b.err = err
	s.group.settled.Store(s.group.n)
	s.giveBack(b.exec, b.conn)
	s.group.last = b.members
	if b.done != nil {
		close(b.done)
	}
	for _, w := range b.served {
		w.turn <- b
	}
	if s.group.drop() { // whoever got it is next, before those who were told
		runtime.Gosched()
	}
}

// fatal reports whether SQLite may have taken back the whole transaction: a full disk, an
// error of input or output, and the like.
func fatal(err error) bool {
	return errors.Is(err, storage.ErrUnavailable) || errors.Is(err, storage.ErrRetry)
}
