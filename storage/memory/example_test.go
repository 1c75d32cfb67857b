package memory_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

func ExampleNew() {
	store, ctx := memory.New(), context.Background()
	v := &visit{Meta: kernel.Meta{ID: kernel.NewID()}, Notes: []string{"rang twice"}}
	_ = store.Update(ctx, func(tx storage.Tx) error { return tx.Insert(v) })
	_ = store.View(ctx, func(tx storage.Tx) error {
		got, err := storage.Get[visit](tx, v.ID)
		fmt.Println(got.Notes, got.Version)
		return err
	})
	// Output: [rang twice] 1
}

// All of a unit is kept, or nothing.
func ExampleStore_Update() {
	store, ctx := memory.New(), context.Background()
	err := store.Update(ctx, func(tx storage.Tx) error {
		if err := tx.Insert(&visit{Meta: kernel.Meta{ID: kernel.NewID()}}); err != nil {
			return err
		}
		return errors.New("nobody was at home")
	})
	fmt.Println(err)
	_ = store.View(ctx, func(tx storage.Tx) error {
		n, err := storage.Count[visit](tx)
		fmt.Println(n, "visits")
		return err
	})
	// Output:
	// nobody was at home
	// 0 visits
}

func ExampleStore_View() {
	err := memory.New().View(context.Background(), func(tx storage.Tx) error {
		return tx.Insert(&visit{Meta: kernel.Meta{ID: kernel.NewID()}})
	})
	fmt.Println(err)
	// Output: read only
}
