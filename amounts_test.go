package crm_test

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage"
)

// Amounts beyond what a float can hold come back to the last fen, are summed and compared
// exactly; what does not fit is refused.
func TestLargeAmountsAreExact(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		large, more := yuan("99999999999999.99"), yuan("99999999999999.98")
		cfg := w.config()
		cfg.Policies = claim.StaticPolicies{"P-1": {Line: kernel.Motor, InForce: true, Insured: []crm.Ref{"customer-7"}, Coverages: []claim.Coverage{{Code: "DAMAGE"}}}}
		w.CRM = got(crm.Open(owner, w.store, cfg))(t)
		notice := claim.Notice{Policy: "P-1", OccurredAt: noon.Add(-time.Hour), Claimed: large}
		var ids []kernel.ID
		for cause, amount := range map[string]decimal.Decimal{"collision": large, "fire": more} {
			notice.Cause, notice.Claimed = cause, amount
			c := got(w.Claims.Report(adjuster, notice))(t)
			got(w.Claims.SettleDirect(owner, c.ID, claim.Settlement{Agreed: "app"}))(t)
			ids = append(ids, c.ID)
			c = got(w.Claims.Get(adjuster, c.ID))(t)
			pay := got(w.Claims.Payments(adjuster, c.ID))(t)
			if !c.Claimed.Equal(amount) || !c.Approved.Equal(amount) || len(pay) != 1 || !pay[0].Amount.Equal(amount) {
				t.Errorf("claimed %s, approved %s, paid %v", c.Claimed, c.Approved, pay)
			}
		}
		err := w.guarded().View(owner, func(tx *storage.GuardTx) error {
			sum, err := tx.Tally(&claim.Claim{}, storage.Query{}, nil, storage.Sum("claimed"), storage.Sum("approved"))
			if err != nil || !sum[0].Sums[0].Equal(yuan("199999999999999.97")) || !sum[0].Sums[1].Equal(sum[0].Sums[0]) {
				t.Errorf("sums %v, %v", sum, err)
			}
			claimed := storage.Col[decimal.Decimal]("claimed")
			for from, want := range map[string]int64{"99999999999999.97": 2, "99999999999999.98": 1, "99999999999999.99": 0} {
				if n, err := storage.Count[claim.Claim](tx, claimed.Gt(yuan(from))); n != want || err != nil {
					t.Errorf("%d claims above %s, %v", n, from, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		before := w.rows(t)
		for _, amount := range []string{"12345678901234567.89", "900000000000000.01", "-0.01", "0.001", "1e30", "1e-30"} {
			notice.Cause, notice.Claimed = "theft", yuan(amount)
			if _, err := w.Claims.Report(adjuster, notice); !errors.Is(err, crm.ErrInvalid) {
				t.Errorf("claimed %s: %v", amount, err)
			}
			if _, err := w.Claims.Reserve(adjuster, ids[0], claim.Reserving{Loss: yuan(amount), Reason: secret("x")}); !errors.Is(err, crm.ErrInvalid) {
				t.Errorf("reserved %s: %v", amount, err)
			}
		}
		for name, do := range map[string]func() error{
			"an advance": func() error {
				_, err := w.Claims.Advance(owner, ids[0], claim.AdvanceOrder{Amount: yuan("12345678901234567.89")})
				return err
			},
			"a filing": func() error {
				_, err := w.Claims.File(owner, ids[0], claim.Filing{Claimed: yuan("12345678901234567.89")})
				return err
			},
			"a receipt": func() error {
				in := wish("c-1")
				in.Receipts[0].Amount = yuan("12345678901234567.89")
				_, err := w.Applications.IssueDirect(owner, in)
				return err
			},
		} {
			if err := do(); !errors.Is(err, crm.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if after := w.rows(t); after != before {
			t.Errorf("rows were written:\n%s\n%s", before, after)
		}
		w.sound(t)
	})
}

// A premium is as exact as a claim.
func TestALargePremiumIsExact(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		d := accident()
		d.Coverages[0].MaxSum, d.Rates[0].PerMille = yuan("0"), yuan("1000")
		got(w.Products.Publish(owner, d))(t)
		holder := got(w.Customers.Register(agent, zhang()))(t)
		in := wish(holder.ID.Ref())
		in.Items[0].SumInsured = yuan("99999999999999.99") // and 80.50 for the doctors
		in.Receipts = []policy.ReceiptForm{{Reference: "bank-1", Amount: yuan("100000000000080.49"), Method: "transfer"}}
		p := got(w.Applications.IssueDirect(owner, in))(t)
		p = got(w.Policies.Get(owner, p.ID))(t)
		due := got(w.Policies.Instalments(owner, p.ID))(t)
		if !p.Premium.Equal(yuan("100000000000080.49")) || len(due) != 1 || !due[0].Unpaid().IsZero() {
			t.Errorf("premium %s, instalments %+v", p.Premium, due)
		}
		w.sound(t)
	})
}
