package claim

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// Assessment is what is claimed under each coverage. Without lines the claimed amount
// goes to the cover's only coverage.
type Assessment struct{ Lines []Item }

// Assess calculates each line and keeps the trace. What other claims have used of the
// limits is taken into account; nothing is taken before the approval.
func (s *Service) Assess(ctx context.Context, id kernel.ID, in Assessment, opts ...kernel.Option) (Claim, error) {
	var sheet *assessment
	return s.fire(ctx, id, command.Call[Claim, Event]{
		Event: EventAssess, Input: in,
		Check: func(f *kernel.FieldErrors) { checkItems(f, in.Lines) },
		Guard: func(u *command.Unit, c *Claim) (err error) {
			sheet, err = s.assess(u, c, in.Lines)
			return err
		},
		Apply: func(u *command.Unit, c *Claim) error { return sheet.save(u, c) },
	}, opts)
}

// checkItems notes what can be seen without the claim; amounts are checked against its
// currency later.
func checkItems(f *kernel.FieldErrors, items []Item) {
	if len(items) > maxParts {
		f.Add("lines", "length", "at most %d lines", maxParts)
		return
	}
	for i, it := range items {
		it.check(f.Index("lines", i), "")
	}
}

// assessment is a calculation of all lines of a claim.
type assessment struct {
	lines        []Line
	accumulators []Accumulator
}

func (a *assessment) total() decimal.Decimal { return total(a.lines) }

// refuses reports whether a line pays nothing though others do: the claimant is owed the
// reason (Insurance Law article 24).
func (a *assessment) refuses() bool {
	return slices.ContainsFunc(a.lines, func(l Line) bool { return !l.Dropped && l.Approved.IsZero() })
}

// assess calculates the items against what is left of the limits, which stay locked
// until the unit of work ends.
func (s *Service) assess(u *command.Unit, c *Claim, items []Item) (*assessment, error) {
	if len(items) == 0 {
		items = []Item{{Claimed: c.Claimed}}
	}
	accs, err := accumulators(u, c)
	if err != nil {
		return nil, err
	}
	a := &assessment{accumulators: accs}
	unpaid, seen := c.Cover.UnpaidPremium, map[string]bool{}
	var f kernel.FieldErrors
	for i, it := range items {
		at := f.Index("lines", i)
		it.check(at, c.Currency)
		if it.Coverage == "" && len(c.Cover.Coverages) == 1 {
			it.Coverage = c.Cover.Coverages[0].Code
		}
		cov := c.Cover.Coverage(it.Coverage)
		switch {
		case cov == nil:
			at.Add("coverage", "unknown", "the policy has no such coverage")
		case seen[cov.Code]:
			at.Add("coverage", "duplicate", "one line for each coverage")
		case s.cfg.Calculators[cov.calculator()] == nil:
			at.Add("coverage", "calculator", "this program has no calculator %q", cov.calculator())
		}
		if cov == nil || seen[cov.Code] || f.Err() != nil {
			continue
		}
		seen[cov.Code] = true
		answer, err := calculate(s.cfg.Calculators[cov.calculator()], question(c, cov, it, accs, unpaid))
		if err != nil {
			at.Merge("", err)
			continue
		}
		unpaid = unpaid.Sub(answer.Premium)
		a.lines = append(a.lines, Line{
			ClaimID: c.ID, Coverage: cov.Code, Claimed: it.Claimed, Approved: answer.Amount, Reason: it.Refuse, Clause: it.Clause,
			Item: it, Trace: answer.Steps, Used: answer.Used, Deductible: answer.Deductible,
		})
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	if err := kernel.FitsAmount(a.total()); err != nil {
		return nil, err
	}
	slices.SortFunc(a.lines, func(x, y Line) int { return strings.Compare(x.Coverage, y.Coverage) })
	return a, nil
}

// question puts together what a calculator needs to know.
func question(c *Claim, cov *Coverage, it Item, accs []Accumulator, unpaid decimal.Decimal) Question {
	q := Question{
		Coverage: *cov, Item: it, Currency: c.Currency, LossOn: c.LossOn,
		Limited: cov.Limit.IsPositive(), Left: cov.Limit, Deductible: cov.Deductible, Unpaid: unpaid,
	}
	if acc := find(accs, ofLine(c, cov)); acc != nil && cov.counts() {
		if cov.LimitBasis == PerPeriod {
			q.Left = decimal.Max(decimal.Max(cov.Limit, acc.Limit).Sub(acc.Used), decimal.Zero)
			q.Left = decimal.Min(q.Left, cov.Limit)
		}
		if cov.DeductibleBasis == PerPeriod {
			q.Deductible = decimal.Max(cov.Deductible.Sub(acc.DeductibleUsed), decimal.Zero)
		}
	}
	return q
}

// save writes the lines. One that is no longer assessed stays, marked as dropped.
func (a *assessment) save(u *command.Unit, c *Claim) error {
	before, err := lines(u, c.ID)
	if err != nil {
		return err
	}
	for i := range a.lines {
		l := &a.lines[i]
		u.Fact("line."+l.Coverage, l.Approved)
		if n := slices.IndexFunc(before, func(b Line) bool { return b.Coverage == l.Coverage }); n >= 0 {
			l.Meta = before[n].Meta
			before[n].Dropped = true
			err = u.Save(l)
		} else {
			err = u.Insert(l)
		}
		if err != nil {
			return err
		}
	}
	for i := range before {
		if l := &before[i]; !l.Dropped {
			l.Dropped, l.Approved, l.Used, l.Deductible = true, decimal.Zero, decimal.Zero, decimal.Zero
			if err := u.Save(l); err != nil {
				return err
			}
		}
	}
	return nil
}

// recalculate calculates the stored lines anew: another claim may have used a limit since.
func (s *Service) recalculate(u *command.Unit, c *Claim) (*assessment, error) {
	stored, err := lines(u, c.ID)
	if err != nil {
		return nil, err
	}
	var items []Item
	for i := range stored {
		if !stored[i].Dropped {
			items = append(items, stored[i].Item)
		}
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("no line was assessed: %w", kernel.ErrState)
	}
	a, err := s.assess(u, c, items)
	if err != nil {
		return nil, err
	}
	if was := total(stored); !a.total().Equal(was) {
		return nil, fmt.Errorf("the lines now come to %s instead of %s, for the limits have changed; assess them anew: %w", a.total(), was, kernel.ErrState)
	}
	return a, nil
}

// take takes the lines' shares of the limits and notes with each line what it took.
func (a *assessment) take(u *command.Unit, c *Claim) error {
	for i := range a.lines {
		l := &a.lines[i]
		cov := c.Cover.Coverage(l.Coverage)
		if cov == nil || !cov.counts() {
			continue
		}
		s := share{Used: l.Used}
		if cov.DeductibleBasis == PerPeriod {
			s.Deductible = l.Deductible
		}
		id, err := take(u, a.accumulators, ofLine(c, cov), s)
		if err != nil {
			return err
		}
		if id != "" {
			l.Accumulator, l.Taken = id, true
			if err := u.Save(l); err != nil {
				return err
			}
		}
	}
	return nil
}
