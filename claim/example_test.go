package claim_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage/memory"
)

// From the notice of loss to the archive. In a program of yours, w is a crm.CRM, and the
// context says who acts.
func Example() {
	w, ctx := newWorld(memory.New()), manager
	c, _ := w.Report(ctx, claim.Notice{Policy: "P-1", OccurredAt: accident, Cause: "injury", Account: privacy.New("6222 0212")})
	c, _ = w.File(ctx, c.ID, claim.Filing{Claimed: yuan("1100"), Documents: []claim.Paper{{Kind: "id_card"}, {Kind: "invoice"}}})
	c, _ = w.Check(ctx, c.ID, claim.Review{Kind: claim.CheckCompleteness})
	c, _ = w.Accept(ctx, c.ID, claim.Acceptance{Handler: "li"})
	c, _ = w.Check(ctx, c.ID, claim.Review{Kind: claim.CheckAuthenticity})
	c, _ = w.Check(ctx, c.ID, claim.Review{Kind: claim.CheckCoverage})
	c, _ = w.Assess(ctx, c.ID, claim.Assessment{})
	c, _ = w.Approve(ctx, c.ID, claim.Approval{})
	c, _ = w.Notify(ctx, c.ID, claim.Message{Kind: claim.NoticeAmount})
	c, _ = w.Agree(ctx, c.ID, claim.Agreement{How: "signed"})
	c, _ = w.RequestPayment(ctx, c.ID, claim.PaymentOrder{})
	fmt.Println(c.Number, c.State, c.Approved, c.Currency)

	bank := payment.PayerFunc(func(context.Context, payment.Order) (string, error) { return "BANK-77", nil })
	_, _ = w.payments.Dispatch(ctx, bank)
	p, _ := w.Payments(ctx, c.ID)
	_, _ = w.payments.Issue(ctx, p[0].ID, payment.Receipt{})
	_, _ = w.payments.Clear(ctx, p[0].ID, payment.Receipt{Voucher: "V-1"})
	c, err := w.Close(ctx, c.ID)
	fmt.Println(c.State, err)
	// Output:
	// CLM-2026-00000001 payable 900 CNY
	// closed <nil>
}

// The small and simple claim in one command.
func ExampleService_SettleDirect() {
	w := newWorld(memory.New())
	c, _ := w.Report(adjuster, injury("P-1"))
	c, err := w.SettleDirect(adjuster, c.ID, claim.Settlement{
		Filing: claim.Filing{Claimed: yuan("600"), Documents: papers},
		Agreed: "app",
	})
	fmt.Println(c.State, c.Approved, err)
	// Output: payable 450 <nil>
}

// Above one's authority a decision is referred.
func ExampleService_Refer() {
	w := newWorld(memory.New())
	c := w.assessed(fatal{}, injury("P-1"), "15000")
	_, err := w.Approve(adjuster, c.ID, claim.Approval{})
	fmt.Println(errors.Is(err, kernel.ErrForbidden))
	c, _ = w.Refer(adjuster, c.ID, claim.Referral{})
	c, _ = w.Countersign(manager, c.ID, claim.Remark{})
	fmt.Println(c.State, c.Approved, "by", c.DecidedBy)
	// Output:
	// true
	// approved 13410 by wang
}

// Each line keeps how its amount came about.
func ExampleService_Lines() {
	w := newWorld(memory.New())
	c := w.assessed(fatal{}, injury("P-1"), "1100")
	lines, _ := w.Lines(adjuster, c.ID)
	for _, s := range lines[0].Trace {
		fmt.Println(s.Name, s.Formula, "=", s.Result)
	}
	// Output:
	// loss claimed = 1100
	// deductible 1100 - 100, not below 0 = 1000
	// copay 1000 × (1 - 0.1) = 900
	// limit min(900, 20000) = 900
}

// A product of the host's own: half of the loss, through the usual limits.
func ExampleCalculator() {
	half := claim.CalculatorFunc(func(q claim.Question) (claim.Answer, error) {
		s := claim.NewSheet(q)
		s.Start("loss", "claimed", q.Item.Claimed)
		s.Times("half", "promised", yuan("0.5"))
		return s.Finish()
	})
	a, err := half.Calculate(claim.Question{
		Item: claim.Item{Claimed: yuan("1000")}, Currency: kernel.CNY, Limited: true, Left: yuan("400"),
	})
	fmt.Println(a.Amount, err)
	// Output: 400 <nil>
}

// A death benefit among those entitled; the parts equal the whole.
func ExampleShares() {
	parts, _ := claim.Shares(yuan("100"), kernel.CNY, []kernel.Share{
		{Party: "wife", Order: 1}, {Party: "son", Order: 1}, {Party: "daughter", Order: 1}, {Party: "brother", Order: 2},
	}, nil, "")
	for _, p := range parts {
		fmt.Println(p.Party, p.Amount)
	}
	// Output:
	// wife 33.34
	// son 33.33
	// daughter 33.33
}

// fatal ends an example on an error.
type fatal struct{}

func (fatal) Helper()                      {}
func (fatal) Error(args ...any)            { panic(fmt.Sprint(args...)) }
func (fatal) Errorf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
func (fatal) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }
func (fatal) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }
