package storage_test

import (
	"errors"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// Everybody's data is sealed under a key of their own: when it is destroyed this person is
// erased and nobody else.
func TestErasureIsOfOnePerson(t *testing.T) {
	t.Parallel()
	g := storage.Guard(memory.New(), newCipher(t))
	one, other := insured("C-1"), insured("C-2")
	if err := insert(g, one, other); err != nil {
		t.Fatal(err)
	}
	err := g.Update(north, func(tx *storage.GuardTx) error {
		key, err := storage.One[storage.DataKey](tx, storage.Query{Where: []storage.Cond{storage.Col[kernel.Ref]("person").Eq("C-1")}})
		if err != nil || key == nil {
			return errors.Join(err, errors.New("the person has no key"))
		}
		key.Wrapped, key.DestroyedAt = nil, one.CreatedAt.AddDate(2026, 0, 0)
		return tx.Save(key)
	})
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := open(g, one.ID); !errors.Is(err, storage.ErrErased) {
		t.Errorf("of the one who is erased: %q, %v", plain, err)
	}
	if plain, err := open(g, other.ID); plain != "13800138000" || err != nil {
		t.Errorf("of the other: %q, %v", plain, err)
	}
}
