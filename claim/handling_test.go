package claim_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/memory"
	"github.com/coverkit/crm/storage/sqlite"
)

// The handler changes, calls the claimant, asks for more and gets it; an adviser helps.
func TestHandling(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.report(t, injury("P-1"))
	w.accepted(t, c.ID, "1100")
	got(w.Assign(manager, c.ID, claim.Assignment{Handler: "chen"}))(t)
	got(w.Contact(adjuster, c.ID, claim.Conversation{Channel: "phone", Text: privacy.New("explained what is needed")}))(t)
	first := w.clock.Now()
	w.clock.Advance(time.Hour)
	got(w.Contact(adjuster, c.ID, claim.Conversation{}))(t)
	got(w.MarkComplex(adjuster, c.ID, claim.Remark{Text: privacy.New("accident abroad")}))(t)
	got(w.RequestMore(adjuster, c.ID, claim.MoreRequest{Documents: []string{"translation"}, Question: privacy.New("which hospital?")}))(t)
	got(w.SupplyMore(agent, c.ID, claim.MoreSupply{Documents: []claim.Paper{{Kind: "translation", Name: privacy.New("scan.pdf"), SHA256: strings.Repeat("ab", 32)}}}))(t)
	c = got(w.Assist(manager, c.ID, claim.Assistance{Assistant: "adviser-3"}))(t)
	if c.Handler != "chen" || !c.ContactedAt.Equal(first) || !c.Complex || c.Assistant != "adviser-3" || c.State != claim.Accepted {
		t.Errorf("%+v", c)
	}
	docs := got(w.Documents(auditor, c.ID))(t)
	if last := docs[len(docs)-1]; last.Kind != "translation" || last.Missing() || !last.Required {
		t.Errorf("%+v", last)
	}
	for _, err := range []error{
		last(w.RequestMore(adjuster, c.ID, claim.MoreRequest{})), last(w.SupplyMore(agent, c.ID, claim.MoreSupply{})),
		last(w.MarkComplex(adjuster, c.ID, claim.Remark{})), last(w.Assign(manager, c.ID, claim.Assignment{})),
		last(w.AddDocument(agent, c.ID, claim.Paper{Kind: "x", Size: -1, SHA256: "12"})),
		last(w.Notify(adjuster, c.ID, claim.Message{Kind: "gossip"})),
		last(w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeProgress, DispatchedAt: w.clock.Now().Add(time.Hour)})),
		last(w.Reserve(adjuster, c.ID, claim.Reserving{Loss: yuan("-1"), Reason: privacy.New("release")})),
		last(w.Check(adjuster, c.ID, claim.Review{Kind: "smell"})),
		last(w.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCoverage, Result: claim.Failed})),
	} {
		if !errors.Is(err, kernel.ErrInvalid) {
			t.Error(err)
		}
	}
	if _, err := w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeAmount}); !errors.Is(err, kernel.ErrState) {
		t.Errorf("an amount before the decision: %v", err)
	}
	checks := got(w.Checks(auditor, c.ID))(t)
	if len(checks) != 3 || checks[2].Kind != claim.CheckCoverage || checks[2].By != "li" {
		t.Errorf("%+v", checks)
	}
	w.sound(t)
}

// An advance went to the hospital: together with it nobody gets more than was approved.
func TestAnAdvanceToSomebodyElse(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.report(t, claim.Notice{Policy: "P-3", OccurredAt: accident, Cause: "injury", Claimed: yuan("100000")})
	w.accepted(t, c.ID, "100000")
	got(w.Assess(adjuster, c.ID, claim.Assessment{Lines: []claim.Item{{Coverage: "death"}}}))(t)
	got(w.Reserve(adjuster, c.ID, claim.Reserving{Undisputed: yuan("10000"), Reason: privacy.New("hospital bill")}))(t)
	got(w.Advance(adjuster, c.ID, claim.AdvanceOrder{Amount: yuan("10000"), Payee: "hospital", Account: privacy.New("6227")}))(t)
	got(w.Approve(manager, c.ID, claim.Approval{}))(t)
	got(w.Notify(adjuster, c.ID, claim.Message{Kind: claim.NoticeAmount}))(t)
	got(w.Agree(adjuster, c.ID, claim.Agreement{}))(t) // a fixed sum counts as agreed
	got(w.RequestPayment(adjuster, c.ID, claim.PaymentOrder{}))(t)
	have := map[kernel.Ref]string{}
	for _, p := range got(w.Payments(auditor, c.ID))(t) {
		have[p.Payee] = p.Amount.String()
	}
	if d := cmp.Diff(map[kernel.Ref]string{"hospital": "10000", "c-wife": "60000", "c-son": "30000"}, have); d != "" {
		t.Error(d)
	}
	w.transfer(t, c.ID)
	if c = got(w.Get(auditor, c.ID))(t); c.State != claim.Paid {
		t.Error(c.State)
	}
	w.money(t, c.ID)
}

// Nothing personal lies readable in the database, in errors, or in what is printed.
func TestPersonalDataIsSealed(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "crm.db")
	s, err := sqlite.Open(path)
	w := newWorld(ready(t, s, err))
	in := injury("P-1")
	in.Place, in.Description = privacy.New("CANARY place"), privacy.New("CANARY story")
	in.Account = privacy.New("CANARY account")
	c := w.report(t, in)
	f := filing("1100")
	f.Documents = []claim.Paper{{Kind: "id_card", Name: privacy.New("CANARY name"), URI: privacy.New("s3://CANARY")}, {Kind: "invoice"}}
	got(w.File(adjuster, c.ID, f))(t)
	got(w.Check(adjuster, c.ID, claim.Review{Kind: claim.CheckCompleteness, Grounds: privacy.New("CANARY grounds")}))(t)
	got(w.Accept(adjuster, c.ID, claim.Acceptance{}))(t)
	got(w.Reserve(adjuster, c.ID, claim.Reserving{Loss: yuan("10"), Undisputed: yuan("5"), Reason: privacy.New("CANARY reserve")}))(t)
	got(w.Advance(adjuster, c.ID, claim.AdvanceOrder{Amount: yuan("5")}))(t)
	got(w.Withdraw(agent, c.ID, claim.Remark{Text: privacy.New("CANARY reason")}))(t)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "CANARY") {
			t.Errorf("%s holds personal data", filepath.Base(f))
		}
	}
}

// A claim's account is sealed anew for whoever is paid, and the payer reads it.
func TestTheClaimsAccountReachesThePayer(t *testing.T) {
	t.Parallel()
	w := newWorld(memory.New())
	c := w.payable(t, injury("P-1"), "1100")
	var account, payee string
	n, err := w.payments.Dispatch(cashier, payment.PayerFunc(func(_ context.Context, o payment.Order) (string, error) {
		account, _ = o.Account.Plain()
		payee = string(o.Payee)
		return "B-1", nil
	}))
	if n != 1 || err != nil || account != "6222 0212 3456 7890" || payee != "c-1" {
		t.Errorf("%d %v %q %q", n, err, account, payee)
	}
	if p := got(w.Payments(auditor, c.ID))(t); p[0].Reference != "B-1" {
		t.Errorf("%+v", p)
	}
}
