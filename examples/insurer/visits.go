package main

import (
	"fmt"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/complaint"
	"github.com/coverkit/crm/customer"
	"github.com/coverkit/crm/kernel"
)

// visited has the visit carried out that the library has planned about something, where it
// has planned one, after so many days.
func (p *person) visited(kind string, id crm.ID, days int) error {
	planned, err := p.crm.Visits.List(p.as(adviser), customer.VisitFilter{Open: true, About: customer.About{Kind: kind, ID: id}}, kernel.List{Limit: 1})
	if err != nil || len(planned.Items) == 0 {
		return err
	}
	p.in(days, (&visit{person: p, chance: p.lane.chance(), id: planned.Items[0].ID}).call)
	return nil
}

// callBack plans a visit about an answered complaint, which people decide on.
func (p *person) callBack(about crm.ID, days int) error {
	v, err := p.crm.Visits.Plan(p.as(adviser), customer.VisitPlan{
		Kind: customer.VisitComplaint, Customer: p.ref(), About: customer.About{Kind: "complaint", ID: about}, DueOn: p.today.AddDays(days + 10),
	})
	if err != nil {
		return fmt.Errorf("plan a visit: %w", err)
	}
	p.in(days, (&visit{person: p, chance: p.lane.chance(), id: v.ID}).call)
	return nil
}

// visit is a call on a customer.
type visit struct {
	*person
	chance
	id    crm.ID
	tried int
}

// call tries to reach the customer, three times at most.
func (v *visit) call() error {
	if v.one(30) {
		err := done(v.crm.Visits.Attempt(v.as(adviser), v.id, customer.Try{Outcome: pick(v.chance, customer.NoAnswer, customer.Busy, customer.CallLater), Channel: "phone"}))
		if v.tried++; v.tried == 3 {
			v.in(1, func() error { return done(v.crm.Visits.GiveUp(v.as(adviser), v.id, said("three attempts"))) })
		} else {
			v.in(v.between(1, 3), v.call)
		}
		return err
	}
	planned, err := v.crm.Visits.Get(v.as(adviser), v.id)
	if err != nil {
		return err
	}
	if !v.one(6) {
		return v.together(adviser, func(c *crm.CRM) []step {
			return []step{
				with(c.Visits.Reach, v.id, customer.Call{Channel: "phone", Recording: "call"}),
				with(c.Visits.Complete, v.id, customer.Outcome{Answers: answers(planned.Points)}),
			}
		})
	}
	v.in(v.between(1, 8), v.putRight)
	return v.together(adviser, func(c *crm.CRM) []step {
		return []step{
			with(c.Visits.Reach, v.id, customer.Call{Channel: "phone", Recording: "call"}),
			with(c.Visits.RaiseProblem, v.id, customer.Issue{Problem: customer.ProblemService, Text: said("nobody called back")}),
		}
	})
}

// putRight solves the problem that the customer raised. It may become a complaint.
func (v *visit) putRight() error {
	if v.one(30) {
		g := &grievance{lane: v.lane, chance: v.lane.chance(), who: v.person, cause: "service.delay", category: complaint.CategoryService}
		v.in(0, g.receive)
	}
	return done(v.crm.Visits.Complete(v.as(manager), v.id, customer.Outcome{Remedy: said("explained and put right")}))
}

// answers goes through a script with a customer who is content.
func answers(points []customer.Point) []customer.Reply {
	var out []customer.Reply
	for _, p := range points {
		r := customer.Reply{Point: p.Code, Result: customer.Confirmed}
		if p.Open {
			r.Result, r.Words = customer.Told, said("nothing")
		}
		out = append(out, r)
	}
	return out
}
