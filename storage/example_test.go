package storage_test

import (
	"context"
	"fmt"
	"reflect"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// exampleBook returns a store with three policies.
func exampleBook() storage.Store {
	store := memory.New()
	_ = store.Update(context.Background(), func(tx storage.Tx) error {
		for i, number := range []string{"P-1", "P-2", "Q-1"} {
			p := &policy{Number: number, Group: i == 2, Premium: decimal.New(int64(i+1)*100, 0)}
			p.ID = kernel.NewID()
			if err := tx.Insert(p); err != nil {
				return err
			}
		}
		return nil
	})
	return store
}

func ExampleFind() {
	_ = exampleBook().View(context.Background(), func(tx storage.Tx) error {
		policies, err := storage.Find[policy](tx, storage.Query{
			Where: []storage.Cond{colNumber.Prefix("P-"), colPremium.Ge(decimal.New(100, 0))},
			Order: []storage.Order{colPremium.Desc()},
		})
		for _, p := range policies {
			fmt.Println(p.Number, p.Premium)
		}
		return err
	})
	// Output:
	// P-2 200
	// P-1 100
}

func ExampleTx_tally() {
	_ = exampleBook().View(context.Background(), func(tx storage.Tx) error {
		rows, err := tx.Tally((*policy)(nil), storage.Query{}, []string{"is_group"}, storage.Sum("premium"))
		for _, r := range rows {
			fmt.Println("group:", r.Group[0], "policies:", r.Count, "premium:", r.Sums[0])
		}
		return err
	})
	// Output:
	// group: false policies: 2 premium: 300
	// group: true policies: 1 premium: 300
}

func ExamplePage() {
	store, list := exampleBook(), kernel.List{Limit: 2}
	for {
		var page kernel.Page[policy]
		_ = store.View(context.Background(), func(tx storage.Tx) (err error) {
			page, err = storage.Page[policy](tx, storage.Query{Order: []storage.Order{colNumber.Asc()}}, list)
			return err
		})
		for _, p := range page.Items {
			fmt.Println(p.Number)
		}
		fmt.Println("more:", page.Next != "")
		if list.After = page.Next; list.After == "" {
			break
		}
	}
	// Output:
	// P-1
	// P-2
	// more: true
	// Q-1
	// more: false
}

// A phone number is sealed before it reaches the store, and opened by who may.
func ExampleGuard() {
	keys, _ := privacy.NewKeys()
	guard := storage.Guard(memory.New(), keys)
	ctx := kernel.WithActor(context.Background(), kernel.Actor{ID: "u-17", Tenant: "north"})
	p := &policy{Number: "P-1", Holder: "C-1", Phone: privacy.New("13800138000")}
	p.ID = kernel.NewID()
	_ = guard.Update(ctx, func(tx *storage.GuardTx) error { return tx.Insert(p) })
	_ = guard.View(ctx, func(tx *storage.GuardTx) error {
		stored, err := storage.Get[policy](tx, p.ID)
		if err != nil {
			return err
		}
		plain, err := tx.Open(stored)
		fmt.Println(stored.Phone, stored.Phone.IsSealed(), plain["phone"])
		return err
	})
	other := kernel.WithActor(context.Background(), kernel.Actor{ID: "u-18", Tenant: "south"})
	err := guard.View(other, func(tx *storage.GuardTx) error {
		_, err := storage.Get[policy](tx, p.ID)
		return err
	})
	fmt.Println(err)
	// Output:
	// ••• true 13800138000
	// not found
}

func ExampleSchemaOf() {
	sc, _ := storage.SchemaOf(reflect.TypeFor[policy]())
	fmt.Println(sc.Table, sc.Key().Column, sc.Column("rate").Scale)
	// Output: policies id 8
}
