package customer

import (
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// maxCandidates bounds how many likely repetitions are named.
const maxCandidates = 20

// certain refuses a document that another archive than self has.
func certain(u *command.Unit, identity []byte, self kernel.ID) error {
	if len(identity) == 0 {
		return nil
	}
	q := storage.Query{Where: []storage.Cond{colIdentity.Eq(identity)}}
	if self != "" { // nothing differs from no key
		q.Where = append(q.Where, storage.ColID.Ne(self))
	}
	ids, err := holders(u, q)
	if err == nil && len(ids) > 0 {
		return &kernel.DuplicateError{Kind: Kind, Certain: true, Candidates: ids}
	}
	return err
}

// likely returns the archives with the same name and birth date, then those with one
// of the phone numbers.
func likely(u *command.Unit, twin []byte, contacts []ContactDetail) ([]kernel.ID, error) {
	var ids []kernel.ID
	if len(twin) > 0 {
		same, err := holders(u, storage.Query{Where: []storage.Cond{colTwin.Eq(twin)}, Limit: maxCandidates})
		if err != nil {
			return nil, err
		}
		ids = same
	}
	var numbers []string
	for _, d := range contacts {
		if value, ok := d.Value.Plain(); ok && d.Kind == Phone {
			numbers = append(numbers, value)
		}
	}
	owners, err := reachedBy(u, Phone, maxCandidates, numbers...)
	if err != nil || len(owners) == 0 {
		return ids, err
	}
	more, err := holders(u, storage.Query{Where: []storage.Cond{storage.ColID.In(owners...)}})
	if err != nil {
		return nil, err
	}
	for _, id := range more {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids[:min(len(ids), maxCandidates)], nil
}

// reachedBy returns whose contacts in use have one of the values, which are in normal
// form; at most as many as the limit.
func reachedBy(u *command.Unit, k ContactKind, limit int, values ...string) ([]kernel.ID, error) {
	if len(values) == 0 {
		return nil, nil
	}
	indexes := make([][]byte, 0, len(values))
	for _, v := range values {
		idx, err := contactIndex(u, k, v)
		if err != nil {
			return nil, err
		}
		indexes = append(indexes, idx)
	}
	rows, err := storage.Find[Contact](u, storage.Query{
		Where: []storage.Cond{colValueIndex.In(indexes...), colEnded.Null()},
		Limit: limit,
	})
	ids := make([]kernel.ID, 0, len(rows))
	for i := range rows {
		if id := rows[i].CustomerID; !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids, err
}

// holders returns the archives that the query finds, each merged one as the one that
// goes on in its place.
func holders(u *command.Unit, q storage.Query) ([]kernel.ID, error) {
	found, err := storage.Find[Customer](u, q)
	if err != nil {
		return nil, err
	}
	var ids []kernel.ID
	for i := range found {
		c, err := survivor(u, &found[i])
		if err != nil {
			return nil, err
		}
		if !slices.Contains(ids, c.ID) {
			ids = append(ids, c.ID)
		}
	}
	return ids, nil
}

// survivor follows mergers to the archive that goes on. An archive is merged only
// into one that is not merged itself, so the way ends.
func survivor(u *command.Unit, c *Customer) (*Customer, error) {
	for c.State == Merged {
		next, err := storage.Get[Customer](u, c.MergedInto)
		if err != nil {
			return nil, err
		}
		c = next
	}
	return c, nil
}
