package main

import (
	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/improve"
	"github.com/coverkit/crm/kernel/access"
)

// improve proposes a measure against the cause of a complaint.
func (g *grievance) improve() {
	g.in(g.between(1, 5), func() error {
		i, err := g.crm.Improvements.Propose(g.as(g.handler), improve.Proposal{
			Source: improve.Source{Kind: improve.FromComplaint, ID: g.id.Ref()}, CauseCode: g.cause,
			Cause: said("found by the investigation"), Measure: said("train, and change the form"), Unit: "service",
		})
		if err != nil {
			return err
		}
		g.carryOut(g.lane.chance(), i.ID)
		return nil
	})
}

// carryOut takes an improvement from its approval to the check of its effect, by somebody
// who is not responsible for it.
func (w *lane) carryOut(by chance, id crm.ID) {
	w.in(by.wait(5), func() error {
		if by.one(12) {
			return done(w.crm.Improvements.Reject(w.as(manager), id, improve.Remark{Text: said("costs more than it brings")}))
		}
		w.in(by.wait(5), func() error {
			w.in(by.wait(30), func() error { return w.finish(by, id) })
			return done(w.crm.Improvements.Start(w.as(deputy), id))
		})
		return done(w.crm.Improvements.Approve(w.as(manager), id, improve.Plan{
			Responsible: crm.Ref(deputy.ID), DueOn: w.today.AddDays(45),
			Figures: []improve.Figure{{Name: "repeated", Unit: "complaints per month", Better: improve.Lower, Before: yuan(int64(by.between(4, 9)))}},
		}))
	})
}

func (w *lane) finish(by chance, id crm.ID) error {
	w.in(by.between(30, 60), func() error {
		return done(w.crm.Improvements.Verify(w.as(staff(access.ComplaintHandler, 1)), id, improve.Verification{
			After: map[string]decimal.Decimal{"repeated": yuan(int64(by.between(1, 6)))},
		}))
	})
	return done(w.crm.Improvements.Finish(w.as(deputy), id, improve.Completion{Evidence: said("the new form is in use")}))
}
