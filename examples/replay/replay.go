package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// replay writes the claims of a file into a database that is empty, or that has them
// already, or some of them.
type replay struct {
	file  *claims
	shift int            // years by which all dates are moved
	keys  privacy.Cipher // the same each time
	tick  func(of int)   // told after each step, of how many; nil: nobody is
}

// branch is whose rows everything is that the replay writes.
func (r *replay) branch() string {
	if r.shift == 0 {
		return "replay"
	}
	return fmt.Sprintf("replay%+d", r.shift)
}

// step is one thing that happens to one row at an instant.
type step struct {
	at   time.Time
	line int
	name string
	do   func(context.Context) error
}

// run tells the story of every row and returns the figures of the database. A row that
// the library refuses is rejected like one that cannot be read; the error is for what
// concerns all rows, such as a database that fails. Running again then goes on.
func (r *replay) run(ctx context.Context, store storage.Store) (*figures, error) {
	clock := kernel.NewManualClock(time.Unix(0, 0))
	c, err := crm.Open(ctx, store, crm.Config{Keys: r.keys, Clock: clock, Rater: newTariff(r.file.rows)})
	if err != nil {
		return nil, err
	}
	if err := c.Migrate(ctx); err != nil {
		return nil, err
	}
	ctx = crm.WithActor(ctx, crm.Actor{ID: "replay", Roles: crm.Owner.Roles, Branches: []string{r.branch()}})
	steps := r.steps(c)
	if len(steps) > 0 {
		clock.Set(steps[0].at)
	}
	if err := publish(ctx, c, r.file.rows); err != nil {
		return nil, err
	}
	rejected := slices.Clone(r.file.rejected)
	refused := map[int]bool{} // by line
	for _, s := range steps {
		if !refused[s.line] {
			clock.Set(s.at)
			err := s.do(ctx)
			if err != nil && !refusal(err) {
				return nil, fmt.Errorf("line %d: %s: %w", s.line, s.name, err)
			}
			if refused[s.line] = err != nil; err != nil {
				rejected = append(rejected, rejection{Line: s.line, Reason: fmt.Sprintf("%s: %s", s.name, err)})
			}
		}
		if r.tick != nil {
			r.tick(len(steps))
		}
	}
	slices.SortStableFunc(rejected, func(a, b rejection) int { return cmp.Compare(a.Line, b.Line) })
	return count(ctx, c, r.branch(), r.file.lines, rejected)
}

// steps lists what happens to all rows, in the order of time.
func (r *replay) steps(c *crm.CRM) []step {
	const day = 24 * time.Hour
	var all []step
	for _, row := range r.file.rows {
		s := &story{row: row, crm: c, branch: r.branch()}
		heard := s.reported()
		all = append(all,
			step{s.bind.In(eastern), row.line, "apply", s.apply},
			step{heard, row.line, "report", s.report},
			step{heard.Add(day), row.line, "decide", s.decide},
			step{heard.Add(10 * day), row.line, "finish", s.finish},
		)
	}
	slices.SortStableFunc(all, func(a, b step) int { return a.at.Compare(b.at) })
	return all
}

// refusal reports whether the library said no to one row, as against being unable to
// work.
func refusal(err error) bool {
	for _, no := range []error{crm.ErrInvalid, crm.ErrState, crm.ErrDuplicate, crm.ErrKeyReused, crm.ErrNotFound} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}
