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

// replay writes the complaints of a file into a database that is empty, or that has them
// already, or some of them.
type replay struct {
	file  *complaints
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

// step is one thing that happens at an instant: to the complaint of a line, or, where
// there is none, to all that wait.
type step struct {
	at   time.Time
	line int
	name string
	do   func(context.Context) error
}

// run tells the story of every complaint and returns the figures of the database. A
// complaint that the library refuses is rejected like a row that cannot be read; the error
// is for what concerns all of them, such as a database that fails. Running again goes on.
func (r *replay) run(ctx context.Context, store storage.Store) (*figures, error) {
	book, err := newBook(r.shift != 0)
	if err != nil {
		return nil, err
	}
	clock := kernel.NewManualClock(time.Unix(0, 0))
	c, err := crm.Open(ctx, store, crm.Config{Keys: r.keys, Clock: clock, Rulebook: book, Causes: causes(), Numbers: numbers{}})
	if err != nil {
		return nil, err
	}
	if err := c.Migrate(ctx); err != nil {
		return nil, err
	}
	ctx = crm.WithActor(ctx, crm.Actor{ID: "replay", Roles: crm.Owner.Roles, Branches: []string{r.branch()}})
	rejected := slices.Clone(r.file.rejected)
	refused := map[int]bool{} // by line
	steps := r.steps(c)
	for _, s := range steps {
		if !refused[s.line] {
			clock.Set(s.at)
			err := s.do(ctx)
			if err != nil && (s.line == 0 || !refusal(err)) {
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

// steps lists what happens to all complaints, in the order of time.
func (r *replay) steps(c *crm.CRM) []step {
	var all []step
	for _, m := range r.file.matters {
		s := &story{matter: m, crm: c, branch: r.branch()}
		all = append(all, step{morning(m.received, opening), m.line, "open", s.open})
		if !m.closed.IsZero() {
			all = append(all, step{morning(m.closed, closing), m.line, "end", s.end})
		}
	}
	for _, d := range waiting(r.file.matters) {
		all = append(all, step{at: d.In(texas), name: "sweep", do: func(ctx context.Context) error {
			_, err := c.Tasks.Sweep(ctx)
			return err
		}})
	}
	slices.SortStableFunc(all, func(a, b step) int { return a.at.Compare(b.at) })
	return all
}

// waiting returns the days that begin with a complaint waiting: on others nothing can be
// due. What is still open waits until the last day of the file.
func waiting(matters []*matter) []kernel.Date {
	sorted := slices.SortedFunc(slices.Values(matters), func(a, b *matter) int { return cmp.Compare(a.received, b.received) })
	var last kernel.Date
	for _, m := range sorted {
		last = max(last, m.received, m.closed)
	}
	var days []kernel.Date
	var next kernel.Date
	for _, m := range sorted {
		for next = max(next, m.received.AddDays(1)); next <= cmp.Or(m.closed, last); next = next.AddDays(1) {
			days = append(days, next)
		}
	}
	return days
}

// refusal reports whether the library said no to one complaint, as against being unable to
// work.
func refusal(err error) bool {
	for _, no := range []error{crm.ErrInvalid, crm.ErrState, crm.ErrDuplicate, crm.ErrKeyReused, crm.ErrNotFound, crm.ErrForbidden} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}
