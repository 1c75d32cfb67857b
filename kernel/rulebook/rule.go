package rulebook

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
)

// Unit says what the amount of a rule counts.
type Unit string

// The units of periods. All other units of the data, such as "promptly" or "CNY_max",
// are no period.
const (
	Hour        Unit = "hour"
	CalendarDay Unit = "calendar_day" // 自然日
	WorkingDay  Unit = "working_day"  // 工作日
	Month       Unit = "month"
	Year        Unit = "year"
)

// Period reports whether the unit measures time.
func (u Unit) Period() bool {
	return u == Hour || u == CalendarDay || u == WorkingDay || u == Month || u == Year
}

// words are the units that are no period: a duty without a number, a threshold, and
// what else a rule may say.
var words = map[Unit]bool{
	"promptly": true, "immediately": true, "precondition": true, "clock_rule": true, "before_event": true,
	"with_event": true, "duty": true, "prohibition": true, "default_rule": true, "within_cooling_off": true,
	"threshold": true, "contract": true, "hour_per_working_day": true, "scope": true, "absent": true,
	"dispatch_rule": true, "retention": true, "right": true,
	"CNY_min": true, "CNY_max": true, "CNY_over": true, "age_min": true, "age_below": true,
	"person_max": true, "person_min": true, "percent_min": true,
}

const fixedDate = "fixed_date:"

func (u Unit) known() bool {
	if day, ok := strings.CutPrefix(string(u), fixedDate); ok {
		_, err := time.Parse("01-02", day)
		return err == nil
	}
	return u.Period() || words[u]
}

// The two ways to treat a last day that is a rest day.
const (
	NoRoll   = ""               // it stays the last day
	RollNext = "civil_code_203" // the next working day is the last (Civil Code article 203)
)

// DefaultZone is where the days of a rule without a zone are counted.
const DefaultZone = "Asia/Shanghai"

// Rule is one rule of law, or one standard of the company, during the days in which
// this text of it holds.
type Rule struct {
	ID         string `json:"id"`         // "cn.complaint.decide"; several versions share it
	Instrument string `json:"instrument"` // the law or measure, in its own language
	Article    string `json:"article"`
	Trigger    string `json:"trigger,omitempty"` // in words
	Action     string `json:"action,omitempty"`  // in words
	Kind       string `json:"kind"`              // "deadline", "window", "threshold" …
	Obligor    string `json:"obligor,omitempty"` // who has to act

	Amount int  `json:"amount"` // of Unit; 0 where the rule has no number
	Unit   Unit `json:"unit"`

	AppliesTo []string    `json:"applies_to"`              // lines or families of lines; "all"
	From      kernel.Date `json:"effective_from,omitzero"` // the first day; none: not known, or always
	To        kernel.Date `json:"effective_to,omitzero"`   // the last day; none: still in force

	Start       string                     `json:"start,omitempty"` // "next_day" or "moment"
	Roll        string                     `json:"roll,omitempty"`  // [RollNext]; anything that begins with "none" is [NoRoll]
	Zone        string                     `json:"zone,omitempty"`  // where its days are counted; default [DefaultZone]
	Pause       string                     `json:"pause,omitempty"`
	Extension   string                     `json:"extension,omitempty"`
	Restart     string                     `json:"restart,omitempty"`
	Scope       string                     `json:"scope,omitempty"`
	MaxRequests int                        `json:"max_requests,omitempty"`
	Values      map[string]decimal.Decimal `json:"values,omitempty"` // of rules with several numbers

	Verified bool   `json:"verified"`           // against the text; a rule that is not opens no clock
	Standard bool   `json:"standard,omitempty"` // of the company, not law
	Source   string `json:"source,omitempty"`
	Evidence string `json:"evidence,omitempty"`
	Note     string `json:"note,omitempty"`
}

// InForce reports whether this version holds on the day.
func (r *Rule) InForce(on kernel.Date) bool {
	return on >= r.From && (r.To.IsZero() || on <= r.To)
}

// rolls returns [RollNext] or [NoRoll].
func (r *Rule) rolls() string {
	if r.Roll == RollNext {
		return RollNext
	}
	return NoRoll
}

// Period is a length of time.
type Period struct {
	Amount int  `json:"amount"`
	Unit   Unit `json:"unit"`
}

func (p *Period) check(f *kernel.FieldErrors) {
	if !p.Unit.Period() {
		f.Add("unit", "unknown", "hour, calendar_day, working_day, month or year")
	}
	if most := p.Unit.most(); p.Amount < 1 || p.Amount > most {
		f.Add("amount", "range", "from 1 to %d", most)
	}
}

// most of a unit is far beyond any rule, and a day that a database can still hold.
func (u Unit) most() int {
	switch u {
	case Year:
		return 200
	case Month:
		return 2400
	}
	return 70_000
}
