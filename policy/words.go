package policy

import (
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/kernel/workflow"
)

// What a form may hold at most.
const (
	MaxName  = 200  // characters of a name
	MaxText  = 5000 // characters of a description or a free text
	MaxLives = 500  // insured persons of one application
	MaxList  = 200  // elements of any other list; rates may be 25 times as many
)

func label(en, zh string) workflow.Label { return workflow.Label{EN: en, ZH: zh} }

// Gender is one of "male", "female", or empty where it is unknown or does not matter.
type Gender string

// The genders that rates know.
const (
	Male   Gender = "male"
	Female Gender = "female"
)

func checkGender(f *kernel.FieldErrors, path string, g Gender) {
	if g != "" && g != Male && g != Female {
		f.Add(path, "unknown", "male, female or empty")
	}
}

// Ages is a band of full years: From and above, below Below. Below 0 has no upper end,
// so the zero value is every age.
type Ages struct {
	From  int `json:"from,omitzero"`
	Below int `json:"below,omitzero"`
}

// Any reports whether every age will do, so that none need be known.
func (a Ages) Any() bool { return a == Ages{} }

// Holds reports whether the age lies in the band.
func (a Ages) Holds(age int) bool { return age >= a.From && (a.Below == 0 || age < a.Below) }

func (a Ages) overlaps(b Ages) bool {
	return (a.Below == 0 || b.From < a.Below) && (b.Below == 0 || a.From < b.Below)
}

func (a Ages) check(f *kernel.FieldErrors, path string) {
	if a.From < 0 || a.From > 150 || a.Below < 0 || a.Below > 151 || a.Below != 0 && a.Below <= a.From {
		f.Add(path, "range", "from 0 to 150 years, the upper end above the lower")
	}
}

// Term is how long cover lasts; years, months and days add up.
type Term struct {
	Years  int `json:"years,omitzero"`
	Months int `json:"months,omitzero"`
	Days   int `json:"days,omitzero"`
}

// IsZero reports whether no term is said.
func (t Term) IsZero() bool { return t == Term{} }

// End returns the first day without cover for cover that begins on the day from.
func (t Term) End(from kernel.Date) kernel.Date { return from.AddMonths(t.months()).AddDays(t.Days) }

func (t Term) months() int { return 12*t.Years + t.Months }

func (t Term) check(f *kernel.FieldErrors, path string) {
	if t.Years < 0 || t.Months < 0 || t.Days < 0 || t.Years > 150 || t.Months > 1800 || t.Days > 3660 {
		f.Add(path, "range", "a term has at most 150 years, 1800 months or 3660 days")
	}
}

// PayMode says how often premium is paid (缴费方式).
type PayMode string

// The modes of payment.
const (
	Single     PayMode = "single"      // 趸缴
	Yearly     PayMode = "yearly"      // 年缴
	HalfYearly PayMode = "half_yearly" // 半年缴
	Quarterly  PayMode = "quarterly"   // 季缴
	Monthly    PayMode = "monthly"     // 月缴
)

var modeMonths = map[PayMode]int{Single: 0, Yearly: 12, HalfYearly: 6, Quarterly: 3, Monthly: 1}

// Known reports whether the mode is one of the library's.
func (m PayMode) Known() bool { _, ok := modeMonths[m]; return ok }

// Instalments returns how many payments the mode makes of a term, 0 when it does not fit.
func (m PayMode) Instalments(t Term) int {
	months, known := modeMonths[m]
	switch {
	case !known:
		return 0
	case months == 0:
		return 1
	case t.Days != 0 || t.months()%months != 0:
		return 0
	}
	return t.months() / months
}

// DefaultZone is where a policy's days begin and end when nothing else is said.
const DefaultZone = "Asia/Shanghai"

var errZone = errors.New("not a time zone")

// location returns a time zone by its IANA name; empty means [DefaultZone].
func location(name string) (*time.Location, error) {
	if name == "" {
		name = DefaultZone
	}
	if name == "Local" || len(name) > kernel.MaxRef || strings.ContainsAny(name, "\x00\\") {
		return nil, errZone
	}
	loc, err := time.LoadLocation(name)
	switch {
	case err == nil:
		return loc, nil
	case name == DefaultZone: // machines without a time zone database; no summer time since 1991
		return time.FixedZone(DefaultZone, 8*60*60), nil
	}
	return nil, errZone
}

// today returns the civil day of an instant in a zone that was checked before.
func today(now time.Time, zone string) kernel.Date {
	loc, err := location(zone)
	if err != nil {
		loc = time.UTC
	}
	return kernel.DateOf(now.In(loc))
}

// Grounds says why: a code for statistics and history, and words, which are sealed.
type Grounds struct {
	Code   string // 1 to 64 bytes, no personal data; may be empty
	Reason privacy.Secret
}

func (g Grounds) check(f *kernel.FieldErrors, required bool) {
	checkCode(f, "code", g.Code, false)
	checkSecret(f, "reason", g.Reason)
	if required && g.Code == "" && g.Reason.IsZero() {
		f.Add("code", "required", "say why, by code or reason")
	}
}

func checkCode(f *kernel.FieldErrors, path, code string, required bool) {
	if code != "" || required {
		kernel.CheckRef(f, path, kernel.Ref(code))
	}
}

func checkSecret(f *kernel.FieldErrors, path string, s privacy.Secret) {
	plain, ok := s.Plain()
	if !ok {
		f.Add(path, "sealed", "give the text, not what is stored of another record")
		return
	}
	kernel.CheckText(f, path, plain, MaxText, true)
}

func checkCount(f *kernel.FieldErrors, path string, n, most int) {
	if n > most {
		f.Add(path, "length", "at most %d", most)
	}
}

func sum(ds ...decimal.Decimal) decimal.Decimal {
	total := decimal.Zero
	for _, d := range ds {
		total = total.Add(d)
	}
	return total
}
