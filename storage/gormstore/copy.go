package gormstore

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Copier sends rows to PostgreSQL by COPY … FROM STDIN, within the connection's
// transaction. lost says that the connection is gone.
type Copier func(ctx context.Context, conn *sql.Conn, sql string, rows io.Reader) (lost bool, err error)

// Copying lets many rows of one table leave by COPY, for packages that know their driver.
// It goes with [Pipelined].
func Copying(c Copier) Option { return func(s *Store) { s.copier = c } }

// copies reports whether the unit's inserts may leave by COPY.
func (t *tx) copies() bool {
	e, ok := t.exec.(*pipeExecutor)
	return ok && e.copier != nil && !e.uncopied.Load()
}

// copyIn sends the rows of an insert. A server that does not take them like this, because
// of row-level security or since numbers are not ours to take, gets them by insert from
// then on.
func (e *pipeExecutor) copyIn(ctx context.Context, o *op) error {
	p := o.rows[0].into
	fields, numbers := p.inserted, []int64(nil)
	if p.Key().Auto {
		fields = append([]*storage.Field{p.Key()}, fields...)
		var err error
		if numbers, err = e.numbers(ctx, p, len(o.rows)); err != nil {
			return e.unless(err)
		}
	}
	var names strings.Builder
	for i, f := range fields {
		names.WriteString(comma(i) + quote(f.Column))
	}
	b := append(make([]byte, 0, 1024*len(o.rows)), "PGCOPY\n\xff\r\n\x00"...)
	b = append(b, make([]byte, 8)...)
	for i, r := range o.rows {
		b = binary.BigEndian.AppendUint16(b, uint16(len(fields))) //nolint:gosec // columns of a table
		if numbers != nil {
			b = appendCell(b, binary.BigEndian.AppendUint64(nil, uint64(numbers[i]))) //nolint:gosec // positive
		}
		for n, f := range p.inserted {
			var ok bool
			if b, ok = appendBinary(b, f, r.args[n]); !ok {
				return fmt.Errorf("%s.%s: %w", p.Table, f.Column, kernel.ErrInvalid)
			}
		}
	}
	b = append(b, 0xff, 0xff)
	lost, err := e.copier(ctx, e.conn, "COPY "+quote(p.Table)+" ("+names.String()+") FROM STDIN (FORMAT binary)", bytes.NewReader(b))
	e.lost = e.lost || lost
	if err != nil {
		return e.unless(e.d.translate(ctx, o.stmt, err), err)
	}
	for i, n := range numbers {
		o.rows[i].key.SetInt(n)
	}
	return e.recount(ctx, p, len(o.rows))
}

// uncounted rows are read as quickly without an index.
const uncounted = 1000

// recount has the server count a table that has doubled since: until autovacuum does, it
// would go on as if the table were empty, and read all of it instead of an index. A table
// that somebody else is counting is passed over, as the lock lasts until the unit ends.
func (e *pipeExecutor) recount(ctx context.Context, p *plan, n int) error {
	count, _ := e.copied.LoadOrStore(p, new(atomic.Int64))
	now := count.(*atomic.Int64).Add(int64(n))
	if now < uncounted || bits.Len64(uint64(now)) == bits.Len64(uint64(now)-uint64(n)) { //nolint:gosec // positive
		return nil
	}
	_, err := e.batch(ctx, []op{{stmt: &stmt{sql: "ANALYZE (SKIP_LOCKED) " + quote(p.Table), table: p.Table, write: true}}})
	return err
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

// numbers takes automatic keys. The transaction gets its own number first, as it does when
// an insert takes one; see [Store.Horizon].
func (e *pipeExecutor) numbers(ctx context.Context, p *plan, n int) ([]int64, error) {
	list := make([]int64, 0, n)
	const (
		begun = "SELECT pg_current_xact_id()::text"
		take  = "SELECT nextval(pg_get_serial_sequence($1, $2)::regclass) FROM generate_series(1, $3::bigint)"
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

// appendCell writes a value with its length.
func appendCell(b, value []byte) []byte {
	return append(binary.BigEndian.AppendUint32(b, uint32(len(value))), value...) //nolint:gosec // far below 1 GB
}

// appendBinary writes an argument of an insert in PostgreSQL's binary form.
func appendBinary(b []byte, f *storage.Field, arg any) ([]byte, bool) {
	size := binary.BigEndian.AppendUint32
	switch x := arg.(type) {
	case nil:
		return size(b, ^uint32(0)), true
	case []byte:
		return appendCell(b, x), f.Kind == storage.Bytes || f.Kind == storage.Sealed
	case int64:
		return binary.BigEndian.AppendUint64(size(b, 8), uint64(x)), f.Kind == storage.Int //nolint:gosec // two's complement
	case bool:
		bit := byte(0)
		if x {
			bit = 1
		}
		return append(size(b, 1), bit), f.Kind == storage.Bool
	case time.Time:
		return binary.BigEndian.AppendUint64(size(b, 8), uint64(x.UnixMicro()-epochMicros)), f.Kind == storage.Time //nolint:gosec // two's complement
	case string:
		switch f.Kind {
		case storage.String, storage.JSON:
			return append(size(b, uint32(len(x))), x...), true //nolint:gosec // far below 1 GB
		case storage.UUID:
			id, err := uuid.Parse(x)
			return append(size(b, 16), id[:]...), err == nil
		case storage.Day:
			day, err := kernel.ParseDate(x)
			return size(size(b, 4), uint32(int32(day.UnixDays()-epochDays))), err == nil //nolint:gosec // years 1 to 9999
		case storage.Amount:
			return appendNumeric(b, x)
		}
	}
	return b, false
}

// appendNumeric writes an amount with four or eight places; see [numeric].
func appendNumeric(b []byte, x string) ([]byte, bool) {
	if strings.Trim(x, "0.") == "" { // as most are
		return append(binary.BigEndian.AppendUint32(b, 8), 0, 0, 0, 0, 0, 0, 0, byte(len(x)-1-strings.IndexByte(x, '.'))), true
	}
	sign := uint16(0)
	if rest, negative := strings.CutPrefix(x, "-"); negative {
		x, sign = rest, 0x4000
	}
	whole, places, _ := strings.Cut(x, ".")
	for len(whole)%4 != 0 {
		whole = "0" + whole
	}
	if len(places)%4 != 0 {
		return b, false
	}
	weight := len(whole)/4 - 1
	var room [16]uint16
	digits := room[:0]
	for all := whole + places; all != ""; all = all[4:] {
		n, err := strconv.ParseUint(all[:4], 10, 16)
		if err != nil {
			return b, false
		}
		if len(digits) == 0 && n == 0 {
			weight--
			continue
		}
		digits = append(digits, uint16(n))
	}
	for len(digits) > 0 && digits[len(digits)-1] == 0 {
		digits = digits[:len(digits)-1]
	}
	b = binary.BigEndian.AppendUint32(b, uint32(8+2*len(digits)))                                        //nolint:gosec // a few
	for _, n := range [4]uint16{uint16(len(digits)), uint16(int16(weight)), sign, uint16(len(places))} { //nolint:gosec // a few
		b = binary.BigEndian.AppendUint16(b, n)
	}
	for _, n := range digits {
		b = binary.BigEndian.AppendUint16(b, n)
	}
	return b, true
}
