package payment_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/internal/matrix"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
)

func TestTheTableIsThatOfTheSpecification(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/payment.matrix")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	diffs, err := matrix.Compare(payment.Lifecycle, f)
	if err != nil || len(diffs) > 0 {
		t.Fatal(strings.Join(diffs, "\n"), err)
	}
}

// The money arrives, comes back because the account was closed, and arrives at a
// corrected account.
func TestABouncedPaymentIsPaidAgain(t *testing.T) {
	t.Parallel()
	w, ok := newWorld(), must(t)
	p := w.open(t, indemnity(kernel.NewID()))
	p = ok(w.payments.Request(cashier, p.ID, payment.Handover{Reference: "B-1"}))
	p = ok(w.payments.Issue(cashier, p.ID, payment.Receipt{}))
	p = ok(w.payments.Clear(cashier, p.ID, payment.Receipt{Voucher: "V-9"}))
	if p.State != payment.Cleared || p.Voucher != "V-9" || p.ClearedAt.IsZero() {
		t.Fatalf("%+v", p)
	}
	p = ok(w.payments.Bounce(cashier, p.ID, payment.Cause{Code: "account_closed"}))
	p = ok(w.payments.Request(cashier, p.ID, payment.Handover{Reference: "B-2", Account: privacy.New("6222 9")}))
	p = ok(w.payments.Issue(cashier, p.ID, payment.Receipt{}))
	p = ok(w.payments.Clear(cashier, p.ID, payment.Receipt{}))
	if p.Attempt != 2 || p.Reference != "B-2" || p.State != payment.Cleared {
		t.Errorf("%+v", p)
	}
	history, err := w.payments.History(cashier, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	for _, e := range history {
		events = append(events, e.Event)
		for name, v := range e.Facts {
			if s, is := v.(string); is && strings.Contains(s, "6222") {
				t.Errorf("%s: fact %s shows the account", e.Event, name)
			}
		}
	}
	want := []string{"Open", "Request", "Issue", "Clear", "Bounce", "Request", "Issue", "Clear"}
	if d := cmp.Diff(want, events); d != "" {
		t.Error(d)
	}
}

func TestEveryFaultOfAnOrderIsToldAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld()
	_, err := payment.Open(cashier, w.engine, payment.Order{
		Owner: payment.Owner{Kind: "visit", ID: "x"}, Branch: "a\x00b", Kind: "gift", Payee: "",
		Account: privacy.New(strings.Repeat("1", 1<<20)), Method: "\x00", Amount: yuan("-1"), Currency: "XXX",
		DueOn: kernel.NewDate(9999, 1, 1),
	})
	var fe *kernel.FieldErrors
	if !errors.As(err, &fe) {
		t.Fatal(err)
	}
	var paths []string
	for _, f := range fe.Faults {
		paths = append(paths, f.Path)
	}
	want := []string{"owner.kind", "owner.id", "kind", "payee", "branch", "method", "account", "currency", "amount", "due_on"}
	if d := cmp.Diff(want, paths); d != "" {
		t.Error(d)
	}
	page, err := w.payments.List(cashier, "", kernel.List{})
	if err != nil || len(page.Items) != 0 {
		t.Errorf("%d payments, %v", len(page.Items), err)
	}
}

func TestAmountsThatNoBankCanPayAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, amount := range []string{"0", "-0.01", "0.005", "900000000000000", "1e400"} {
		o := indemnity(kernel.NewID())
		o.Amount = yuan(amount)
		if _, err := payment.Open(cashier, w.engine, o); !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%s: %v", amount, err)
		}
	}
	o := indemnity(kernel.NewID())
	o.Amount, o.Currency = yuan("10.5"), "JPY"
	if _, err := payment.Open(cashier, w.engine, o); !errors.Is(err, kernel.ErrInvalid) {
		t.Errorf("half a yen: %v", err)
	}
}

func TestACommandInTheWrongStateSaysWhatIsAllowed(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := w.open(t, indemnity(kernel.NewID()))
	_, err := w.payments.Clear(cashier, p.ID, payment.Receipt{})
	var te *workflow.TransitionError
	if !errors.As(err, &te) || te.From != "pending" || !cmp.Equal(te.Allowed, []string{"Request", "Stop"}) {
		t.Fatalf("%+v %v", te, err)
	}
	_, err = w.payments.Stop(cashier, p.ID, payment.Cause{Code: "x"}, kernel.IfVersion(7))
	if !errors.Is(err, kernel.ErrConflict) {
		t.Error(err)
	}
	if _, err = w.payments.Stop(cashier, p.ID, payment.Cause{}); !errors.Is(err, kernel.ErrInvalid) {
		t.Errorf("without a cause: %v", err)
	}
	if _, err = w.payments.Get(cashier, kernel.NewID()); !errors.Is(err, kernel.ErrNotFound) {
		t.Error(err)
	}
	moves, err := w.payments.Allowed(cashier, p.ID)
	if err != nil || len(moves.Allowed) != 2 || moves.Allowed[0].Label.ZH != "提交支付" {
		t.Errorf("%+v %v", moves.Allowed, err)
	}
}

func TestOnlyThoseWhoPayGiveTheCommands(t *testing.T) {
	t.Parallel()
	w := newWorld()
	p := w.open(t, indemnity(kernel.NewID()))
	for _, role := range access.Staff {
		_, err := w.payments.Request(as(role), p.ID, payment.Handover{}, kernel.DryRun())
		if may := role == access.Cashier || role == access.Manager; may != (err == nil) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func TestPaymentsOfAnOwnerAreCountedOn(t *testing.T) {
	t.Parallel()
	w := newWorld()
	claim := kernel.NewID()
	first, second := w.open(t, indemnity(claim)), w.open(t, indemnity(claim))
	w.open(t, indemnity(kernel.NewID()))
	got, err := w.payments.ByOwner(cashier, payment.Owner{Kind: "claim", ID: claim})
	if err != nil || len(got) != 2 || got[0].ID != first.ID || got[1].Sequence != 2 {
		t.Fatalf("%+v %v", got, err)
	}
	found, err := w.payments.ByKey(cashier, second.BusinessKey+"#3")
	if err != nil || found.ID != second.ID {
		t.Errorf("%+v %v", found, err)
	}
	for _, key := range []string{"", "claim/x/1", "\x00", strings.Repeat("k", 1<<20)} {
		if _, err := w.payments.ByKey(cashier, key); !errors.Is(err, kernel.ErrNotFound) {
			t.Errorf("%.10q: %v", key, err)
		}
	}
	none, err := w.payments.ByOwner(cashier, payment.Owner{Kind: "claim", ID: "nobody"})
	if err != nil || len(none) != 0 {
		t.Errorf("%v %v", none, err)
	}
}

// Whatever is tried in whatever order, what arrived and did not come back is what
// cleared payments say.
func TestAnyOrderOfEvents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld()
		p := w.open(t, indemnity(kernel.NewID()))
		state, arrived := p.State, false
		for _, e := range rapid.SliceOfN(rapid.SampledFrom([]payment.Event{
			payment.EventRequest, payment.EventIssue, payment.EventClear, payment.EventBounce, payment.EventFail, payment.EventStop, payment.EventVoid,
		}), 1, 20).Draw(rt, "events") {
			got, err := w.fire(e, p.ID)
			if err != nil {
				if !errors.Is(err, kernel.ErrState) {
					rt.Fatal(err)
				}
				continue
			}
			state = got.State
			arrived = e == payment.EventClear || arrived && e != payment.EventBounce
		}
		got, err := w.payments.Get(cashier, p.ID)
		if err != nil || got.State != state || (got.State == payment.Cleared) != arrived {
			rt.Fatalf("%s, arrived %v: %+v %v", state, arrived, got, err)
		}
	})
}

func (w *world) fire(e payment.Event, id kernel.ID) (payment.Payment, error) {
	cause := payment.Cause{Reason: privacy.New("as the bank says")}
	switch e {
	case payment.EventRequest:
		return w.payments.Request(cashier, id, payment.Handover{})
	case payment.EventIssue:
		return w.payments.Issue(cashier, id, payment.Receipt{})
	case payment.EventClear:
		return w.payments.Clear(cashier, id, payment.Receipt{})
	case payment.EventBounce:
		return w.payments.Bounce(cashier, id, cause)
	case payment.EventFail:
		return w.payments.Fail(cashier, id, cause)
	case payment.EventStop:
		return w.payments.Stop(cashier, id, cause)
	}
	return w.payments.Void(cashier, id, cause)
}
