package gormstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Pipeline sends statements to PostgreSQL all at once and then reads the answers: one
// round trip instead of many. It stops at the first statement that fails, as the server
// does, and returns its index with the driver's error, or -1 and nil. lost says that the
// connection is gone. Without BEGIN among them the statements are one transaction.
type Pipeline func(ctx context.Context, conn *sql.Conn, list []Statement) (failed int, lost bool, err error)

// Statement is one statement of a [Pipeline].
type Statement struct {
	SQL  string
	Args []any
	// Row takes each row of the answer, column by column as the server sent it, with its
	// formats: 0 text, 1 binary. It is nil when nobody wants the answer.
	Row func(values [][]byte, formats []int16) error
	One bool // exactly one row is met, which is locked; anything else is an error
}

// Pipelined lets the store send statements of its own transactions by a pipeline of the
// driver's, for packages that know their driver. It is for PostgreSQL only.
func Pipelined(p Pipeline) Option { return func(s *Store) { s.pipe = p } }

// pipeExecutor is the executor over a pipeline.
type pipeExecutor struct {
	d        *dialect
	pipe     Pipeline
	copier   Copier
	uncopied *atomic.Bool
	copied   *sync.Map
	db       *sql.DB
	conn     *sql.Conn
	list     []Statement
	copies   bool  // inserts leave by COPY
	next     *load // rows that leave next
	away     *load // rows that are on their way
	used     bool  // the connection is known to work
	rows     int
	lost     bool
}

// run replaces a connection that turns out to be dead, as long as nothing was done on it.
func (e *pipeExecutor) run(ctx context.Context, ops []op) (int, error) {
	for tries := 0; ; tries++ {
		failed, err := e.send(ctx, ops)
		if err == nil {
			e.used = true
			return failed, nil
		}
		if e.used || !e.lost || e.rows > 0 || tries == 2 || ctx.Err() != nil || slices.ContainsFunc(ops, func(o op) bool { return o.write }) {
			return failed, err
		}
		discard(e.conn)
		_ = e.conn.Close()
		conn, again := e.db.Conn(ctx)
		if again != nil {
			return failed, err
		}
		e.conn, e.lost = conn, false
	}
}

// send sends the statements, and the rows that are copied between them.
func (e *pipeExecutor) send(ctx context.Context, ops []op) (int, error) {
	for from := 0; from < len(ops); {
		if l := ops[from].load; l != nil {
			if err := e.copyIn(ctx, l); err != nil {
				return from, err
			}
			from++
			continue
		}
		to := from
		for to < len(ops) && ops[to].load == nil {
			to++
		}
		if failed, err := e.batch(ctx, ops[from:to]); err != nil {
			return from + failed, err
		}
		from = to
	}
	return -1, nil
}

func (e *pipeExecutor) batch(ctx context.Context, ops []op) (int, error) {
	if err := e.settle(ctx); err != nil {
		return 0, err
	}
	e.list = e.list[:0]
	for i := range ops {
		o := &ops[i]
		s := Statement{SQL: o.sql, Args: o.arguments()}
		switch {
		case o.sure: // making it an error takes as long as the update itself
			s.One = true
		case o.cas:
			s.SQL = o.strict
		}
		if take := o.row; take != nil {
			s.Row = func(values [][]byte, formats []int16) error {
				e.rows++
				return take(row{raw: values, formats: formats})
			}
		}
		e.list = append(e.list, s)
	}
	failed, lost, err := e.pipe(ctx, e.conn, e.list)
	e.lost = e.lost || lost
	clear(e.list)
	if err == nil {
		return -1, nil
	}
	st := &stmt{}
	if failed >= 0 {
		st = ops[failed].stmt
	}
	if state(err) == "" && errors.Is(err, storage.ErrSchema) { // of a row
		return failed, err
	}
	switch {
	case failed >= 0 && ops[failed].cas && state(err) == "22012":
		err = kernel.ErrConflict
	case failed == 0 && len(ops) > 1 && len(state(err)) == 5 && state(err)[:2] == "42": // any of them may not be understood
		st = &stmt{}
		for _, o := range ops {
			st.write = st.write || o.write
		}
	}
	return failed, e.d.translate(ctx, st, err)
}

func state(err error) string {
	var e interface{ SQLState() string }
	if errors.As(err, &e) {
		return e.SQLState()
	}
	return ""
}

// piped runs fn in a transaction on a connection of its own, in as few round trips as
// can be: BEGIN goes along with the first read that needs it, and what was held back
// with COMMIT. A unit that only looks once and then writes has no BEGIN at all.
func (s *Store) piped(ctx context.Context, readOnly bool, fn func(storage.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return s.d.translate(ctx, &stmt{}, err)
	}
	exec := &pipeExecutor{d: s.d, pipe: s.pipe, copier: s.copier, uncopied: &s.plainly, copied: &s.copied, db: s.db, conn: conn}
	begin := s.d.begin
	if readOnly {
		begin = s.d.beginView
	}
	t := s.d.tx(ctx, exec, readOnly)
	t.begin = &stmt{sql: begin}
	ended := false
	defer func() { _ = exec.conn.Close() }() // gives it back; the transaction's end was checked
	defer func() {
		t.end()
		exec.forget()
		if !ended && t.begin == nil {
			s.rollback(ctx, exec, exec.conn)
		}
	}()
	if err := fn(t); err != nil {
		return err
	}
	if err := t.ready(); err != nil {
		return err
	}
	err = s.complete(t, exec)
	ended = err == nil
	return err
}

// complete sends what is left together with COMMIT. ctx being over meanwhile is no reason
// to leave the outcome unknown.
func (s *Store) complete(t *tx, exec *pipeExecutor) error {
	c, cancel := s.d.outlive(t.ctx)
	defer cancel()
	t.ctx = c
	// Writes are not sent twice, so the connection is tried first; many leave in several steps.
	if t.begin != nil && (!exec.used && len(t.held) > 0 || len(t.held) >= several || exec.next != nil) {
		if err := control(c, exec, t.begin); err != nil {
			return err
		}
		t.begin = nil
	}
	var end []op
	if t.begin == nil {
		end = []op{{stmt: sqlCommit}}
	}
	err := t.send(end...)
	if err != nil && exec.lost {
		return fmt.Errorf("whether the commit took place is not known: %w", err)
	}
	return err
}
