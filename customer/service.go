package customer

import (
	"context"
	"slices"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
)

// Service is the archive of customers. Make it with [New].
//
// Its commands return the archive as it then stands. Besides their own errors all of
// them may return [kernel.ErrForbidden], [kernel.ErrInvalid] as [kernel.FieldErrors]
// with every fault at once, [kernel.ErrNotFound], [kernel.ErrConflict],
// [kernel.ErrKeyReused], and a workflow.TransitionError where the state or a guard
// objects. No error holds personal data.
type Service struct {
	r       command.Runner
	numbers number.Numberer
	zone    *time.Location
}

// Config is what a host may bring. Its zero value will do.
type Config struct {
	Numbers number.Numberer // numbers of the host's own; nil: "C-2026-00000001"
	Zone    *time.Location  // in which "today" is told; nil: UTC+8
}

var beijing = time.FixedZone("UTC+8", 8*60*60)

// New makes the service. Only the package that wires the rooms has a runner.
func New(r command.Runner, c Config) *Service {
	if c.Zone == nil {
		c.Zone = beijing
	}
	return &Service{r: r, numbers: c.Numbers, zone: c.Zone}
}

// Get returns the archive. The name is masked for roles that do not see it.
func (s *Service) Get(ctx context.Context, id kernel.ID) (Customer, error) {
	c, err := command.Get(ctx, s.r, life, id)
	if err == nil && s.hides(ctx) {
		c.Name = privacy.MaskName(c.Name)
	}
	return c, err
}

// Allowed returns what the actor may do with the archive now, and why not the rest.
func (s *Service) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[State, Event], error) {
	return command.Allowed(ctx, s.r, life, id)
}

// History returns what happened to the archive, the oldest first. Reasons and changes
// of personal facts are sealed.
func (s *Service) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.r, life, id)
}

// fire gives a command and masks the name of its answer as [Service.Get] would.
func (s *Service) fire(ctx context.Context, id kernel.ID, c command.Call[Customer, Event], opts []kernel.Option) (Customer, error) {
	return s.shown(ctx, func(hidden *bool) (Customer, error) {
		apply := c.Apply
		c.Apply = func(u *command.Unit, rec *Customer) error {
			*hidden = masks(u)
			if apply == nil {
				return nil
			}
			return apply(u, rec)
		}
		return command.Fire(ctx, s.r, life, id, c, opts...)
	})
}

func (s *Service) shown(ctx context.Context, do func(hidden *bool) (Customer, error)) (Customer, error) {
	hidden := true
	c, err := do(&hidden)
	if err != nil {
		return Customer{}, err
	}
	if c.Replayed { // nothing was done that could have told
		hidden = s.hides(ctx)
	}
	if hidden {
		c.Name = privacy.MaskName(c.Name)
	}
	return c, nil
}

// hides reports whether names are masked for the actor. Who may not even ask sees
// them masked.
func (s *Service) hides(ctx context.Context) bool {
	hidden := true
	err := s.r.Look(ctx, Kind+".Get", func(u *command.Unit) error {
		hidden = masks(u)
		return nil
	})
	return hidden || err != nil
}

func masks(u *command.Unit) bool {
	return slices.Contains(u.Authorizer.Masked(u.Context(), u.Actor, Kind), fieldName)
}

func (s *Service) today(u *command.Unit) kernel.Date { return kernel.DateOf(u.Now().In(s.zone)) }
