package claim_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/memory"
)

// The benefit for death goes to wife and son by weight; expenses go to the claimant.
func TestADeathBenefitIsShared(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.report(t, claim.Notice{Policy: "P-3", OccurredAt: accident, Cause: "death", Claimant: "c-wife", Claimed: yuan("100000")})
		got(w.File(adjuster, c.ID, claim.Filing{Documents: []claim.Paper{{Kind: "id_card"}, {Kind: "death_certificate"}}}))(t)
		for _, k := range []claim.CheckKind{claim.CheckCompleteness, claim.CheckAuthenticity, claim.CheckCoverage} {
			got(w.Check(adjuster, c.ID, claim.Review{Kind: k}))(t)
		}
		got(w.Accept(adjuster, c.ID, claim.Acceptance{}))(t)
		got(w.Assess(adjuster, c.ID, claim.Assessment{Lines: []claim.Item{{Coverage: "death"}, {Coverage: "medical", Claimed: yuan("300")}}}))(t)
		got(w.Approve(manager, c.ID, claim.Approval{Amount: yuan("100300")}))(t)
		got(w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeAmount}))(t)
		got(w.Agree(adjuster, c.ID, claim.Agreement{How: "signed"}))(t)
		got(w.RequestPayment(cashier, c.ID, claim.PaymentOrder{Accounts: map[kernel.Ref]privacy.Secret{"c-son": privacy.New("6225")}}))(t)
		want := map[kernel.Ref]string{"c-wife": "66966.67", "c-son": "33333.33"}
		have := map[kernel.Ref]string{}
		for _, p := range got(w.Payments(auditor, c.ID))(t) {
			have[p.Payee] = p.Amount.String()
			if p.Branch != "north" {
				t.Errorf("branch %q", p.Branch)
			}
		}
		if d := cmp.Diff(want, have); d != "" {
			t.Error(d)
		}
		if _, err := w.RequestPayment(cashier, c.ID, claim.PaymentOrder{}); !errors.Is(err, kernel.ErrState) {
			t.Errorf("twice: %v", err)
		}
		w.transfer(t, c.ID)
		if c = got(w.Get(auditor, c.ID))(t); c.State != claim.Paid {
			t.Error(c.State)
		}
		w.money(t, c.ID)
		w.sound(t)
	})
}

// The money comes back weeks after the file was closed; it opens again and is paid anew.
func TestABouncedPaymentReopensTheFile(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.payable(t, injury("P-1"), "1100")
	w.transfer(t, c.ID)
	got(w.Close(adjuster, c.ID))(t)
	p := got(w.Payments(auditor, c.ID))(t)[0]
	got(w.payments.Bounce(cashier, p.ID, payment.Cause{Code: "account_closed"}))(t)
	if c = got(w.Get(auditor, c.ID))(t); c.State != claim.Payable || !c.ClosedAt.IsZero() {
		t.Fatalf("%s", c.State)
	}
	got(w.payments.Request(cashier, p.ID, payment.Handover{Account: privacy.New("6222 1")}))(t)
	got(w.payments.Issue(cashier, p.ID, payment.Receipt{}))(t)
	got(w.payments.Clear(cashier, p.ID, payment.Receipt{}))(t)
	if c = got(w.Get(auditor, c.ID))(t); c.State != claim.Paid {
		t.Errorf("%s", c.State)
	}
	history := got(w.History(auditor, c.ID))(t)
	if last := history[len(history)-1]; last.Event != "Settle" || last.Role != string(access.System) || last.OnBehalf != "qian" {
		t.Errorf("%+v", last)
	}
	w.money(t, c.ID)
	w.sound(t)
}

// A payment is stopped: the claim is not settled until another has taken its place.
func TestAStoppedPaymentIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.payable(t, injury("P-1"), "1100")
	p := got(w.Payments(auditor, c.ID))(t)[0]
	got(w.payments.Stop(cashier, p.ID, payment.Cause{Code: "wrong_account"}))(t)
	got(w.RequestPayment(cashier, c.ID, claim.PaymentOrder{Accounts: map[kernel.Ref]privacy.Secret{"c-1": privacy.New("62 99")}}))(t)
	w.transfer(t, c.ID)
	if c = got(w.Get(auditor, c.ID))(t); c.State != claim.Paid {
		t.Error(c.State)
	}
	if n := len(got(w.Payments(auditor, c.ID))(t)); n != 2 {
		t.Error(n)
	}
	w.money(t, c.ID)
}

// A part is undisputed: it is paid at once, never more than it, and counts later.
func TestAnAdvance(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.assessed(t, injury("P-1"), "1100")
	if _, err := w.Advance(adjuster, c.ID, claim.AdvanceOrder{Amount: yuan("1")}); !errors.Is(err, kernel.ErrState) {
		t.Errorf("nothing is undisputed yet: %v", err)
	}
	got(w.Reserve(adjuster, c.ID, claim.Reserving{Loss: yuan("2000"), Undisputed: yuan("400"), Reason: privacy.New("first estimate")}))(t)
	if _, err := w.Advance(adjuster, c.ID, claim.AdvanceOrder{Amount: yuan("400.01")}); !errors.Is(err, kernel.ErrInvalid) {
		t.Error(err)
	}
	got(w.Advance(adjuster, c.ID, claim.AdvanceOrder{Amount: yuan("300")}))(t)
	if _, err := w.Advance(adjuster, c.ID, claim.AdvanceOrder{Amount: yuan("100.01")}); !errors.Is(err, kernel.ErrInvalid) {
		t.Error(err)
	}
	w.money(t, c.ID)
	w.transfer(t, c.ID)
	got(w.Approve(adjuster, c.ID, claim.Approval{}))(t)
	got(w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeAmount}))(t)
	got(w.Agree(adjuster, c.ID, claim.Agreement{How: "signed"}))(t)
	got(w.RequestPayment(adjuster, c.ID, claim.PaymentOrder{}))(t)
	p := got(w.Payments(auditor, c.ID))(t)
	if len(p) != 2 || p[0].Kind != payment.Advance || !p[1].Amount.Equal(yuan("600")) {
		t.Errorf("%+v", p)
	}
	w.transfer(t, c.ID)
	got(w.Close(adjuster, c.ID))(t)
	sum := decimal.Zero
	for _, r := range got(w.Reserves(auditor, c.ID))(t) {
		sum = sum.Add(r.Change)
	}
	if !sum.IsZero() {
		t.Errorf("%s is still reserved", sum)
	}
	w.money(t, c.ID)
	w.sound(t)
}

// Advances have paid everything before the claimant agrees: agreeing settles.
func TestAdvancesThatPaidEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.approved(t, injury("P-1"), "1100")
	got(w.Advance(adjuster, c.ID, claim.AdvanceOrder{Amount: yuan("900")}))(t)
	w.transfer(t, c.ID)
	got(w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeAmount}))(t)
	got(w.Agree(adjuster, c.ID, claim.Agreement{How: "signed"}))(t)
	if c = got(w.Get(auditor, c.ID))(t); c.State != claim.Paid {
		t.Error(c.State)
	}
}

// A mistake: the decision is taken back after payment, and the new one is lower. What is
// too much stays visible.
func TestReassessing(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, w *world) {
		c := w.payable(t, injury("P-2"), "1000")
		w.transfer(t, c.ID)
		if a := got(w.Accumulators(auditor, "P-2"))(t)[0]; a.State != claim.Exhausted {
			t.Errorf("%+v", a)
		}
		if _, err := w.Reassess(adjuster, c.ID, claim.Reassessment{Reason: privacy.New("x")}); !errors.Is(err, kernel.ErrForbidden) {
			t.Errorf("an adjuster reopens: %v", err)
		}
		c = got(w.Reassess(manager, c.ID, claim.Reassessment{Code: "mistake", Reason: privacy.New("an invoice counted twice")}))(t)
		if a := got(w.Accumulators(auditor, "P-2"))(t)[0]; a.State != claim.Available || !a.Used.IsZero() {
			t.Errorf("%+v", a)
		}
		w.money(t, c.ID)
		c = got(w.Approve(manager, c.ID, claim.Approval{Lines: []claim.Item{{Claimed: yuan("700")}}}))(t)
		if !c.Approved.Equal(yuan("700")) || !c.Overpaid.Equal(yuan("300")) {
			t.Errorf("%s, overpaid %s", c.Approved, c.Overpaid)
		}
		got(w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeAmount}))(t)
		got(w.Agree(adjuster, c.ID, claim.Agreement{How: "letter"}))(t)
		if c = got(w.Get(auditor, c.ID))(t); c.State != claim.Paid {
			t.Error(c.State)
		}
		w.money(t, c.ID)
		w.sound(t)
	})
}

// The claimant takes the claim back after an advance: nothing more goes out, and what
// did is owed.
func TestWithdrawing(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.assessed(t, injury("P-1"), "1100")
	got(w.Reserve(adjuster, c.ID, claim.Reserving{Undisputed: yuan("500"), Reason: privacy.New("clear so far")}))(t)
	got(w.Advance(adjuster, c.ID, claim.AdvanceOrder{Amount: yuan("200")}))(t)
	w.transfer(t, c.ID)
	got(w.Advance(adjuster, c.ID, claim.AdvanceOrder{Amount: yuan("300")}))(t)
	c = got(w.Withdraw(agent, c.ID, claim.Remark{Text: privacy.New("settled with the other driver")}))(t)
	p := got(w.Payments(auditor, c.ID))(t)
	if c.State != claim.Withdrawn || !c.Overpaid.Equal(yuan("200")) || p[1].State != payment.Stopped {
		t.Errorf("%s overpaid %s, %s", c.State, c.Overpaid, p[1].State)
	}
	w.money(t, c.ID)
	again := injury("P-1") // withdrawn claims are no duplicates
	if second := w.report(t, again); second.Twin != 2 {
		t.Error(second.Twin)
	}
	w.sound(t)
}

func TestALossWithinTheDeductibleIsClosedWithoutPayment(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.approved(t, injury("P-1"), "80")
	if _, err := w.Agree(adjuster, c.ID, claim.Agreement{}); !errors.Is(err, kernel.ErrState) {
		t.Error(err)
	}
	if c = got(w.CloseNil(adjuster, c.ID))(t); c.State != claim.Closed {
		t.Error(c.State)
	}
}
