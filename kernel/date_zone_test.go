package kernel_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the same zones on every machine

	"github.com/coverkit/crm/kernel"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestFirstInstantOfADay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, zone, day, want string }{
		{"every day", "Asia/Shanghai", "2026-11-22", "2026-11-22T00:00:00+08:00"},
		{"spring of 1986, changed in the night", "Asia/Shanghai", "1986-05-05", "1986-05-05T00:00:00+09:00"},
		{"spring, changed after midnight", "America/New_York", "2026-03-08", "2026-03-08T00:00:00-05:00"},
		{"the day after", "America/New_York", "2026-03-09", "2026-03-09T00:00:00-04:00"},
		{"autumn, changed after midnight", "America/New_York", "2026-11-01", "2026-11-01T00:00:00-04:00"},
		{"no midnight", "America/Sao_Paulo", "2018-11-04", "2018-11-04T01:00:00-02:00"},
		{"no midnight", "Africa/Cairo", "2024-04-26", "2024-04-26T01:00:00+03:00"},
		{"two midnights", "America/Havana", "2023-11-05", "2023-11-05T00:00:00-04:00"},
		{"two midnights, a minute's day between", "America/St_Johns", "2005-10-30", "2005-10-30T00:00:00-02:30"},
		{"no such day", "Pacific/Apia", "2011-12-30", "2011-12-31T00:00:00+14:00"},
		{"the day before that", "Pacific/Apia", "2011-12-29", "2011-12-29T00:00:00-10:00"},
		{"half an hour", "Australia/Lord_Howe", "2026-04-05", "2026-04-05T00:00:00+11:00"},
	} {
		if got := day(t, c.day).In(zone(t, c.zone)).Format(time.RFC3339); got != c.want {
			t.Errorf("%s (%s): %s, want %s", c.what, c.zone, got, c.want)
		}
	}
	d := day(t, "2026-11-22")
	for name, loc := range map[string]*time.Location{"UTC": time.UTC, "none": nil} {
		if got := d.In(loc); !got.Equal(d.Time()) || got.Location() != time.UTC {
			t.Errorf("%s: %v", name, got)
		}
	}
	far := time.FixedZone("far", 3*86400)
	if got := d.In(far); kernel.DateOf(got) != d || kernel.DateOf(got.Add(-1)) != d-1 {
		t.Errorf("a fixed zone: %v", got)
	}
}

// In every zone that ever moved its clocks at midnight, In gives the earliest
// instant at which the calendar on the wall shows the day, or a later one.
func TestFirstInstantOfEveryDay(t *testing.T) {
	t.Parallel()
	first, last := day(t, "1900-01-01"), day(t, "2060-01-01")
	for _, name := range []string{
		"Asia/Shanghai", "America/Sao_Paulo", "America/Havana", "America/St_Johns", "Pacific/Apia", "Pacific/Kwajalein",
		"Africa/Cairo", "Asia/Beirut", "Asia/Tehran", "Asia/Manila", "Asia/Amman", "Atlantic/Azores", "America/Asuncion",
		"America/Scoresbysund", "Australia/Lord_Howe", "Europe/Dublin", "Africa/Monrovia", "America/Juneau",
	} {
		loc := zone(t, name)
		before := first.AddDays(-1).In(loc)
		for d := first; d <= last; d++ {
			at := d.In(loc)
			if shown := kernel.DateOf(at); shown < d || at.Location() != loc || at.Before(before) {
				t.Fatalf("%s: %v begins at %v, after %v", name, d, at, before)
			}
			for _, earlier := range []time.Duration{1, time.Minute, time.Hour / 2, time.Hour, 3 * time.Hour, 24 * time.Hour} {
				if shown := kernel.DateOf(at.Add(-earlier)); shown >= d {
					t.Fatalf("%s: %v begins at %v, but it is %v before", name, d, at, earlier)
				}
			}
			before = at
		}
	}
}
