package claim_test

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/postgres"
	"github.com/coverkit/crm/storage/storagetest/pgtest"
)

// Two claims under one limit, and any commands in any order: money never leaves its
// bounds, limits are never overspent, and the journal agrees with every row.
func TestMoneyStaysWithinItsBounds(t *testing.T) {
	t.Parallel()
	why := privacy.New("as it is")
	fen := rapid.Custom(func(t *rapid.T) decimal.Decimal { return decimal.New(rapid.Int64Range(1, 150_000).Draw(t, "fen"), -2) })
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(memory.New())
		first, second := injury("P-2"), injury("P-2")
		second.Cause = "illness"
		ids := []kernel.ID{w.assessed(t, first, "600").ID, w.assessed(t, second, "700").ID}
		pays := func(id kernel.ID) *payment.Payment {
			all := got(w.Payments(owner, id))(t)
			if len(all) == 0 {
				return &payment.Payment{}
			}
			return &all[rapid.IntRange(0, len(all)-1).Draw(rt, "payment")]
		}
		commands := map[string]func(id kernel.ID) error{
			"approve": func(id kernel.ID) error { return last(w.Approve(owner, id, claim.Approval{})) },
			"approve anew": func(id kernel.ID) error {
				return last(w.Approve(owner, id, claim.Approval{Lines: []claim.Item{{Claimed: fen.Draw(rt, "claimed")}}}))
			},
			"refer":       func(id kernel.ID) error { return last(w.Refer(adjuster, id, claim.Referral{})) },
			"countersign": func(id kernel.ID) error { return last(w.Countersign(owner, id, claim.Remark{})) },
			"return":      func(id kernel.ID) error { return last(w.Return(owner, id, claim.Remark{Text: why})) },
			"fail a check": func(id kernel.ID) error {
				return last(w.Check(owner, id, claim.Review{Kind: claim.CheckCoverage, Result: claim.Failed, Grounds: why}))
			},
			"pass a check": func(id kernel.ID) error { return last(w.Check(owner, id, claim.Review{Kind: claim.CheckCoverage})) },
			"decline":      func(id kernel.ID) error { return last(w.Decline(owner, id, claim.Refusal{Reason: "r", Clause: "c"})) },
			"reserve": func(id kernel.ID) error {
				return last(w.Reserve(owner, id, claim.Reserving{Loss: fen.Draw(rt, "loss"), Undisputed: fen.Draw(rt, "undisputed"), Reason: why}))
			},
			"advance": func(id kernel.ID) error {
				return last(w.Advance(owner, id, claim.AdvanceOrder{Amount: fen.Draw(rt, "advance")}))
			},
			"agree": func(id kernel.ID) error {
				_, _ = w.Notify(owner, id, claim.Message{Kind: claim.NoticeAmount})
				return last(w.Agree(owner, id, claim.Agreement{How: "signed"}))
			},
			"pay": func(id kernel.ID) error {
				_, _ = w.Agree(owner, id, claim.Agreement{How: "signed"})
				return last(w.RequestPayment(owner, id, claim.PaymentOrder{}))
			},
			"reassess": func(id kernel.ID) error { return last(w.Reassess(owner, id, claim.Reassessment{Reason: why})) },
			"close":    func(id kernel.ID) error { return last(w.Close(owner, id)) },
			"withdraw": func(id kernel.ID) error {
				if rapid.IntRange(0, 9).Draw(rt, "seldom") > 0 {
					return nil
				}
				return last(w.Withdraw(owner, id, claim.Remark{Text: why}))
			},
			"request":  func(id kernel.ID) error { return last(w.payments.Request(owner, pays(id).ID, payment.Handover{})) },
			"transfer": func(id kernel.ID) error { w.transfer(t, id); return nil },
			"bounce":   func(id kernel.ID) error { return last(w.payments.Bounce(owner, pays(id).ID, payment.Cause{Code: "x"})) },
			"stop":     func(id kernel.ID) error { return last(w.payments.Stop(owner, pays(id).ID, payment.Cause{Code: "x"})) },
			"fail":     func(id kernel.ID) error { return last(w.payments.Fail(owner, pays(id).ID, payment.Cause{Code: "x"})) },
		}
		var names []string
		for name := range commands {
			names = append(names, name)
		}
		slices.Sort(names)
		for range rapid.IntRange(20, 60).Draw(rt, "length") {
			id := rapid.SampledFrom(ids).Draw(rt, "claim")
			name := rapid.SampledFrom(names).Draw(rt, "command")
			w.clock.Advance(time.Minute)
			err := commands[name](id)
			if err != nil && !errors.Is(err, kernel.ErrState) && !errors.Is(err, kernel.ErrInvalid) && !errors.Is(err, kernel.ErrForbidden) && !errors.Is(err, kernel.ErrNotFound) {
				rt.Fatalf("%s: %v", name, err)
			}
			for _, id := range ids {
				w.money(rt, id)
			}
			if rt.Failed() {
				rt.Fatalf("after %s", name)
			}
		}
		w.sound(rt)
	})
}

func last[T any](_ T, err error) error { return err }

// Two programs approve inside transactions of their own, at READ COMMITTED: the second
// waits for the first and finds what it has left.
func TestTwoHostTransactionsAndOneLimit(t *testing.T) {
	t.Parallel()
	dsn := pgtest.DSN(t)
	store, err := postgres.Open(dsn)
	w := newWorld(ready(t, store, err))
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	var ids []kernel.ID
	for i := range 2 {
		in := injury("P-2")
		in.OccurredAt = in.OccurredAt.AddDate(0, 0, -i)
		ids = append(ids, w.assessed(t, in, "700").ID)
	}
	errs := together(2, func(i int) error {
		tx, err := db.BeginTx(context.Background(), nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }()
		inside := claim.New(w.engine.Within(postgres.Join(tx)), claim.Config{Policies: policies()})
		if _, err := inside.Approve(manager, ids[i], claim.Approval{}); err != nil {
			return err
		}
		return tx.Commit()
	})
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, kernel.ErrState) && !errors.Is(err, kernel.ErrConflict) && !errors.Is(err, kernel.ErrDuplicate):
			t.Error(err)
		}
	}
	if a := got(w.Accumulators(auditor, "P-2"))(t); won != 1 || len(a) != 1 || !a[0].Used.Equal(yuan("700")) {
		t.Errorf("%d won, %+v", won, a)
	}
	w.sound(t)
}
