package postgres_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/postgres"
)

// No server listens here; the error says so and keeps the password to itself.
func ExampleOpen() {
	_, err := postgres.Open("postgres://crm:secret@127.0.0.1:1/insurer", postgres.Timeout(time.Second))
	fmt.Println(err)
	fmt.Println(errors.Is(err, storage.ErrUnavailable))
	// Output:
	// postgres: the server cannot be reached: database unavailable
	// true
}

func ExampleOpen_unreadable() {
	_, err := postgres.Open("postgres://crm:secret@[db/insurer")
	fmt.Println(err)
	// Output:
	// postgres: the data source name cannot be read; it has the form postgres://user@host:5432/database or host=… user=… dbname=…
}

// The library's rows become part of the host's transaction.
func ExampleJoin() {
	settle := func(ctx context.Context, db *sql.DB) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		if _, err := tx.ExecContext(ctx, "INSERT INTO ledger (text) VALUES ('claim settled')"); err != nil {
			return err
		}
		err = postgres.Join(tx).Update(ctx, func(tx storage.Tx) error {
			return nil // what the library does
		})
		if err != nil {
			return err
		}
		return tx.Commit()
	}
	db, _ := sql.Open("pgx", "postgres://127.0.0.1:1/insurer?connect_timeout=1")
	defer db.Close()
	fmt.Println(settle(context.Background(), db) == nil)
	// Output:
	// false
}
