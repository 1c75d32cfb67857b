package journal_test

import (
	"errors"
	"testing"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/storage"
)

// Who deletes a row past the journal, be it the subject or a part of it, is found out.
func TestRowsThatWereRemoved(t *testing.T) {
	t.Parallel()
	o := newOffice()
	parcels := o.fill(t, 3)
	err := o.raw.Update(owner, func(tx storage.Tx) error {
		stamps, err := storage.Find[stamp](tx, storage.Query{})
		if err != nil {
			return err
		}
		for i := range stamps {
			if stamps[i].ParcelID == parcels[0].ID {
				err = errors.Join(err, tx.Delete(&stamps[i]))
			}
		}
		p, gone := storage.Get[parcel](tx, parcels[2].ID)
		return errors.Join(err, gone, tx.Delete(p))
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"crm_test_stamps": string(parcels[0].ID), "crm_test_parcels": string(parcels[2].ID)}
	r := o.verify(t, owner, subjects)
	for _, f := range r.Faults {
		if f.What != journal.RowMissing || want[f.Table] != string(f.Subject) {
			t.Error(f)
		}
		delete(want, f.Table)
	}
	if len(want) > 0 {
		t.Errorf("not missed: %v", want)
	}
}
