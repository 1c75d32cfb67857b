package storage

import (
	"reflect"
	"slices"
)

// Kept is the same query, and the unit keeps the answer: until the unit writes to that
// table, the same query is answered from it instead of by the store. So a command can
// say beforehand what it will look at, have all of it come along with its subject, and
// the code that looks stays as simple as without. What is handed out then are copies of
// the rows; what lists and maps in them hold is shared.
//
// It is for rows that only the holder of the subject changes: what others commit
// meanwhile is not seen.
func (r Read) Kept() Read { r.Keep = true; return r }

// keep remembers the answer to a query that can be told from others.
func (t *GuardTx) keep(r Read) {
	if r.Query.After == nil && !slices.ContainsFunc(r.Query.Where, func(c Cond) bool { return c.Value != nil && !reflect.TypeOf(c.Value).Comparable() }) {
		t.kept = append(t.kept, r)
	}
}

// recall answers a query from what was kept.
func (t *GuardTx) recall(r Read) bool {
	for i := range t.kept {
		k := &t.kept[i]
		if reflect.TypeOf(k.Dst) != reflect.TypeOf(r.Dst) || reflect.ValueOf(r.Dst).IsNil() || !k.Query.same(r.Query) || (r.Lock || r.Query.Lock) && !(k.Lock || k.Query.Lock) {
			continue
		}
		rows, dst := reflect.ValueOf(k.Dst).Elem(), reflect.ValueOf(r.Dst).Elem()
		list := reflect.MakeSlice(rows.Type(), rows.Len(), rows.Len())
		reflect.Copy(list, rows)
		dst.Set(list)
		return true
	}
	return false
}

// forget drops what was kept of the table that a record is written to.
func (t *GuardTx) forget(rec Record) {
	if len(t.kept) == 0 {
		return
	}
	written := reflect.TypeOf(rec).Elem()
	t.kept = slices.DeleteFunc(t.kept, func(k Read) bool { return reflect.TypeOf(k.Dst).Elem().Elem() == written })
}

// same reports whether two queries are the same question; q was kept.
func (q *Query) same(other *Query) bool {
	return q.Limit == other.Limit && other.After == nil && slices.Equal(q.Where, other.Where) && slices.Equal(q.Order, other.Order)
}
