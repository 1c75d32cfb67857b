package payment_test

import (
	"context"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/internal/engine"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// world is an insurer with an empty database on a morning in March.
type world struct {
	engine   *engine.Engine
	payments *payment.Service
	clock    *kernel.ManualClock
}

func newWorld() *world {
	clock := kernel.NewManualClock(time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC))
	e := engine.New(storage.Guard(memory.New(), privacy.Plaintext), clock, access.NewRoles(payment.Grants()), access.Table{})
	return &world{engine: e, payments: payment.New(e), clock: clock}
}

func as(role kernel.Role) context.Context {
	return kernel.WithActor(context.Background(), kernel.Actor{ID: "u-" + string(role), Roles: []kernel.Role{role}})
}

var cashier = as(access.Cashier)

func yuan(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// indemnity is an order of 500 yuan to customer c-1 for a claim.
func indemnity(claim kernel.ID) payment.Order {
	return payment.Order{
		Owner: payment.Owner{Kind: "claim", ID: claim}, Kind: payment.Indemnity,
		Payee: "c-1", Account: privacy.New("6222 0212 3456 7890"), Method: "transfer", Amount: yuan("500"),
	}
}

func (w *world) open(t testing.TB, o payment.Order) payment.Payment {
	t.Helper()
	p, err := payment.Open(cashier, w.engine, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func must(t testing.TB) func(payment.Payment, error) payment.Payment {
	return func(p payment.Payment, err error) payment.Payment {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
}
