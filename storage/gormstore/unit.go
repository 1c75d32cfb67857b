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
	t := &tx{ctx: ctx, d: s.d, exec: exec, readOnly: readOnly}
	ended := false
	defer func() {
		t.over = true
		if !ended {
			s.rollback(ctx, exec, conn)
		}
		_ = conn.Close() // gives it back; the transaction's end was checked
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
		return &driverExecutor{d: s.d, conn: conn}
	}
	return &sqlExecutor{d: s.d, session: conn}
}

// begin starts a transaction on a connection from the pool. A connection that turns
// out to be dead is replaced, since nothing was done on it yet.
func (s *Store) begin(ctx context.Context, db *sql.DB, readOnly bool) (*sql.Conn, error) {
	for tries := 0; ; tries++ {
		conn, err := db.Conn(ctx)
		if err != nil {
			return nil, err
		}
		if err = s.start(ctx, conn, readOnly); err == nil {
			return conn, nil
		}
		discard(conn) // whether it began is not known
		_ = conn.Close()
		if tries == 2 || !errors.Is(err, driver.ErrBadConn) {
			return nil, err
		}
	}
}

// start sends BEGIN. On SQLite it waits for the lock in short turns, because a wait
// inside SQLite cannot be broken off.
func (s *Store) start(ctx context.Context, conn *sql.Conn, readOnly bool) error {
	begin := s.d.begin
	if readOnly {
		begin = s.d.beginView
	}
	patience := time.NewTimer(s.wait)
	defer patience.Stop()
	for pause := time.Millisecond; ; pause = min(2*pause, 25*time.Millisecond) {
		_, err := conn.ExecContext(ctx, begin)
		if err == nil || !s.d.patient {
			return err
		}
		if kind, _ := s.d.classify(err); !errors.Is(kind, storage.ErrRetry) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-patience.C:
			return err
		case <-time.After(pause):
		}
	}
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
	if err := control(c, exec, sqlRollback); err != nil {
		discard(conn)
	}
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
