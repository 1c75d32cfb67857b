package claim

import (
	"context"
	"sync"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Policies answers what a policy covers. The library's own policies do, and a host with
// policies of its own implements it.
type Policies interface {
	// CoverAt returns what the policy covered at the instant, in force or not, or
	// [kernel.ErrNotFound] when there is no such policy. It is asked before the claim's
	// transaction and must change nothing.
	CoverAt(ctx context.Context, policy kernel.Ref, at time.Time) (Cover, error)
}

// Cover is what a policy covers, as it was at the time of the loss. It is stored with
// the claim as it is and names people by reference only. Times are cut to microseconds.
type Cover struct {
	Policy   kernel.Ref      `json:"policy,omitzero"` // empty: the reference that was asked for
	Number   string          `json:"number,omitzero"` // the policy's business number
	Line     kernel.Line     `json:"line,omitzero"`
	Group    bool            `json:"group,omitzero"`    // of a group policy (团体)
	Branch   string          `json:"branch,omitzero"`   // whose rows its claims are
	Currency kernel.Currency `json:"currency,omitzero"` // empty: CNY
	Zone     string          `json:"zone,omitzero"`     // IANA name; empty: Asia/Shanghai
	From     time.Time       `json:"from,omitzero"`     // the cover holds from here …
	To       time.Time       `json:"to,omitzero"`       // … until before here; zero: no end
	InForce  bool            `json:"in_force,omitzero"` // at the loss; outside [From, To) it is not, whatever this says
	WhyNot   string          `json:"why_not,omitzero"`  // a code: "lapsed", "not_yet", "expired" …

	Holder   kernel.Ref     `json:"holder,omitzero"`
	Insured  []kernel.Ref   `json:"insured,omitzero"`
	Entitled []kernel.Share `json:"entitled,omitzero"` // beneficiaries; see Coverage.Entitled

	Coverages     []Coverage          `json:"coverages,omitzero"`
	Documents     map[string][]string `json:"documents,omitzero"`      // kinds asked for, by cause; "" for every cause
	UnpaidPremium decimal.Decimal     `json:"unpaid_premium,omitzero"` // due and unpaid, set off against the claim

	// What the contract says of the insurer's time, in days; 0: the law does (Insurance Law
	// article 23 lets the contract prevail).
	AssessDays        int `json:"assess_days,omitzero"`         // to decide an ordinary claim
	AssessDaysComplex int `json:"assess_days_complex,omitzero"` // to decide a complex one
	PayDays           int `json:"pay_days,omitzero"`            // to pay after the agreement
}

// Basis says over what a limit or deductible counts.
type Basis string

// The bases. Empty is PerClaim.
const (
	PerClaim  Basis = "claim"  // for each claim anew
	PerPeriod Basis = "period" // for all claims of the period together: an [Accumulator] counts
)

// Coverage is one promise of a policy (保险责任).
type Coverage struct {
	Code       string `json:"code"`
	Name       string `json:"name,omitzero"`
	Calculator string `json:"calculator,omitzero"` // empty: "indemnity"; see [Calculators]
	Clause     string `json:"clause,omitzero"`     // where the wording promises it

	Limit       decimal.Decimal            `json:"limit,omitzero"`       // sum insured; zero: no limit
	LimitBasis  Basis                      `json:"limit_basis,omitzero"` //
	Period      string                     `json:"period,omitzero"`      // of PerPeriod: "2026" or "term"; claims of one period share the accumulator
	PerInsured  bool                       `json:"per_insured,omitzero"` // each insured has an accumulator
	SubLimits   map[string]decimal.Decimal `json:"sub_limits,omitzero"`  // within the limit, by code, for each claim
	Entitled    bool                       `json:"entitled,omitzero"`    // paid to those entitled (death), not to the claimant
	WaitingTill kernel.Date                `json:"waiting_till,omitzero"`

	Deductible      decimal.Decimal `json:"deductible,omitzero"` // 免赔额
	DeductibleBasis Basis           `json:"deductible_basis,omitzero"`
	Copay           decimal.Decimal `json:"copay,omitzero"`       // the insured's part of each loss, 0 to 1 (免赔率)
	SumInsured      decimal.Decimal `json:"sum_insured,omitzero"` // for average: what the thing was insured for

	Daily    decimal.Decimal            `json:"daily,omitzero"`    // per diem: for each day
	DaysFree int                        `json:"free,omitzero"`     // per diem: the first days that are not paid
	DaysMax  int                        `json:"days_max,omitzero"` // per diem: at most so many paid days; 0: any number
	Grades   map[string]decimal.Decimal `json:"grades,omitzero"`   // graded: part of the limit by grade, 0 to 1
}

// Coverage returns the coverage with the code, or nil.
func (c *Cover) Coverage(code string) *Coverage {
	for i := range c.Coverages {
		if c.Coverages[i].Code == code {
			return &c.Coverages[i]
		}
	}
	return nil
}

// Required lists the kinds of document that the cause asks for, each once.
func (c *Cover) Required(cause string) []string {
	var kinds []string
	seen := map[string]bool{}
	for _, k := range append(append([]string(nil), c.Documents[""]...), c.Documents[cause]...) {
		if !seen[k] {
			seen[k] = true
			kinds = append(kinds, k)
		}
	}
	return kinds
}

// in reports whether the cover holds at the instant, and if not, why.
func (c *Cover) in(at time.Time) (bool, string) {
	switch {
	case !c.From.IsZero() && at.Before(c.From):
		return false, orCode(c.WhyNot, "before_inception")
	case !c.To.IsZero() && !at.Before(c.To):
		return false, orCode(c.WhyNot, "after_end")
	case !c.InForce:
		return false, orCode(c.WhyNot, "not_in_force")
	}
	return true, ""
}

func orCode(code, other string) string {
	if code == "" {
		return other
	}
	return code
}

// location returns the policy's zone. Without time zone data on the machine, China's
// single zone is still known.
func (c *Cover) location() (*time.Location, error) {
	if c.Zone == "" || c.Zone == shanghai {
		return inShanghai(), nil
	}
	if c.Zone == "Local" {
		return nil, kernel.Invalid("cover.zone", "unknown", "name the zone")
	}
	loc, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, kernel.Invalid("cover.zone", "unknown", "no such time zone")
	}
	return loc, nil
}

const shanghai = "Asia/Shanghai"

var inShanghai = sync.OnceValue(func() *time.Location { // read once: it comes from a file
	if loc, err := time.LoadLocation(shanghai); err == nil {
		return loc
	}
	return time.FixedZone(shanghai, 8*60*60)
})

// settle brings what a host answered into the form in which it is stored.
func (c *Cover) settle(asked kernel.Ref) {
	if c.Policy == "" {
		c.Policy = asked
	}
	if c.InForce {
		c.WhyNot = ""
	}
	c.Currency = c.Currency.Or(kernel.CNY)
	if !c.From.IsZero() {
		c.From = kernel.Instant(c.From)
	}
	if !c.To.IsZero() {
		c.To = kernel.Instant(c.To)
	}
}

// StaticPolicies is [Policies] as a map from reference to cover, for first programs and
// tests.
type StaticPolicies map[kernel.Ref]Cover

// CoverAt returns the cover of the map. It is in force within its own From and To as far
// as it says InForce.
func (p StaticPolicies) CoverAt(_ context.Context, policy kernel.Ref, _ time.Time) (Cover, error) {
	c, ok := p[policy]
	if !ok {
		return Cover{}, kernel.ErrNotFound
	}
	return c, nil
}
