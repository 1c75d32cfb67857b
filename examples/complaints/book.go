package main

import (
	"github.com/coverkit/crm/kernel/rulebook"
)

// within is how many days the company takes to answer.
const within = 60

// answer is the rule of the company's standard, and progress the one to report how far
// a complaint is.
const (
	answer   = "company.complaint.answer"
	progress = "company.complaint.progress"
)

// statutes are the clocks that mainland China's law sets to complaints.
var statutes = []string{"cn.complaint.decide", "cn.complaint.review-decide", "cn.complaint.old-10wd"}

// newBook returns the rulebook of the replay: the library's own, with the company's
// standard; days of the standard are those of Texas. Where the complaints are what they
// were, no law of mainland China holds for them.
func newBook(moved bool) (*rulebook.Book, error) {
	book := rulebook.Default()
	var e rulebook.Extension
	for _, r := range book.Rules() {
		if r.ID == answer {
			r.Amount, r.Unit, r.Zone = within, rulebook.CalendarDay, zone
			e.Rules = append(e.Rules, r)
		}
	}
	if !moved {
		for _, id := range append([]string{progress}, statutes...) {
			if c, ok := book.Clock(id); ok {
				c.Off = true
				e.Clocks = append(e.Clocks, c)
			}
		}
	}
	return book.With(e)
}
