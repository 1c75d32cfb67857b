package storagetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// world is what a case has to itself.
type world struct {
	*testing.T
	ctx   context.Context
	store storage.Store
	open  func(*testing.T) storage.Store
}

// noon is when everything happens.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 123456000, time.UTC)

// tenant is whose rows a case without guard writes.
const tenant = "north"

// policy returns a record that can be inserted, unlike all others in what is unique.
func policy() *Policy {
	id := kernel.NewID()
	p := &Policy{Number: "P-" + string(id), Holder: id.Ref(), State: "active", Premium: dec("1200"), Rate: dec("0.00350000")}
	p.ID, p.Tenant, p.CreatedAt, p.UpdatedAt = id, tenant, noon, noon
	return p
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// attempt runs a unit as a command is run: again when it gave way to another, and ahead of
// its turn where the store can do that.
func (w *world) attempt(fn func(storage.Tx) error) error {
	update, err := w.store.Update, error(nil)
	if r, ok := w.store.(storage.Repeater); ok {
		update = r.Repeat
	}
	for range 50 {
		if err = update(w.ctx, fn); !errors.Is(err, storage.ErrRetry) {
			return err
		}
	}
	return err
}

// update is an attempt that succeeds.
func (w *world) update(fn func(storage.Tx) error) {
	w.Helper()
	if err := w.attempt(fn); err != nil {
		w.Fatalf("Update: %v", err)
	}
}

func (w *world) view(fn func(storage.Tx) error) {
	w.Helper()
	if err := w.store.View(w.ctx, fn); err != nil {
		w.Fatalf("View: %v", err)
	}
}

func (w *world) insert(recs ...storage.Record) {
	w.Helper()
	w.update(func(tx storage.Tx) error { return tx.Insert(recs...) })
}

// get reads a policy in a unit of its own.
func (w *world) get(id kernel.ID) *Policy {
	w.Helper()
	var p *Policy
	w.view(func(tx storage.Tx) (err error) {
		p, err = storage.Get[Policy](tx, id)
		return err
	})
	return p
}

// count returns how many policies there are.
func (w *world) count(where ...storage.Cond) int {
	w.Helper()
	var n int64
	w.view(func(tx storage.Tx) (err error) {
		n, err = storage.Count[Policy](tx, where...)
		return err
	})
	return int(n)
}

// wantErr fails the case unless err is the target.
func (w *world) wantErr(what string, err, target error) {
	w.Helper()
	if !errors.Is(err, target) {
		w.Errorf("%s: error %v, want %v", what, err, target)
	}
}

// wantEmpty fails the case when a unit that failed left something behind.
func (w *world) wantEmpty(what string) {
	w.Helper()
	if n := w.count(); n != 0 {
		w.Errorf("%s: %d policies were written, want none", what, n)
	}
}

// same compares records by what they mean: an amount is the same with more zeros,
// and no bytes are no bytes.
func (w *world) same(what string, got, want any) {
	w.Helper()
	if diff := diff(got, want); diff != "" {
		w.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func diff(got, want any) string {
	noBytes := cmp.FilterValues(func(a, b []byte) bool { return len(a) == 0 && len(b) == 0 }, cmp.Ignore())
	return cmp.Diff(want, got, noBytes, cmpopts.EquateErrors())
}

// race starts fn n times at once and returns what came of it.
func race(n int, fn func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// recovered runs fn and returns what it panicked with.
func recovered(fn func()) (with any) {
	defer func() { with = recover() }()
	fn()
	return nil
}

func ids(ps []Policy) []string {
	out := make([]string, len(ps))
	for i := range ps {
		out[i] = fmt.Sprintf("%s(%s)", ps[i].Number, ps[i].ID)
	}
	return slices.Clip(out)
}
