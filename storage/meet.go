package storage

import (
	"errors"

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
	const most = 4096 // values of a query
	for from := 0; from < len(unknown); from += most {
		part := unknown[from:min(from+most, len(unknown))]
		rows, err := Find[DataKey](t, Query{Where: []Cond{colPerson.In(part...)}, Order: []Order{colPerson.Asc()}})
		if err != nil {
			return err
		}
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
