package member

import (
	"slices"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage"
)

// maxQuota is the highest quota of a period.
const maxQuota = 1_000_000

// check notes every fault of the design that can be seen without looking anything up.
func (d BenefitDesign) check(f *kernel.FieldErrors) {
	checkCode(f, "code", d.Code, true)
	checkLabel(f, "name", d.Name)
	checkWording(f, "text", d.Text)
	if d.ProgramID == "" {
		f.Add("program_id", "required", "whose members have it?")
	}
	checkCount(f, "tiers", len(d.Tiers), MaxList)
	for i, t := range d.Tiers[:min(len(d.Tiers), MaxList)] {
		at := f.Index("tiers", i)
		checkCode(at, "tier", t.Tier, true)
		checkInt(at, "quota", t.Quota, 0, maxQuota)
		if slices.IndexFunc(d.Tiers, func(o TierQuota) bool { return o.Tier == t.Tier }) < i {
			at.Add("tier", "duplicate", "listed twice")
		}
		if t.Quota > 0 && d.Quota == 0 {
			at.Add("quota", "conflict", "the benefit itself has no quota")
		}
	}
	checkInt(f, "quota", d.Quota, 0, maxQuota)
	if !d.Per.Known() {
		f.Add("per", "unknown", "not a period")
	}
	if d.Quota > 0 && d.Per == "" {
		f.Add("per", "required", "a quota counts for a period")
	}
	d.checkKind(f)
	checkDay(f, "valid_from", d.ValidFrom, false)
	checkDay(f, "valid_to", d.ValidTo, false)
	if d.ValidTo != 0 && d.ValidTo < d.ValidFrom {
		f.Add("valid_to", "order", "not before its first day")
	}
}

// checkKind notes what the kind of the benefit lacks, and what does not belong to it.
func (d *BenefitDesign) checkKind(f *kernel.FieldErrors) {
	switch d.Kind {
	case ProductDiscount, ValueAddedService, MemberEvent, PriorityService:
	default:
		f.Add("kind", "unknown", "not a kind of benefit")
		return
	}
	switch err := kernel.FitsRate(d.Rate); {
	case d.Kind != ProductDiscount:
		if !d.Rate.IsZero() {
			f.Add("rate", "conflict", "only a product discount has a rate")
		}
		if len(d.Products) > 0 {
			f.Add("products", "conflict", "only a product discount names products")
		}
	case err != nil:
		f.Add("rate", "range", "%s", err)
	case !d.Rate.IsPositive() || d.Rate.GreaterThan(decimal.NewFromInt(1)):
		f.Add("rate", "range", "above 0 and at most 1")
	}
	if d.Kind == ProductDiscount {
		checkCount(f, "products", len(d.Products), MaxList)
		for i, p := range d.Products[:min(len(d.Products), MaxList)] {
			checkCode(f.Index("products", i), "", p, true)
		}
	}
	checkServices(f, "services", d.Services, d.Kind == ValueAddedService)
	if d.Kind != ValueAddedService {
		if len(d.Services) > 0 {
			f.Add("services", "conflict", "only a value-added service names services")
		}
		if d.PartnerID != "" {
			f.Add("partner_id", "conflict", "only a value-added service has a partner")
		}
	}
}

// checkServices notes a fault unless each service is known and listed once.
func checkServices(f *kernel.FieldErrors, path string, in []ServiceKind, required bool) {
	if required && len(in) == 0 {
		f.Add(path, "required", "name a service at least")
	}
	checkCount(f, path, len(in), len(serviceKinds))
	for i, s := range in[:min(len(in), len(serviceKinds))] {
		switch {
		case !slices.Contains(serviceKinds, s):
			f.Index(path, i).Add("", "unknown", "not a value-added service")
		case slices.Index(in, s) != i:
			f.Index(path, i).Add("", "duplicate", "listed twice")
		}
	}
}

// fits notes what the design names and does not exist: the program, its tiers, the
// partner. It returns whose program it is.
func (d *BenefitDesign) fits(u *command.Unit, cfg Config, f *kernel.FieldErrors) (branch string, err error) {
	program, rules, err := programOn(u, d.ProgramID, cfg.today(u))
	if err != nil {
		return "", err
	}
	if program == nil {
		f.Add("program_id", "unknown", "there is no such program")
	} else {
		branch = program.Branch
		for i, t := range d.Tiers {
			if rules.rank(t.Tier) < 0 {
				f.Index("tiers", i).Add("tier", "unknown", "the program has no such tier")
			}
		}
	}
	if d.PartnerID == "" {
		return branch, nil
	}
	p, err := partner(u, d.PartnerID)
	switch {
	case err != nil:
		return "", err
	case p == nil || p.State != PartnerActive:
		f.Add("partner_id", "unknown", "there is no such partner at work")
		return branch, nil
	}
	for i, s := range d.Services {
		if !slices.Contains(p.Services, s) {
			f.Index("services", i).Add("", "partner", "the partner does not offer it")
		}
	}
	return branch, nil
}

// programOn returns a program and its rules on a day; nil when there is no program, or it
// had no rules yet.
func programOn(u *command.Unit, program kernel.ID, on kernel.Date) (*Program, *Rules, error) {
	id, err := kernel.ParseID(string(program))
	if err != nil {
		return nil, nil, nil //nolint:nilerr // what is no key is no program
	}
	p, err := storage.One[Program](u, storage.Query{Where: append(u.Branches(), storage.ColID.Eq(id))})
	if err != nil || p == nil {
		return nil, nil, err
	}
	r, err := rulesOn(u, id, on)
	if err != nil || r == nil {
		return nil, nil, err
	}
	return p, &r.Rules, nil
}
