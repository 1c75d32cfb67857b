package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/gormstore"
	"github.com/coverkit/crm/storage/sqlite"
)

// A visit to a customer: its tags say how it is stored.
type visit struct {
	kernel.Meta `gorm:"embedded"`
	Customer    kernel.Ref  `gorm:"column:customer"`
	On          kernel.Date `gorm:"column:visited_on"`
}

func (*visit) TableName() string { return "visits" }

const visits = `CREATE TABLE visits (id TEXT NOT NULL PRIMARY KEY, tenant TEXT NOT NULL, version INTEGER NOT NULL,
	created_at INTEGER, updated_at INTEGER, customer TEXT NOT NULL, visited_on INTEGER) STRICT`

func newVisit(customer kernel.Ref, on kernel.Date) *visit {
	v := &visit{Customer: customer, On: on}
	v.ID, v.Tenant = kernel.NewID(), "north"
	return v
}

func Example() {
	dir, _ := os.MkdirTemp("", "crm")
	defer os.RemoveAll(dir)
	store, err := sqlite.Open(filepath.Join(dir, "crm.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	ctx := context.Background()
	fmt.Println(store.CheckSchema(ctx))
	fmt.Println(store.Migrate(ctx), store.CheckSchema(ctx))
	// Output:
	// the database's tables do not fit this program: there are no tables yet: run Migrate
	// <nil> <nil>
}

// Rows of the host's and the library's are committed together.
func ExampleJoin() {
	dir, _ := os.MkdirTemp("", "crm")
	defer os.RemoveAll(dir)
	db, err := sql.Open(sqlite.DriverName, filepath.Join(dir, "host.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	ctx := context.Background()
	_, _ = db.ExecContext(ctx, visits+"; CREATE TABLE invoices (number TEXT)")

	tx, _ := db.BeginTx(ctx, nil)
	_, _ = tx.ExecContext(ctx, "INSERT INTO invoices VALUES ('2026-1')")
	store := sqlite.Join(tx)
	err = store.Update(ctx, func(tx storage.Tx) error {
		return tx.Insert(newVisit("c-1", kernel.NewDate(2026, 3, 2)))
	})
	fmt.Println(err)
	err = store.Update(ctx, func(tx storage.Tx) error {
		_ = tx.Insert(newVisit("c-2", kernel.NewDate(2026, 3, 3)))
		return errors.New("not at home")
	})
	fmt.Println(err)
	fmt.Println(tx.Commit())

	var n, invoices int
	_ = db.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM visits), (SELECT count(*) FROM invoices)").Scan(&n, &invoices)
	fmt.Println(n, "visit,", invoices, "invoice")
	// Output:
	// <nil>
	// not at home
	// <nil>
	// 1 visit, 1 invoice
}

func ExampleOpen() {
	_, err := sqlite.Open("/nowhere/crm.db")
	fmt.Println(errors.Is(err, storage.ErrUnavailable))
	_, err = sqlite.Open(":memory:")
	fmt.Println(err)
	// Output:
	// true
	// sqlite: Open needs the path of a file; there is no database in memory, and settings are not part of the path
}

// A host can ask whether its tables are what the records say.
func ExampleOpen_differences() {
	dir, _ := os.MkdirTemp("", "crm")
	defer os.RemoveAll(dir)
	store, err := sqlite.Open(filepath.Join(dir, "crm.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer store.Close()
	var _ *gormstore.Store = store
	diffs, err := store.Differences(context.Background(), &visit{})
	fmt.Println(diffs, err)
	// Output:
	// [visits: there is no such table] <nil>
}
