package gormstore

import (
	"context"
	"database/sql"
	"encoding/binary"
	"reflect"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// stmt is the text of a statement, written once.
type stmt struct {
	sql    string
	strict string // of a compare-and-swap on PostgreSQL: the same, as an error when no row is met
	table  string
	write  bool
	one    bool // it finds one row at most
}

// op is a statement that is to be run.
type op struct {
	*stmt
	args []any
	row  func(row) error // takes each row; nil for a statement that returns none

	into *plan         // of the insert of one row: its record type
	key  reflect.Value // where its automatic key goes, if it has one
	rows []*op         // of the insert of many rows: those of each, which have the arguments

	load *load // rows that leave by COPY

	lock bool // keeps what it reads from being changed
	cas  bool // exactly one row must be met, otherwise the race is lost
	sure bool // of cas: the row is locked, so that it will be met
	one  bool // there is one row at most
}

// row is one row of an answer, as the driver gives it or as PostgreSQL sends it. It holds
// until the next one only.
type row struct {
	cells   []any
	raw     [][]byte
	formats []int16 // of raw: 0 text, 1 binary
	again   bool    // the row is worked on, and so read again soon
}

// decode puts a cell into a field that is at its zero value.
func (r row) decode(p *plan, f *storage.Field, i int, v reflect.Value) error {
	if f.Kind == storage.JSON && r.again {
		if doc := r.document(i); doc != "" {
			if f.Parse(doc, v) != nil {
				return p.misfit(f)
			}
			return nil
		}
	}
	if r.raw == nil {
		return p.decode(f, r.cells[i], v)
	}
	b := r.raw[i]
	if b == nil || r.formats[i] == 1 && decodeBinary(f, b, v) || r.formats[i] == 0 && decodeText(f, string(b), v) {
		return nil
	}
	return p.misfit(f)
}

// document returns a cell that is a document in one of the usual forms.
func (r row) document(i int) string {
	if r.raw == nil {
		doc, _ := r.cells[i].(string)
		return doc
	}
	return string(r.raw[i])
}

// stored returns a document as encode would hand it over.
func (r row) stored(i int) any {
	switch {
	case r.raw == nil:
		return r.cells[i]
	case r.raw[i] == nil:
		return nil
	}
	return string(r.raw[i])
}

// int returns a cell that is a bigint.
func (r row) int(i int) int64 {
	var n int64
	if r.raw == nil {
		n, _ = r.cells[i].(int64)
	} else if r.formats[i] == 1 && len(r.raw[i]) == 8 {
		n = int64(binary.BigEndian.Uint64(r.raw[i]))
	}
	return n
}

// executor runs statements one after the other and stops at the first that fails.
// It returns that one's index and a translated error; what row returned comes back
// as it is.
type executor interface {
	run(ctx context.Context, ops []op) (failed int, err error)
}

// session is a connection of database/sql, or a transaction on one; a host may have
// wrapped it.
type session interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// sqlExecutor is the executor for any driver.
type sqlExecutor struct {
	d       *dialect
	session session
	cells   []any
	into    []any // pointers to cells
	stuck   bool  // inside a query of database/sql; afterwards: the driver has panicked there
}

func (e *sqlExecutor) run(ctx context.Context, ops []op) (int, error) {
	for i := range ops {
		if err := ctx.Err(); err != nil {
			return i, err
		}
		o, c := &ops[i], ctx
		if o.write && e.d.unbreaking {
			c = context.WithoutCancel(ctx)
		}
		if err := e.one(c, o); err != nil {
			return i, err
		}
	}
	return -1, nil
}

func (e *sqlExecutor) one(ctx context.Context, o *op) error {
	if o.row != nil {
		return e.query(ctx, o)
	}
	res, err := e.session.ExecContext(ctx, o.sql, o.arguments()...)
	if err != nil {
		return e.d.translate(ctx, o.stmt, err)
	}
	if !o.cas {
		return nil
	}
	n, err := res.RowsAffected()
	if err == nil && n != 1 {
		err = kernel.ErrConflict
	}
	return e.d.translate(ctx, o.stmt, err)
}

func (e *sqlExecutor) query(ctx context.Context, o *op) error {
	e.stuck = true
	rows, err := e.session.QueryContext(ctx, o.sql, o.arguments()...)
	e.stuck = false
	if err != nil {
		return e.d.translate(ctx, o.stmt, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return e.d.translate(ctx, o.stmt, err)
	}
	for len(e.cells) < len(columns) {
		e.cells = append(e.cells, nil)
	}
	for e.into = e.into[:0]; len(e.into) < len(columns); {
		e.into = append(e.into, &e.cells[len(e.into)])
	}
	for rows.Next() {
		if err := rows.Scan(e.into...); err != nil {
			return e.d.translate(ctx, o.stmt, err)
		}
		if err := o.row(row{cells: e.cells[:len(columns)]}); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return e.d.translate(ctx, o.stmt, err)
	}
	return e.d.translate(ctx, o.stmt, rows.Close())
}

// control runs statements without arguments: BEGIN, COMMIT, SAVEPOINT and the like.
func control(ctx context.Context, exec executor, list ...*stmt) error {
	ops := make([]op, len(list))
	for i, st := range list {
		ops[i].stmt = st
	}
	_, err := exec.run(ctx, ops)
	return err
}

// The statements of control. They are writes in that they are not broken off.
var (
	sqlCommit    = &stmt{sql: "COMMIT", write: true}
	sqlRollback  = &stmt{sql: "ROLLBACK", write: true}
	sqlSavepoint = &stmt{sql: "SAVEPOINT crm_unit", write: true}
	sqlRelease   = &stmt{sql: "RELEASE SAVEPOINT crm_unit", write: true}
	sqlTakeBack  = &stmt{sql: "ROLLBACK TO SAVEPOINT crm_unit", write: true}
)
