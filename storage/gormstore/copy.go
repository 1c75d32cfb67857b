package gormstore

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"io"
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
// It goes with [Pipelined]. They leave by a goroutine, which ends before the unit of work
// does, so that the server stores rows while the next are prepared.
func Copying(c Copier) Option { return func(s *Store) { s.copier = c } }

// copies reports whether the unit's inserts may leave by COPY.
func (t *tx) copies() bool {
	e, ok := t.exec.(*pipeExecutor)
	return ok && e.copier != nil && !e.uncopied.Load()
}

// parcel writes the rows of an insert in PostgreSQL's binary form.
func (e *pipeExecutor) parcel(ctx context.Context, rows []*op) (parcel, error) {
	p := rows[0].into
	fields, numbers := p.inserted, []int64(nil)
	if p.Key().Auto {
		fields = append([]*storage.Field{p.Key()}, fields...)
		var err error
		if numbers, err = e.numbers(ctx, p, len(rows)); err != nil {
			return parcel{}, e.unless(err)
		}
	}
	var names strings.Builder
	for i, f := range fields {
		names.WriteString(comma(i) + quote(f.Column))
	}
	b := append(make([]byte, 0, 1024*len(rows)), "PGCOPY\n\xff\r\n\x00"...)
	b = append(b, make([]byte, 8)...)
	for i, r := range rows {
		b = binary.BigEndian.AppendUint16(b, uint16(len(fields))) //nolint:gosec // columns of a table
		if numbers != nil {
			r.key.SetInt(numbers[i])
			b = appendCell(b, binary.BigEndian.AppendUint64(nil, uint64(numbers[i]))) //nolint:gosec // positive
		}
		for n, f := range p.inserted {
			var ok bool
			if b, ok = appendBinary(b, f, r.args[n]); !ok {
				return parcel{}, fmt.Errorf("%s.%s: %w", p.Table, f.Column, kernel.ErrInvalid)
			}
		}
	}
	b = append(b, 0xff, 0xff)
	return parcel{p, "COPY " + quote(p.Table) + " (" + names.String() + ") FROM STDIN (FORMAT binary)", b, len(rows)}, nil
}

// Rows that are read as quickly without an index, and by how much a table has to grow until
// what the server knows of it may be no likeness any more.
const (
	uncounted = 1000
	likeness  = 16
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
