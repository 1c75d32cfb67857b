package kernel

import (
	"math"
	"time"
)

// Date is a day of the civil calendar, without zone or time of day. The zero
// value means no date, and whatever is added to no date is no date. Dates compare
// with < and ==. Sums that leave the type's range stop at its end, far outside
// [FirstDate] and [LastDate].
type Date int32 // days since 0000-12-31, so that 1 is 0001-01-01 and 0 is free

// Days from 0001-01-01 to the Unix epoch.
const epochDays = 719162

// First and last day that a record may carry; [CheckDate] refuses others.
var (
	FirstDate = NewDate(1900, 1, 1)
	LastDate  = NewDate(2999, 12, 31)
)

// NewDate returns a day; as in [time.Date], 2026-02-30 is 2026-03-02.
func NewDate(year int, month time.Month, day int) Date {
	return DateFromUnixDays(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// DateOf returns the day that t shows in its own location; the zero time has none.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return 0
	}
	return NewDate(t.Date())
}

// DateFromUnixDays returns the day that is n days after 1970-01-01.
func DateFromUnixDays(n int64) Date { return toDate(bound(n) + epochDays + 1) }

// toDate stops at the ends of the type, where a conversion would go round.
func toDate(n int64) Date { return Date(min(max(n, math.MinInt32), math.MaxInt32)) }

// bound keeps sums with n inside an int64; it is beyond the ends of the type.
func bound(n int64) int64 { return min(max(n, -1<<33), 1<<33) }

// UnixDays returns the days from 1970-01-01 to d.
func (d Date) UnixDays() int64 { return int64(d) - epochDays - 1 }

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == 0 }

// In returns the first instant of the day in loc, UTC for nil. That is midnight,
// or later where the clocks skipped midnight, or the first of two midnights. The
// zero date gives the zero time.
func (d Date) In(loc *time.Location) time.Time {
	midnight := d.Time()
	if d == 0 || loc == nil || loc == time.UTC {
		return midnight
	}
	// Between two changes of the clocks the offset is one, so that the day begins at
	// midnight by that offset or, if that had passed, with the change itself.
	for t := midnight.AddDate(0, 0, -2).In(loc); ; {
		start, end := t.ZoneBounds()
		_, offset := t.Zone()
		first := midnight.Add(time.Duration(-offset) * time.Second).In(loc)
		if first.Before(start) {
			first = start
		}
		if !end.IsZero() && !end.After(t) { // the time package may end a leap year a day early
			end = t.Truncate(24 * time.Hour).Add(24 * time.Hour)
		}
		if end.IsZero() || first.Before(end) {
			return first
		}
		t = end
	}
}

// Time returns midnight UTC of the day; the zero date gives the zero time.
func (d Date) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return time.Unix(d.UnixDays()*86400, 0).UTC()
}

// AddDays returns the day n days later.
func (d Date) AddDays(n int) Date {
	if d == 0 {
		return 0
	}
	return toDate(int64(d) + bound(int64(n)))
}

// AddMonths returns the same day n months later, or the month's last day where
// there is no such day (Civil Code article 202).
func (d Date) AddMonths(n int) Date { return d.addMonths(int64(n)) }

// AddYears returns the same day n years later; 29 February becomes 28 February
// in other years.
func (d Date) AddYears(n int) Date { return d.addMonths(12 * bound(int64(n))) }

func (d Date) addMonths(n int64) Date {
	if d == 0 {
		return 0
	}
	n = bound(n)
	year, month, day := d.Time().Date()
	first := NewDate(year+int(n/12), month+time.Month(n%12), 1)
	last := NewDate(year+int(n/12), month+time.Month(n%12)+1, 0).Time().Day()
	return first.AddDays(min(day, last) - 1)
}

// Sub returns the days from e to d.
func (d Date) Sub(e Date) int { return int(d - e) }

// YearsAt returns the full years from d to the day at: the age of somebody born on
// d. Who was born on 29 February is a year older on 28 February of other years.
// It is negative when at comes before d, and 0 when one of them is no date.
func (d Date) YearsAt(at Date) int {
	if d == 0 || at == 0 {
		return 0
	}
	a, b := d.Time(), at.Time()
	n := b.Year() - a.Year()
	if d.AddYears(n) > at {
		n--
	}
	return n
}
