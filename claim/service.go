package claim

import (
	"context"
	"maps"
	"time"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage"
)

// Payer is the host's way of paying; see package payment.
type Payer = payment.Payer

// Config says what a claim service works with.
type Config struct {
	Policies    Policies                    // where cover comes from; without it nothing can be reported
	Numbers     number.Numberer             // nil: CLM-2026-00000001
	Calculators map[string]Calculator       // besides those of [Calculators], or instead of one of them
	Book        *rulebook.Book              // when claims lapse; nil: rulebook.Default
	Heard       func(*Claim) []storage.Read // what those who hear of a new claim look at, to be read along with it; nil: nothing
	LapseAfter  time.Duration               // how long a claimant may leave a notice unanswered; 0: 180 days
}

// Service gives commands to claims and answers questions about them. It may be used by
// many goroutines.
type Service struct {
	run  command.Runner
	cfg  Config
	life *command.Life[Claim, State, Event]
}

// New makes a service whose commands r carries out.
func New(r command.Runner, cfg Config) *Service {
	calculators := Calculators()
	maps.Copy(calculators, cfg.Calculators)
	cfg.Calculators = calculators
	if cfg.LapseAfter <= 0 {
		cfg.LapseAfter = 180 * 24 * time.Hour
	}
	if cfg.Book == nil {
		cfg.Book = rulebook.Default()
	}
	s := &Service{run: r, cfg: cfg}
	s.life = &command.Life[Claim, State, Event]{Kind: kind, Machine: Lifecycle, Guards: s.guards()}
	return s
}

const kind = "claim"

// within is the same service inside a unit of work.
func (s *Service) within(r command.Runner) *Service {
	in := *s
	in.run = r
	return &in
}

func (s *Service) fire(ctx context.Context, id kernel.ID, c command.Call[Claim, Event], opts []kernel.Option) (Claim, error) {
	c.Reads = ahead(c.Event, id)
	return command.Fire(ctx, s.run, s.life, id, c, opts...)
}

// checkFree notes a fault unless s is a free text that is not sealed yet.
func checkFree(f *kernel.FieldErrors, path string, s privacy.Secret) {
	plain, ok := s.Plain()
	if !ok {
		f.Add(path, "sealed", "give the text, not what is stored of another record")
		return
	}
	kernel.CheckText(f, path, plain, maxText, true)
}

func checkReason(f *kernel.FieldErrors, path string, s privacy.Secret) {
	if s.IsZero() {
		f.Add(path, "required", "say why")
		return
	}
	checkFree(f, path, s)
}

func checkRefIf(f *kernel.FieldErrors, path string, r kernel.Ref) { checkOptional(f, path, string(r)) }

// first returns the first reference that names somebody.
func first(refs ...kernel.Ref) kernel.Ref {
	for _, r := range refs {
		if r != "" {
			return r
		}
	}
	return ""
}

// zero is no time.
var zero time.Time
