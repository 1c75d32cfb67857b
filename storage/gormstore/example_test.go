package gormstore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/shopspring/decimal"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
)

// An advance is money paid before a claim is settled.
type advance struct {
	kernel.Meta `gorm:"embedded"`
	Claim       string          `gorm:"column:claim;uniqueIndex:advances_claim"`
	Amount      decimal.Decimal `gorm:"column:amount"`
}

func (*advance) TableName() string { return "advances" }

const advances = `CREATE TABLE advances (id TEXT NOT NULL PRIMARY KEY, tenant TEXT NOT NULL, version INTEGER NOT NULL,
	created_at INTEGER, updated_at INTEGER, claim TEXT NOT NULL, amount INTEGER NOT NULL) STRICT;
	CREATE UNIQUE INDEX advances_claim ON advances (tenant, claim)`

func newAdvance(claim, amount string) *advance {
	a := &advance{Claim: claim, Amount: decimal.RequireFromString(amount)}
	a.ID, a.Tenant = kernel.NewID(), "north"
	return a
}

// openExample opens a host's own GORM handle.
func openExample() (db *gorm.DB, done func()) {
	dir, _ := os.MkdirTemp("", "crm")
	db, err := gorm.Open(sqlite.Dialector(filepath.Join(dir, "host.db")), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		panic(err)
	}
	db.Exec(advances)
	return db, func() {
		pool, _ := db.DB()
		_ = pool.Close()
		_ = os.RemoveAll(dir)
	}
}

func ExampleNew() {
	db, done := openExample()
	defer done()
	store, err := gormstore.New(db)
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	err = store.Update(ctx, func(tx storage.Tx) error {
		return tx.Insert(newAdvance("C-1", "1200.50"), newAdvance("C-2", "0.0001"))
	})
	fmt.Println(err)
	err = store.View(ctx, func(tx storage.Tx) error {
		rows, err := tx.Tally(&advance{}, storage.Query{}, nil, storage.Sum("amount"))
		fmt.Println(rows[0].Count, rows[0].Sums[0])
		return err
	})
	fmt.Println(err)
	// Output:
	// <nil>
	// 2 1200.5001
	// <nil>
}

// What the library does inside a host's transaction is undone alone when it fails.
func ExampleJoin() {
	db, done := openExample()
	defer done()
	ctx := context.Background()
	err := db.Transaction(func(tx *gorm.DB) error {
		store := gormstore.Join(tx)
		for _, claim := range []string{"C-1", "C-1", "C-2"} {
			err := store.Update(ctx, func(tx storage.Tx) error { return tx.Insert(newAdvance(claim, "100")) })
			fmt.Println(claim, err)
		}
		return nil
	})
	var n int64
	db.Table("advances").Count(&n)
	fmt.Println(err, n)
	// Output:
	// C-1 <nil>
	// C-1 advances: exists already
	// C-2 <nil>
	// <nil> 2
}

// A handle without a transaction cannot be joined.
func ExampleJoin_refused() {
	db, done := openExample()
	defer done()
	err := gormstore.Join(db).Update(context.Background(), func(storage.Tx) error { return nil })
	fmt.Println(err)
	// Output:
	// gormstore: only an open transaction can be joined: use what Begin or Transaction gave
}

func ExampleStore_Update() {
	db, done := openExample()
	defer done()
	store, _ := gormstore.New(db)
	err := store.Update(context.Background(), func(tx storage.Tx) error {
		return tx.Insert(newAdvance("C-1", "0.00005"))
	})
	fmt.Println(err)
	fmt.Println(errors.Is(err, kernel.ErrInvalid))
	// Output:
	// advances.amount: more than 4 decimals: invalid input
	// true
}

func ExampleStore_Differences() {
	db, done := openExample()
	defer done()
	db.Exec("DROP INDEX advances_claim; ALTER TABLE advances ADD COLUMN remark TEXT")
	store, _ := gormstore.New(db)
	diffs, err := store.Differences(context.Background(), &advance{})
	for _, d := range diffs {
		fmt.Println(d)
	}
	fmt.Println(err)
	// Output:
	// advances: column remark belongs to no field
	// advances: a unique index over claim, tenant is missing
	// <nil>
}
