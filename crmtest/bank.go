package crmtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/kernel"
)

// Bank is a payment.Payer for tests. It pays each order once, whatever happens; what
// becomes of an order is told beforehand with [Bank.Next].
type Bank struct {
	clock *kernel.ManualClock

	mu    sync.Mutex
	next  []Fate
	taken []*transfer
}

// transfer is an order that the bank has taken.
type transfer struct {
	payment.Order
	reference string
	fate      Fate
	at        time.Time
	told      bool
}

// Fate is what becomes of an order.
type Fate struct {
	refusal    error
	unanswered bool
	late       time.Duration
	fails      string
	bounces    string
}

// Arrives is the usual fate: the bank takes the order, and the money arrives.
var Arrives = Fate{}

// Refused is the fate of an order that the bank does not take; the payment stays pending.
func Refused(err error) Fate { return Fate{refusal: err} }

// Unanswered is the fate of an order that the bank takes while its answer is lost. The
// payment stays pending, and the order given again gets the first one's reference.
var Unanswered = Fate{unanswered: true}

// Late is the fate of money that arrives so long after the order at the earliest.
func Late(d time.Duration) Fate { return Fate{late: d} }

// Fails is the fate of an order that the bank takes and cannot carry out.
func Fails(code string) Fate { return Fate{fails: code} }

// Bounces is the fate of money that arrives and then comes back (退票).
func Bounces(code string) Fate { return Fate{bounces: code} }

// Next says what becomes of the next new orders, one fate each. Those beyond arrive.
func (b *Bank) Next(fates ...Fate) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.next = append(b.next, fates...)
}

// ErrNoAnswer is what the caller of an [Unanswered] order gets.
var ErrNoAnswer = errors.New("crmtest: the bank does not answer")

// Pay implements payment.Payer.
func (b *Bank) Pay(_ context.Context, o payment.Order) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.taken {
		if t.Key == o.Key {
			return t.reference, nil
		}
	}
	fate := Arrives
	if len(b.next) > 0 {
		fate, b.next = b.next[0], b.next[1:]
	}
	if fate.refusal != nil {
		return "", fate.refusal
	}
	t := &transfer{Order: o, reference: fmt.Sprintf("T-%04d", len(b.taken)+1), fate: fate, at: b.clock.Now()}
	b.taken = append(b.taken, t)
	if fate.unanswered {
		return "", ErrNoAnswer
	}
	return t.reference, nil
}

// Orders returns what the bank has taken, in order, each once. The accounts are plain.
func (b *Bank) Orders() []payment.Order {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := make([]payment.Order, len(b.taken))
	for i, t := range b.taken {
		list[i] = t.Order
	}
	return list
}

// due returns the orders whose fate is ripe and not told yet.
func (b *Bank) due() (list []*transfer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, t := range b.taken {
		if !t.told && !b.clock.Now().Before(t.at.Add(t.fate.late)) {
			list = append(list, t)
		}
	}
	return list
}

// Pay hands over what is due to be paid and reads the bank's statement: money that has
// arrived by the clock is told to the library, and money that failed or came back. It
// returns what Dispatch said, which a test that orders faults will want to see. A payment
// that was stopped meanwhile, or whose hand-over got no answer, is left as it is.
func (w *World) Pay(t testing.TB) error {
	t.Helper()
	_, dispatched := w.Dispatch(w.Owner())
	for _, tr := range w.Bank.due() {
		p, err := w.Payments.Get(w.Owner(), tr.Payment)
		if err == nil && p.State == payment.Requested && p.Reference == tr.reference {
			err = w.tell(tr)
			tr.told = true
		}
		if err != nil {
			t.Fatalf("the bank's statement on %s: %v", tr.reference, err)
		}
	}
	return dispatched
}

// tell gives the commands that the bank's statement on a payment leads to.
func (w *World) tell(t *transfer) error {
	ctx := w.Owner()
	if t.fate.fails != "" {
		_, err := w.Payments.Fail(ctx, t.Payment, payment.Cause{Code: t.fate.fails})
		return err
	}
	if _, err := w.Payments.Issue(ctx, t.Payment, payment.Receipt{}); err != nil {
		return err
	}
	if _, err := w.Payments.Clear(ctx, t.Payment, payment.Receipt{Voucher: "V-" + t.reference}); err != nil {
		return err
	}
	if t.fate.bounces == "" {
		return nil
	}
	_, err := w.Payments.Bounce(ctx, t.Payment, payment.Cause{Code: t.fate.bounces})
	return err
}
