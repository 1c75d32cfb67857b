package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
)

// facts is what a run comes to, without anything that differs from run to run.
type facts struct {
	Claims   []claimed `json:"claims"`
	Limit    []limit   `json:"limit"`
	Verified bool      `json:"verified"`
}

type claimed struct {
	Policy   string `json:"policy"`
	Cause    string `json:"cause"`
	Claimed  string `json:"claimed"`
	InForce  bool   `json:"in_force"`
	State    string `json:"state"`
	Approved string `json:"approved"`
	Paid     string `json:"paid"`
	Why      string `json:"why"`
}

type limit struct {
	Policy   string `json:"policy"`
	Coverage string `json:"coverage"`
	Limit    string `json:"limit"`
	Used     string `json:"used"`
	Left     string `json:"left"`
	State    string `json:"state"`
}

// lookBack prints what has become of the claims and of the limit, and verifies the
// journal.
func (s *service) lookBack(ctx context.Context) error {
	var rows [][]string
	for _, policy := range []crm.Ref{s.motor, s.home, s.hospital} {
		page, err := s.crm.Claims.List(ctx, claim.Filter{Policy: policy}, kernel.List{})
		if err != nil {
			return err
		}
		for _, c := range slices.Backward(page.Items) { // the list begins with the latest
			f, err := s.outcome(ctx, c)
			if err != nil {
				return err
			}
			s.facts.Claims = append(s.facts.Claims, f)
			rows = append(rows, []string{f.Policy, c.Number, f.Cause, f.Claimed, yes(f.InForce), f.State, f.Approved, f.Paid, f.Why})
		}
	}
	s.Section("Claims under them 理赔")
	s.Table([]string{"policy", "claim", "cause", "claimed", "in force", "state", "approved", "paid", "why"}, rows...)

	used, err := s.crm.Claims.Accumulators(ctx, s.hospital)
	if err != nil {
		return err
	}
	rows = nil
	for _, a := range used {
		l := limit{string(a.Policy), a.Coverage, a.Limit.StringFixed(2), a.Used.StringFixed(2), a.Left().StringFixed(2), string(a.State)}
		s.facts.Limit = append(s.facts.Limit, l)
		rows = append(rows, []string{l.Policy, l.Coverage, a.Period, l.Limit, l.Used, l.Left, l.State})
	}
	s.Section("The limit that two claims share 限额")
	s.Table([]string{"policy", "coverage", "term from", "limit", "used", "left", "state"}, rows...)

	report, err := s.crm.Verify(ctx)
	if err != nil {
		return err
	}
	if !report.OK() {
		return fmt.Errorf("the journal and the tables disagree in %d places: %s", len(report.Faults), report.Faults[0])
	}
	s.facts.Verified = true
	s.Say("\njournal verified: %d entries, %d rows", report.Entries, report.Rows)
	return nil
}

// outcome says what a claim came to, and by which step of the calculation or for which
// reason.
func (s *service) outcome(ctx context.Context, c claim.Claim) (claimed, error) {
	f := claimed{
		Policy: string(c.Policy), Cause: c.Cause, Claimed: c.Claimed.StringFixed(2), InForce: !c.NotInForce,
		State: string(c.State), Approved: c.Approved.StringFixed(2), Paid: "0.00",
	}
	if c.NotInForce {
		f.Why = fmt.Sprintf("%s, refused by %s", c.Cover.WhyNot, c.Clause)
	}
	payments, err := s.crm.Claims.Payments(ctx, c.ID)
	if err != nil {
		return f, err
	}
	f.Paid = payment.Sum(payments, func(p *payment.Payment) bool { return p.State == payment.Cleared }).StringFixed(2)
	lines, err := s.crm.Claims.Lines(ctx, c.ID)
	var steps []string
	for _, l := range lines {
		for _, t := range l.Trace[1:] {
			steps = append(steps, t.Name+" "+t.Formula)
		}
	}
	if len(steps) > 0 {
		f.Why = strings.Join(steps, "; ")
	}
	return f, err
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
