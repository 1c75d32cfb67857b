package policy_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
	"github.com/coverkit/crm/storage/memory"
)

// Cover is read from terms and time: before, within, after, and around a cancellation.
func TestCoverAt(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		w.sell(t, accident())
		p := w.insured(t, zhang(), paid("680.50"))
		at := func(i time.Time) string {
			t.Helper()
			c := must(w.Policies.CoverAt(agent, p.ID.Ref(), i))(t)
			if c.InForce != (c.WhyNot == "") {
				t.Errorf("in force is %v, why not %q", c.InForce, c.WhyNot)
			}
			return c.WhyNot
		}
		for _, tt := range []struct {
			at   time.Time
			want string
		}{
			{p.From.Add(-time.Microsecond), policy.NotBegun}, {p.From, ""},
			{p.To.Add(-time.Microsecond), ""}, {p.To, policy.CoverEnd}, {time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), policy.CoverEnd}, {time.Time{}, policy.NotBegun},
		} {
			if got := at(tt.at); got != tt.want {
				t.Errorf("at %s: %q, want %q", tt.at, got, tt.want)
			}
		}
		w.clock.Set(noon.AddDate(0, 2, 0))
		cut := day.AddMonths(1)
		must(w.Policies.Cancel(agent, p.ID, policy.Cancellation{From: cut, Refund: policy.NoRefund, Grounds: policy.Grounds{Code: "sold"}}))(t)
		for _, tt := range []struct {
			at   time.Time
			want string
		}{
			{p.From, ""}, {cut.In(china).Add(-time.Microsecond), ""}, {cut.In(china), "cancelled"}, {p.To.AddDate(1, 0, 0), "cancelled"},
		} {
			if got := at(tt.at); got != tt.want {
				t.Errorf("cancelled, at %s: %q, want %q", tt.at, got, tt.want)
			}
		}
		c := must(w.Policies.CoverAt(agent, kernel.Ref(p.Number), cut.In(china)))(t)
		if !c.Since.Equal(cut.In(china)) || c.PolicyID != p.ID || c.Terms != 2 {
			t.Errorf("the cover by number is %+v", c)
		}
		for _, ref := range []kernel.Ref{"", "P-1999-1", "\x00", kernel.NewID().Ref()} {
			refused(w.Policies.CoverAt(agent, ref, noon))(t, kernel.ErrNotFound)
		}
	})
}

// What a claim needs to know is in the cover.
func TestCoverTellsAll(t *testing.T) {
	t.Parallel()
	w := inMemory()
	w.sell(t, accident())
	form := zhang()
	form.PayMode, form.Branch = policy.Quarterly, "north"
	form.Beneficiaries = []policy.Beneficiary{{Share: kernel.Share{Party: "c-wife", Order: 1, Weight: 2}, Relation: policy.Spouse}, {Share: kernel.Share{Party: "c-son", Order: 1, Weight: 1}, Relation: policy.Child}}
	p := w.insured(t, form, paid("200"))
	c := must(w.Policies.CoverAt(agent, p.ID.Ref(), noon))(t)
	if c.Number != p.Number || c.Line != kernel.Accident || c.Group || c.Branch != "north" || c.Currency != kernel.CNY || c.Zone != policy.DefaultZone || c.Product != "ACC" {
		t.Errorf("cover is %+v", c)
	}
	if c.Holder != "c-zhang" || len(c.Insured) != 1 || c.Insured[0].Party != "c-zhang" || len(c.Beneficiaries) != 2 || c.Beneficiaries[0].Weight != 2 {
		t.Errorf("people are %+v", c)
	}
	med := c.Coverages[1]
	if med.Code != "MED" || !med.Limit.Equal(yuan("20000")) || !med.Deductible.Equal(yuan("100")) || !med.WaitingUntil.Equal(day.AddDays(30).In(china)) {
		t.Errorf("the medical coverage is %+v", med)
	}
	if death := c.Coverages[0]; !death.WaitingUntil.Equal(p.From) || !death.Death || !death.Limit.Equal(yuan("500000")) {
		t.Errorf("the death coverage is %+v", death)
	}
	if diff := cmp.Diff(map[string][]string{"": {"claim_form"}, "death": {"death_certificate"}}, c.Documents); diff != "" {
		t.Error(diff)
	}
	if !c.Unpaid.IsZero() {
		t.Errorf("unpaid are %s on the first day", c.Unpaid)
	}
	later := must(w.Policies.CoverAt(agent, p.ID.Ref(), day.AddMonths(6).In(china)))(t)
	if !later.Unpaid.Equal(yuan("340.24")) { // two of 170.12
		t.Errorf("unpaid are %s after six months", later.Unpaid)
	}
	must(w.Policies.ReceivePremium(cashier, p.ID, paid("200")))(t)
	refused(w.Policies.ReceivePremium(cashier, p.ID, paid("200")))(t, kernel.ErrDuplicate)
	later = must(w.Policies.CoverAt(agent, p.ID.Ref(), day.AddMonths(6).In(china)))(t)
	if !later.Unpaid.Equal(yuan("140.24")) {
		t.Errorf("unpaid are %s after 200 were paid", later.Unpaid)
	}
	must(w.Policies.ReceivePremium(cashier, p.ID, paid("500")))(t)
	r := must(w.Policies.Receipts(auditor, p.ID))(t)
	if len(r) != 2 || !r[1].Unallocated().Equal(yuan("189.62")) { // 170.12 + 680.50 − 170.12 − 200 are owed of the 500
		t.Errorf("receipts are %+v", r)
	}
	w.sound(t)
}

// Cancelling pro rata keeps the premium of the days that were covered and pays the rest
// back, half-even.
func TestCancelProRata(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		w.sell(t, accident())
		p := w.insured(t, zhang(), paid("680.50"))
		w.clock.Set(noon.AddDate(0, 0, 99))
		in := policy.Cancellation{Refund: policy.ProRata, Account: secret("6222 0000"), Method: "transfer", Grounds: policy.Grounds{Reason: secret("Moving abroad.")}}
		for name, bad := range map[string]policy.Cancellation{
			"without a reason":  {Refund: policy.ProRata},
			"in the future":     {Refund: policy.ProRata, From: day.AddDays(101), Grounds: in.Grounds},
			"before inception":  {Refund: policy.ProRata, From: day.AddDays(-1), Grounds: in.Grounds},
			"in the year 9999":  {Refund: policy.ProRata, From: kernel.NewDate(9999, 1, 1), Grounds: in.Grounds},
			"with half a basis": {Refund: "half", Grounds: in.Grounds},
		} {
			if _, err := w.Policies.Cancel(agent, p.ID, bad); !errors.Is(err, kernel.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		got := must(w.Policies.Cancel(agent, p.ID, in))(t)
		// 100 of 365 days are covered: 680.50 × 100 ÷ 365 = 186.438…, so 494.06 go back.
		if got.State != policy.PolicyCancelled || !got.CancelledFrom.Equal(day.AddDays(100).In(china)) || !got.Refunded.Equal(yuan("494.06")) {
			t.Errorf("cancelled is %s from %s, refund %s", got.State, got.CancelledFrom, got.Refunded)
		}
		back := must(w.payments.ByOwner(auditor, payment.Owner{Kind: "policy", ID: p.ID}))(t)
		if len(back) != 1 || !back[0].Amount.Equal(yuan("494.06")) || back[0].Payee != "c-zhang" || !back[0].Account.IsSealed() {
			t.Errorf("refunds are %+v", back)
		}
		refused(w.Policies.Cancel(agent, p.ID, in))(t, kernel.ErrState)
		refused(w.Policies.ReceivePremium(cashier, p.ID, paid("1")))(t, kernel.ErrState)
		w.sound(t)
	})
}

// A policy that never began gives everything back; one that owes more than was paid
// gives nothing.
func TestCancelBeforeAndInArrears(t *testing.T) {
	t.Parallel()
	w := inMemory()
	d := accident()
	d.OnCredit = true
	w.sell(t, d)
	form := zhang()
	form.Inception = day.AddDays(20)
	why := policy.Grounds{Code: "changed_mind"}
	p := w.insured(t, form, paid("680.50"))
	p = must(w.Policies.Cancel(agent, p.ID, policy.Cancellation{Refund: policy.ProRata, Grounds: why}))(t)
	if !p.Refunded.Equal(yuan("680.5")) {
		t.Errorf("%s go back", p.Refunded)
	}
	if c := must(w.Policies.CoverAt(agent, p.ID.Ref(), p.From))(t); c.WhyNot != "cancelled" {
		t.Errorf("covered although %q", c.WhyNot)
	}
	p = w.insured(t, zhang())
	w.clock.Set(noon.AddDate(0, 1, 0))
	p = must(w.Policies.Cancel(agent, p.ID, policy.Cancellation{Refund: policy.ProRata, Grounds: why}))(t)
	if !p.Refunded.IsZero() {
		t.Errorf("%s go back of nothing", p.Refunded)
	}
	if h := must(w.Policies.History(auditor, p.ID))(t); h[len(h)-1].Facts["refund"] != "0" {
		t.Errorf("the journal says %v", h[len(h)-1].Facts)
	}
}

// Cancelled on its first day a policy covered nothing; on its last, it ran its term.
func TestCancelOnFirstAndLastDay(t *testing.T) {
	t.Parallel()
	w := inMemory()
	w.sell(t, accident())
	why := policy.Grounds{Code: "changed_mind"}
	first := w.insured(t, zhang(), paid("680.50"))
	last := w.insured(t, zhang(), paid("680.50"))
	must(w.Policies.Cancel(agent, first.ID, policy.Cancellation{From: day, Refund: policy.ProRata, Grounds: why}))(t)
	w.clock.Set(last.To.Add(-time.Hour))
	must(w.Policies.Cancel(agent, last.ID, policy.Cancellation{Refund: policy.ProRata, Grounds: why}))(t)
	for _, tt := range []struct {
		p    policy.Policy
		at   time.Time
		want string
	}{
		{first, first.From.Add(-time.Microsecond), policy.NotBegun}, {first, first.From, "cancelled"},
		{last, last.To.Add(-time.Microsecond), ""}, {last, last.To, policy.CoverEnd},
	} {
		if c := must(w.Policies.CoverAt(agent, tt.p.ID.Ref(), tt.at))(t); c.WhyNot != tt.want {
			t.Errorf("%s at %s: %q, want %q", tt.p.Number, tt.at, c.WhyNot, tt.want)
		}
	}
}

// claimed is a host's claims: these policies have some.
type claimed map[kernel.Ref]bool

func (c claimed) Claimed(_ context.Context, p kernel.Ref) (bool, error) { return c[p], nil }

// life is a product for ten years with a cooling-off period of 15 days.
func life() policy.Design {
	d := accident()
	d.Code, d.Line = "LIFE", kernel.Life
	d.Coverages = d.Coverages[:1]
	d.Terms, d.PayModes = []policy.Term{{Years: 10}}, []policy.PayMode{policy.Yearly}
	d.Rates = []policy.Rate{{Coverage: "DEATH", Ages: policy.Ages{From: 18, Below: 60}, PerMille: yuan("1.5"), Yearly: true}}
	d.CoolingOffDays, d.CoolingOffFee = 15, yuan("10")
	return d
}

// The cooling-off period begins when the receipt is signed, and ends with its last day.
func TestCoolingOff(t *testing.T) {
	t.Parallel()
	claims := claimed{}
	w := newWorld(memory.New(), policy.Config{Claims: claims})
	w.sell(t, life())
	form := zhang()
	form.Product, form.PayMode = "LIFE", ""
	issue := func() policy.Policy { w.clock.Set(noon); return w.insured(t, form, paid("750")) }

	p := issue()
	if !p.Premium.Equal(yuan("7500")) || p.InCoolingOff(day) {
		t.Errorf("premium %s, in cooling-off %v", p.Premium, p.InCoolingOff(day))
	}
	refused(w.Policies.CancelCoolingOff(agent, p.ID, policy.CoolingOff{}))(t, kernel.ErrState, "not signed")
	refused(w.Policies.AcknowledgeReceipt(agent, p.ID, day.AddDays(1)))(t, kernel.ErrInvalid)
	refused(w.Policies.AcknowledgeReceipt(agent, p.ID, day.AddDays(-1)))(t, kernel.ErrInvalid)
	refused(w.Policies.AcknowledgeReceipt(agent, p.ID, 0))(t, kernel.ErrInvalid)
	w.clock.Set(noon.AddDate(0, 0, 3))
	p = must(w.Policies.AcknowledgeReceipt(agent, p.ID, day.AddDays(2)))(t)
	refused(w.Policies.AcknowledgeReceipt(agent, p.ID, day.AddDays(3)))(t, kernel.ErrState)
	if p.CoolingOffTo != day.AddDays(17) {
		t.Errorf("the period ends on %s", p.CoolingOffTo)
	}
	w.clock.Set(day.AddDays(18).In(china)) // the first instant after the last day
	refused(w.Policies.CancelCoolingOff(agent, p.ID, policy.CoolingOff{}))(t, kernel.ErrState, "ended on")
	w.clock.Set(day.AddDays(18).In(china).Add(-time.Microsecond))
	claims[p.ID.Ref()] = true
	refused(w.Policies.CancelCoolingOff(agent, p.ID, policy.CoolingOff{}))(t, kernel.ErrState, "claimed")
	refused(w.Policies.CancelCoolingOff(agent, kernel.ID(strings.ToUpper(string(p.ID))), policy.CoolingOff{}))(t, kernel.ErrState, "claimed")
	delete(claims, p.ID.Ref())
	p = must(w.Policies.CancelCoolingOff(agent, p.ID, policy.CoolingOff{}))(t)
	if p.State != policy.PolicyCancelled || !p.Refunded.Equal(yuan("740")) {
		t.Errorf("%s, %s go back", p.State, p.Refunded)
	}
	if c := must(w.Policies.CoverAt(agent, p.ID.Ref(), p.From))(t); c.InForce || c.WhyNot != "cancelled" {
		t.Error("a contract that was undone never covered anything")
	}
	known := must(w.Policies.TermsAt(agent, p.ID, policy.AsOf{At: p.From, Known: day.AddDays(10).In(china)}))(t)
	if known.Ended != "" || known.Number != 1 {
		t.Errorf("before the cancellation was known, the terms were %+v", known)
	}

	d := accident()
	w.sell(t, d)
	q := w.insured(t, zhang(), paid("680.50"))
	must(w.Policies.AcknowledgeReceipt(agent, q.ID, kernel.DateOf(w.clock.Now().In(china))))(t)
	refused(w.Policies.CancelCoolingOff(agent, q.ID, policy.CoolingOff{}))(t, kernel.ErrState, "no cooling-off period")
	w.sound(t)
}

// A policy expires when its term is over and not before.
func TestExpire(t *testing.T) {
	t.Parallel()
	w := inMemory()
	w.sell(t, accident())
	p := w.insured(t, zhang(), paid("680.50"))
	w.clock.Set(p.To.Add(-time.Microsecond))
	refused(w.Policies.Expire(agent, p.ID))(t, kernel.ErrState)
	w.clock.Set(p.To)
	if p = must(w.Policies.Expire(agent, p.ID))(t); p.State != policy.PolicyExpired {
		t.Errorf("a policy over its term is %s", p.State)
	}
}
