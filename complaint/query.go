package complaint

import (
	"context"
	"time"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
	"github.com/coverkit/crm/storage"
)

// Get returns a complaint.
func (s *Service) Get(ctx context.Context, id kernel.ID) (Complaint, error) {
	return command.Get(ctx, s.run, s.life, id)
}

// Allowed returns what the actor may do with a complaint now, and why not the rest. What
// depends on a command's input, such as the day on which somebody complains again, is not
// asked.
func (s *Service) Allowed(ctx context.Context, id kernel.ID) (workflow.Moves[State, Event], error) {
	return command.Allowed(ctx, s.run, s.life, id)
}

// History returns what happened to a complaint, the oldest first. The review and the first
// complaint have a history each.
func (s *Service) History(ctx context.Context, id kernel.ID) ([]journal.Entry, error) {
	return command.History(ctx, s.run, s.life, id)
}

// Workflow returns the table of a complaint's life.
func (*Service) Workflow() *workflow.Machine[State, Event] { return Lifecycle }

// ByNumber returns the complaint with the business number, or [kernel.ErrNotFound].
func (s *Service) ByNumber(ctx context.Context, number string) (Complaint, error) {
	return command.ByNumber(ctx, s.run, s.life, colNumber, number)
}

// Filter says which complaints a list holds. Its parts all hold; empty parts do not count.
type Filter struct {
	State    State
	Customer kernel.Ref // for whom is complained
	Handler  kernel.Ref
	Category Category
	Severity Severity
	Level    int64
	Branch   string
	From     time.Time // received at or after
	To       time.Time // received before
}

// List returns one page of complaints, the latest received first.
func (s *Service) List(ctx context.Context, by Filter, page kernel.List) (kernel.Page[Complaint], error) {
	var out kernel.Page[Complaint]
	err := s.run.Look(ctx, "complaint.List", func(u *command.Unit) (err error) {
		where, err := by.where()
		if err != nil {
			return err
		}
		out, err = storage.Page[Complaint](u, storage.Query{
			Where: append(u.Branches(), where...), Order: []storage.Order{colReceived.Desc()},
		}, page)
		return err
	})
	return out, err
}

func (by Filter) where() ([]storage.Cond, error) {
	var f kernel.FieldErrors
	if by.State != "" && Lifecycle.Class(by.State) == 0 {
		f.Add("state", "unknown", "not a state of a complaint")
	}
	checkRefIf(&f, "customer", by.Customer)
	checkRefIf(&f, "handler", by.Handler)
	checkWordIf(&f, "category", by.Category, categories)
	checkWordIf(&f, "severity", by.Severity, severities)
	if by.Level < 0 || by.Level > 2 {
		f.Add("level", "range", "1 or 2")
	}
	checkOptional(&f, "branch", by.Branch)
	kernel.CheckTime(&f, "from", by.From)
	kernel.CheckTime(&f, "to", by.To)
	var where []storage.Cond
	and := func(given bool, c storage.Cond) {
		if given {
			where = append(where, c)
		}
	}
	and(by.State != "", colState.Eq(by.State))
	and(by.Customer != "", colCustomer.Eq(by.Customer))
	and(by.Handler != "", colHandler.Eq(by.Handler))
	and(by.Category != "", colCategory.Eq(by.Category).Skimmed())
	and(by.Severity != "", colSeverity.Eq(by.Severity).Skimmed())
	and(by.Level != 0, colLevel.Eq(by.Level).Skimmed())
	and(by.Branch != "", storage.ColBranch.Eq(by.Branch).Skimmed())
	and(!by.From.IsZero(), colReceived.Ge(kernel.Instant(by.From)))
	and(!by.To.IsZero(), colReceived.Lt(kernel.Instant(by.To)))
	return where, f.Err()
}

func listed[T any](u *command.Unit, c *Complaint) ([]T, error) {
	return storage.Find[T](u, byTime(c.ID))
}

// Complainants returns who complains; of a review, those of the first complaint.
func (s *Service) Complainants(ctx context.Context, id kernel.ID) ([]Complainant, error) {
	return command.About(ctx, s.run, s.life, "complaint.Complainants", id, complainants)
}

// Respondents returns who and what is complained of, and whether that was justified.
func (s *Service) Respondents(ctx context.Context, id kernel.ID) ([]Respondent, error) {
	return command.About(ctx, s.run, s.life, "complaint.Respondents", id, listed[Respondent])
}

// Inquiries returns what units were asked and what they answered.
func (s *Service) Inquiries(ctx context.Context, id kernel.ID) ([]Inquiry, error) {
	return command.About(ctx, s.run, s.life, "complaint.Inquiries", id, listed[Inquiry])
}

// Findings returns what the investigation found.
func (s *Service) Findings(ctx context.Context, id kernel.ID) ([]Finding, error) {
	return command.About(ctx, s.run, s.life, "complaint.Findings", id, listed[Finding])
}

// Resolutions returns what was proposed and decided, the oldest first.
func (s *Service) Resolutions(ctx context.Context, id kernel.ID) ([]Resolution, error) {
	return command.About(ctx, s.run, s.life, "complaint.Resolutions", id, func(u *command.Unit, c *Complaint) ([]Resolution, error) {
		q := ofComplaint(c.ID)
		q.Order = []storage.Order{storage.Col[int64]("sequence").Asc()}
		return storage.Find[Resolution](u, q)
	})
}

// Notices returns the letters, the oldest first.
func (s *Service) Notices(ctx context.Context, id kernel.ID) ([]Letter, error) {
	return command.About(ctx, s.run, s.life, "complaint.Notices", id, func(u *command.Unit, c *Complaint) ([]Letter, error) { return notice.Of(u, kind, c.ID) })
}

// Suspensions returns the times that are not counted, the oldest first.
func (s *Service) Suspensions(ctx context.Context, id kernel.ID) ([]Suspension, error) {
	return command.About(ctx, s.run, s.life, "complaint.Suspensions", id, listed[Suspension])
}
