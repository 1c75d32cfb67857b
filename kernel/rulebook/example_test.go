package rulebook_test

import (
	"fmt"
	"log"
	"time"

	"github.com/coverkit/crm/kernel/rulebook"
)

func ExampleDefault() {
	book := rulebook.Default()
	received := rulebook.Happening{
		Kind: "complaint", Event: "Receive", To: "received",
		At:   time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC),
		Case: rulebook.Facts{"line": "motor", "level": 1},
	}
	for _, reply := range book.Answer(received) {
		timer, err := book.Begin(reply, received)
		if err != nil {
			log.Fatal(err)
		}
		due, err := book.Due(timer)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(reply.Act, reply.Clock.ID, "until", due.On, "- for", reply.Clock.Queue)
	}
	// Output:
	// open cn.complaint.decide until 2026-10-01 - for complaint_handler
}

// What happens later moves the timer.
func ExampleBook_Apply() {
	book := rulebook.Default()
	h := rulebook.Happening{Kind: "complaint", Event: "Receive", To: "received", At: time.Date(2026, 9, 16, 2, 0, 0, 0, time.UTC)}
	timer, err := book.Begin(book.Answer(h)[0], h)
	if err != nil {
		log.Fatal(err)
	}
	extended := rulebook.Happening{Kind: "complaint", Event: "Extend", At: h.At.AddDate(0, 0, 15)}
	for _, reply := range book.Answer(extended) {
		if timer, _, err = book.Apply(timer, reply, extended); err != nil {
			log.Fatal(err)
		}
	}
	due, err := book.Due(timer)
	fmt.Println(due.Rule, due.On, err)
	// Output:
	// cn.complaint.decide-complex 2026-10-16 <nil>
}

// A window that a guard asks about: until when may the complainant ask for a review?
func ExampleBook_Period() {
	arrived := time.Date(2026, 10, 2, 2, 0, 0, 0, time.UTC)
	window, ok := rulebook.Default().Period("cn.complaint.review-apply", arrived)
	fmt.Println(window.On, ok)
	// Output:
	// 2026-11-01 true
}

func ExampleBook_Explain() {
	book := rulebook.Default()
	h := rulebook.Happening{
		Kind: "claim", Event: "Agree", From: "approved", To: "payable",
		At: time.Date(2026, 9, 24, 2, 0, 0, 0, time.UTC), Case: rulebook.Facts{"line": "motor"},
	}
	timer, err := book.Begin(book.Answer(h)[0], h)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(book.Explain(timer, "en"))
	fmt.Println(book.Explain(timer, "zh"))
	// Output:
	// Pay what was agreed by 2026-10-08: 10 calendar days from 2026-09-24 (保险法 (2015修正) ; 人身保险业务基本服务规定 (保监会令2010年第4号), article 23 ; 26); the last day was a day of rest, so that the next working day counts.
	// 履行赔付义务，截止2026-10-08：10个自然日，自2026-09-24起算（保险法 (2015修正) ; 人身保险业务基本服务规定 (保监会令2010年第4号)第23 ; 26条）；最后一日为休息日，顺延至下一工作日。
}

// A host has standards of its own, and the next year's calendar when it is published.
func ExampleBook_With() {
	ours, err := rulebook.ReadExtension([]byte(`{
		"rules": [{"id": "company.complaint.progress", "instrument": "Service promise", "kind": "deadline",
			"amount": 3, "unit": "working_day", "applies_to": ["all"], "standard": true}],
		"calendar": [{"year": 2027, "rest": ["2027-01-01/2027-01-03"], "work": []}]
	}`))
	if err != nil {
		log.Fatal(err)
	}
	book, err := rulebook.Default().With(ours)
	if err != nil {
		log.Fatal(err)
	}
	due, _ := book.Period("company.complaint.progress", time.Date(2026, 12, 30, 2, 0, 0, 0, time.UTC))
	fmt.Println(due.On, due.Provisional)
	// Output:
	// 2027-01-05 false
}
