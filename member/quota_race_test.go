package member_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/storage/memory"
)

// beaten reports an error that somebody may get who was slower than others.
func beaten(err error) bool {
	return errors.Is(err, kernel.ErrConflict) || errors.Is(err, kernel.ErrState) || errors.Is(err, kernel.ErrInvalid)
}

// Sixty-four people use one quota of ten that nobody has opened yet: it is never
// overdrawn, and those who were merely beaten get the rest when they ask again.
func TestManyUseOneQuota(t *testing.T) {
	t.Parallel()
	onAll(t, member.Config{}, func(t *testing.T, w *world) {
		p := w.club(t, "club")
		w.joins(t, p, "c-1", "gold")
		d := checkup(p)
		d.Quota = 10
		w.effective(t, d)
		redeem := func(int) error {
			_, err := w.Quotas.Redeem(desk, member.Redemption{Customer: "c-1", Benefit: "checkup"})
			return err
		}
		used := int64(0)
		for _, err := range together(64, redeem) {
			switch {
			case err == nil:
				used++
			case !beaten(err):
				t.Error(err)
			}
		}
		if g := w.quotaOf(t, "c-1"); g.Used != used || used > 10 || used == 0 {
			t.Errorf("%d people used it, the row says %+v", used, g)
		}
		for ; used < 10; used++ {
			if err := redeem(0); err != nil {
				t.Fatal(err)
			}
		}
		refused(w.Quotas.Redeem(desk, member.Redemption{Customer: "c-1", Benefit: "checkup"}))(t, kernel.ErrInvalid, "used up")
		if g := w.quotaOf(t, "c-1"); g.Used != 10 || g.Left() != 0 {
			t.Errorf("%+v", g)
		}
		w.sound(t)
	})
}

// Sixty-four orders want to reserve of a quota of five while others redeem from it.
func TestOrdersRaceForOneQuota(t *testing.T) {
	t.Parallel()
	w := inMemory()
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "gold")
	d := checkup(p)
	d.Quota = 5
	w.effective(t, d)
	var orders []kernel.ID
	for range 32 {
		orders = append(orders, w.ordered(t, "c-1").ID)
	}
	for i, err := range together(64, func(i int) error {
		if i%2 == 0 {
			_, err := w.Quotas.Redeem(desk, member.Redemption{Customer: "c-1", Benefit: "checkup"})
			return err
		}
		_, err := w.Orders.Reserve(desk, orders[i/2], member.Hold{})
		return err
	}) {
		if err != nil && !beaten(err) {
			t.Error(i, err)
		}
	}
	g := w.quotaOf(t, "c-1")
	reserved := int64(len(got(w.Orders.List(auditor, member.OrderFilter{State: member.OrderReserved}, kernel.List{}))(t).Items))
	if g.Reserved != reserved || g.Used+g.Reserved > 5 {
		t.Errorf("%d orders hold a reservation, %+v", reserved, g)
	}
	w.sound(t)
}

// Sixty-four customers want ten seats: ten have one, the others wait, each in a place of
// their own; when all ten leave at once, the first ten of the line follow.
func TestManyWantASeat(t *testing.T) {
	t.Parallel()
	onAll(t, member.Config{}, func(t *testing.T, w *world) {
		a := w.invites(t, w.lecture(10))
		sign := func(i int) error {
			_, err := w.Activities.SignUp(adviser, a.ID, kernel.Ref(fmt.Sprintf("c-%02d", i)))
			for errors.Is(err, kernel.ErrConflict) { // beaten five times
				_, err = w.Activities.SignUp(adviser, a.ID, kernel.Ref(fmt.Sprintf("c-%02d", i)))
			}
			return err
		}
		for _, err := range together(64, sign) {
			if err != nil {
				t.Error(err)
			}
		}
		ups := got(w.Activities.SignUps(auditor, a.ID, kernel.List{Limit: 100}))(t).Items
		if len(ups) != 64 {
			t.Fatalf("%d sign-ups", len(ups))
		}
		for i, s := range ups {
			if s.Place != int64(i+1) || (s.State == member.SignedUp) != (i < 10) {
				t.Errorf("place %d of %d: %s", s.Place, i+1, s.State)
			}
		}
		for _, err := range together(10, func(i int) error {
			_, err := w.SignUps.Cancel(adviser, ups[i].ID, member.Grounds{})
			for errors.Is(err, kernel.ErrConflict) {
				_, err = w.SignUps.Cancel(adviser, ups[i].ID, member.Grounds{})
			}
			return err
		}) {
			if err != nil {
				t.Error(err)
			}
		}
		for i, s := range got(w.Activities.SignUps(auditor, a.ID, kernel.List{Limit: 100}))(t).Items {
			want := member.SignUpWaiting
			switch {
			case i < 10:
				want = member.SignUpCancelled
			case i < 20:
				want = member.SignedUp
			}
			if s.State != want {
				t.Errorf("place %d: %s, want %s", s.Place, s.State, want)
			}
		}
		if a = got(w.Activities.Get(auditor, a.ID))(t); a.Taken != 10 || a.Waiting != 44 || a.Calls != 64 {
			t.Errorf("%+v", a)
		}
		w.sound(t)
	})
}

// Of many who tell a member at one transaction, one writes it down.
func TestManyTellOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New(), member.Config{})
	p := w.club(t, "club")
	w.joins(t, p, "c-1", "basic")
	w.effective(t, discount(p))
	about := command.Case{Kind: "policy", ID: kernel.NewID()}
	for _, err := range together(16, func(int) error { return w.Benefits.TellBenefits(agent, w.engine, about, "c-1") }) {
		if err != nil && !errors.Is(err, kernel.ErrConflict) && !errors.Is(err, kernel.ErrDuplicate) {
			t.Error(err)
		}
	}
	if n := len(got(w.Benefits.Told(auditor, "c-1", kernel.List{}))(t).Items); n != 1 {
		t.Errorf("told %d times", n)
	}
}
