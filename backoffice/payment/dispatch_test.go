package payment_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/kernel"
)

// bank is a host's payment system that drops repeats by their key.
type bank struct {
	mu   sync.Mutex
	seen map[string]payment.Order
	fail error
	lose bool // pays, but its answer is lost
}

func (b *bank) Pay(_ context.Context, o payment.Order) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail != nil && o.Amount.Equal(yuan("13")) {
		return "", b.fail
	}
	if b.seen == nil {
		b.seen = map[string]payment.Order{}
	}
	b.seen[o.Key] = o
	if b.lose {
		return "", errors.New("line cut")
	}
	return "ref-" + o.Key[len(o.Key)-4:], nil
}

func TestDispatchHandsOverEveryPendingPayment(t *testing.T) {
	t.Parallel()
	w, b := newWorld(), &bank{}
	for range 3 {
		w.open(t, indemnity(kernel.NewID()))
	}
	stopped := w.open(t, indemnity(kernel.NewID()))
	must(t)(w.payments.Stop(cashier, stopped.ID, payment.Cause{Code: "duplicate"}))

	n, err := w.payments.Dispatch(cashier, b)
	if err != nil || n != 3 || len(b.seen) != 3 {
		t.Fatalf("%d handed, %d seen, %v", n, len(b.seen), err)
	}
	for key, o := range b.seen {
		if account, _ := o.Account.Plain(); account != "6222 0212 3456 7890" {
			t.Errorf("%s: the payer cannot read the account", key)
		}
		p, err := w.payments.Get(cashier, o.Payment)
		if err != nil || p.State != payment.Requested || p.Reference == "" {
			t.Errorf("%+v %v", p, err)
		}
		history, err := w.payments.History(cashier, p.ID)
		if err != nil || history[1].Facts["account_opened"] != true {
			t.Errorf("the look at the account is not in the history: %v", err)
		}
	}
	if n, err = w.payments.Dispatch(cashier, b); n != 0 || err != nil {
		t.Errorf("again: %d, %v", n, err)
	}
}

func TestOneFailureKeepsNobodyElseWaiting(t *testing.T) {
	t.Parallel()
	w, b := newWorld(), &bank{fail: errors.New("no such bank")}
	bad := indemnity(kernel.NewID())
	bad.Amount = yuan("13")
	p := w.open(t, bad)
	w.open(t, indemnity(kernel.NewID()))

	n, err := w.payments.Dispatch(cashier, b)
	if n != 1 || !errors.Is(err, b.fail) {
		t.Fatalf("%d, %v", n, err)
	}
	if p, _ = w.payments.Get(cashier, p.ID); p.State != payment.Pending {
		t.Error(p.State)
	}
	b.fail = nil
	if n, err = w.payments.Dispatch(cashier, b); n != 1 || err != nil {
		t.Errorf("later: %d, %v", n, err)
	}
}

// The bank paid, its answer was lost, and the payment is handed over again: under the
// same key, so the bank pays once.
func TestALostAnswerIsNoSecondPayment(t *testing.T) {
	t.Parallel()
	w, b := newWorld(), &bank{lose: true}
	w.open(t, indemnity(kernel.NewID()))
	if n, err := w.payments.Dispatch(cashier, b); n != 0 || err == nil {
		t.Fatalf("%d, %v", n, err)
	}
	b.lose = false
	if n, err := w.payments.Dispatch(cashier, b); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if len(b.seen) != 1 {
		t.Errorf("the bank saw %d orders", len(b.seen))
	}
}

func TestManyDispatchersHandEachPaymentOnce(t *testing.T) {
	t.Parallel()
	w, b := newWorld(), &bank{}
	for range 120 {
		w.open(t, indemnity(kernel.NewID()))
	}
	var wg sync.WaitGroup
	total := make(chan int, 8)
	for range 8 {
		wg.Go(func() {
			n, err := w.payments.Dispatch(cashier, b)
			if err != nil {
				t.Error(err)
			}
			total <- n
		})
	}
	wg.Wait()
	close(total)
	sum := 0
	for n := range total {
		sum += n
	}
	if sum != 120 || len(b.seen) != 120 {
		t.Errorf("%d marked, %d keys", sum, len(b.seen))
	}
}

// Somebody stops the payment while the payer has it: that must not go unnoticed.
func TestAStopDuringTheHandoverIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := w.open(t, indemnity(kernel.NewID()))
	n, err := w.payments.Dispatch(cashier, payment.PayerFunc(func(context.Context, payment.Order) (string, error) {
		must(t)(w.payments.Stop(cashier, p.ID, payment.Cause{Code: "fraud"}))
		return "ref", nil
	}))
	if n != 0 || !errors.Is(err, kernel.ErrConflict) {
		t.Errorf("%d, %v", n, err)
	}
}
