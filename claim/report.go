package claim

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/backoffice/number"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
)

// Notice is the notice of a loss (报案). Policy, OccurredAt and Cause are needed; the
// rest may be empty.
type Notice struct {
	Policy     kernel.Ref
	OccurredAt time.Time // of the loss; not in the future
	Cause      string    // the host's code: "illness", "collision" …

	Insured      kernel.Ref // whom it hit; default: the policy's only insured, or its holder
	Claimant     kernel.Ref // default: the insured
	Relationship string     // of the claimant to the insured; default "self" when they are the same
	Authority    string     // number of the power of attorney, where one is needed
	Reporter     kernel.Ref // who told; default: the claimant
	Assistant    kernel.Ref // adviser who helps
	Channel      string     // "phone", "app", "counter" …
	KnownAt      time.Time  // when the claimant came to know; default: OccurredAt
	Catastrophe  string     // the host's code of a catastrophe

	Place, Description privacy.Secret
	Claimed            decimal.Decimal // as far as it is known
	Currency           kernel.Currency // default: that of the policy; another one is refused
	Account            privacy.Secret  // the claimant's
	Method             string          // of payment

	AcceptDuplicate bool           // somebody has looked: it is another loss of the same day and cause
	Reason          privacy.Secret // why; needed with AcceptDuplicate, and kept in any case
}

func (in Notice) check(f *kernel.FieldErrors) {
	kernel.CheckRef(f, "policy", in.Policy)
	if in.OccurredAt.IsZero() {
		f.Add("occurred_at", "required", "say when it happened")
	}
	kernel.CheckTime(f, "occurred_at", in.OccurredAt)
	kernel.CheckTime(f, "known_at", in.KnownAt)
	if !in.KnownAt.IsZero() && in.KnownAt.Before(in.OccurredAt) {
		f.Add("known_at", "order", "nobody knows of a loss before it happens")
	}
	checkCode(f, "cause", in.Cause)
	checkRefIf(f, "insured", in.Insured)
	checkRefIf(f, "claimant", in.Claimant)
	checkRefIf(f, "reporter", in.Reporter)
	checkRefIf(f, "assistant", in.Assistant)
	checkOptional(f, "relationship", in.Relationship)
	checkOptional(f, "authority", in.Authority)
	checkOptional(f, "channel", in.Channel)
	checkOptional(f, "catastrophe", in.Catastrophe)
	checkOptional(f, "method", in.Method)
	checkFree(f, "place", in.Place)
	checkFree(f, "description", in.Description)
	checkFree(f, "account", in.Account)
	if in.Currency != "" {
		kernel.CheckCurrency(f, "currency", in.Currency)
	}
	kernel.CheckAmount(f, "claimed", in.Claimed, in.Currency.Or(kernel.CNY))
	checkFree(f, "reason", in.Reason)
	if in.AcceptDuplicate && in.Reason.IsZero() {
		f.Add("reason", "required", "say why it is another loss")
	}
}

// Report opens a claim. Cover is asked for as it was when the loss occurred and stays
// with the claim; a policy that was not in force then is flagged.
//
// Besides the errors of every command: [kernel.ErrNotFound] when there is no such
// policy, a [kernel.DuplicateError] when the same policy has a claim of the same day and
// cause, and [kernel.ErrInvalid] for a cover that cannot be worked with.
func (s *Service) Report(ctx context.Context, in Notice, opts ...kernel.Option) (Claim, error) {
	var cover Cover
	return command.Create(ctx, s.run, s.life, command.Creation[Claim, Event]{
		Event: EventReport, Input: in, Check: in.check,
		Prepare: func(ctx context.Context) (err error) {
			cover, err = s.coverAt(ctx, in)
			return err
		},
		Build: func(u *command.Unit) (*Claim, error) { return s.open(u, in, cover) },
	}, opts...)
}

func (s *Service) coverAt(ctx context.Context, in Notice) (Cover, error) {
	if s.cfg.Policies == nil {
		return Cover{}, errors.New("claim: no policies are configured")
	}
	cover, err := s.cfg.Policies.CoverAt(ctx, in.Policy, kernel.Instant(in.OccurredAt))
	if err != nil {
		return Cover{}, fmt.Errorf("policy: %w", err)
	}
	cover.settle(in.Policy)
	var f kernel.FieldErrors
	cover.check(f.At("cover"), s.cfg.Calculators)
	return cover, f.Err()
}

// open builds the claim from the notice and the cover.
func (s *Service) open(u *command.Unit, in Notice, cover Cover) (*Claim, error) {
	c, err := draft(u, in, cover)
	if err != nil {
		return nil, err
	}
	c.tell(u)
	u.Because(in.Reason)
	reads := []storage.Read{storage.Where(new([]Claim), c.sameLoss()).Kept()}
	if s.cfg.Heard != nil {
		reads = append(reads, s.cfg.Heard(c)...)
	}
	// In one go, the counter last: whoever needs a number waits from there on.
	if err := u.Load(append(reads, number.Ahead(u, s.cfg.Numbers, kind)...)...); err != nil {
		return nil, err
	}
	if err := c.twins(u, in); err != nil {
		return nil, err
	}
	if c.Number, err = number.Next(u, s.cfg.Numbers, kind, "CLM"); err != nil {
		return nil, err
	}
	u.Fact("number", c.Number)
	return c, nil
}

// tell tells a reader of the history what the claim is about.
func (c *Claim) tell(u *command.Unit) {
	if c.NotInForce {
		u.Fact("not_in_force", c.Cover.WhyNot)
	}
	u.Fact("policy", string(c.Policy))
	u.Fact("cause", c.Cause)
	u.Fact("loss_on", c.LossOn)
}

// draft is what the notice and the cover say.
func draft(u *command.Unit, in Notice, cover Cover) (*Claim, error) {
	loc, err := cover.location()
	if err != nil {
		return nil, err
	}
	c := &Claim{
		Policy: cover.Policy, Relationship: in.Relationship, Authority: in.Authority,
		Assistant: in.Assistant, Channel: in.Channel, Catastrophe: in.Catastrophe, Method: in.Method,
		OccurredAt: kernel.Instant(in.OccurredAt), KnownAt: kernel.Instant(in.OccurredAt), ReportedAt: u.Now(),
		LossOn: kernel.DateOf(in.OccurredAt.In(loc)), Zone: loc.String(), Cause: in.Cause,
		Place: in.Place, Description: in.Description, Account: in.Account,
		Claimed: in.Claimed, Currency: cover.Currency, Cover: cover,
	}
	c.Branch = cover.Branch
	if !in.KnownAt.IsZero() {
		c.KnownAt = kernel.Instant(in.KnownAt)
	}
	if err := c.people(in, &cover); err != nil {
		return nil, err
	}
	var f kernel.FieldErrors
	if c.OccurredAt.After(u.Now()) {
		f.Add("occurred_at", "future", "the loss is in the future")
	}
	if c.KnownAt.After(u.Now()) {
		f.Add("known_at", "future", "the knowledge is in the future")
	}
	if in.Currency != "" && in.Currency != c.Currency {
		f.Add("currency", "currency", "the policy is in %s", c.Currency)
	}
	kernel.CheckAmount(&f, "claimed", in.Claimed, c.Currency)
	if err := f.Err(); err != nil {
		return nil, err
	}
	ok, why := cover.in(c.OccurredAt)
	if c.NotInForce = !ok; c.NotInForce {
		c.Cover.WhyNot = why
	}
	return c, nil
}

// people fills in who is who.
func (c *Claim) people(in Notice, cover *Cover) error {
	var f kernel.FieldErrors
	switch {
	case in.Insured != "":
		c.Insured = in.Insured
		known := len(cover.Insured) == 0
		for _, r := range cover.Insured {
			known = known || r == in.Insured
		}
		if !known {
			f.Add("insured", "unknown", "not insured under this policy")
		}
	case len(cover.Insured) == 1:
		c.Insured = cover.Insured[0]
	case len(cover.Insured) > 1:
		f.Add("insured", "required", "the policy insures several: say whom it hit")
	default:
		c.Insured = cover.Holder
	}
	if c.Claimant = first(in.Claimant, c.Insured); c.Claimant == "" {
		f.Add("claimant", "required", "say who claims")
	}
	c.Reporter = first(in.Reporter, c.Claimant)
	if c.Relationship == "" && c.Claimant == c.Insured {
		c.Relationship = "self"
	}
	return f.Err()
}

// twins refuses a report that repeats another. The number of the twin is part of a
// unique index, so of two equal reports at the same moment one is refused too.
func (c *Claim) twins(u *command.Unit, in Notice) error {
	same, err := storage.Find[Claim](u, c.sameLoss())
	if err != nil {
		return err
	}
	candidates := c.beside(same)
	if len(candidates) == 0 {
		return nil
	}
	if !in.AcceptDuplicate {
		return &kernel.DuplicateError{Kind: kind, Candidates: candidates}
	}
	u.Fact("accepted_duplicate_of", candidates)
	return nil
}

// beside takes its place beside the claims of the same loss, and returns those that it may
// repeat.
func (c *Claim) beside(same []Claim) []kernel.ID {
	c.Twin = 1
	var candidates []kernel.ID
	for i := range same {
		c.Twin = max(c.Twin, same[i].Twin+1)
		if same[i].State != Withdrawn {
			candidates = append(candidates, same[i].ID)
		}
	}
	return candidates
}

// sameLoss finds the claims of the same policy, day and cause.
func (c *Claim) sameLoss() storage.Query {
	return storage.Query{
		Where: []storage.Cond{colPolicy.Eq(c.Policy), colLossOn.Eq(c.LossOn), colCause.Eq(c.Cause)},
		Order: []storage.Order{storage.ColCreated.Desc()},
	}
}
