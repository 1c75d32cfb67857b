package gormstore

import (
	"database/sql/driver"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/coverkit/crm/kernel"
)

// On SQLite a lock is the turn to write. So that units may read before their turn, this
// notes what they lock: a lock counts as kept when nobody else has changed the row in the
// meantime, nor had it locked.

// locked is a row that a unit has read under lock.
type locked struct {
	p     *plan
	id    kernel.ID
	was   []any // arguments of plan.still; only before the turn
	saved bool  // or removed: the row itself tells of it
	met   bool  // in the turn, as it was
}

// mayLock waits for the unit's turn, where it could not be told afterwards whether a row
// that it is about to lock was changed.
func (t *tx) mayLock(p *plan, lock bool) error {
	if !lock || t.early == nil || p.still != nil && !t.early.s.hot.pass(p.Table) {
		return nil
	}
	if err := t.early.turn(); err != nil {
		return t.fail(err)
	}
	return nil
}

// lock notes a row that was read, if under lock.
func (t *tx) lock(p *plan, rec reflect.Value, lock bool) error {
	if !lock || t.d.postgres() || p.still == nil {
		return nil
	}
	l := locked{p: p, id: kernel.ID(rec.FieldByIndex(p.Key().Index).String())}
	if t.early != nil {
		var err error
		if l.was, err = t.encodeAll(p, nil, make([]any, 0, len(p.identity)), p.identity, rec); err != nil {
			return err
		}
	}
	t.locked = append(t.locked, l)
	return nil
}

// wrote notes that a row tells itself of its having been locked.
func (t *tx) wrote(p *plan, id kernel.ID) {
	for i := range t.locked {
		if l := &t.locked[i]; l.p == p && l.id == id {
			l.saved = true
		}
	}
}

// hot are tables with rows that many lock at once, such as the counters of numbers: to read
// those before one's turn is in vain nearly always.
type hot struct{ tables sync.Map } // name → *atomic.Int32, of how many the next lock is not early

const (
	hotStep = 8
	hotMost = 64
)

// lost notes that a row of the table was changed by others.
func (h *hot) lost(table string) {
	have, _ := h.tables.LoadOrStore(table, new(atomic.Int32))
	if n := have.(*atomic.Int32); n.Load() < hotMost {
		n.Add(hotStep)
	}
}

// pass reports whether a lock had better wait for its turn.
func (h *hot) pass(table string) bool {
	have, ok := h.tables.Load(table)
	return ok && have.(*atomic.Int32).Load() > 0 && have.(*atomic.Int32).Add(-1) >= 0
}

// loose is a row that a unit had locked and did not change.
type loose struct {
	p  *plan
	id kernel.ID
}

// changes is what rows do not tell of: which were locked by a unit that wrote something
// else, and whether others than this store wrote. It belongs to whoever has the baton.
type changes struct {
	n       int64       // how many there were
	last    [256]loose  // of each of the last, at its number modulo 256
	foreign int64       // the number of the last that somebody else made, of whatever
	conn    driver.Conn // on which version was asked for
	version int64       // PRAGMA data_version: another one when others have written
}

func (c *changes) add(l loose) {
	c.n++
	c.last[c.n%int64(len(c.last))] = l
}

// note adds the rows that a unit has locked only.
func (c *changes) note(list []locked) {
	for i := range list {
		if l := &list[i]; !l.saved {
			c.add(loose{l.p, l.id})
		}
	}
}

// changed reports whether any of the rows was locked, or anything written by others, since
// there were so many changes.
func (c *changes) changed(since int64, list []locked) bool {
	if since < c.foreign || c.n-since > int64(len(c.last)) {
		return true
	}
	for n := since + 1; n <= c.n; n++ {
		l := c.last[n%int64(len(c.last))]
		for i := range list {
			if list[i].p == l.p && list[i].id == l.id {
				return true
			}
		}
	}
	return false
}

// look returns what asks, once in a batch, whether others have written.
func (c *changes) look(b *batch) []op {
	if b.asked {
		return nil
	}
	b.asked = true
	var conn driver.Conn
	_ = b.conn.Raw(func(raw any) error {
		if reflect.TypeOf(raw).Comparable() {
			conn, _ = raw.(driver.Conn)
		}
		return nil
	})
	return []op{{stmt: sqlVersion, one: true, row: func(r row) error {
		if v := r.int(0); conn == nil || c.conn != conn || c.version != v {
			c.add(loose{})
			c.conn, c.version, c.foreign = conn, v, c.n
		}
		return nil
	}}}
}

// sqlVersion asks SQLite for a number that changes when another connection has written.
var sqlVersion = &stmt{sql: "PRAGMA data_version"}
