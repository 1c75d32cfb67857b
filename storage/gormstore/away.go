package gormstore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// crowd is how many rows leave before the unit ends.
const crowd = 1024

// sendOff lets rows leave while the unit goes on, so that the server stores some while the
// next are prepared. What becomes of them is told by the next read or by the end, as of all
// that is held back: whoever writes another row has nothing to do with it.
func (t *tx) sendOff() error {
	if len(t.held) < crowd || !t.copies() || !t.exec.(*pipeExecutor).arrived() {
		return nil
	}
	if t.begin != nil {
		if err := control(t.ctx, t.exec, t.begin); err != nil {
			return t.fail(err)
		}
		t.begin = nil
	}
	return t.send()
}

// away are rows of several tables on their way to the server. Nobody uses the connection
// until they have arrived.
type away struct {
	parcels []parcel
	done    chan struct{}
	failed  int // parcel
	lost    bool
	err     error
}

type parcel struct {
	*plan
	sql  string
	rows []byte
	n    int
}

func (a *away) leave(ctx context.Context, copier Copier, conn *sql.Conn) {
	defer close(a.done)
	a.err = kernel.Survive("copy", func() (err error) {
		for i, x := range a.parcels {
			a.failed, a.lost = i, true // should the driver panic
			if a.lost, err = copier(ctx, conn, x.sql, bytes.NewReader(x.rows)); err != nil {
				return err
			}
		}
		return nil
	})
}

// arrived waits for rows that are on their way, and reports whether all is well with them.
func (e *pipeExecutor) arrived() bool {
	if e.away == nil {
		return true
	}
	<-e.away.done
	e.lost = e.lost || e.away.lost
	return e.away.err == nil
}

// settle waits for rows that are on their way. A server that does not take them like this,
// because of row-level security or since numbers are not ours to take, gets them by insert
// from then on.
func (e *pipeExecutor) settle(ctx context.Context) error {
	if e.away == nil {
		return nil
	}
	well, a := e.arrived(), e.away
	e.away = nil
	if !well {
		if errors.Is(a.err, kernel.ErrPanic) {
			return a.err
		}
		return e.unless(e.d.translate(ctx, a.parcels[a.failed].insert, a.err), a.err)
	}
	for _, x := range a.parcels {
		if err := e.recount(ctx, x.plan, x.n); err != nil {
			return err
		}
	}
	return nil
}

// copyIn sends the rows of inserts on their way.
func (e *pipeExecutor) copyIn(ctx context.Context, ops []op) error {
	if err := e.settle(ctx); err != nil {
		return err
	}
	a := &away{done: make(chan struct{})}
	for i := range ops {
		x, err := e.parcel(ctx, ops[i].rows)
		if err != nil {
			return err
		}
		a.parcels = append(a.parcels, x)
	}
	e.away = a
	go a.leave(ctx, e.copier, e.conn)
	return nil
}

// unless turns the refusal of a server that does not take COPY into [storage.ErrRetry].
func (e *pipeExecutor) unless(err error, cause ...error) error {
	for _, c := range append(cause, err) {
		if s := state(c); s == "0A000" || s == "42501" {
			e.uncopied.Store(true)
			return fmt.Errorf("rows are not copied here: %w", storage.ErrRetry)
		}
	}
	return err
}
