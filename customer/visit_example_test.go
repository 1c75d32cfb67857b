package customer_test

import (
	"fmt"

	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
)

// A new policy is called back on: the customer is tried, reached, and confirms the seven
// points.
func ExampleVisits() {
	visits := newMemory().visits()
	v, _ := visits.Plan(zhao, customer.VisitPlan{
		Kind: customer.VisitNewPolicy, Customer: "c-1", About: customer.About{Kind: "delivery", ID: kernel.NewID()},
		Line: kernel.Life, Seller: "li", DueOn: kernel.NewDate(2026, 12, 7),
	})
	v, _ = visits.Attempt(wang, v.ID, customer.Try{Outcome: customer.NoAnswer, Channel: "phone"})
	v, _ = visits.Reach(wang, v.ID, customer.Call{Channel: "phone", Recording: "REC-4711"})
	var answers []customer.Reply
	for _, p := range v.Points {
		answers = append(answers, customer.Reply{Point: p.Code, Result: customer.Confirmed})
	}
	v, err := visits.Complete(wang, v.ID, customer.Outcome{Answers: answers})
	fmt.Println(v.State, "after", v.Attempts, "attempts,", v.Recording, err)
	// Output: completed after 2 attempts, REC-4711 <nil>
}

// What a customer denies is raised as a problem, and the seller does not solve it.
func ExampleVisits_RaiseProblem() {
	visits := newMemory().visits()
	v, _ := visits.Plan(zhao, callback("c-1")) // sold by li
	v, _ = visits.Reach(wang, v.ID, customer.Call{Recording: "REC-4711"})
	v, err := visits.RaiseProblem(wang, v.ID, customer.Issue{
		Problem: customer.ProblemMisselling, Text: privacy.New("nobody spoke of a cooling-off period"),
		Answers: []customer.Reply{{Point: "cooling_off", Result: customer.Denied}}, Fixer: "zhao",
	})
	fmt.Println(v.State, v.ProblemText, err)
	_, err = visits.Complete(li, v.ID, customer.Outcome{Remedy: privacy.New("explained")})
	fmt.Println(err)
	v, err = visits.Complete(zhao, v.ID, customer.Outcome{Remedy: privacy.New("explained, and told of the right to cancel")})
	fmt.Println(v.State, "by", v.FixedBy, err)
	// Output:
	// problem_raised ••• <nil>
	// visit: Complete refused in problem_raised: somebody else than the seller puts it right: forbidden
	// completed by zhao <nil>
}

// The script that comes with the library asks what the law wants to be asked.
func ExampleScripts() {
	for _, s := range customer.Scripts() {
		if s.Kind == customer.VisitNewPolicy {
			for i, p := range s.Points {
				fmt.Println(i+1, p.Text.ZH)
			}
		}
	}
	// Output:
	// 1 受访人是否为投保人本人
	// 2 是否购买了该保险产品，投保人和被保险人是否按要求亲笔签名
	// 3 是否已阅读并理解产品说明书和投保提示的内容
	// 4 是否知悉保险责任、责任免除和保险期间
	// 5 是否知悉退保可能受到的损失
	// 6 是否知悉犹豫期的起算时间、期间以及享有的权利
	// 7 采用期缴方式的，是否了解缴费期间和缴费频率
}
