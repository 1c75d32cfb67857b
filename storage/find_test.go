package storage_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

const (
	colNumber  = storage.Col[string]("number")
	colLives   = storage.Col[int32]("lives")
	colPremium = storage.Col[decimal.Decimal]("premium")
)

// book returns a store with n policies, two of each premium.
func book(tb testing.TB, n int) storage.Store {
	tb.Helper()
	store := memory.New()
	err := store.Update(context.Background(), func(tx storage.Tx) error {
		for i := range n {
			p := &policy{Number: fmt.Sprintf("P-%03d", i), Premium: decimal.New(int64(i/2), -1), Lives: int32(i % 3)}
			p.ID, p.CreatedAt = kernel.NewID(), time.UnixMicro(int64(i))
			if err := tx.Insert(p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return store
}

func view(tb testing.TB, store storage.Store, fn func(storage.Tx) error) {
	tb.Helper()
	if err := store.View(context.Background(), fn); err != nil {
		tb.Fatal(err)
	}
}

func TestPagesLeadThroughTheWholeList(t *testing.T) {
	t.Parallel()
	store := book(t, 120)
	for size, pages := range map[int]int{0: 3, 1: 120, 7: 18, 60: 2, 119: 2, 120: 1, 500: 1, 9999: 1, -1: 3} {
		var got []string
		list, n := kernel.List{Limit: size}, 0
		for {
			view(t, store, func(tx storage.Tx) error {
				page, err := storage.Page[policy](tx, storage.Query{Order: []storage.Order{colPremium.Desc(), colNumber.Desc()}}, list)
				for _, p := range page.Items {
					got = append(got, p.Number)
				}
				list.After = page.Next
				return err
			})
			if n++; list.After == "" || n > 200 {
				break
			}
		}
		if n != pages || len(got) != 120 || got[0] != "P-119" || got[119] != "P-000" {
			t.Errorf("limit %d: %d pages with %d policies, want %d pages", size, n, len(got), pages)
		}
	}
}

func TestACursorOfAnotherListIsRefused(t *testing.T) {
	t.Parallel()
	store := book(t, 3)
	byNumber := storage.Query{Order: []storage.Order{colNumber.Asc()}}
	view(t, store, func(tx storage.Tx) error {
		page, err := storage.Page[policy](tx, byNumber, kernel.List{Limit: 1})
		if err != nil {
			return err
		}
		for name, c := range map[string]struct {
			q      storage.Query
			cursor kernel.Cursor
		}{
			"another order": {storage.Query{Order: []storage.Order{colLives.Asc()}}, page.Next},
			"no order":      {storage.Query{}, page.Next},
			"no base64":     {byNumber, "!!!"},
			"no JSON":       {byNumber, kernel.Cursor(base64.RawURLEncoding.EncodeToString([]byte("x")))},
			"cut":           {byNumber, page.Next[:len(page.Next)-4]},
			"too short":     {byNumber, kernel.Cursor(base64.RawURLEncoding.EncodeToString([]byte(`["P-000"]`)))},
			"too long":      {storage.Query{}, kernel.Cursor(base64.RawURLEncoding.EncodeToString([]byte(`["01890000-0000-7000-8000-000000000001",1]`)))},
		} {
			_, err := storage.Page[policy](tx, c.q, kernel.List{After: c.cursor})
			var faults *kernel.FieldErrors
			if !errors.As(err, &faults) || faults.Faults[0].Path != "after" || faults.Faults[0].Code != "cursor" {
				t.Errorf("%s: %v", name, err)
			}
		}
		return nil
	})
}

// Whatever a stranger sends as a cursor is a page or a fault, never a panic.
func FuzzCursor(f *testing.F) {
	store := book(f, 5)
	q := storage.Query{Order: []storage.Order{colPremium.Asc(), storage.ColCreated.Asc()}}
	for _, s := range []string{`["0.1","1970-01-01T00:00:00Z",""]`, `[1e400,null,"x"]`, `[null,null,null]`, `{}`, `["1e999999999",0,0]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		err := store.View(context.Background(), func(tx storage.Tx) error {
			_, err := storage.Page[policy](tx, q, kernel.List{After: kernel.Cursor(base64.RawURLEncoding.EncodeToString(raw))})
			return err
		})
		if err != nil && !errors.Is(err, kernel.ErrInvalid) {
			t.Fatalf("%q: %v", raw, err)
		}
	})
}

func TestOneIsTheFirstOrNone(t *testing.T) {
	t.Parallel()
	view(t, book(t, 5), func(tx storage.Tx) error {
		last, err := storage.One[policy](tx, storage.Query{Order: []storage.Order{colNumber.Desc()}})
		if err != nil || last == nil || last.Number != "P-004" {
			t.Errorf("the last is %+v, %v", last, err)
		}
		none, err := storage.One[policy](tx, storage.Query{Where: []storage.Cond{colNumber.Eq("nope")}})
		if err != nil || none != nil {
			t.Errorf("none is %+v, %v", none, err)
		}
		n, err := storage.Count[policy](tx, colLives.Ge(1))
		if err != nil || n != 3 {
			t.Errorf("counted %d, %v", n, err)
		}
		return nil
	})
}
