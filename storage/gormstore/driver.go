package gormstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"

	"github.com/coverkit/crm/kernel"
)

// driverConn is what a driver's own connection has to offer so that we can do without
// database/sql between it and us; the drivers of SQLite do. Statements stay prepared in
// the driver's cache, where it has one.
type driverConn interface {
	driver.ExecerContext
	driver.QueryerContext
}

// driverExecutor is the executor on a driver's connection. It saves what database/sql
// does for each statement and each row.
type driverExecutor struct {
	d     *dialect
	conn  *sql.Conn
	args  []driver.NamedValue
	vals  []driver.Value
	cells []any
}

// direct reports whether the connection's driver can be used without database/sql.
func direct(conn *sql.Conn) bool {
	ok := false
	err := conn.Raw(func(c any) error { _, ok = c.(driverConn); return nil })
	return ok && err == nil
}

func (e *driverExecutor) run(ctx context.Context, ops []op) (failed int, err error) {
	failed = -1
	raw := e.conn.Raw(func(c any) error {
		d, lasting := c.(driverConn), ctx
		if ctx.Done() != nil {
			lasting = context.WithoutCancel(ctx)
		}
		for i := range ops {
			if err = ctx.Err(); err == nil {
				err = e.one(ctx, lasting, d, &ops[i])
			}
			if err != nil {
				failed = i
				return nil
			}
		}
		return nil
	})
	if raw != nil && err == nil {
		return 0, e.d.translate(ctx, ops[0].stmt, raw)
	}
	return failed, err
}

// one runs a statement. A write must not be broken off, and a look at one row is over
// before it could be: watching the context would take longer.
func (e *driverExecutor) one(ctx, lasting context.Context, c driverConn, o *op) error {
	if e.d.unbreaking && (o.write || o.one) {
		ctx = lasting
	}
	e.args = e.args[:0]
	e.take(o.args)
	for _, r := range o.rows {
		e.take(r.args)
	}
	if o.row != nil || len(e.args) > few && !o.cas {
		return e.query(ctx, c, o)
	}
	res, err := c.ExecContext(ctx, o.sql, e.args)
	if err == nil && o.cas {
		var n int64
		if n, err = res.RowsAffected(); err == nil && n != 1 {
			err = kernel.ErrConflict
		}
	}
	return e.d.translate(ctx, o.stmt, err)
}

func (e *driverExecutor) take(args []any) {
	for _, a := range args {
		e.args = append(e.args, driver.NamedValue{Ordinal: len(e.args) + 1, Value: a})
	}
}

// few arguments can as well be handed over one by one, as Exec does; Query hands over all
// of them at once.
const few = 8

func (e *driverExecutor) query(ctx context.Context, c driverConn, o *op) error {
	rows, err := c.QueryContext(ctx, o.sql, e.args)
	if err != nil {
		return e.d.translate(ctx, o.stmt, err)
	}
	closed := false
	defer func() {
		if !closed { // also when the driver panics: an open statement keeps the transaction open
			_ = rows.Close()
		}
	}()
	n := len(rows.Columns())
	for len(e.vals) < n {
		e.vals, e.cells = append(e.vals, nil), append(e.cells, nil)
	}
	vals, cells := e.vals[:n], e.cells[:n]
	for {
		if err = rows.Next(vals); err != nil {
			break
		}
		if o.row == nil {
			continue
		}
		for i, v := range vals {
			cells[i] = v
		}
		if err := o.row(row{cells: cells}); err != nil {
			return err
		}
		if o.one { // the next step would only say so
			err = io.EOF
			break
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	closed = true
	if closing := rows.Close(); err == nil {
		err = closing
	}
	return e.d.translate(ctx, o.stmt, err)
}
