package gormstore

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// load are rows on their way to the server, in PostgreSQL's binary form and table by table.
// While they are, nobody uses the connection.
type load struct {
	parcels []*parcel
	n       int // rows
	done    chan struct{}
	failed  *parcel
	lost    bool
	err     error
}

// parcel are the rows of one table.
type parcel struct {
	*plan
	sql  string
	b    []byte
	n    int
	keys []automatic
}

// automatic is where the number of a row goes.
type automatic struct {
	key reflect.Value
	at  int // in the parcel
}

// crowd is how many rows leave before the unit ends.
const crowd = 1024

var loads = sync.Pool{New: func() any { return new(load) }}

// pack adds a row to those that leave next. The first of them takes the place of all among
// the writes that are held back.
func (t *tx) pack(p *plan, rec storage.Record, v, key reflect.Value) (op, error) {
	var o op
	e := t.exec.(*pipeExecutor)
	if e.next != nil && t.held[len(t.held)-1].load != e.next { // something else came after them
		if err := t.sendAll(); err != nil {
			return o, err
		}
	}
	if e.next == nil {
		e.next = loads.Get().(*load)
		o = op{stmt: p.insert, load: e.next}
	}
	e.next.n++
	return o, e.next.of(p).add(t, rec, v, key)
}

// of returns the parcel of the table.
func (l *load) of(p *plan) *parcel {
	for _, x := range l.parcels {
		if x.plan == p {
			return x
		}
	}
	x := &parcel{plan: p}
	var names strings.Builder
	if p.Key().Auto {
		names.WriteString(quote(p.Key().Column) + ", ")
	}
	for i, f := range p.inserted {
		names.WriteString(comma(i) + quote(f.Column))
	}
	x.sql = "COPY " + quote(p.Table) + " (" + names.String() + ") FROM STDIN (FORMAT binary)"
	l.parcels = append(l.parcels, x)
	return x
}

// head begins the binary form: its mark, no flags, and no more of the head.
const head = "PGCOPY\n\xff\r\n\x00" + "\x00\x00\x00\x00" + "\x00\x00\x00\x00"

func (x *parcel) add(t *tx, rec storage.Record, v, key reflect.Value) error {
	b := x.b
	if len(b) == 0 {
		b = append(b, head...)
	}
	if x.Key().Auto {
		b = binary.BigEndian.AppendUint16(b, uint16(len(x.inserted)+1)) //nolint:gosec // columns of a table
		b = size(b, 8)
		x.keys = append(x.keys, automatic{key, len(b)})
		b = append(b, make([]byte, 8)...)
	} else {
		b = binary.BigEndian.AppendUint16(b, uint16(len(x.inserted))) //nolint:gosec // columns of a table
	}
	for _, f := range x.inserted {
		var err error
		fv := v.FieldByIndex(f.Index)
		if doc, ok := t.document(rec, f, fv); ok {
			b = append(size(b, len(doc)), doc...)
		} else if b, err = appendCell(b, f, fv); err != nil {
			return fmt.Errorf("%s.%s: %w", x.Table, f.Column, err)
		}
	}
	x.b, x.n = b, x.n+1
	return nil
}

// empty gives the load back, for others to use its room.
func (l *load) empty() {
	for _, x := range l.parcels {
		clear(x.keys)
		x.b, x.keys, x.n = x.b[:0], x.keys[:0], 0
	}
	*l = load{parcels: l.parcels}
	loads.Put(l)
}

// sendOff lets rows leave while the unit goes on, so that the server stores some while the
// next are prepared. What becomes of them is told by the next read or by the end, as of all
// that is held back: whoever writes another row has nothing to do with it.
func (t *tx) sendOff() error {
	e, ok := t.exec.(*pipeExecutor)
	if !ok || e.next == nil || e.next.n < crowd || !e.arrived() {
		return nil
	}
	return t.sendAll()
}

// sendAll sends what is held back before the unit ends.
func (t *tx) sendAll() error {
	if t.begin != nil {
		if err := control(t.ctx, t.exec, t.begin); err != nil {
			return t.fail(err)
		}
		t.begin = nil
	}
	return t.send()
}

// copyIn sends rows on their way, with the numbers that they need.
func (e *pipeExecutor) copyIn(ctx context.Context, l *load) error {
	e.next = nil
	if err := e.settle(ctx); err != nil {
		return err
	}
	for _, x := range l.parcels {
		if len(x.keys) > 0 {
			numbers, err := e.numbers(ctx, x.plan, x.n)
			if err != nil {
				return e.unless(err)
			}
			for i, k := range x.keys {
				k.key.SetInt(numbers[i])
				binary.BigEndian.PutUint64(x.b[k.at:], uint64(numbers[i])) //nolint:gosec // positive
			}
		}
		if x.n > 0 {
			x.b = append(x.b, 0xff, 0xff)
		}
	}
	l.done = make(chan struct{})
	e.away = l
	go l.leave(ctx, e.copier, e.conn)
	return nil
}

func (l *load) leave(ctx context.Context, copier Copier, conn *sql.Conn) {
	defer close(l.done)
	l.err = kernel.Survive("copy", func() (err error) {
		for _, x := range l.parcels {
			if x.n == 0 {
				continue
			}
			l.failed, l.lost = x, true // should the driver panic
			if l.lost, err = copier(ctx, conn, x.sql, bytes.NewReader(x.b)); err != nil {
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
	well, l := e.arrived(), e.away
	e.away = nil
	defer l.empty()
	if !well {
		if errors.Is(l.err, kernel.ErrPanic) {
			return l.err
		}
		return e.unless(e.d.translate(ctx, l.failed.insert, l.err), l.err)
	}
	for _, x := range l.parcels {
		if err := e.recount(ctx, x.plan, x.n); err != nil {
			return err
		}
	}
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

// forget gives back what will not arrive any more.
func (e *pipeExecutor) forget() {
	e.arrived()
	for _, l := range []*load{e.away, e.next} {
		if l != nil {
			l.empty()
		}
	}
	e.away, e.next = nil, nil
}
