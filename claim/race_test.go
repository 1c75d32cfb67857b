package claim_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

// Sixty-four people approve one claim: one does, the others are told.
func TestManyApproveOneClaim(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.assessed(t, injury("P-1"), "1100")
		errs := together(64, func(int) error {
			_, err := w.Approve(manager, c.ID, claim.Approval{}, kernel.IfVersion(c.Version))
			return err
		})
		winners := 0
		for _, err := range errs {
			switch {
			case err == nil:
				winners++
			case !errors.Is(err, kernel.ErrConflict) && !errors.Is(err, kernel.ErrState):
				t.Error(err)
			}
		}
		n := 0
		for _, e := range w.events(t, c.ID) {
			if e == "Approve" {
				n++
			}
		}
		if winners != 1 || n != 1 {
			t.Errorf("%d winners, %d entries", winners, n)
		}
		if a := got(w.Accumulators(auditor, "P-1"))(t); len(a) != 1 || !a[0].Used.Equal(yuan("900")) {
			t.Errorf("%+v", a)
		}
		w.sound(t)
	})
}

// Eight claims of 300 race for a limit of 1000: three get all, one the rest when it is
// assessed anew, and the limit is never overspent.
func TestClaimsRaceForOneLimit(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		var ids []kernel.ID
		for i := range 8 {
			in := injury("P-2")
			in.OccurredAt = in.OccurredAt.AddDate(0, 0, -i)
			ids = append(ids, w.assessed(t, in, "300").ID)
		}
		errs := together(8, func(i int) error {
			_, err := w.Approve(manager, ids[i], claim.Approval{})
			return err
		})
		approved, left := 0, kernel.ID("")
		for i, err := range errs {
			switch {
			case err == nil:
				approved++
			case errors.Is(err, kernel.ErrState) || errors.Is(err, kernel.ErrConflict):
				left = ids[i]
			default:
				t.Error(err)
			}
		}
		if approved != 3 {
			t.Fatalf("%d approved", approved)
		}
		c := got(w.Approve(manager, left, claim.Approval{Lines: []claim.Item{{Claimed: yuan("300")}}}))(t)
		a := got(w.Accumulators(auditor, "P-2"))(t)
		if !c.Approved.Equal(yuan("100")) || len(a) != 1 || !a[0].Used.Equal(yuan("1000")) || a[0].State != claim.Exhausted {
			t.Errorf("%s, %+v", c.Approved, a)
		}
		for _, id := range ids {
			w.money(t, id)
		}
		w.sound(t)
	})
}

// The same loss is reported by many at once: one claim.
func TestManyReportOneLoss(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		errs := together(8, func(int) error {
			_, err := w.Report(adjuster, injury("P-1"))
			return err
		})
		n := 0
		for _, err := range errs {
			switch {
			case err == nil:
				n++
			case !errors.Is(err, kernel.ErrDuplicate) && !errors.Is(err, kernel.ErrConflict):
				t.Error(err)
			}
		}
		if n != 1 {
			t.Errorf("%d claims", n)
		}
	})
}

// Small claims settled directly against one limit stop at the limit.
func TestDirectSettlementsRaceForOneLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	var ids []kernel.ID
	for i := range 16 {
		in := injury("P-2")
		in.OccurredAt = in.OccurredAt.AddDate(0, 0, -i)
		ids = append(ids, w.report(t, in).ID)
	}
	together(16, func(i int) error {
		_, err := w.SettleDirect(adjuster, ids[i], settlement("90"))
		return err
	})
	if a := got(w.Accumulators(auditor, "P-2"))(t); !a[0].Used.Equal(yuan("1000")) {
		t.Errorf("%s", a[0].Used)
	}
	w.sound(t)
}

// together runs fn n times at once and returns their errors.
func together(n int, fn func(int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = fn(i) })
	}
	wg.Wait()
	return errs
}
