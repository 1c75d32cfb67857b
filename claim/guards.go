package claim

import (
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/notice"
	"github.com/coverkit/crm/backoffice/payment"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/access"
	"github.com/coverkit/crm/storage"
)

// The guards of the table. They look at the claim and what belongs to it only, so they
// also tell beforehand what is possible.
const (
	guardComplete    = "completeness passed"
	guardChecks      = "three checks passed"
	guardGround      = "a ground to refuse"
	guardRefusal     = "authority to refuse"
	guardToPay       = "proposed to pay"
	guardToRefuse    = "proposed to refuse"
	guardFourEyes    = "four eyes"
	guardAuthority   = "authority for the amount"
	guardAmount      = "something to pay"
	guardNil         = "nothing to pay"
	guardNotified    = "amount notified"
	guardOwed        = "something not yet paid"
	guardSettled     = "payments arrived and add up"
	guardUndisputed  = "undisputed minimum recorded"
	guardNothingOpen = "no open payment"
	guardLapsed      = "too late"
	guardOurs        = "decided here"
)

func (s *Service) guards() map[string]func(*command.Unit, *Claim) error {
	say := func(ok func(*Claim) bool, why string) func(*command.Unit, *Claim) error {
		return func(_ *command.Unit, c *Claim) error {
			if ok(c) {
				return nil
			}
			return errors.New(why)
		}
	}
	return map[string]func(*command.Unit, *Claim) error{
		guardComplete:  func(u *command.Unit, c *Claim) error { return passed(u, c, CheckCompleteness) },
		guardChecks:    func(u *command.Unit, c *Claim) error { return passed(u, c, checkKinds...) },
		guardGround:    ground,
		guardRefusal:   func(u *command.Unit, c *Claim) error { return authority(u, c, AuthorityRefuse, c.Claimed) },
		guardAuthority: proposed,
		guardToPay:     say(func(c *Claim) bool { return c.Proposal == ToPay }, "a refusal was proposed"),
		guardToRefuse:  say(func(c *Claim) bool { return c.Proposal == ToRefuse }, "a payment was proposed"),
		guardFourEyes: func(u *command.Unit, c *Claim) error {
			if c.ProposedBy == kernel.Ref(u.Actor.ID) {
				return fmt.Errorf("somebody else than the proposer countersigns: %w", kernel.ErrForbidden)
			}
			return nil
		},
		guardAmount:      say(func(c *Claim) bool { return c.Approved.IsPositive() }, "the approved amount is zero"),
		guardNil:         say(func(c *Claim) bool { return c.Approved.IsZero() }, "the approved amount is not zero"),
		guardNotified:    notified,
		guardOwed:        owed,
		guardSettled:     settled,
		guardUndisputed:  say(func(c *Claim) bool { return c.Undisputed.IsPositive() }, "no undisputed minimum is recorded"),
		guardNothingOpen: nothingOpen,
		guardLapsed:      s.lapsed,
		guardOurs:        ours,
	}
}

// passed holds when the last check of each kind was passed.
func passed(u *command.Unit, c *Claim, kinds ...CheckKind) error {
	last, _, err := checks(u, c.ID)
	if err != nil {
		return err
	}
	for _, k := range kinds {
		if r := last[k]; r != Passed {
			return fmt.Errorf("the check of %s is %s", k, orCode(string(r), "open"))
		}
	}
	return nil
}

// checks returns the result that counts of each kind, and how many checks there were.
func checks(u *command.Unit, id kernel.ID) (map[CheckKind]Result, int64, error) {
	all, err := storage.Find[Check](u, ofClaim(id))
	last, high, n := map[CheckKind]Result{}, map[CheckKind]int64{}, int64(0)
	for _, c := range all {
		if c.Sequence > high[c.Kind] {
			high[c.Kind], last[c.Kind] = c.Sequence, c.Result
		}
		n = max(n, c.Sequence)
	}
	return last, n, err
}

// ground holds when something speaks against the claim: it was not in force at the loss,
// for which no check is needed, or a check failed.
func ground(u *command.Unit, c *Claim) error {
	if c.NotInForce {
		return nil
	}
	last, _, err := checks(u, c.ID)
	if err != nil {
		return err
	}
	for _, r := range last {
		if r == Failed {
			return nil
		}
	}
	return errors.New("no check has failed and the policy was in force")
}

// authority asks whether the actor decides so much alone.
func authority(u *command.Unit, c *Claim, what string, amount decimal.Decimal) error {
	err := u.Within(access.Decision{What: what, Line: c.Cover.Line, Currency: c.Currency, Amount: amount})
	if errors.Is(err, kernel.ErrForbidden) {
		return fmt.Errorf("refer it to somebody with the authority: %w", err)
	}
	return err
}

func proposed(u *command.Unit, c *Claim) error {
	lines, err := lines(u, c.ID)
	if err != nil {
		return err
	}
	return authority(u, c, AuthorityApprove, total(lines))
}

// notified holds when the claimant was told the amount after it was decided.
func notified(u *command.Unit, c *Claim) error {
	letters, err := notice.Of(u, kind, c.ID)
	if err != nil {
		return err
	}
	for _, l := range letters {
		if l.Kind == NoticeAmount && !l.CreatedAt.Before(c.DecidedAt) {
			return nil
		}
	}
	return errors.New("the claimant has not been notified of the amount")
}

// paid returns the claim's payments and what of indemnity and advances is owed, on its
// way or there.
func paid(u *command.Unit, c *Claim) ([]payment.Payment, decimal.Decimal, error) {
	all, err := payment.Of(u, c.owner())
	return all, payment.Sum(all, counted), err
}

// counted reports whether a payment counts against the approved amount.
func counted(p *payment.Payment) bool { return p.Kind != payment.Expense && p.Live() }

func owed(u *command.Unit, c *Claim) error {
	_, live, err := paid(u, c)
	if err != nil {
		return err
	}
	if !c.Approved.Add(c.Overpaid).GreaterThan(live) {
		return errors.New("payments for the whole amount are there already")
	}
	return nil
}

func settled(u *command.Unit, c *Claim) error {
	all, live, err := paid(u, c)
	if err != nil {
		return err
	}
	for i := range all {
		if counted(&all[i]) && all[i].State != payment.Cleared {
			return errors.New("a payment has not arrived")
		}
	}
	if !live.Equal(c.Approved.Add(c.Overpaid)) {
		return fmt.Errorf("what arrived, %s, is not what was approved, %s", live, c.Approved)
	}
	return nil
}

func nothingOpen(u *command.Unit, c *Claim) error {
	all, err := payment.Of(u, c.owner())
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].Live() && all[i].State != payment.Cleared {
			return errors.New("a payment is open")
		}
	}
	return nil
}

// lapsed holds when the limitation has passed (Insurance Law article 26), or when a
// notice of what is needed has stayed without answer for too long.
func (s *Service) lapsed(u *command.Unit, c *Claim) error {
	rule := "cn.claim.limitation-nonlife"
	if c.Cover.Line == kernel.Life || c.Cover.Line == kernel.Annuity {
		rule = "cn.claim.limitation-life"
	}
	if due, ok := s.cfg.Book.Period(rule, c.KnownAt); ok && !u.Now().Before(due.At) {
		return nil
	}
	letters, err := notice.Of(u, kind, c.ID)
	if err != nil {
		return err
	}
	var last time.Time
	for _, l := range letters {
		if l.Kind != NoticeGuidance && l.Kind != NoticeMissing {
			continue
		}
		if at := l.Reached(); at.After(last) {
			last = at
		}
	}
	if last.IsZero() || u.Now().Before(last.Add(s.cfg.LapseAfter)) {
		return errors.New("the claimant still has time to answer")
	}
	return nil
}

func ofClaim(id kernel.ID) storage.Query {
	return storage.Query{Where: []storage.Cond{colClaim.Eq(id)}}
}

func lines(u *command.Unit, id kernel.ID) ([]Line, error) {
	return storage.Find[Line](u, linesOf(id))
}

func linesOf(id kernel.ID) storage.Query {
	q := ofClaim(id)
	q.Order = []storage.Order{colCoverage.Asc()}
	return q
}

// total adds up what the lines pay.
func total(lines []Line) decimal.Decimal {
	sum := decimal.Zero
	for i := range lines {
		if !lines[i].Dropped {
			sum = sum.Add(lines[i].Approved)
		}
	}
	return sum
}
