package payment_test

import (
	"context"
	"fmt"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/kernel"
)

// A room opens payments inside its own commands; here one is opened by itself.
func ExampleOpen() {
	w := newWorld()
	p, err := payment.Open(cashier, w.engine, indemnity(kernel.NewID()))
	fmt.Println(p.State, p.Kind, p.Amount, p.Currency, p.Account, err)
	// Output: pending indemnity 500 CNY ••• <nil>
}

// The host's bank takes the orders and returns its reference.
func ExampleService_Dispatch() {
	w := newWorld()
	p, _ := payment.Open(cashier, w.engine, indemnity(kernel.NewID()))
	bank := payment.PayerFunc(func(_ context.Context, o payment.Order) (string, error) {
		account, _ := o.Account.Plain()
		fmt.Println("pay", o.Amount, "to", account)
		return "BANK-77", nil
	})
	handed, err := w.payments.Dispatch(cashier, bank)
	p, _ = w.payments.Get(cashier, p.ID)
	fmt.Println(handed, err, p.State, p.Reference)
	// Output:
	// pay 500 to 6222 0212 3456 7890
	// 1 <nil> requested BANK-77
}

// What is possible now, and why not the rest.
func ExampleService_Allowed() {
	w := newWorld()
	p, _ := payment.Open(cashier, w.engine, indemnity(kernel.NewID()))
	moves, _ := w.payments.Allowed(cashier, p.ID)
	for _, m := range moves.Allowed {
		fmt.Println(m.Event, "→", m.To, m.Label.ZH)
	}
	// Output:
	// Request → requested 提交支付
	// Stop → stopped 止付
}
