package policy

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Money is premium that came in.
type Money struct {
	Payer      kernel.Ref      `gorm:"column:payer" json:"payer"`
	Method     string          `gorm:"column:method" json:"method,omitempty"`
	Amount     decimal.Decimal `gorm:"column:amount" json:"amount"`
	Allocated  decimal.Decimal `gorm:"column:allocated" json:"allocated"` // to instalments
	Refunded   decimal.Decimal `gorm:"column:refunded" json:"refunded"`
	ReceivedAt time.Time       `gorm:"column:received_at" json:"received_at"`
}

// Unallocated returns what is neither used for a premium nor given back.
func (m *Money) Unallocated() decimal.Decimal { return m.Amount.Sub(m.Allocated).Sub(m.Refunded) }

// Receipt is premium received for an application, before its policy is issued (暂收保费).
type Receipt struct {
	kernel.Meta   `gorm:"embedded"`
	ApplicationID kernel.ID  `gorm:"column:application_id;uniqueIndex:application_receipts_reference" json:"application_id"`
	Reference     kernel.Ref `gorm:"column:reference;uniqueIndex:application_receipts_reference" json:"reference"` // the host's; counts once
	Money         `gorm:"embedded"`
}

// TableName is crm_application_receipts.
func (*Receipt) TableName() string { return "crm_application_receipts" }

// ReceiptForm is premium that came in.
type ReceiptForm struct {
	Reference  kernel.Ref      // the host's: of the bank's booking, the till's slip …; counts once
	Payer      kernel.Ref      // empty: the policyholder
	Method     string          // the host's word: "transfer", "cash" …
	Amount     decimal.Decimal // more than zero
	Currency   kernel.Currency // empty: that of the application or policy; no other is taken
	ReceivedAt time.Time       // zero: now
}

func (in *ReceiptForm) check(f *kernel.FieldErrors) {
	kernel.CheckRef(f, "reference", in.Reference)
	checkCode(f, "payer", string(in.Payer), false)
	checkCode(f, "method", in.Method, false)
	kernel.CheckAmount(f, "amount", in.Amount, in.Currency)
	if in.Amount.IsZero() {
		f.Add("amount", "range", "more than zero")
	}
	if in.Currency != "" {
		kernel.CheckCurrency(f, "currency", in.Currency)
	}
	kernel.CheckTime(f, "received_at", in.ReceivedAt)
}

// in notes what only the application or policy tells: its currency.
func (in *ReceiptForm) in(cur kernel.Currency, now time.Time) error {
	var f kernel.FieldErrors
	if in.Currency != "" && in.Currency != cur {
		f.Add("currency", "conflict", "the premium is in %s", cur)
	}
	kernel.CheckAmount(&f, "amount", in.Amount, cur)
	if in.ReceivedAt.After(now) {
		f.Add("received_at", "range", "lies in the future")
	}
	return f.Err()
}

func (in *ReceiptForm) money(holder kernel.Ref, now time.Time) Money {
	m := Money{Payer: in.Payer, Method: in.Method, Amount: in.Amount, ReceivedAt: kernel.Instant(in.ReceivedAt)}
	if m.Payer == "" {
		m.Payer = holder
	}
	if in.ReceivedAt.IsZero() {
		m.ReceivedAt = now
	}
	return m
}

// ReceivePremium records premium that came in before the policy is issued. The same
// reference again is a [kernel.DuplicateError].
func (s *Applications) ReceivePremium(ctx context.Context, id kernel.ID, in ReceiptForm, opts ...kernel.Option) (Application, error) {
	return s.fire(ctx, id, applicationCall{
		Event: receivePremium, Input: in, Check: in.check,
		Guard: func(u *command.Unit, a *Application) error {
			if err := in.in(a.Currency, u.Now()); err != nil {
				return err
			}
			q := ofApplication(a.ID)
			q.Where = append(q.Where, storage.Col[kernel.Ref]("reference").Eq(in.Reference))
			r, err := storage.One[Receipt](u, q)
			if err == nil && r != nil {
				err = &kernel.DuplicateError{Kind: "receipt", Candidates: []kernel.ID{r.ID}, Certain: true}
			}
			return err
		},
		Apply: func(u *command.Unit, a *Application) error {
			u.Fact("amount", in.Amount)
			u.Fact("currency", string(a.Currency))
			u.Fact("reference", string(in.Reference))
			return u.Insert(&Receipt{ApplicationID: a.ID, Reference: in.Reference, Money: in.money(a.Holder, u.Now())})
		},
	}, opts)
}

// refundReceipts turns what is left of the premium received into refunds, one for each
// receipt and to whoever paid it.
func refundReceipts(u *command.Unit, a *Application) error {
	receipts, err := storage.Find[Receipt](u, ofApplication(a.ID))
	if err != nil {
		return err
	}
	total := decimal.Zero
	for i := range receipts {
		r := &receipts[i]
		back := r.Unallocated()
		if !back.IsPositive() {
			continue
		}
		if _, err := payment.Open(u.Context(), u.Runner(), payment.Order{
			Owner: payment.Owner{Kind: "application", ID: a.ID}, Branch: a.Branch, Kind: payment.Refund,
			Payee: r.Payer, Method: r.Method, Amount: back, Currency: a.Currency,
		}); err != nil {
			return err
		}
		r.Refunded = r.Refunded.Add(back)
		total = total.Add(back)
		if err := u.Save(r); err != nil {
			return err
		}
	}
	if total.IsPositive() {
		u.Fact("refund", total)
	}
	return nil
}

// allocate uses receipts, the earliest first, for the first premium and returns how much
// of it they cover.
func (a *Application) allocate(u *command.Unit) (decimal.Decimal, error) {
	receipts, err := storage.Find[Receipt](u, ofApplication(a.ID))
	if err != nil {
		return decimal.Zero, err
	}
	left := a.FirstPremium
	for i := range receipts {
		r := &receipts[i]
		use := decimal.Min(left, r.Unallocated())
		if !use.IsPositive() {
			continue
		}
		r.Allocated, left = r.Allocated.Add(use), left.Sub(use)
		if err := u.Save(r); err != nil {
			return decimal.Zero, err
		}
	}
	return a.FirstPremium.Sub(left), nil
}

func premiumCovered(u *command.Unit, a *Application) error {
	if a.OnCredit {
		return nil
	}
	receipts, err := storage.Find[Receipt](u, ofApplication(a.ID))
	if err != nil {
		return err
	}
	have := decimal.Zero
	for i := range receipts {
		have = have.Add(receipts[i].Unallocated())
	}
	if have.LessThan(a.FirstPremium) {
		return fmt.Errorf("received are %s of the first premium of %s %s", have, a.FirstPremium, a.Currency)
	}
	return nil
}
