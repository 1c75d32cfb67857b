package gormstore

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// tx is one unit of work.
type tx struct {
	ctx      context.Context // lives exactly as long as the unit
	d        *dialect
	exec     executor
	readOnly bool
	shared   bool   // others have written in the same transaction: a savepoint goes before our first write
	saved    bool   // it was sent
	early    *early // before its turn, as long as it has nothing to send
	begin    *stmt  // BEGIN, when it was not sent yet; it goes along with what needs it first
	*buffers
	locked []locked           // what was read under lock, where that is noted
	made   []storage.Document // of records that are written next
	failed error              // what the unit fails with, whatever fn returns
	lost   string             // the table where a statement failed
	over   bool
}

// buffers are what units of work use one after the other.
type buffers struct {
	held []op // writes that were not sent yet
	ops  []op // what is being sent
	seen []snapshot
	args []any // arguments of statements that were not sent yet
}

var unused = sync.Pool{New: func() any { return new(buffers) }}

func (d *dialect) tx(ctx context.Context, exec executor, readOnly bool) *tx {
	return &tx{ctx: ctx, d: d, exec: exec, readOnly: readOnly, buffers: unused.Get().(*buffers)}
}

// end closes the unit of work for good.
func (t *tx) end() {
	t.over = true
	b := t.buffers
	t.buffers = nil
	if b == nil {
		return
	}
	for i := range b.seen {
		b.seen[i].drop()
	}
	clear(b.held[:cap(b.held)])
	clear(b.ops[:cap(b.ops)])
	clear(b.args[:cap(b.args)])
	b.held, b.ops, b.seen, b.args = b.held[:0], b.ops[:0], b.seen[:0], b.args[:0]
	unused.Put(b)
}

// room returns room for so many arguments.
func (t *tx) room(n int) []any {
	if len(t.args)+n > cap(t.args) { // what was handed out stays where it is
		t.args = make([]any, 0, max(n, 256))
	}
	k := len(t.args)
	t.args = t.args[:k+n]
	return t.args[k : k : k+n]
}

// ready says why the unit cannot go on.
func (t *tx) ready() error {
	switch {
	case t.over:
		return storage.ErrClosed
	case t.failed != nil:
		return t.failed
	}
	return t.ctx.Err()
}

// fail makes the unit fail.
func (t *tx) fail(err error) error {
	if t.failed == nil {
		t.failed = err
	}
	return err
}

// send runs what was held back and then ops. A statement that fails spoils the
// unit: PostgreSQL refuses to go on, and so do we everywhere.
func (t *tx) send(ops ...op) error {
	if len(t.held)+len(ops) == 0 { // not even BEGIN: who would end it?
		return nil
	}
	if t.early != nil && len(t.held) > 0 {
		if err := t.early.turn(); err != nil {
			return t.fail(err)
		}
	}
	held := t.gather(t.held)
	all := t.ops[:0]
	if t.begin != nil && t.needsBegin(ops) {
		all = append(all, op{stmt: t.begin})
		t.begin = nil
	}
	if t.shared && !t.saved && len(held) > 0 {
		all = append(all, op{stmt: sqlSavepoint})
		t.saved = true
	}
	all = append(append(all, held...), ops...)
	t.ops, t.held = all, t.held[:0]
	failed, err := t.exec.run(t.ctx, all)
	if failed >= 0 {
		t.lost = all[failed].table
	}
	clear(all)
	t.args = t.args[:0]
	if err != nil {
		return t.fail(err)
	}
	return nil
}

// finish sends what is left.
func (t *tx) finish() error {
	if t.shared && (t.saved || len(t.held) > 0) {
		return t.send(op{stmt: sqlRelease})
	}
	return t.send()
}

// needsBegin reports whether what is to be sent is more than one look: reads of one
// snapshot, locks, or writes before the unit's end.
func (t *tx) needsBegin(ops []op) bool {
	return t.readOnly || len(t.held) > 0 && len(ops) > 0 || slices.ContainsFunc(ops, func(o op) bool { return o.lock })
}

// read runs reads, after what was held back.
func (t *tx) read(ops ...op) error {
	if err := t.ready(); err != nil {
		return err
	}
	return t.send(ops...)
}

func (t *tx) Load(reads ...storage.Read) error {
	if err := t.ready(); err != nil {
		return err
	}
	ops := make([]op, len(reads))
	done := make([]func() error, len(reads))
	for i, r := range reads {
		var err error
		if ops[i], done[i], err = t.prepare(r); err != nil {
			return err
		}
	}
	if err := t.read(ops...); err != nil {
		return err
	}
	for _, finish := range done {
		if err := finish(); err != nil {
			return err
		}
	}
	return nil
}

// prepare returns the statement of a read, and what to do when it was run.
func (t *tx) prepare(r storage.Read) (op, func() error, error) {
	dst := reflect.ValueOf(r.Dst)
	if dst.Kind() != reflect.Pointer || dst.IsNil() {
		return op{}, nil, fmt.Errorf("storage: cannot load into %T: %w", r.Dst, kernel.ErrInvalid)
	}
	dst = dst.Elem()
	if r.Query != nil {
		return t.prepareFind(r, dst)
	}
	p, err := t.d.planOf(dst.Type())
	if err != nil {
		return op{}, nil, err
	}
	missing := func() error {
		if r.Optional {
			return nil
		}
		return kernel.ErrNotFound
	}
	if p.Key().Type.Kind() != reflect.String {
		return op{}, nil, fmt.Errorf("%s cannot be read by %T: %w", p.Table, r.ID, kernel.ErrInvalid)
	}
	arg, err := p.encode(p.Key(), reflect.ValueOf(r.ID))
	if err != nil || arg == nil { // no record can have that key
		return op{stmt: &stmt{sql: "SELECT 1 WHERE " + nowhere}, row: func(row) error { return nil }}, missing, nil
	}
	st := p.get
	if r.Lock && !t.readOnly {
		st = p.lock
	}
	lock := st == p.lock
	if err := t.mayLock(p, lock); err != nil {
		return op{}, nil, err
	}
	found, id, held := false, r.ID, r.Held
	take := func(r row) error {
		found, r.again = true, t.mayChange(p)
		if err := p.fill(dst, r); err != nil {
			return err
		}
		t.remember(p, id, dst, r, lock || held)
		return t.lock(p, dst, lock)
	}
	return op{stmt: st, args: append(t.room(1), arg), row: take, lock: lock, one: true}, func() error {
		if !found {
			return missing()
		}
		return nil
	}, nil
}

func (t *tx) prepareFind(r storage.Read, dst reflect.Value) (op, func() error, error) {
	if dst.Kind() != reflect.Slice || dst.Type().Elem().Kind() != reflect.Struct {
		return op{}, nil, fmt.Errorf("storage: cannot load a list into %s: %w", dst.Type(), kernel.ErrInvalid)
	}
	p, err := t.d.planOf(dst.Type().Elem())
	if err != nil {
		return op{}, nil, err
	}
	lock := (r.Lock || r.Query.Lock) && !t.readOnly
	st, args, err := p.find(r.Query, lock, t.room(len(r.Query.Where)+len(r.Query.After)))
	if err != nil {
		return op{}, nil, err
	}
	if err := t.mayLock(p, lock); err != nil {
		return op{}, nil, err
	}
	l, held := &list{p: p, typ: dst.Type()}, r.Held
	take := func(r row) error {
		n, rec := l.next()
		r.again = n < maxSeen && t.mayChange(p)
		if err := p.fill(rec, r); err != nil {
			return err
		}
		if r.again {
			t.remember(p, kernel.ID(rec.FieldByIndex(p.Key().Index).String()), rec, r, lock || held)
		}
		return t.lock(p, rec, lock)
	}
	finish := func() error {
		dst.Set(l.all())
		return nil
	}
	return op{stmt: st, args: args, row: take, lock: lock, one: st.one}, finish, nil
}
