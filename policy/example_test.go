package policy_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/policy"
)

// A product on sale and a policy in force: the shortest way.
func Example() {
	w := inMemory()
	_, err := w.Products.Publish(manager, policy.Design{
		Code: "TRAVEL", Name: name("Travel", "旅行险"), Line: kernel.Travel,
		Coverages:   []policy.Coverage{{Code: "MED", Name: name("Medical", "医疗"), Calculator: "reimbursement", Basis: policy.Fixed, Limit: yuan("50000")}},
		Terms:       []policy.Term{{Days: 7}},
		PayModes:    []policy.PayMode{policy.Single},
		Rates:       []policy.Rate{{Coverage: "MED", Flat: yuan("35")}},
		Description: described,
	})
	if err != nil {
		fmt.Println(err)
	}
	p, err := w.Applications.IssueDirect(agent, policy.Direct{
		Form:     policy.Form{Product: "TRAVEL", Holder: "c-zhang", Inception: kernel.NewDate(2026, 12, 1)},
		Receipts: []policy.ReceiptForm{{Reference: "till-1", Amount: yuan("35")}},
	})
	fmt.Println(p.Number, p.State, p.Premium, p.Currency, p.Begins, p.Ends, err)
	// Output: P-2026-00000001 issued 35 CNY 2026-12-01 2026-12-08 <nil>
}

// From the draft to the shelf step by step, by two people.
func ExampleProducts() {
	w := inMemory()
	p, _ := w.Products.Draft(designer, accident())
	fmt.Println(p.Code, p.Edition, p.State)
	p, _ = w.Products.Submit(designer, p.ID)
	p, _ = w.Products.Approve(manager, p.ID)
	p, _ = w.Products.Launch(designer, p.ID)
	fmt.Println(p.State)
	_, err := w.Products.Edit(designer, p.ID, accident())
	fmt.Println(err)
	// Output:
	// ACC 1 draft
	// on_sale
	// product: Edit refused in on_sale: it is possible only in draft
}

// A case to which a rule objects is not issued at once; it goes to an underwriter.
func ExampleApplications_IssueDirect() {
	w := inMemory()
	_, _ = w.Products.Publish(manager, accident())
	form := zhang()
	form.Insured[0].Birth = kernel.NewDate(1950, 1, 1)
	_, err := w.Applications.IssueDirect(agent, policy.Direct{Form: form})
	var oe *policy.ObjectionError
	if errors.As(err, &oe) {
		for _, o := range oe.Objections {
			fmt.Println(o.Rule, "in", o.Path, "blocks", o.Blocks)
		}
	}
	// Output: issue_age in insured[0] blocks Approve
}

// An application step by step. Allowed says at any time what may follow.
func ExampleApplications() {
	w := inMemory()
	_, _ = w.Products.Publish(manager, accident())
	a, _ := w.Applications.Draft(agent, zhang())
	a, _ = w.Applications.Submit(agent, a.ID)
	fmt.Println(a.Number, a.State, a.Premium)
	passed := policy.Verdict{Passed: true}
	a, _ = w.Applications.PassReview(underwriter, a.ID, policy.Review{Complete: passed, Genuine: passed, ByLine: passed, Compliance: passed})
	moves, _ := w.Applications.Allowed(underwriter, a.ID)
	for _, m := range moves.Allowed {
		if m.To != a.State {
			fmt.Println(m.Event, "→", m.To)
		}
	}
	a, _ = w.Applications.Approve(underwriter, a.ID)
	a, _ = w.Applications.Sign(agent, a.ID)
	a, _ = w.Applications.ReceivePremium(cashier, a.ID, policy.ReceiptForm{Reference: "bank-8", Amount: yuan("700")})
	a, _ = w.Applications.Issue(agent, a.ID)
	fmt.Println(a.State, a.PolicyNo)
	// Output:
	// A-2026-00000001 submitted 680.5
	// Approve → approved
	// Counteroffer → counteroffered
	// Decline → declined
	// Expire → expired
	// Postpone → postponed
	// Refer → referred
	// Withdraw → withdrawn
	// issued P-2026-00000001
}

// Whether a loss is covered is told by terms and time, not by the policy's state.
func ExamplePolicies_CoverAt() {
	w := inMemory()
	_, _ = w.Products.Publish(manager, accident())
	p, _ := w.Applications.IssueDirect(agent, policy.Direct{Form: zhang(), Receipts: []policy.ReceiptForm{paid("680.50")}})
	w.clock.Set(noon.AddDate(0, 3, 0))
	p, _ = w.Policies.Cancel(agent, p.ID, policy.Cancellation{
		From: kernel.NewDate(2027, 2, 1), Refund: policy.ProRata, Grounds: policy.Grounds{Code: "moved_abroad"},
	})
	fmt.Println(p.State, "refund", p.Refunded)
	for _, on := range []kernel.Date{kernel.NewDate(2027, 1, 31), kernel.NewDate(2027, 2, 1)} {
		c, _ := w.Policies.CoverAt(agent, kernel.Ref(p.Number), p.Day(on))
		fmt.Printf("%s %v %q\n", on, c.InForce, c.WhyNot)
	}
	// Output:
	// cancelled refund 548.13
	// 2027-01-31 true ""
	// 2027-02-01 false "cancelled"
}

// What a policy said on a day, and as it was known on another.
func ExamplePolicies_TermsAt() {
	w := inMemory()
	_, _ = w.Products.Publish(manager, accident())
	p, _ := w.Applications.IssueDirect(agent, policy.Direct{Form: zhang(), Receipts: []policy.ReceiptForm{paid("680.50")}})
	w.clock.Set(noon.AddDate(0, 3, 0))
	p, _ = w.Policies.Cancel(agent, p.ID, policy.Cancellation{
		From: kernel.NewDate(2027, 2, 1), Refund: policy.NoRefund, Grounds: policy.Grounds{Code: "sold"},
	})
	february, january := p.Day(kernel.NewDate(2027, 2, 15)), p.Day(kernel.NewDate(2027, 1, 1))
	now, _ := w.Policies.TermsAt(agent, p.ID, policy.AsOf{At: february})
	then, _ := w.Policies.TermsAt(agent, p.ID, policy.AsOf{At: february, Known: january})
	fmt.Printf("of February, as known now: %d %q; as known in January: %d %q\n", now.Number, now.Ended, then.Number, then.Ended)
	// Output: of February, as known now: 2 "cancelled"; as known in January: 1 ""
}

// The built-in rater shows how it came to a premium.
func ExampleTableRater() {
	d := accident()
	q, err := policy.TableRater{}.Rate(context.Background(), policy.RatingRequest{
		Product: policy.Product{Currency: kernel.CNY, Design: d}, Risks: []policy.Risk{{Birth: kernel.NewDate(1990, 5, 1)}},
		Items: []policy.Item{{Coverage: "DEATH", SumInsured: yuan("123456.78")}}, Term: policy.Term{Years: 1},
		On: kernel.NewDate(2026, 11, 22), Loading: yuan("0.25"),
	})
	for _, s := range q.Items[0].Trace {
		fmt.Println(s.What, s.Value)
	}
	fmt.Println(q.Premium, err)
	// Output:
	// sum insured 123456.78
	// per mille, rates[0] 1.2
	// loading 0.25
	// premium, half-even 185.19
	// 185.19 <nil>
}
