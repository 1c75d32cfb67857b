package claim_test

import (
	"errors"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/memory"
)

// Whatever is reported, and then claimed, is taken or refused with a reason: nothing
// panics, and no refusal leaves a row.
func FuzzReport(f *testing.F) {
	f.Add("P-1", "injury", "c-1", "phone", "fell", int64(110000), int32(-2), accident.Unix())
	f.Add("P-yen", "", "\x00", "\xff", "", int64(-1), int32(-5), int64(0))
	f.Add("P-3", "death", "", "", "x", int64(1), int32(400), int64(1)<<40)
	f.Fuzz(func(t *testing.T, policy, cause, insured, channel, text string, units int64, exp int32, at int64) {
		w := newWorld(memory.New())
		before := w.rows(t)
		amount := decimal.New(units, exp)
		c, err := w.Report(adjuster, claim.Notice{
			Policy: kernel.Ref(policy), Cause: cause, Insured: kernel.Ref(insured), Channel: channel,
			Description: privacy.New(text), Claimed: amount, OccurredAt: time.Unix(at, 0),
		})
		if err != nil {
			if !errors.Is(err, kernel.ErrInvalid) && !errors.Is(err, kernel.ErrNotFound) {
				t.Fatal(err)
			}
			for table, n := range w.rows(t) {
				if n != before[table] {
					t.Fatalf("%s has %d rows", table, n)
				}
			}
			return
		}
		_, err = w.SettleDirect(owner, c.ID, claim.Settlement{
			Filing: claim.Filing{Claimed: amount, Method: channel, Documents: []claim.Paper{{Kind: cause, Name: privacy.New(text)}, {Kind: "id_card"}, {Kind: "invoice"}, {Kind: "death_certificate"}}},
			Agreed: channel, Payment: claim.PaymentOrder{Estate: kernel.Ref(insured)},
		})
		if err != nil && !errors.Is(err, kernel.ErrInvalid) && !errors.Is(err, kernel.ErrState) {
			t.Fatal(err)
		}
		w.money(t, c.ID)
		w.sound(t)
	})
}
