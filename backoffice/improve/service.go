package improve

import (
	"context"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// Service gives commands to improvements and answers questions about them.
type Service struct{ run command.Runner }

// New makes a service whose commands r carries out.
func New(r command.Runner) *Service { return &Service{r} }

// Propose proposes a measure against a cause; see [Propose].
func (s *Service) Propose(ctx context.Context, in Proposal, opts ...kernel.Option) (Improvement, error) {
	return Propose(ctx, s.run, in, opts...)
}

func (s *Service) fire(ctx context.Context, id kernel.ID, c command.Call[Improvement, Event], opts []kernel.Option) (Improvement, error) {
	return command.Fire(ctx, s.run, life, id, c, opts...)
}

// Get returns an improvement.
func (s *Service) Get(ctx context.Context, id kernel.ID) (Improvement, error) {
	return command.Get(ctx, s.run, life, id)
}

// Allowed returns what the actor may do with an improvement now, and why not the rest.
func (s *Service) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[State, Event], error) {
	return command.Allowed(ctx, s.run, life, id)
}

// History returns what happened to an improvement, the oldest first.
func (s *Service) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, life, id)
}

// Workflow returns the table of an improvement's life.
func (*Service) Workflow() *workflow.Machine[State, Event] { return Lifecycle }
