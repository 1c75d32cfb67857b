package member

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// Rules is what a program asks and gives while they hold.
type Rules struct {
	Tiers        []Tier `json:"tiers"`                 // from the lowest, which is open to everybody, to the highest
	ReviewMonths int    `json:"review_months"`         // a tier is kept so long; 1 to 120, 0 in a form: 12
	CountMonths  int    `json:"count_months"`          // the points of so many months before the day count; 1 to 120, 0 in a form: 12
	PointMonths  int    `json:"point_months,omitzero"` // points last so long; 0: for ever
	TermMonths   int    `json:"term_months,omitzero"`  // membership lasts so long until it is renewed; 0: for ever
	NoticeDays   int    `json:"notice_days,omitzero"`  // benefits start and end so many days after it was announced (MR 七(四)2); 1 to 366, 0 in a form: 30
}

// Tier is a level of membership (会员等级) and what one needs for it. Thresholds that are
// zero are not asked.
type Tier struct {
	Code    string          `json:"code"`
	Name    workflow.Label  `json:"name"`
	Premium decimal.Decimal `json:"premium,omitzero"` // yearly premium in force, in CNY
	Years   int             `json:"years,omitzero"`   // full years of membership
	Points  int64           `json:"points,omitzero"`  // earned in the months that count
	Any     bool            `json:"any,omitzero"`     // one threshold is enough, else all are needed
}

// Most of what a rule may ask.
const (
	maxMonths = 120
	maxYears  = 100
	maxPoints = 1_000_000_000_000 // of one earn, or as a threshold
)

func (r Rules) filled() Rules {
	if r.ReviewMonths == 0 {
		r.ReviewMonths = 12
	}
	if r.CountMonths == 0 {
		r.CountMonths = 12
	}
	if r.NoticeDays == 0 {
		r.NoticeDays = 30
	}
	return r
}

func (r *Rules) check(f *kernel.FieldErrors) {
	if len(r.Tiers) == 0 {
		f.Add("tiers", "required", "a program has a tier at least")
	}
	checkCount(f, "tiers", len(r.Tiers), MaxList)
	for i := range r.Tiers[:min(len(r.Tiers), MaxList)] {
		at, t := f.Index("tiers", i), &r.Tiers[i]
		t.check(at)
		switch asks := t.asks(); {
		case i == 0 && asks:
			at.Add("", "open", "the lowest tier is open to everybody")
		case i > 0 && !asks:
			at.Add("", "required", "a higher tier asks for premium, years or points")
		}
		if slices.IndexFunc(r.Tiers, func(o Tier) bool { return o.Code == t.Code }) < i {
			at.Add("code", "duplicate", "the code of a lower tier")
		}
	}
	for _, m := range [...]struct {
		path string
		n    int
	}{{"review_months", r.ReviewMonths}, {"count_months", r.CountMonths}, {"point_months", r.PointMonths}, {"term_months", r.TermMonths}} {
		checkInt(f, m.path, int64(m.n), 0, maxMonths)
	}
	checkInt(f, "notice_days", int64(r.NoticeDays), 0, 366)
}

func (t *Tier) check(f *kernel.FieldErrors) {
	checkCode(f, "code", t.Code, true)
	checkLabel(f, "name", t.Name)
	kernel.CheckAmount(f, "premium", t.Premium, kernel.CNY)
	checkInt(f, "years", int64(t.Years), 0, maxYears)
	checkInt(f, "points", t.Points, 0, maxPoints)
}

// asks reports whether the tier has any threshold. A premium that cannot be an amount is
// one: its own fault is told elsewhere.
func (t *Tier) asks() bool { return !t.Premium.IsZero() || t.Years != 0 || t.Points != 0 }

// rank returns the place of a tier, -1 for one that these rules do not have.
func (r *Rules) rank(code string) int {
	return slices.IndexFunc(r.Tiers, func(t Tier) bool { return t.Code == code })
}

// Figures are what counts towards a tier, as of the beginning of a day.
type Figures struct {
	On      kernel.Date     `json:"on"`
	Premium decimal.Decimal `json:"premium"` // yearly, in force, in CNY
	Years   int             `json:"years"`   // full years of membership
	Points  int64           `json:"points"`  // earned in the months that count, less what was taken back
}

// qualified returns the place of the highest tier for which the figures are enough.
func (r *Rules) qualified(have Figures) int {
	best := 0
	for i := range r.Tiers {
		if r.Tiers[i].met(have) {
			best = i
		}
	}
	return best
}

func (t *Tier) met(have Figures) bool {
	asked, met := 0, 0
	for _, x := range t.thresholds(have) {
		asked++
		if x.met {
			met++
		}
	}
	return met == asked || t.Any && met > 0
}

// threshold is one of the things that a tier asks, against what a member has.
type threshold struct {
	met    bool
	en, zh string
}

func (t *Tier) thresholds(have Figures) []threshold {
	var out []threshold
	if !t.Premium.IsZero() {
		out = append(out, threshold{have.Premium.GreaterThanOrEqual(t.Premium),
			fmt.Sprintf("premium in force %s of %s CNY", have.Premium.StringFixed(2), t.Premium.StringFixed(2)),
			fmt.Sprintf("有效保费 %s 元，要求 %s 元", have.Premium.StringFixed(2), t.Premium.StringFixed(2))})
	}
	if t.Years != 0 {
		out = append(out, threshold{have.Years >= t.Years,
			fmt.Sprintf("membership of %d full years of %d", have.Years, t.Years),
			fmt.Sprintf("入会满 %d 年，要求 %d 年", have.Years, t.Years)})
	}
	if t.Points != 0 {
		out = append(out, threshold{have.Points >= t.Points,
			fmt.Sprintf("%d points of %d", have.Points, t.Points),
			fmt.Sprintf("积分 %d 分，要求 %d 分", have.Points, t.Points)})
	}
	return out
}

// tell says what the tier asks and what there is.
func (t *Tier) tell(have Figures) workflow.Label {
	var en, zh []string
	for _, x := range t.thresholds(have) {
		en, zh = append(en, x.en), append(zh, x.zh)
	}
	switch {
	case len(en) == 0:
		return label("open to every member", "所有会员均可享有")
	case t.Any && len(en) > 1:
		return label("one of: "+strings.Join(en, "; "), "满足其一："+strings.Join(zh, "；"))
	}
	return label(strings.Join(en, "; "), strings.Join(zh, "；"))
}
