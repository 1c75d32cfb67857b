package kernel_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
)

func anyDay(t *rapid.T, name string) kernel.Date {
	return kernel.FirstDate.AddDays(rapid.IntRange(0, kernel.LastDate.Sub(kernel.FirstDate)).Draw(t, name))
}

func TestDaysAreThoseOfTheTimePackage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDay(t, "d"), rapid.IntRange(-400_000, 400_000).Draw(t, "n")
		e := d.AddDays(n)
		if want := d.Time().AddDate(0, 0, n); !e.Time().Equal(want) || kernel.DateOf(want) != e {
			t.Fatalf("%v and %d days = %v, want %v", d, n, e, want)
		}
		if e.Sub(d) != n || (d < e) != d.Time().Before(e.Time()) {
			t.Fatalf("%v and %v are %d days apart", d, e, e.Sub(d))
		}
	})
}

func TestMonthsAreThoseOfTheTimePackage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDay(t, "d"), rapid.IntRange(-2000, 2000).Draw(t, "n")
		got, year, month := d.AddMonths(n).Time(), d.Time().Year(), d.Time().Month()
		first := time.Date(year, month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
		if got.Year() != first.Year() || got.Month() != first.Month() {
			t.Fatalf("%v and %d months = %v, not in %v", d, n, got, first)
		}
		// The same day, or the last one of a month that is too short.
		if want := d.Time().Day(); got.Day() != want && (got.Day() > want || got.AddDate(0, 0, 1).Month() == got.Month()) {
			t.Fatalf("%v and %d months = %v", d, n, got)
		}
		if d.AddYears(n) != d.AddMonths(12*n) {
			t.Fatalf("%v and %d years = %v", d, n, d.AddYears(n))
		}
	})
}

func TestAgeIsThatOfTheCalendar(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		born, at := anyDay(t, "born"), anyDay(t, "at")
		n := born.YearsAt(at)
		if born.AddYears(n) > at || born.AddYears(n+1) <= at {
			t.Fatalf("%v on %v: %d", born, at, n)
		}
	})
}

func TestDayOfAnInstant(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		loc := time.FixedZone("", rapid.IntRange(-15*3600, 15*3600).Draw(t, "offset"))
		secs := rapid.Int64Range(kernel.FirstDate.Time().Unix(), kernel.LastDate.Time().Unix()).Draw(t, "secs")
		at := time.Unix(secs, 0).In(loc)
		d := kernel.DateOf(at)
		if d.String() != at.Format(time.DateOnly) {
			t.Fatalf("%v on %v", d, at)
		}
		if begin, end := d.In(loc), d.AddDays(1).In(loc); at.Before(begin) || !at.Before(end) {
			t.Fatalf("%v is not from %v to %v", at, begin, end)
		}
	})
}
