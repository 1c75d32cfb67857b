package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/kernel/privacy"
)

// lookBack prints what is left of the claim: history, calculation, payment, diagram.
func (s *insurer) lookBack(ctx context.Context) error {
	auditor := as(ctx, access.Auditor)
	history, err := s.crm.Claims.History(auditor, s.claim.ID)
	if err != nil {
		return err
	}
	var rows [][]string
	for _, e := range history {
		s.facts.History = append(s.facts.History, e.Event)
		rows = append(rows, []string{
			e.At.In(beijing).Format(minute), who(e), e.Event, moved(claim.State(e.From), claim.State(e.To)), told(e),
		})
	}
	s.Section("History 历史")
	s.Table([]string{"when", "who", "event", "from → to", "facts"}, rows...)

	if err := s.deadlines(auditor); err != nil {
		return err
	}

	lines, err := s.crm.Claims.Lines(auditor, s.claim.ID)
	if err != nil {
		return err
	}
	rows = nil
	for _, l := range lines {
		for _, t := range l.Trace {
			row := traced{t.Name, t.Clause, t.Input, t.Formula, t.Result.String()}
			s.facts.Trace = append(s.facts.Trace, row)
			rows = append(rows, []string{l.Coverage, row.Step, row.Clause, row.Input, row.Formula, row.Result})
		}
	}
	s.facts.Approved, s.facts.Currency = yuan(s.claim.Approved), string(s.claim.Currency)
	s.Section("Calculation 理算")
	s.Table([]string{"coverage", "step", "clause", "input", "formula", "result"}, rows...)
	s.Say("\n  %s %s approved, %s paid to account %s.", s.facts.Approved, s.facts.Currency, s.facts.Paid, privacy.MaskAccount(account))

	s.Section("Diagram 流程图")
	s.Block(s.crm.Claims.Workflow().Mermaid("en"))
	return nil
}

// who names the actor, and whose command the library reacted to.
func who(e crm.Entry) string {
	if e.OnBehalf != "" {
		return e.Actor + " for " + e.OnBehalf
	}
	return e.Actor
}

// deadlines prints what law and the company asked for in the case, and when it was done.
func (s *insurer) deadlines(ctx context.Context) error {
	page, err := s.crm.Tasks.List(ctx, task.Filter{Case: s.claim.ID}, kernel.List{})
	if err != nil {
		return err
	}
	var rows [][]string
	for _, t := range page.Items {
		d := deadline{t.Clock, string(t.State)}
		s.facts.Deadlines = append(s.facts.Deadlines, d)
		done := ""
		if !t.EndedAt.IsZero() {
			done = t.EndedAt.In(beijing).Format(minute)
		}
		clock, _ := s.crm.Rulebook().Clock(t.Clock)
		rows = append(rows, []string{clock.Text.EN, t.DueOn.String(), d.State, done, t.Rule})
	}
	s.Section("Deadlines 时限")
	s.Table([]string{"what", "due", "state", "done", "rule"}, rows...)
	return nil
}

// told lists an entry's facts, but for keys of records and deadlines.
func told(e crm.Entry) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(e.Facts)) {
		value := fmt.Sprint(e.Facts[name])
		if name == "tasks" {
			continue
		}
		if _, err := kernel.ParseID(value); err != nil {
			out = append(out, name+" "+value)
		}
	}
	return strings.Join(out, ", ")
}

// verify holds the journal against every row of the database.
func (s *insurer) verify(ctx context.Context) error {
	report, err := s.crm.Verify(as(ctx, access.Auditor))
	if err != nil {
		return err
	}
	s.Section("Journal 日志")
	if !report.OK() {
		for _, f := range report.Faults {
			s.Say("%s", f)
		}
		return fmt.Errorf("the journal and the tables disagree in %d places", len(report.Faults))
	}
	s.facts.Verified = true
	s.Say("journal verified: %d entries, %d rows", report.Entries, report.Rows)
	return nil
}
