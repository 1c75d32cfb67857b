package customer

import (
	"context"
	"slices"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// Visits plans calls on customers, records what comes of them, and finds them again.
// Make it with [NewVisits]. Its commands return the visit as it then stands; their
// errors are those of [Service].
type Visits struct {
	r       command.Runner
	scripts []Script
	life    *command.Life[Visit, VisitState, VisitEvent]
}

// VisitConfig is what a host may bring. Its zero value will do.
type VisitConfig struct {
	Scripts  []Script // besides those of [Scripts]; of a kind the last one is asked by default
	Attempts int64    // how often a customer is tried before giving up; 0: 3
}

// Check returns every fault of the scripts, as [kernel.FieldErrors].
func (c VisitConfig) Check() error {
	var f kernel.FieldErrors
	if c.Attempts < 0 {
		f.Add("attempts", "range", "must not be negative")
	}
	versions := map[string]bool{}
	for _, s := range Scripts() {
		versions[s.Version] = true
	}
	for i, s := range c.Scripts {
		at := f.Index("scripts", i)
		s.check(at)
		if versions[s.Version] {
			at.Add("version", "duplicate", "another script has this version")
		}
		versions[s.Version] = true
	}
	return f.Err()
}

// NewVisits makes the service. Only the package that wires the rooms has a runner. The
// configuration is taken as it is; see [VisitConfig.Check].
func NewVisits(r command.Runner, c VisitConfig) *Visits {
	if c.Attempts <= 0 {
		c.Attempts = 3
	}
	return &Visits{r: r, scripts: slices.Concat(Scripts(), c.Scripts), life: visitLife(c.Attempts)}
}

// Get returns a visit.
func (s *Visits) Get(ctx context.Context, id kernel.ID) (Visit, error) {
	return command.Get(ctx, s.r, s.life, id)
}

// Allowed returns what the actor may do with a visit now, and why not the rest.
func (s *Visits) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[VisitState, VisitEvent], error) {
	return command.Allowed(ctx, s.r, s.life, id)
}

// History returns what happened to a visit, the oldest first.
func (s *Visits) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.r, s.life, id)
}

// Workflow returns the table of a visit's life.
func (*Visits) Workflow() *workflow.Machine[VisitState, VisitEvent] { return VisitLife }

func (s *Visits) fire(ctx context.Context, id kernel.ID, c command.Call[Visit, VisitEvent], opts []kernel.Option) (Visit, error) {
	return command.Fire(ctx, s.r, s.life, id, c, opts...)
}
