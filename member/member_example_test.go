package member_test

import (
	"errors"
	"fmt"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/member"
	"github.com/coverkit/crm/storage/memory"
)

// A tier says why it is what it is, and what the next one asks.
func ExampleMembers_EvaluateTier() {
	w := newInsurer() // an insurer over the memory store whose day is 2026-11-22
	w.host.pays("c-1", day, "60000")
	p, _ := w.Programs.Found(designer, member.Founding{
		Code: "club", Name: both("Club", "俱乐部"),
		Rules: member.Rules{Tiers: []member.Tier{
			{Code: "basic", Name: both("Basic", "普通")},
			{Code: "gold", Name: both("Gold", "黄金"), Premium: yuan("50000")},
			{Code: "platinum", Name: both("Platinum", "铂金"), Premium: yuan("200000"), Points: 20_000, Any: true},
		}},
	})
	m, _ := w.Members.EnrolDirect(agent, member.Enrolment{Program: p.ID, Customer: "c-1"})
	e, err := w.Members.EvaluateTier(agent, m.ID, day)
	fmt.Println(e.Name.EN, "since", e.On, err)
	fmt.Println(e.Why.EN)
	fmt.Println(e.Why.ZH)
	fmt.Println(e.Next.EN)
	// Output:
	// Gold since 2026-11-22 <nil>
	// premium in force 60000.00 of 50000.00 CNY
	// 有效保费 60000.00 元，要求 50000.00 元
	// Platinum: one of: premium in force 60000.00 of 200000.00 CNY; 0 points of 20000
}

// A source gives its points once, and what expires first is spent first.
func ExampleMembers_Spend() {
	w := newInsurer()
	m := w.joined(fatal{}, "c-1")
	for range 3 { // the message came three times
		m, _ = w.Members.Earn(agent, m.ID, member.Earning{Points: 100, Source: "receipt-81"})
	}
	fmt.Println(m.Points)
	m, _ = w.Members.Earn(agent, m.ID, member.Earning{Points: 20, Source: "birthday-2026", Expires: day.AddMonths(1)})
	m, err := w.Members.Spend(agent, m.ID, member.Spending{Points: 30, Reference: "gift-5"}, kernel.Key("order-5"))
	fmt.Println(m.Points, err)
	_, lots, _ := w.Members.Lots(agent, m.ID)
	for _, l := range lots {
		fmt.Println(l.Source, l.Remaining, l.ExpiresOn)
	}
	_, err = w.Members.Spend(agent, m.ID, member.Spending{Points: 91, Reference: "gift-6"})
	fmt.Println(err)
	// Output:
	// 100
	// 90 <nil>
	// receipt-81 90 2028-11-22
	// invalid input: points: only 90 points are there
}

// A gate keeps actions from those who lack what the work asks for.
func ExampleGate() {
	gate, err := member.NewGate(nil,
		member.Requirement{Action: "member.Statement", Agreement: true},
		member.Requirement{Action: "member.Statement", Qualification: "desk"},
	)
	fmt.Println(err)
	w := open(memory.New(), member.Config{})
	m, li := w.joined(fatal{}, "c-1"), w.hired(fatal{}, "li")
	behind := member.New(gate.Over(w.engine), member.Config{})

	_, err = behind.Members.Statement(adviser, m.ID, kernel.List{})
	fmt.Println(err, errors.Is(err, kernel.ErrForbidden))
	_, _ = w.Staff.SignAgreement(manager, li.ID, member.Agreement{On: day})
	_, _ = w.Staff.Qualify(manager, li.ID, member.Proof{Code: "desk"})
	_, err = behind.Members.Statement(adviser, m.ID, kernel.List{})
	fmt.Println(err)
	// Output:
	// <nil>
	// member.Statement: forbidden: without a confidentiality agreement, the qualification desk true
	// <nil>
}

// What is wrong with a scheme is told at once.
func ExampleScheme_Check() {
	s := member.DefaultScheme()
	fmt.Println(s.Check())
	s.Weights = member.Weights{}
	s.Grades = s.Grades[:1]
	fmt.Println(s.Check())
	// Output:
	// <nil>
	// invalid input: weights: something must count; grades[0].from: the last grade begins with 0
}
