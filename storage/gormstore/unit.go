package gormstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/coverkit/crm/storage"
)

// unit runs fn in a transaction on a connection of its own. However fn ends, by
// panic and runtime.Goexit too, the transaction is over afterwards and the connection
// given back.
func (s *Store) unit(ctx context.Context, db *sql.DB, readOnly bool, fn func(storage.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	conn, err := s.begin(ctx, db, readOnly)
	if err != nil {
		return s.d.translate(ctx, &stmt{}, err)
	}
	exec := s.executor(conn)
	t := s.d.tx(ctx, exec, readOnly)
	ended := false
	defer s.giveBack(exec, conn)
	defer func() {
		t.end()
		if !ended {
			s.rollback(ctx, exec, conn)
		}
	}()
	if err := t.run(fn); err != nil {
		return err
	}
	err = s.commit(ctx, exec)
	ended = err == nil
	return err
}

// run is fn and what is left to send.
func (t *tx) run(fn func(storage.Tx) error) error {
	if err := fn(t); err != nil {
		return err
	}
	if err := t.ready(); err != nil {
		return err
	}
	return t.finish()
}

// executor returns the quickest way to run statements on a connection of our own.
func (s *Store) executor(conn *sql.Conn) executor {
	if s.d.direct && direct(conn) {
		if e, ok := s.idle.Get().(*driverExecutor); ok {
			e.conn = conn
			return e
		}
		return &driverExecutor{d: s.d, conn: conn}
	}
	return &sqlExecutor{d: s.d, session: conn}
}

// giveBack ends the use of a connection, whose transaction has ended, and of its executor.
func (s *Store) giveBack(exec executor, conn *sql.Conn) {
	if e, ok := exec.(*driverExecutor); ok {
		e.conn = nil
		clear(e.args[:cap(e.args)])
		clear(e.vals)
		clear(e.cells)
		s.idle.Put(e)
	}
	if stuck(exec) {
		abandon(exec, conn)
		return
	}
	_ = conn.Close() // the transaction's end was checked
}

// stuck reports whether the driver has panicked in a query of database/sql. The connection
// is then locked for good there: to close it would last for ever.
func stuck(exec executor) bool {
	e, ok := exec.(*sqlExecutor)
	return ok && e.stuck
}

// abandon ends the use of a connection of which nothing good is known.
func abandon(exec executor, conn *sql.Conn) {
	if stuck(exec) {
		_ = conn.Raw(func(c any) error { return c.(driver.Conn).Close() }) // its place in the pool is lost
		return
	}
	discard(conn)
}

// begin starts a transaction on a connection from the pool. A connection that turns
// out to be dead is replaced, since nothing was done on it yet.
func (s *Store) begin(ctx context.Context, db *sql.DB, readOnly bool) (*sql.Conn, error) {
	for tries := 0; ; tries++ {
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, err
		}
		if err = s.tryStart(ctx, conn, readOnly); err == nil {
			return conn, nil
		}
		if tries == 2 || !errors.Is(err, driver.ErrBadConn) {
			return nil, err
		}
	}
}

// tryStart starts a transaction, or parts with the connection: whether it began is then
// not known.
func (s *Store) tryStart(ctx context.Context, conn *sql.Conn, readOnly bool) error {
	started := false
	defer func() {
		if !started { // also when the driver panics
			discard(conn)
			_ = conn.Close()
		}
	}()
	err := s.start(ctx, conn, readOnly)
	started = err == nil
	return err
}

// start sends BEGIN. On SQLite it waits for the lock in short turns, because a wait
// inside SQLite cannot be broken off.
func (s *Store) start(ctx context.Context, conn *sql.Conn, readOnly bool) error {
	begin := s.d.begin
	if readOnly {
		begin = s.d.beginView
	}
	var patience <-chan time.Time
	for pause := time.Millisecond; ; pause = min(2*pause, 25*time.Millisecond) {
		err := s.d.start(ctx, conn, begin)
		if err == nil || !s.d.patient {
			return err
		}
		if patience == nil {
			patience = time.After(s.wait)
		}
		if _, kind := s.d.classify(err); !errors.Is(kind, storage.ErrRetry) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-patience:
			return err
		case <-time.After(pause):
		}
	}
}

// start sends BEGIN as it is quickest: SQLite's drivers start a goroutine for a context
// that can be over, although none can break off the wait for a lock.
func (d *dialect) start(ctx context.Context, conn *sql.Conn, begin string) error {
	if !d.direct {
		_, err := conn.ExecContext(ctx, begin)
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := conn.ExecContext(context.WithoutCancel(ctx), begin)
	return err
}

func (s *Store) commit(ctx context.Context, exec executor) error {
	c, cancel := s.d.outlive(ctx)
	defer cancel()
	err := control(c, exec, sqlCommit)
	if err == nil || !s.d.postgres() {
		return err
	}
	if errors.Is(err, storage.ErrUnavailable) || c.Err() != nil {
		return fmt.Errorf("whether the commit took place is not known: %w", err)
	}
	return err
}

// rollback ends the transaction. A connection on which that fails is closed, which
// ends it too: it must not come back to the pool half-way through a transaction.
func (s *Store) rollback(ctx context.Context, exec executor, conn *sql.Conn) {
	c, cancel := s.d.outlive(ctx)
	defer cancel()
	done := false
	defer func() {
		if !done { // also when the driver panics
			abandon(exec, conn)
		}
	}()
	done = control(c, exec, sqlRollback) == nil
}

func discard(conn *sql.Conn) {
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
}

// grace is how long the end of a transaction may take after its context is over.
const grace = 5 * time.Second

// outlive returns a context for ending a transaction: ctx being over is no reason
// to leave the transaction open or its outcome unknown.
func (d *dialect) outlive(ctx context.Context) (context.Context, context.CancelFunc) {
	if d.unbreaking || ctx.Done() == nil {
		return context.WithoutCancel(ctx), func() {}
	}
	c, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return c, func() { stop(); cancel() }
}
