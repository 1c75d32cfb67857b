package policy

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Why there is no cover at an instant, besides what ended the terms ("cancelled").
const (
	NotBegun = "not_begun" // before the first instant of cover
	CoverEnd = "expired"   // at or after the end of the term
)

// Cover is what a policy covers at an instant: all that a claim needs to know of it.
type Cover struct {
	PolicyID kernel.ID
	Number   string
	Product  string // code
	Edition  int64
	Line     kernel.Line
	Group    bool
	Branch   string
	Currency kernel.Currency
	Zone     string

	From    time.Time // cover is half-open: from From on, before To
	To      time.Time
	InForce bool
	WhyNot  string    // [NotBegun], [CoverEnd], "cancelled" …; empty when in force
	Since   time.Time // since when there is no cover; zero when in force

	Terms         int64 // number of the terms that this was read from
	Holder        kernel.Ref
	Insured       []InsuredPerson
	Beneficiaries []Beneficiary
	Coverages     []CoverageTerms
	Documents     map[string][]string // kinds that a claim needs by cause; "" for every cause
	Unpaid        decimal.Decimal     // premium due by then and not paid yet
}

// CoverAt returns what a policy covers at an instant, by its key or its number. It is
// read from terms and time, never from the policy's state: a policy that was cancelled
// from a day on is in force before that day. An unknown policy is [kernel.ErrNotFound].
func (s *Policies) CoverAt(ctx context.Context, ref kernel.Ref, at time.Time) (Cover, error) {
	var out Cover
	err := s.run.Look(ctx, "policy.CoverAt", func(u *command.Unit) error {
		p, err := find(u, "policy.CoverAt", ref)
		if err != nil {
			return err
		}
		all, product := []Terms(nil), Product{}
		var due []Instalment
		q := ofPolicy(p.ID)
		if err := u.Load(storage.Where(&all, q), storage.ByID(&product, p.ProductID), storage.Where(&due, q)); err != nil {
			return err
		}
		out, err = p.coverOf(all, &product, due, at, u.Now())
		return err
	})
	return out, err
}

// coverOf is the cover by what belongs to the policy.
func (p *Policy) coverOf(all []Terms, product *Product, due []Instalment, at, now time.Time) (Cover, error) {
	terms := termsAt(all, AsOf{At: at, Known: now})
	if terms == nil { // before all terms: what the first are going to say
		first := slices.IndexFunc(all, func(t Terms) bool { return t.Number == 1 })
		if first < 0 {
			return Cover{}, fmt.Errorf("policy %s has no terms: %w", p.Number, kernel.ErrNotFound)
		}
		terms = &all[first]
	}
	out := p.cover(terms, at)
	out.Documents = product.Design.Documents.Claims
	for i := range due {
		if due[i].DueOn <= today(at, p.Zone) {
			out.Unpaid = out.Unpaid.Add(due[i].Unpaid())
		}
	}
	return out, nil
}

func (p *Policy) cover(t *Terms, at time.Time) Cover {
	c := Cover{
		PolicyID: p.ID, Number: p.Number, Product: p.ProductCode, Edition: p.Edition, Line: p.Line, Group: p.Group,
		Branch: p.Branch, Currency: p.Currency, Zone: p.Zone, From: t.Content.From, To: t.Content.To,
		Terms: t.Number, Holder: t.Content.Holder, Insured: t.Content.Insured,
		Beneficiaries: t.Content.Beneficiaries, Coverages: t.Content.Coverages,
	}
	switch {
	case t.Ended != "" && t.Effective.Before(c.To):
		c.WhyNot, c.Since = t.Ended, t.Effective
	case at.Before(c.From):
		c.WhyNot = NotBegun
	case !at.Before(c.To):
		c.WhyNot, c.Since = CoverEnd, c.To
	default:
		c.InForce = true
	}
	return c
}

// Day returns the day that an instant has in the policy's zone.
func (c *Cover) Day(at time.Time) kernel.Date { return today(at, c.Zone) }

// find returns a policy by its key or number, if the actor may see it.
func find(u *command.Unit, action string, ref kernel.Ref) (*Policy, error) {
	var p *Policy
	if id, err := kernel.ParseID(string(ref)); err == nil {
		var got Policy
		if err := u.Load(storage.Read{Dst: &got, ID: id, Optional: true}); err != nil {
			return nil, err
		}
		if got.ID != "" {
			p = &got
		}
	}
	if p == nil && ref != "" && storage.CheckText(string(ref)) == nil {
		var err error
		if p, err = storage.One[Policy](u, storage.Query{Where: []storage.Cond{colNumber.Eq(string(ref))}}); err != nil {
			return nil, err
		}
	}
	if p == nil {
		return nil, kernel.ErrNotFound
	}
	return p, u.MaySee(action, "policy", p.Subject())
}

// AsOf is a place in the two times of a contract: what held at an instant, as it was
// known at another.
type AsOf struct {
	At    time.Time // zero: now
	Known time.Time // zero: now
}

// termsAt returns the terms that hold, nil before the first. Of those recorded by then
// and effective by then the last recorded count: they were written knowing all others.
func termsAt(all []Terms, as AsOf) *Terms {
	var best *Terms
	for i := range all {
		t := &all[i]
		if !t.Recorded.After(as.Known) && !t.Effective.After(as.At) && (best == nil || t.Number > best.Number) {
			best = t
		}
	}
	return best
}

func lastTerms(u *command.Unit, id kernel.ID) (*Terms, error) {
	q := ofPolicy(id)
	q.Order = []storage.Order{storage.Col[int64]("number").Desc()}
	t, err := storage.One[Terms](u, q)
	if err == nil && t == nil {
		err = kernel.ErrNotFound
	}
	return t, err
}

// TermsAt returns what a policy says at an instant, as it was known at another; with
// [Policy.Day] both can be days. Before the first terms hold, or were recorded, it is
// [kernel.ErrNotFound].
func (s *Policies) TermsAt(ctx context.Context, id kernel.ID, as AsOf) (Terms, error) {
	var out Terms
	err := s.terms(ctx, "policy.TermsAt", id, func(u *command.Unit, all []Terms) error {
		if as.At.IsZero() {
			as.At = u.Now()
		}
		if as.Known.IsZero() {
			as.Known = u.Now()
		}
		t := termsAt(all, as)
		if t == nil {
			return kernel.ErrNotFound
		}
		out = *t
		return nil
	})
	return out, err
}

// Terms returns all that a policy ever said, in the order in which it was recorded.
func (s *Policies) Terms(ctx context.Context, id kernel.ID) ([]Terms, error) {
	var out []Terms
	err := s.terms(ctx, "policy.Terms", id, func(_ *command.Unit, all []Terms) error { out = all; return nil })
	return out, err
}

func (s *Policies) terms(ctx context.Context, action string, id kernel.ID, fn func(*command.Unit, []Terms) error) error {
	return s.run.Look(ctx, action, func(u *command.Unit) error {
		p, err := find(u, action, id.Ref())
		if err != nil {
			return err
		}
		q := ofPolicy(p.ID)
		q.Order = []storage.Order{storage.Col[int64]("number").Asc()}
		all, err := storage.Find[Terms](u, q)
		if err != nil {
			return err
		}
		return fn(u, all)
	})
}

// Day returns the first instant of a day in the policy's zone.
func (p *Policy) Day(d kernel.Date) time.Time {
	loc, err := location(p.Zone)
	if err != nil {
		loc = time.UTC
	}
	return kernel.Instant(d.In(loc))
}
