package member

import (
	"slices"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// Entitlement is a benefit that a member has on a day.
type Entitlement struct {
	Benefit  Benefit
	MemberID kernel.ID
	Customer kernel.Ref
	Tier     string // that gives it
	Period   Span   // in which the quota counts
	Quota    int64  // in the period; 0: as often as one likes
	Grant    *Grant // what became of the quota; nil: not used yet

	branch string
}

// Left returns how often the benefit can be had still in the period; of an unlimited one
// [math.MaxInt64].
func (e *Entitlement) Left() int64 {
	g := Grant{Granted: e.Quota, Unlimited: e.Quota == 0}
	if e.Grant != nil {
		if g = *e.Grant; !g.Unlimited && e.Quota > g.Granted {
			g.Granted = e.Quota // raised when it is used next
		}
		g.Unlimited = g.Unlimited || e.Quota == 0
	}
	return g.Left()
}

// entitle returns what a holding has of a benefit on a day, and false when it is not
// entitled: the rule that everything here rests on.
func (h *holding) entitle(b *Benefit, on kernel.Date) (Entitlement, bool) {
	n, has := b.Design.quota(h.tier)
	if !has || b.ProgramID != h.program || !b.enjoyed(on) {
		return Entitlement{}, false
	}
	return Entitlement{
		Benefit: *b, MemberID: h.member, Customer: h.customer, Tier: h.tier,
		Period: b.Design.Per.Around(on, h.since), Quota: n, branch: h.branch,
	}, true
}

// enjoyable returns the benefits that members of the programs have on a day, whatever
// their tier, by code.
func enjoyable(u *command.Unit, hs []holding, on kernel.Date) ([]Benefit, error) {
	var programs []kernel.ID
	for i := range hs {
		programs = append(programs, hs[i].program)
	}
	if len(programs) == 0 {
		return nil, nil
	}
	found, err := storage.Find[Benefit](u, storage.Query{
		Where: []storage.Cond{colProgram.In(programs...), colBenefitState.In(BenefitEffective, BenefitRetiring)},
		Order: []storage.Order{colCode.Asc(), colEdition.Asc()},
	})
	return slices.DeleteFunc(found, func(b Benefit) bool { return !b.enjoyed(on) }), err
}

// entitlements returns all that the holdings have of the benefits, with what became of
// the quotas.
func (c Config) entitlements(u *command.Unit, hs []holding, bs []Benefit) ([]Entitlement, error) {
	var out []Entitlement
	on := c.today(u)
	for i := range bs {
		for j := range hs {
			if e, ok := hs[j].entitle(&bs[i], on); ok {
				out = append(out, e)
			}
		}
	}
	if len(out) == 0 {
		return nil, nil
	}
	var members []kernel.ID
	for i := range hs {
		members = append(members, hs[i].member)
	}
	grants, err := storage.Find[Grant](u, storage.Query{Where: []storage.Cond{
		colGrantMember.In(members...), colGrantTo.Gt(on),
	}})
	for i := range out {
		e := &out[i]
		n := slices.IndexFunc(grants, func(g Grant) bool {
			return g.MemberID == e.MemberID && g.Benefit == e.Benefit.Code && g.Period == e.Period.Key
		})
		if n >= 0 {
			e.Grant = &grants[n]
		}
	}
	return out, err
}

// wanted is a benefit that somebody asks for.
type wanted struct {
	customer kernel.Ref
	code     string                    // of the benefit; empty: whichever fits
	kind     BenefitKind               // empty: any
	fits     func(*BenefitDesign) bool // nil: any
	misfit   string                    // the field that the misfit is about
}

// entitled returns what entitles the customer to what is wanted. Who is not entitled is
// told which field stands in the way, as [kernel.FieldErrors].
func (c Config) entitled(u *command.Unit, w wanted) (*Entitlement, error) {
	hs, err := holdings(u, c.today(u), w.customer)
	if err != nil {
		return nil, err
	}
	if len(hs) == 0 {
		return nil, kernel.Invalid("customer", "not_a_member", "the customer is no active member")
	}
	bs, err := enjoyable(u, hs, c.today(u))
	if err != nil {
		return nil, err
	}
	keep := func(holds func(*Benefit) bool) bool {
		bs = slices.DeleteFunc(bs, func(b Benefit) bool { return !holds(&b) })
		return len(bs) > 0
	}
	switch {
	case !keep(func(b *Benefit) bool { return w.code == "" || b.Code == w.code }):
		return nil, kernel.Invalid("benefit", "unknown", "no such benefit is in effect for the customer's program")
	case !keep(func(b *Benefit) bool { return w.kind == "" || b.Kind == w.kind }):
		return nil, kernel.Invalid("benefit", "kind", "no benefit of this kind")
	case !keep(func(b *Benefit) bool { return w.fits == nil || w.fits(&b.Design) }):
		return nil, kernel.Invalid(w.misfit, "not_included", "the benefit does not include it")
	}
	all, err := c.entitlements(u, hs, bs)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, kernel.Invalid("benefit", "tier", "members of the customer's tier do not have it")
	}
	if i := slices.IndexFunc(all, func(e Entitlement) bool { return e.Left() > 0 }); i >= 0 {
		return &all[i], nil
	}
	return nil, kernel.Invalid("benefit", "exhausted", "the quota of %s is used up", all[0].Period.Key)
}
