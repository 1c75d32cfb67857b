package gormstore_test

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/storagetest"
)

var errNo = errors.New("refused by the domain")

// policy returns a record that can be inserted.
func policy() *storagetest.Policy {
	id := kernel.NewID()
	p := &storagetest.Policy{Number: "P-" + string(id), Holder: id.Ref(), State: "active", Premium: decimal.New(12, 2)}
	p.ID, p.Tenant = id, "north"
	p.CreatedAt = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	p.UpdatedAt = p.CreatedAt
	return p
}

func insert(t *testing.T, s storage.Store, recs ...storage.Record) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx storage.Tx) error { return tx.Insert(recs...) }); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s storage.Store, id kernel.ID) *storagetest.Policy {
	t.Helper()
	var p *storagetest.Policy
	if err := s.View(t.Context(), func(tx storage.Tx) (err error) {
		p, err = storage.Get[storagetest.Policy](tx, id)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return p
}
