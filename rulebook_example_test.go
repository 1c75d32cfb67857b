package crm_test

import (
	"fmt"
	"log"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage/memory"
)

// A host's own rulebook: from 2027 on complainants hear every three working days how far
// their matter is, claimants are called back by somebody else, and the calendar of 2027
// has been ordered.
func Example_rulebook() {
	book := rulebook.Default()
	contact, _ := book.Clock("company.claim.contact")
	contact.Off = true // another system does that
	book, err := book.With(rulebook.Extension{
		Rules: []rulebook.Rule{{
			ID: "company.complaint.progress", Instrument: "service charter", Kind: "deadline", Standard: true,
			Amount: 3, Unit: rulebook.WorkingDay, AppliesTo: []string{"all"}, From: kernel.NewDate(2027, 1, 1),
		}},
		Clocks: []rulebook.Clock{contact},
		Calendar: []rulebook.YearData{{
			Year: 2027, Rest: []rulebook.Span{{First: kernel.NewDate(2027, 1, 1), Last: kernel.NewDate(2027, 1, 3)}},
		}},
	})
	if err != nil {
		log.Fatal(err) // every fault at once, with id and field
	}
	now := kernel.NewManualClock(time.Date(2026, 12, 30, 1, 0, 0, 0, time.UTC))
	c, err := crm.Open(owner, memory.New(), crm.Config{Keys: privacy.Plaintext, Rulebook: book, Clock: now})
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		got, err := c.Complaints.Receive(owner, complaint.Receipt{Anonymous: true, Content: privacy.New("no answer for weeks")})
		if err != nil {
			log.Fatal(err)
		}
		if _, err := c.Complaints.Accept(owner, got.ID, complaint.Acceptance{}); err != nil {
			log.Fatal(err)
		}
		page, err := c.Tasks.List(owner, task.Filter{Case: got.ID}, kernel.List{})
		if err != nil {
			log.Fatal(err)
		}
		for _, t := range page.Items {
			fmt.Println(t.Clock, t.DueOn)
		}
		now.Advance(120 * time.Hour)
	}
	// Output:
	// cn.complaint.decide 2027-01-14
	// company.complaint.progress 2027-01-06
	// cn.complaint.decide 2027-01-19
	// company.complaint.progress 2027-01-07
}
