package kernel

import (
	"fmt"
	"time"
)

// Date is a day of the civil calendar, without zone or time of day. The zero
// value means no date. Dates compare with < and ==.
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
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the day that t shows in its own location; the zero time has none.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return 0
	}
	y, m, d := t.Date()
	secs := time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix()
	return Date(secs/86400 + epochDays + 1)
}

// ParseDate reads "2026-11-22"; a day that does not exist is refused.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date of the form 2006-01-02", clip(s))
	}
	return DateOf(t), nil
}

// DateFromUnixDays returns the day that is n days after 1970-01-01.
func DateFromUnixDays(n int64) Date { return Date(n + epochDays + 1) }

// UnixDays returns the days from 1970-01-01 to d.
func (d Date) UnixDays() int64 { return int64(d) - epochDays - 1 }

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == 0 }

// In returns the first instant of the day in loc.
func (d Date) In(loc *time.Location) time.Time {
	t := time.Unix(d.UnixDays()*86400, 0).UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc)
}

// Time returns midnight UTC of the day; the zero date gives the zero time.
func (d Date) Time() time.Time {
	if d == 0 {
		return time.Time{}
	}
	return d.In(time.UTC)
}

// AddDays returns the day n days later.
func (d Date) AddDays(n int) Date { return d + Date(n) }

// AddMonths returns the same day n months later, or the month's last day where
// there is no such day (Civil Code article 202).
func (d Date) AddMonths(n int) Date {
	t := d.Time()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return DateOf(first).AddDays(min(t.Day(), last) - 1)
}

// AddYears returns the same day n years later; 29 February becomes 28 February
// in other years.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// Sub returns the days from e to d.
func (d Date) Sub(e Date) int { return int(d - e) }

// YearsAt returns the full years from d to the day at: the age of somebody born on d.
func (d Date) YearsAt(at Date) int {
	a, b := d.Time(), at.Time()
	n := b.Year() - a.Year()
	if d.AddYears(n) > at {
		n--
	}
	return n
}

// String returns "2026-11-22", or "" for no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText writes the date as [Date.String] does.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what [Date.MarshalText] wrote.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = 0
		return nil
	}
	v, err := ParseDate(string(b))
	if err == nil {
		*d = v
	}
	return err
}

// CheckDate notes a fault unless d lies between [FirstDate] and [LastDate].
// Whether no date will do is the caller's to say: no date is no fault.
func CheckDate(f *FieldErrors, path string, d Date) {
	if d != 0 && (d < FirstDate || d > LastDate) {
		f.Add(path, "range", "dates from %s to %s", FirstDate, LastDate)
	}
}

// CheckTime is [CheckDate] for an instant.
func CheckTime(f *FieldErrors, path string, t time.Time) { CheckDate(f, path, DateOf(t)) }
