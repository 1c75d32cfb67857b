package kernel_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"
	"time"

	"github.com/coverkit/crm/kernel"
)

// day reads a date that the test's author wrote.
func day(t testing.TB, s string) kernel.Date {
	t.Helper()
	d, err := kernel.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestEveryDayFrom1900To2999(t *testing.T) {
	t.Parallel()
	d, at := kernel.FirstDate, time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)
	for ; at.Year() < 3000; at = at.AddDate(0, 0, 1) {
		text := at.Format(time.DateOnly)
		parsed, err := kernel.ParseDate(text)
		switch {
		case err != nil || parsed != d:
			t.Fatalf("ParseDate(%s) = %v, %v", text, parsed, err)
		case d.String() != text || !d.Time().Equal(at):
			t.Fatalf("%v for %s", d, text)
		case d.UnixDays()*86400 != at.Unix() || kernel.DateFromUnixDays(d.UnixDays()) != d:
			t.Fatalf("%v: Unix day %d", d, d.UnixDays())
		case kernel.DateOf(at.Add(24*time.Hour-1)) != d || kernel.NewDate(at.Date()) != d:
			t.Fatalf("%v is not the day of %v", d, at)
		}
		d = d.AddDays(1)
	}
	if d != kernel.LastDate.AddDays(1) {
		t.Errorf("ends on %v", d)
	}
}

func TestNoDate(t *testing.T) {
	t.Parallel()
	var no kernel.Date
	if !no.IsZero() || no.String() != "" || !no.Time().IsZero() || !no.In(time.Local).IsZero() || kernel.DateOf(time.Time{}) != no {
		t.Error("the zero date is no date")
	}
	if no.AddDays(5) != no || no.AddMonths(1) != no || no.AddYears(-1) != no {
		t.Error("what is added to no date is no date")
	}
	if d := day(t, "2000-01-01"); no.YearsAt(d) != 0 || d.YearsAt(no) != 0 || d.IsZero() {
		t.Error("nobody has an age without a birthday")
	}
	if d := kernel.NewDate(1, 1, 1); d.IsZero() || d.String() != "0001-01-01" {
		t.Error("the first day is a date")
	}
}

func TestParseDateRefuses(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", "2026-02-30", "2025-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026-04-31", "2026-1-1",
		"26-01-01", "2026/01/01", "20260101", "01-01-2026", "2026-01-01T00:00:00Z", " 2026-01-01", "2026-01-01 ",
		"-2026-01-01", "12026-01-01", "0000-01-01", "0000-12-31", "２０２６-01-01", "2026年1月1日", "2026-01-01\x00",
	} {
		if d, err := kernel.ParseDate(s); d != 0 || !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("ParseDate(%q) = %v, %v", s, d, err)
		}
	}
}

func TestNewDateNormalises(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]kernel.Date{
		"2026-03-02": kernel.NewDate(2026, 2, 30),
		"2026-12-31": kernel.NewDate(2027, 1, 0),
		"2027-01-15": kernel.NewDate(2026, 13, 15),
		"1970-01-01": kernel.DateFromUnixDays(0),
		"1969-12-31": kernel.DateFromUnixDays(-1),
	} {
		if d.String() != want {
			t.Errorf("%v, want %s", d, want)
		}
	}
}

func TestAddMonths(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-01-15", 1, "2026-02-15"},
		{"2026-01-31", 1, "2026-02-28"},
		{"2024-01-31", 1, "2024-02-29"},
		{"2000-01-31", 1, "2000-02-29"},
		{"2100-01-31", 1, "2100-02-28"},
		{"2026-01-31", 2, "2026-03-31"},
		{"2026-01-31", 3, "2026-04-30"},
		{"2026-01-30", 1, "2026-02-28"},
		{"2026-02-28", 1, "2026-03-28"}, // the month's last day does not stick
		{"2026-03-31", -1, "2026-02-28"},
		{"2026-03-31", -4, "2025-11-30"},
		{"2026-12-31", 1, "2027-01-31"},
		{"2026-12-31", 2, "2027-02-28"},
		{"2026-01-31", -1, "2025-12-31"},
		{"2026-05-31", 0, "2026-05-31"},
		{"2024-02-29", 12, "2025-02-28"},
		{"2024-02-29", 48, "2028-02-29"},
		{"2024-02-29", -12, "2023-02-28"},
		{"1999-11-30", 1203, "2100-02-28"},
	} {
		if got := day(t, c.from).AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s and %d months = %s, want %s", c.from, c.n, got, c.want)
		}
	}
	if got := day(t, "2024-02-29").AddYears(1).String(); got != "2025-02-28" {
		t.Errorf("a year after the leap day = %s", got)
	}
	if got := day(t, "2024-02-29").AddYears(-4).String(); got != "2020-02-29" {
		t.Errorf("four years before the leap day = %s", got)
	}
}

func TestSumsStopOutsideTheRecordsRange(t *testing.T) {
	t.Parallel()
	d := day(t, "2026-01-01")
	for _, n := range []int{math.MaxInt, math.MaxInt / 12, math.MaxInt/12 + 1, math.MaxInt32, 1 << 30} {
		for name, pair := range map[string][2]kernel.Date{
			"days":      {d.AddDays(n), d.AddDays(-n)},
			"months":    {d.AddMonths(n), d.AddMonths(-n)},
			"years":     {d.AddYears(n), d.AddYears(-n)},
			"Unix days": {kernel.DateFromUnixDays(int64(n)), kernel.DateFromUnixDays(-int64(n))},
		} {
			if pair[0] <= kernel.LastDate || pair[1] >= kernel.FirstDate {
				t.Errorf("%d %s: %d and %d", n, name, pair[0], pair[1])
			}
		}
	}
	if got := kernel.DateFromUnixDays(math.MinInt64); got != math.MinInt32 {
		t.Errorf("least = %d", got)
	}
}

func TestYearsAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		born, at string
		want     int
	}{
		{"2000-05-10", "2018-05-09", 17},
		{"2000-05-10", "2018-05-10", 18},
		{"2000-05-10", "2019-05-09", 18},
		{"2000-05-10", "2000-05-10", 0},
		{"2000-12-31", "2001-01-01", 0},
		{"2004-02-29", "2022-02-27", 17},
		{"2004-02-29", "2022-02-28", 18}, // no 29 February that year
		{"2004-02-29", "2024-02-28", 19},
		{"2004-02-29", "2024-02-29", 20},
		{"1900-01-01", "2026-01-01", 126},
		{"2004-03-01", "2022-02-28", 17},
		{"2026-05-10", "2026-05-09", -1}, // not born yet
		{"2026-05-10", "2025-05-10", -1},
		{"2026-05-10", "2025-05-09", -2},
	} {
		if got := day(t, c.born).YearsAt(day(t, c.at)); got != c.want {
			t.Errorf("born %s, on %s: %d, want %d", c.born, c.at, got, c.want)
		}
	}
}

func TestSubAndOrder(t *testing.T) {
	t.Parallel()
	a, b := day(t, "2024-02-28"), day(t, "2024-03-01")
	if b.Sub(a) != 2 || a.Sub(b) != -2 || a.Sub(a) != 0 || !(a < b) {
		t.Errorf("%v and %v are %d days apart", a, b, b.Sub(a))
	}
}

func TestCheckDate(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("CST", 8*3600)
	for _, c := range []struct {
		date kernel.Date
		ok   bool
	}{
		{0, true},
		{kernel.NewDate(0, 6, 1), false},
		{kernel.NewDate(1, 1, 1), false},
		{kernel.NewDate(1899, 12, 31), false},
		{kernel.NewDate(1900, 1, 1), true},
		{kernel.NewDate(2026, 11, 22), true},
		{kernel.NewDate(2999, 12, 31), true},
		{kernel.NewDate(3000, 1, 1), false},
		{kernel.NewDate(9999, 12, 31), false},
		{math.MaxInt32, false},
		{math.MinInt32, false},
	} {
		var f, g kernel.FieldErrors
		kernel.CheckDate(&f, "from", c.date)
		kernel.CheckTime(&g, "from", c.date.Time())
		if want := map[bool]string{true: "", false: "range"}[c.ok]; codes(&f) != want || c.date != kernel.NewDate(1, 1, 1) && codes(&g) != want {
			t.Errorf("%v: %q and %q", c.date, codes(&f), codes(&g))
		}
	}
	// An instant is of the day that its own clock shows.
	var f kernel.FieldErrors
	kernel.CheckTime(&f, "from", time.Date(1900, 1, 1, 0, 0, 0, 0, zone))
	kernel.CheckTime(&f, "to", time.Date(1900, 1, 1, 0, 0, 0, 0, zone).UTC())
	if len(f.Faults) != 1 || f.Faults[0].Path != "to" || f.Faults[0].Message != "dates from 1900-01-01 to 2999-12-31" {
		t.Errorf("faults: %+v", f.Faults)
	}
}

func TestDateAsTextAndJSON(t *testing.T) {
	t.Parallel()
	type person struct {
		Born kernel.Date            `json:"born"`
		Died kernel.Date            `json:"died,omitempty"`
		Paid map[kernel.Date]string `json:"paid,omitempty"`
	}
	p := person{Born: day(t, "1990-03-07"), Paid: map[kernel.Date]string{day(t, "2026-01-31"): "100.00"}}
	b, err := json.Marshal(p)
	if want := `{"born":"1990-03-07","paid":{"2026-01-31":"100.00"}}`; string(b) != want || err != nil {
		t.Fatalf("%s, %v", b, err)
	}
	var back person
	if err := json.Unmarshal(b, &back); err != nil || back.Born != p.Born || len(back.Paid) != 1 {
		t.Errorf("%+v, %v", back, err)
	}
	if b, err := json.Marshal(kernel.Date(0)); string(b) != `""` || err != nil {
		t.Errorf("no date as %s, %v", b, err)
	}
	for text, want := range map[string]kernel.Date{`""`: 0, `null`: p.Born, `"2026-02-28"`: day(t, "2026-02-28")} {
		d := p.Born
		if err := json.Unmarshal([]byte(text), &d); err != nil || d != want {
			t.Errorf("%s is read as %v, %v", text, d, err)
		}
	}
	for _, text := range []string{`"2026-02-30"`, `7`, `{}`, `"0000-12-31"`} {
		d := p.Born
		if err := json.Unmarshal([]byte(text), &d); err == nil || d != p.Born {
			t.Errorf("%s is read as %v", text, d)
		}
	}
}

func TestDateThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, d := range []kernel.Date{kernel.NewDate(1, 1, 1), kernel.NewDate(9999, 12, 31)} {
		b, err := d.MarshalText()
		if err != nil {
			t.Fatal(err)
		}
		var back kernel.Date
		if err := back.UnmarshalText(b); back != d || err != nil {
			t.Errorf("%s is read as %v, %v", b, back, err)
		}
	}
	for _, d := range []kernel.Date{kernel.NewDate(0, 12, 30), kernel.NewDate(10000, 1, 1), math.MaxInt32, math.MinInt32} {
		if b, err := d.MarshalText(); !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("%d is written as %q, %v", d, b, err)
		}
	}
}
