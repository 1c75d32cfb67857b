package gormstore

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/coverkit/crm/storage"
)

// Copier sends rows to PostgreSQL by COPY … FROM STDIN, within the connection's
// transaction. lost says that the connection is gone.
type Copier func(ctx context.Context, conn *sql.Conn, sql string, rows io.Reader) (lost bool, err error)

// Copying lets many rows of one table leave by COPY, for packages that know their driver.
// It goes with [Pipelined]. They leave by a goroutine, which ends before the unit of work
// does, so that the server stores rows while the next are prepared.
func Copying(c Copier) Option { return func(s *Store) { s.copier = c } }

// many is how many writes a unit holds back, or expects, until its further inserts leave by
// COPY.
const many = 32

// copies reports whether inserts leave by COPY.
func (t *tx) copies() bool {
	if t.over {
		return false
	}
	t.Expect(len(t.held))
	e, ok := t.exec.(*pipeExecutor)
	return ok && e.copies
}

// Expect implements [storage.Expecting].
func (t *tx) Expect(rows int) {
	if e, ok := t.exec.(*pipeExecutor); ok && rows >= many && e.copier != nil && !e.uncopied.Load() {
		e.copies = true
	}
}

// Rows that are read as quickly without an index, and by how much a table has to grow until
// what the server knows of it may be no likeness any more.
const (
	uncounted = 1000
	likeness  = 64
)

// recount has the server count a table that has become much larger: until autovacuum does,
// it would go on as if the table were empty, and read all of it instead of an index. A table
// that somebody else is counting is passed over, as the lock lasts until the unit ends.
func (e *pipeExecutor) recount(ctx context.Context, p *plan, n int) error {
	count, _ := e.copied.LoadOrStore(p, new(atomic.Int64))
	now := count.(*atomic.Int64).Add(int64(n))
	due := int64(uncounted)
	for due <= now-int64(n) {
		due *= likeness
	}
	if now < due {
		return nil
	}
	known := int64(0)
	const ask = "SELECT reltuples::bigint FROM pg_class WHERE oid = $1::regclass"
	_, err := e.batch(ctx, []op{{stmt: &stmt{sql: ask, table: p.Table}, args: []any{quote(p.Table)}, row: func(r row) error {
		known = r.int(0)
		return nil
	}}})
	if err != nil || known > now/2 {
		return err
	}
	_, err = e.batch(ctx, []op{{stmt: &stmt{sql: "ANALYZE (SKIP_LOCKED) " + quote(p.Table), table: p.Table, write: true}}})
	return err
}

// numbers takes automatic keys. The transaction gets its own number first, as it does when
// an insert takes one; see [Store.Horizon].
func (e *pipeExecutor) numbers(ctx context.Context, p *plan, n int) ([]int64, error) {
	list := make([]int64, 0, n)
	const (
		begun = "SELECT pg_current_xact_id()::text"
		take  = "SELECT nextval(s.name) FROM (SELECT pg_get_serial_sequence($1, $2)::regclass AS name OFFSET 0) AS s, generate_series(1, $3::bigint)"
	)
	ops := []op{
		{stmt: &stmt{sql: begun, table: p.Table, write: true}, row: func(row) error { return nil }},
		{stmt: &stmt{sql: take, table: p.Table, write: true}, args: []any{quote(p.Table), p.Key().Column, int64(n)}, row: func(r row) error {
			list = append(list, r.int(0))
			return nil
		}},
	}
	_, err := e.batch(ctx, ops)
	if err == nil && len(list) != n {
		err = fmt.Errorf("%s: the numbers ran out: %w", p.Table, storage.ErrUnavailable)
	}
	return list, err
}
