package policy

import (
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// check notes what is wrong with what the design says, whether or not it is complete.
func (d *Design) check(f *kernel.FieldErrors) {
	cur := d.Currency.Or(kernel.CNY)
	checkCode(f, "code", d.Code, true)
	checkName(f, "name", d.Name)
	if !d.Line.Known() {
		f.Add("line", "unknown", "not a line of business")
	}
	kernel.CheckCurrency(f, "currency", cur)
	checkCount(f, "coverages", len(d.Coverages), MaxList)
	for i := range d.Coverages {
		d.Coverages[i].check(f.Index("coverages", i), cur)
		if first := slices.IndexFunc(d.Coverages, func(c Coverage) bool { return c.Code == d.Coverages[i].Code }); first < i {
			f.Index("coverages", i).Add("code", "duplicate", "the code of an earlier coverage")
		}
	}
	checkCount(f, "terms", len(d.Terms), MaxList)
	for i, t := range d.Terms {
		t.check(f.Index("terms", i), "")
		if t.IsZero() {
			f.Index("terms", i).Add("", "required", "a term has a length")
		}
	}
	d.IssueAges.check(f, "issue_ages")
	for i, m := range d.PayModes {
		if !m.Known() {
			f.Index("pay_modes", i).Add("", "unknown", "not a mode of payment")
		}
	}
	checkDays(f, "cooling_off_days", d.CoolingOffDays)
	checkDays(f, "grace_days", d.GraceDays)
	checkDays(f, "backdate_days", d.BackdateDays)
	kernel.CheckAmount(f, "cooling_off_fee", d.CoolingOffFee, cur)
	d.Documents.check(f.At("documents"))
	checkCodes(f, "channels", d.Channels)
	checkCodes(f, "questions", d.Questions)
	kernel.CheckDate(f, "sale_from", d.SaleFrom)
	kernel.CheckDate(f, "sale_to", d.SaleTo)
	if d.SaleTo != 0 && d.SaleTo < d.SaleFrom {
		f.Add("sale_to", "range", "before the first day of sale")
	}
	for _, p := range d.Description.parts() {
		kernel.CheckText(f.At("description"), p.path, p.text, MaxText, true)
	}
	d.checkRates(f)
}

func (c *Coverage) check(f *kernel.FieldErrors, cur kernel.Currency) {
	checkCode(f, "code", c.Code, true)
	checkName(f, "name", c.Name)
	checkCode(f, "calculator", c.Calculator, true)
	checkCode(f, "clause", c.Clause, false)
	checkPer(f, "limit_per", c.LimitPer)
	checkPer(f, "deductible_per", c.DeductiblePer)
	switch {
	case c.Basis != SumInsured && c.Basis != Fixed:
		f.Add("basis", "unknown", "sum_insured or fixed")
	case c.Basis == Fixed && !c.Limit.IsPositive():
		f.Add("limit", "required", "a fixed limit is more than zero")
	case c.Basis == SumInsured && !c.Limit.IsZero():
		f.Add("limit", "range", "the sum insured is the limit")
	}
	for _, a := range []struct {
		path string
		d    decimal.Decimal
	}{{"limit", c.Limit}, {"min_sum", c.MinSum}, {"max_sum", c.MaxSum}, {"deductible", c.Deductible}, {"daily", c.Daily}} {
		kernel.CheckAmount(f, a.path, a.d, cur)
	}
	// Numbers of a billion digits are refused before anything computes with them.
	if kernel.FitsAmount(c.MaxSum) == nil && kernel.FitsAmount(c.MinSum) == nil && c.MaxSum.IsPositive() && c.MaxSum.LessThan(c.MinSum) {
		f.Add("max_sum", "range", "below the lowest sum")
	}
	checkPart(f, "copay", c.Copay, decimal.NewFromInt(1))
	checkCount(f, "sub_limits", len(c.SubLimits), MaxList)
	for i, s := range c.SubLimits {
		at := f.Index("sub_limits", i)
		checkCode(at, "code", s.Code, true)
		checkName(at, "name", s.Name)
		kernel.CheckAmount(at, "limit", s.Limit, cur)
	}
	checkDays(f, "waiting_days", c.WaitingDays)
	checkDays(f, "days_free", c.DaysFree)
	checkDays(f, "days_most", c.DaysMost)
	checkCount(f, "grades", len(c.Grades), MaxList)
	for _, grade := range slices.Sorted(maps.Keys(c.Grades)) {
		checkCode(f, "grades", grade, true)
		checkPart(f, "grades", c.Grades[grade], decimal.NewFromInt(1))
	}
	checkCount(f, "exclusions", len(c.Exclusions), MaxList)
	for i, e := range c.Exclusions {
		kernel.CheckText(f.Index("exclusions", i), "", e, MaxName, false)
	}
}

// complete notes what is missing for a product to be reviewed. tabled says that
// premiums come from its own table.
func (d *Design) complete(f *kernel.FieldErrors, tabled bool) {
	need := func(path string, missing bool, why string) {
		if missing {
			f.Add(path, "required", "%s", why)
		}
	}
	need("name.en", strings.TrimSpace(d.Name.EN) == "", "the product's name in English")
	need("name.zh", strings.TrimSpace(d.Name.ZH) == "", "the product's name in Chinese")
	need("coverages", len(d.Coverages) == 0, "a product covers something")
	need("terms", len(d.Terms) == 0, "a term to choose")
	need("pay_modes", len(d.PayModes) == 0, "a mode of payment to choose")
	long := slices.ContainsFunc(d.Terms, func(t Term) bool { return t.months() > 12 || t.months() == 12 && t.Days > 0 || t.Days > 366 })
	need("cooling_off_days", d.Line.Personal() && !d.Group && long && d.CoolingOffDays == 0,
		"stated for personal lines over one year")
	for _, p := range d.Description.parts() {
		need("description."+p.path, strings.TrimSpace(p.text) == "", "no part of the description may be empty")
	}
	for i := range d.Coverages {
		c := &d.Coverages[i]
		at := f.Index("coverages", i)
		if strings.TrimSpace(c.Name.EN) == "" || strings.TrimSpace(c.Name.ZH) == "" {
			at.Add("name", "required", "a name in English and in Chinese")
		}
		for _, t := range d.Terms {
			if tabled && !slices.ContainsFunc(d.Rates, func(r Rate) bool { return r.Coverage == c.Code && r.fits(t) }) {
				at.Add("code", "rate", "no rate for one of the terms")
				break
			}
		}
	}
}

func (d *Documents) check(f *kernel.FieldErrors) {
	checkCodes(f, "application", d.Application)
	checkCount(f, "claims", len(d.Claims), MaxList)
	for _, cause := range slices.Sorted(maps.Keys(d.Claims)) {
		if cause != "" {
			kernel.CheckRef(f, "claims", kernel.Ref(cause))
		}
		checkCodes(f, "claims", d.Claims[cause])
	}
}

func checkCodes(f *kernel.FieldErrors, path string, codes []string) {
	checkCount(f, path, len(codes), MaxList)
	for i, c := range codes {
		checkCode(f.Index(path, i), "", c, true)
		if slices.Index(codes, c) < i {
			f.Index(path, i).Add("", "duplicate", "is listed before")
		}
	}
}

func checkName(f *kernel.FieldErrors, path string, n workflow.Label) {
	kernel.CheckText(f, path+".en", n.EN, MaxName, false)
	kernel.CheckText(f, path+".zh", n.ZH, MaxName, false)
}

// checkPart notes a fault unless d is a rate between 0 and most.
func checkPart(f *kernel.FieldErrors, path string, d, most decimal.Decimal) {
	switch err := kernel.FitsRate(d); {
	case err != nil:
		f.Add(path, "range", "%s", err)
	case d.IsNegative() || d.GreaterThan(most):
		f.Add(path, "range", "from 0 to %s", most)
	}
}

func checkDays(f *kernel.FieldErrors, path string, n int) {
	if n < 0 || n > 3660 {
		f.Add(path, "range", "0 to 3660 days")
	}
}

func checkPer(f *kernel.FieldErrors, path string, p Per) {
	if p != "" && p != PerClaim && p != PerPeriod {
		f.Add(path, "unknown", "claim or period")
	}
}
