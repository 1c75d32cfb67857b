package storage

import (
	"errors"
	"slices"

	"github.com/coverkit/crm/kernel"
)

// Meet says whose personal data is about to be sealed, for a unit of work with many
// persons: their data keys come in one read instead of one each. Whoever has none yet
// gets one when something is sealed.
func (t *GuardTx) Meet(persons ...kernel.Ref) error {
	asked := make(map[kernel.Ref]bool, len(persons))
	var unknown []kernel.Ref
	for _, p := range persons {
		if _, known := t.fresh[p]; known || asked[p] || t.strange[p] {
			continue
		}
		if _, known := t.g.keys.get(t.tenant, p); !known {
			asked[p] = true
			unknown = append(unknown, p)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	var reads []Read
	var found []*[]DataKey
	for part := range slices.Chunk(unknown, 1024) {
		into := new([]DataKey)
		found = append(found, into)
		reads = append(reads, Where(into, Query{Where: []Cond{colPerson.In(part...)}, Order: []Order{colPerson.Asc()}}))
	}
	if err := t.Load(reads...); err != nil {
		return err
	}
	for _, list := range found {
		rows := *list
		for i := range rows {
			delete(asked, rows[i].PersonRef)
			if _, err := t.keyOf(rows[i].PersonRef, &rows[i], false); err != nil && !errors.Is(err, ErrErased) {
				return err
			}
		}
	}
	for p := range asked {
		t.Stranger(p)
	}
	return nil
}

// Stranger says that the person cannot have a data key yet, being nobody before this unit
// of work.
func (t *GuardTx) Stranger(person kernel.Ref) {
	if t.strange == nil {
		t.strange = map[kernel.Ref]bool{}
	}
	t.strange[person] = true
}
