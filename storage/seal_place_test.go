package storage_test

import (
	"errors"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// The same two secrets of one person, in two tables.
type payee struct {
	kernel.Meta `gorm:"embedded"`
	Phone       privacy.Secret `gorm:"column:phone"`
	Account     privacy.Secret `gorm:"column:account"`
}

func (*payee) TableName() string  { return "st_payees" }
func (*payee) Person() kernel.Ref { return "C-1" }

type witness struct {
	kernel.Meta `gorm:"embedded"`
	Phone       privacy.Secret `gorm:"column:phone"`
}

func (*witness) TableName() string  { return "st_witnesses" }
func (*witness) Person() kernel.Ref { return "C-1" }

// What is sealed opens in its own column of its own table only, though the person, the key
// and the row's key are the same: who may write to the database cannot have a telephone
// number paid, or an account shown to whoever may see telephone numbers.
func TestSealedTextStaysInItsColumn(t *testing.T) {
	t.Parallel()
	g, id := storage.Guard(memory.New(), newCipher(t)), kernel.NewID()
	honest := &payee{Meta: kernel.Meta{ID: id}, Phone: privacy.New("13800138000"), Account: privacy.New("6222 0212")}
	if err := insert(g, honest, &witness{Meta: kernel.Meta{ID: id}, Phone: privacy.New("13900139000")}); err != nil {
		t.Fatal(err)
	}
	err := g.Update(north, func(tx *storage.GuardTx) error {
		p, err := storage.Get[payee](tx, id)
		w, err2 := storage.Get[witness](tx, id)
		if err := errors.Join(err, err2); err != nil {
			return err
		}
		if plain, err := tx.Open(p); err != nil || plain["phone"] != "13800138000" || plain["account"] != "6222 0212" {
			t.Errorf("in their places: %v, %v", plain, err)
		}
		for name, forged := range map[string]*payee{
			"another column": {Meta: p.Meta, Phone: p.Account, Account: p.Phone},
			"another table":  {Meta: p.Meta, Phone: w.Phone, Account: p.Account},
		} {
			if plain, err := tx.Open(forged); !errors.Is(err, privacy.ErrCannotOpen) {
				t.Errorf("%s: opened as %v, %v", name, plain, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
