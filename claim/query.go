package claim

import (
	"context"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Get returns a claim.
func (s *Service) Get(ctx context.Context, id kernel.ID) (Claim, error) {
	return command.Get(ctx, s.run, s.life, id)
}

// Allowed returns what the actor may do with a claim now, and why not the rest. What
// depends on a command's input, such as the authority for new lines, is not asked.
func (s *Service) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[State, Event], error) {
	return command.Allowed(ctx, s.run, s.life, id)
}

// History returns what happened to a claim, the oldest first.
func (s *Service) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, s.life, id)
}

// Workflow returns the table of a claim's life.
func (*Service) Workflow() *workflow.Machine[State, Event] { return Lifecycle }

// ByNumber returns the claim with the business number, or [kernel.ErrNotFound].
func (s *Service) ByNumber(ctx context.Context, number string) (Claim, error) {
	return command.ByNumber(ctx, s.run, s.life, colNumber, number)
}

// Filter says which claims a list holds. Its parts all hold; empty parts do not count.
type Filter struct {
	State   State
	Policy  kernel.Ref
	Insured kernel.Ref
	Handler kernel.Ref
	From    time.Time // reported at or after
	To      time.Time // reported before
}

// List returns one page of claims, the latest reported first.
func (s *Service) List(ctx context.Context, by Filter, page kernel.List) (kernel.Page[Claim], error) {
	var out kernel.Page[Claim]
	err := s.run.Look(ctx, "claim.List", func(u *command.Unit) (err error) {
		where, err := by.where()
		if err != nil {
			return err
		}
		out, err = storage.Page[Claim](u, storage.Query{
			Where: append(u.Branches(), where...), Order: []storage.Order{storage.ColCreated.Desc()},
		}, page)
		return err
	})
	return out, err
}

func (by Filter) where() ([]storage.Cond, error) {
	var f kernel.FieldErrors
	if by.State != "" && Lifecycle.Class(by.State) == 0 {
		f.Add("state", "unknown", "not a state of a claim")
	}
	checkRefIf(&f, "policy", by.Policy)
	checkRefIf(&f, "insured", by.Insured)
	checkRefIf(&f, "handler", by.Handler)
	kernel.CheckTime(&f, "from", by.From)
	kernel.CheckTime(&f, "to", by.To)
	var where []storage.Cond
	if by.State != "" {
		where = append(where, colState.Eq(by.State))
	}
	if by.Policy != "" {
		where = append(where, colPolicy.Eq(by.Policy))
	}
	if by.Insured != "" {
		where = append(where, colInsured.Eq(by.Insured))
	}
	if by.Handler != "" {
		where = append(where, colHandler.Eq(by.Handler))
	}
	if !by.From.IsZero() {
		where = append(where, storage.ColCreated.Ge(kernel.Instant(by.From)))
	}
	if !by.To.IsZero() {
		where = append(where, storage.ColCreated.Lt(kernel.Instant(by.To)))
	}
	return where, f.Err()
}

// Lines returns a claim's lines with their traces, by coverage. Those that were dropped
// from the assessment are marked.
func (s *Service) Lines(ctx context.Context, id kernel.ID) ([]Line, error) {
	return command.About(ctx, s.run, s.life, "claim.Lines", id, func(u *command.Unit, c *Claim) ([]Line, error) { return lines(u, c.ID) })
}

// Documents returns what was asked for and what came in.
func (s *Service) Documents(ctx context.Context, id kernel.ID) ([]Document, error) {
	return command.About(ctx, s.run, s.life, "claim.Documents", id, func(u *command.Unit, c *Claim) ([]Document, error) { return documents(u, c.ID) })
}

// Checks returns the checks, the oldest first.
func (s *Service) Checks(ctx context.Context, id kernel.ID) ([]Check, error) {
	return command.About(ctx, s.run, s.life, "claim.Checks", id, func(u *command.Unit, c *Claim) ([]Check, error) {
		q := ofClaim(c.ID)
		q.Order = []storage.Order{storage.Col[int64]("sequence").Asc()}
		return storage.Find[Check](u, q)
	})
}

// Reserves returns the changes of the reserves, the oldest first.
func (s *Service) Reserves(ctx context.Context, id kernel.ID) ([]Reserve, error) {
	return command.About(ctx, s.run, s.life, "claim.Reserves", id, func(u *command.Unit, c *Claim) ([]Reserve, error) {
		return storage.Find[Reserve](u, byTime(c.ID))
	})
}

// Notices returns what was sent to whom, the oldest first.
func (s *Service) Notices(ctx context.Context, id kernel.ID) ([]notice.Letter, error) {
	return command.About(ctx, s.run, s.life, "claim.Notices", id, func(u *command.Unit, c *Claim) ([]notice.Letter, error) {
		return notice.Of(u, kind, c.ID)
	})
}

// Payments returns the payments of a claim, the oldest first.
func (s *Service) Payments(ctx context.Context, id kernel.ID) ([]payment.Payment, error) {
	return command.About(ctx, s.run, s.life, "claim.Payments", id, func(u *command.Unit, c *Claim) ([]payment.Payment, error) {
		return payment.Of(u, c.owner())
	})
}

// Accumulators returns what the claims of a policy have used of its limits.
func (s *Service) Accumulators(ctx context.Context, policy kernel.Ref) ([]Accumulator, error) {
	var found []Accumulator
	err := s.run.Look(ctx, "claim.Accumulators", func(u *command.Unit) error {
		var f kernel.FieldErrors
		kernel.CheckRef(&f, "policy", policy)
		if err := f.Err(); err != nil {
			return err
		}
		var err error
		found, err = storage.Find[Accumulator](u, storage.Query{
			Where: append(u.Branches(), colPolicy.Eq(policy)),
			Order: []storage.Order{colCoverage.Asc(), colPeriod.Asc()},
		})
		return err
	})
	return found, err
}

// AccumulatorHistory returns what was taken from an accumulator and given back, the
// oldest first.
func (s *Service) AccumulatorHistory(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.About(ctx, s.run, accumulatorLife, "claim.AccumulatorHistory", id, func(u *command.Unit, a *Accumulator) ([]journal.Entry, error) {
		return journal.History(u, accumulatorLife.Kind, a.ID)
	})
}

func byTime(id kernel.ID) storage.Query {
	q := ofClaim(id)
	q.Order = []storage.Order{storage.ColCreated.Asc()}
	return q
}
