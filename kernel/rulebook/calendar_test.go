package rulebook_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
)

// The number of working days of a year is a check on the list that anyone can repeat.
func TestTheCalendarOfMainlandChina(t *testing.T) {
	t.Parallel()
	want := map[int]int{
		2010: 250, 2011: 250, 2012: 249, 2013: 250, 2014: 250, 2015: 249, 2016: 250, 2017: 249, 2018: 250,
		2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248,
	}
	c := rulebook.Default().Calendar()
	got := map[int]int{}
	for _, y := range c.Years() {
		for d := kernel.NewDate(y, 1, 1); d <= kernel.NewDate(y, 12, 31); d++ {
			working, known := c.Working(d)
			if !known {
				t.Errorf("%s is not known", d)
			}
			if working {
				got[y]++
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, known := range []struct {
		day     string
		working bool
	}{
		{"2010-02-20", true}, {"2011-12-31", true}, {"2013-10-07", false}, {"2014-10-11", true}, {"2015-09-03", false}, {"2015-09-06", true},
		{"2018-12-29", true}, {"2018-12-31", false}, {"2020-01-31", false}, {"2020-02-01", false}, {"2020-02-03", true},
		{"2020-10-08", false}, {"2023-10-07", true}, {"2025-02-04", false}, {"2026-02-14", true}, {"2026-02-23", false}, {"2026-10-10", true},
	} {
		if working, _ := c.Working(day(t, known.day)); working != known.working {
			t.Errorf("%s: %t", known.day, working)
		}
	}
}

func TestBeyondTheYearsTheWeekDecides(t *testing.T) {
	t.Parallel()
	c := rulebook.Default().Calendar()
	for d, want := range map[string]bool{"2009-10-01": true, "2031-10-04": false, "2031-10-06": true} {
		if working, known := c.Working(day(t, d)); working != want || known {
			t.Errorf("%s: %t, known %t", d, working, known)
		}
	}
}

func TestACalendarNamesItsFaults(t *testing.T) {
	t.Parallel()
	_, err := rulebook.NewCalendar(
		rulebook.YearData{Year: 2026, Rest: []rulebook.Span{{day(t, "2025-11-30"), day(t, "2025-12-01")}}},
		rulebook.YearData{Year: 2026, Rest: rulebook.Days(day(t, "2026-05-01")), Work: rulebook.Days(day(t, "2026-05-01"))},
		rulebook.YearData{Year: 1, Work: rulebook.Days(day(t, "2026-05-01"))},
		rulebook.YearData{Year: 2027, Rest: []rulebook.Span{{day(t, "2027-02-03"), day(t, "2027-02-01")}}},
	)
	wantFaults(t, err, "calendar[1].year: range", "calendar[2026].rest[0]: range", "calendar[2026].year: duplicate",
		"calendar[2026].work: conflict", "calendar[2027].rest[0]: range")
}

func TestSpansReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for _, s := range []string{`"2026-10-01"`, `"2026-10-01/2026-10-07"`} {
		var span rulebook.Span
		if err := json.Unmarshal([]byte(s), &span); err != nil {
			t.Fatal(err)
		}
		if back, err := json.Marshal(span); err != nil || string(back) != s {
			t.Errorf("%s is written %s (%v)", s, back, err)
		}
	}
	for _, s := range []string{`"October"`, `"2026-10-01/"`, `"2026-10-01/2026-10-07/x"`, `7`} {
		var span rulebook.Span
		if err := json.Unmarshal([]byte(s), &span); err == nil {
			t.Errorf("%s is no span", s)
		}
	}
}

// wantFaults compares the paths and codes of all faults.
func wantFaults(t *testing.T, err error, want ...string) {
	t.Helper()
	var faults *kernel.FieldErrors
	if !errors.As(err, &faults) || !errors.Is(err, kernel.ErrInvalid) {
		t.Fatalf("no faults: %v", err)
	}
	var got []string
	for _, f := range faults.Faults {
		got = append(got, f.Path+": "+f.Code)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
