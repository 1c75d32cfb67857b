package claim

import (
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// check notes what is wrong with a cover that a host answered, so that a claim never
// stands on something that cannot be calculated.
func (c *Cover) check(f *kernel.FieldErrors, calculators map[string]Calculator) {
	kernel.CheckRef(f, "policy", c.Policy)
	kernel.CheckText(f, "number", c.Number, kernel.MaxRef, false)
	kernel.CheckText(f, "branch", c.Branch, kernel.MaxRef, false)
	kernel.CheckText(f, "why_not", c.WhyNot, kernel.MaxRef, false)
	if !c.Line.Known() {
		f.Add("line", "unknown", "not a line of business")
	}
	kernel.CheckCurrency(f, "currency", c.Currency)
	kernel.CheckTime(f, "from", c.From)
	kernel.CheckTime(f, "to", c.To)
	if !c.To.IsZero() && !c.From.Before(c.To) {
		f.Add("to", "order", "the cover ends before it begins")
	}
	if c.Holder != "" {
		kernel.CheckRef(f, "holder", c.Holder)
	}
	for i, r := range c.Insured {
		kernel.CheckRef(f.Index("insured", i), "", r)
	}
	for i, s := range c.Entitled {
		at := f.Index("entitled", i)
		kernel.CheckRef(at, "party", s.Party)
		if s.Order < 1 || s.Weight < 0 {
			at.Add("", "range", "an order is at least 1, a weight not negative")
		}
	}
	kernel.CheckAmount(f, "unpaid_premium", c.UnpaidPremium, c.Currency)
	for path, days := range map[string]int{"assess_days": c.AssessDays, "assess_days_complex": c.AssessDaysComplex, "pay_days": c.PayDays} {
		if days < 0 || days > 366 {
			f.Add(path, "range", "between 0 and 366 days")
		}
	}
	if len(c.Coverages) == 0 {
		f.Add("coverages", "required", "a policy covers something")
	}
	for i := range c.Coverages {
		at := f.Index("coverages", i)
		if c.Coverage(c.Coverages[i].Code) != &c.Coverages[i] {
			at.Add("code", "duplicate", "the code comes twice")
		}
		c.Coverages[i].check(at, c.Currency, calculators)
	}
	for cause, kinds := range c.Documents {
		for i, k := range kinds {
			checkCode(f, fmt.Sprintf("documents[%s][%d]", clip(cause), i), k)
		}
	}
}

func (c *Coverage) check(f *kernel.FieldErrors, cur kernel.Currency, calculators map[string]Calculator) {
	checkCode(f, "code", c.Code)
	kernel.CheckText(f, "name", c.Name, maxLine, false)
	kernel.CheckText(f, "clause", c.Clause, maxLine, false)
	if calculators[c.calculator()] == nil {
		f.Add("calculator", "unknown", "no calculator of this name")
	}
	kernel.CheckText(f, "period", c.Period, kernel.MaxRef, false)
	checkBasis(f, "limit_basis", c.LimitBasis)
	checkBasis(f, "deductible_basis", c.DeductibleBasis)
	kernel.CheckAmount(f, "limit", c.Limit, cur)
	kernel.CheckAmount(f, "deductible", c.Deductible, cur)
	kernel.CheckAmount(f, "sum_insured", c.SumInsured, cur)
	kernel.CheckAmount(f, "daily", c.Daily, cur)
	for code, d := range c.SubLimits {
		kernel.CheckAmount(f, "sub_limits["+clip(code)+"]", d, cur)
	}
	checkPart(f, "copay", c.Copay)
	for grade, d := range c.Grades {
		checkPart(f, "grades["+clip(grade)+"]", d)
	}
	if c.DaysFree < 0 || c.DaysMax < 0 {
		f.Add("days", "range", "days are not negative")
	}
	kernel.CheckDate(f, "waiting_till", c.WaitingTill)
}

// calculator returns the name of the coverage's calculator.
func (c *Coverage) calculator() string { return orCode(c.Calculator, "indemnity") }

// counts reports whether the coverage has an accumulator.
func (c *Coverage) counts() bool {
	return c.LimitBasis == PerPeriod && c.Limit.IsPositive() || c.DeductibleBasis == PerPeriod && c.Deductible.IsPositive()
}

func checkBasis(f *kernel.FieldErrors, path string, b Basis) {
	if b != "" && b != PerClaim && b != PerPeriod {
		f.Add(path, "unknown", "claim or period")
	}
}

func checkPart(f *kernel.FieldErrors, path string, d decimal.Decimal) {
	if err := kernel.FitsRate(d); err != nil {
		f.Add(path, "range", "%s", err)
		return
	}
	if d.IsNegative() || d.GreaterThan(decimal.NewFromInt(1)) {
		f.Add(path, "range", "a part lies between 0 and 1")
	}
}

// maxLine and maxText bound short texts and free texts, in characters.
const (
	maxLine = 200
	maxText = 4000
)

// checkCode notes a fault unless s is a code: 1 to [kernel.MaxRef] bytes.
func checkCode(f *kernel.FieldErrors, path, s string) { kernel.CheckRef(f, path, kernel.Ref(s)) }

func checkOptional(f *kernel.FieldErrors, path, s string) {
	if s != "" {
		checkCode(f, path, s)
	}
}

// clip keeps a hostile key of a map out of a fault's path.
func clip(s string) string {
	var f kernel.FieldErrors
	if checkOptional(&f, "", s); f.Err() != nil {
		return "?"
	}
	return s
}
