package member_test

import (
	"fmt"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
)

// A benefit is announced before it starts; who asks too early is told from when it may.
func ExampleBenefits_Announce() {
	w := inMemory()
	club := w.club(fatal{}, "club")
	b, _ := w.Benefits.Draft(designer, member.BenefitDesign{
		Code: "acc-5", Name: both("Accident discount", "意外险优惠"), Text: both("Five percent.", "九五折。"),
		ProgramID: club.ID, Kind: member.ProductDiscount, Rate: yuan("0.05"),
	})
	b, _ = w.Benefits.Approve(manager, b.ID)
	b, _ = w.Benefits.Announce(designer, b.ID, member.Publication{
		Channels: []member.Channel{member.Site, member.WeChat}, Text: both("From 22 December.", "自12月22日起。"),
	})
	fmt.Println(b.State, b.StartsFrom)
	_, err := w.Benefits.Start(designer, b.ID)
	fmt.Println(err)
	w.clock.Advance(30 * days)
	b, err = w.Benefits.Start(designer, b.ID)
	fmt.Println(b.State, err)
	// Output:
	// announced 2026-12-22
	// benefit: Start refused in announced: announced on 2026-11-22, may start from 2026-12-22
	// effective <nil>
}

// A policy is sold to a member: the discount is asked for, and used once it is issued.
func ExampleBenefits_Discount() {
	w := inMemory()
	club := w.club(fatal{}, "club")
	w.joins(fatal{}, club, "c-1", "gold")
	once := discount(club)
	once.Quota, once.Per = 1, member.PerYear
	w.effective(fatal{}, once)
	d, _ := w.Benefits.Discount(agent, "c-1", "ACC")
	fmt.Println(d.Benefit, d.Rate, d.Left)
	_, err := w.Quotas.Redeem(agent, member.Redemption{Customer: "c-1", Benefit: d.Benefit, Product: "ACC", AboutKind: "policy", About: "P-1"})
	fmt.Println(err)
	d, _ = w.Benefits.Discount(agent, "c-1", "ACC")
	fmt.Println(d.Rate)
	// Output:
	// acc-5 0.05 1
	// <nil>
	// 0
}

// A health check from the request to the member's opinion.
func ExampleOrders() {
	w := inMemory()
	club := w.club(fatal{}, "club")
	w.joins(fatal{}, club, "c-1", "gold")
	w.effective(fatal{}, checkup(club))
	clinic := w.clinic(fatal{})
	o, _ := w.Orders.Order(desk, member.ServiceRequest{Customer: "c-1", Service: member.HealthService})
	o, _ = w.Orders.Reserve(desk, o.ID, member.Hold{})
	o, _ = w.Orders.Schedule(desk, o.ID, w.appointment(clinic))
	fmt.Println(o.Number, o.State)
	w.clock.Set(o.SlotFrom)
	_, _ = w.Orders.Start(desk, o.ID)
	_, _ = w.Orders.Deliver(desk, o.ID, member.Delivery{})
	o, _ = w.Orders.Evaluate(desk, o.ID, member.Opinion{Score: 5})
	_, err := w.Orders.Order(desk, member.ServiceRequest{Customer: "c-1", Service: member.HealthService})
	fmt.Println(o.State, "and then:", err)
	r, _ := w.Partners.Rating(manager, clinic.ID)
	fmt.Println(r.Mean, "of", r.Evaluations)
	// Output:
	// SO-2026-00000001 scheduled
	// evaluated and then: invalid input: benefit: the quota of 2026 is used up
	// 5 of 1
}

// One seat, three customers: the line moves up by itself.
func ExampleActivities_SignUp() {
	w := inMemory()
	a, _ := w.Activities.Plan(adviser, member.ActivityForm{Plan: w.lecture(1)})
	a, _ = w.Activities.Invite(adviser, a.ID)
	var ups []member.SignUp
	for _, c := range []kernel.Ref{"c-1", "c-2", "c-3"} {
		s, _ := w.Activities.SignUp(adviser, a.ID, c)
		ups = append(ups, s)
	}
	_, _ = w.SignUps.Cancel(adviser, ups[0].ID, member.Grounds{Code: "ill"})
	for _, s := range ups {
		s, _ = w.SignUps.Get(adviser, s.ID)
		fmt.Println(s.Place, s.Customer, s.State)
	}
	// Output:
	// 1 c-1 cancelled
	// 2 c-2 signed_up
	// 3 c-3 waiting
}

// A membership year begins on the day and month of joining.
func ExamplePer_Around() {
	joined := kernel.NewDate(2024, 3, 15)
	fmt.Println(member.PerMembershipYear.Around(kernel.NewDate(2026, 3, 14), joined))
	fmt.Println(member.PerQuarter.Around(kernel.NewDate(2026, 3, 14), joined))
	// Output:
	// {2025-03-15/1y 2025-03-15 2026-03-15}
	// {2026-Q1 2026-01-01 2026-04-01}
}
