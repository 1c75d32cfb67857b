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
	for _, d := range contacts {
		if d.Kind != Phone {
			continue
		}
		value, _ := d.Value.Plain()
		owners, err := reachedBy(u, Phone, value, maxCandidates)
		if err != nil {
			return nil, err
		}
		more, err := holders(u, storage.Query{Where: []storage.Cond{storage.ColID.In(owners...)}, Limit: maxCandidates})
		if err != nil {
			return nil, err
		}
		for _, id := range more {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids[:min(len(ids), maxCandidates)], nil
}

// reachedBy returns whose contact in use has the value, which is in normal form.
func reachedBy(u *command.Unit, k ContactKind, value string, limit int) ([]kernel.ID, error) {
	idx, err := contactIndex(u, k, value)
	if err != nil {
		return nil, err
	}
	rows, err := storage.Find[Contact](u, storage.Query{
		Where: []storage.Cond{colValueIndex.Eq(idx), colEnded.Null()},
		Limit: limit,
	})
	ids := make([]kernel.ID, 0, len(rows))
	for _, c := range rows {
		if !slices.Contains(ids, c.CustomerID) {
			ids = append(ids, c.CustomerID)
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
