package kernel

import (
	"fmt"
	"time"
)

// The last day that four digits can name.
const farDate Date = 3652059

// ParseDate reads "2026-11-22"; a day that does not exist, or lies before the year
// 1, is [ErrInvalid]. The error does not repeat s, which may be a birthday.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return 0, fmt.Errorf("not a date of the form 2006-01-02: %w", ErrInvalid)
	}
	return NewDate(t.Date()), nil
}

// String returns "2026-11-22", or "" for no date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	return d.Time().Format(time.DateOnly)
}

// MarshalText writes the date as [Date.String] does. A day outside the years 1 to
// 9999, which nothing could read again, is [ErrInvalid].
func (d Date) MarshalText() ([]byte, error) {
	if d < 0 || d > farDate {
		return nil, fmt.Errorf("a date outside the years 1 to 9999: %w", ErrInvalid)
	}
	return []byte(d.String()), nil
}

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
