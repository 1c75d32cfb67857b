package member

import (
	"fmt"

	"github.com/coverkit/crm/kernel"
)

// Per is the period for which a quota counts.
type Per string

// The periods. Empty is [PerYear].
const (
	PerMonth          Per = "month"           // 自然月
	PerQuarter        Per = "quarter"         // 自然季度
	PerYear           Per = "year"            // 自然年
	PerMembershipYear Per = "membership_year" // 会员年度: from the day and month of the enrolment
)

// Known reports whether the period is one of the library's, or empty.
func (p Per) Known() bool {
	return p == "" || p == PerMonth || p == PerQuarter || p == PerYear || p == PerMembershipYear
}

// Span is one period.
type Span struct {
	Key  string      // "2026-11", "2026-Q4", "2026", "2026-03-15/1y"
	From kernel.Date // first day
	To   kernel.Date // first day after
}

// Around returns the period in which a day lies, for a member since a day. Who is a
// member since 29 February begins a year on 28 February where there is no other. For a
// member since no day the membership year is the calendar year.
func (p Per) Around(on, since kernel.Date) Span {
	t := on.Time()
	year, month := t.Year(), t.Month()
	switch {
	case p == PerMonth:
		from := kernel.NewDate(year, month, 1)
		return Span{fmt.Sprintf("%04d-%02d", year, month), from, from.AddMonths(1)}
	case p == PerQuarter:
		n := (int(month) - 1) / 3
		from := kernel.NewDate(year, 1, 1).AddMonths(3 * n)
		return Span{fmt.Sprintf("%04d-Q%d", year, n+1), from, from.AddMonths(3)}
	case p == PerMembershipYear && since != 0:
		n := since.YearsAt(on)
		from := since.AddYears(n)
		return Span{from.String() + "/1y", from, since.AddYears(n + 1)}
	}
	from := kernel.NewDate(year, 1, 1)
	return Span{fmt.Sprintf("%04d", year), from, from.AddYears(1)}
}
