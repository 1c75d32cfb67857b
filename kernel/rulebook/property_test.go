package rulebook_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
)

// slow is the obvious model: it goes from day to day and asks each whether it counts.
type slow struct {
	worked map[kernel.Date]bool // that the authorities named
	years  map[int]bool         // known
}

func (s slow) working(d kernel.Date) bool {
	if w, named := s.worked[d]; named {
		return w
	}
	wd := d.Time().Weekday()
	return wd != time.Saturday && wd != time.Sunday
}

// due returns the last day, whether the calendar knew all days it asked about, and
// whether the clock stands still.
func (s slow) due(base kernel.Date, n int, unit rulebook.Unit, roll bool, pauses [][2]kernel.Date) (on kernel.Date, known, paused bool) {
	switch unit {
	case rulebook.Month:
		n = base.AddMonths(n).Sub(base)
	case rulebook.Year:
		n = base.AddYears(n).Sub(base)
	}
	d, asks := base, false
	known = true
	ask := func() bool {
		known = known && s.years[d.Time().Year()]
		return s.working(d)
	}
	for n > 0 {
		d++
		stands := false
		for _, p := range pauses {
			if d > p[0] && (p[1] == 0 || d <= p[1]) {
				stands = true
				if p[1] == 0 {
					return 0, true, true
				}
			}
		}
		if asks = unit == rulebook.WorkingDay; asks {
			if works := ask(); stands || !works {
				continue
			}
		} else if stands {
			continue
		}
		n--
	}
	if roll {
		for !ask() {
			d++
		}
	}
	return d, known, false
}

// world draws a book with some known years, and its model.
func world(t *rapid.T) (*rulebook.Book, slow) {
	m := slow{map[kernel.Date]bool{}, map[int]bool{}}
	var years []rulebook.YearData
	for _, y := range rapid.SliceOfNDistinct(rapid.IntRange(2024, 2028), 0, 5, rapid.ID[int]).Draw(t, "years") {
		m.years[y] = true
		data := rulebook.YearData{Year: y}
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 364), 0, 40, rapid.ID[int]).Draw(t, "days") {
			d := kernel.NewDate(y, 1, 1).AddDays(n)
			m.worked[d] = rapid.Bool().Draw(t, "worked")
			if m.worked[d] {
				data.Work = append(data.Work, rulebook.Days(d)...)
			} else {
				data.Rest = append(data.Rest, rulebook.Days(d)...)
			}
		}
		years = append(years, data)
	}
	b, err := rulebook.New(rulebook.Source{Calendar: years})
	if err != nil {
		t.Fatal(err)
	}
	return b, m
}

var days = rapid.Custom(func(t *rapid.T) kernel.Date {
	return kernel.NewDate(2025, 1, 1).AddDays(rapid.IntRange(0, 1000).Draw(t, "day"))
})

// at draws a moment of the day in Shanghai.
func at(t *rapid.T, d kernel.Date) time.Time {
	return d.In(shanghai).Add(time.Duration(rapid.IntRange(0, 24*60-1).Draw(t, "minute")) * time.Minute)
}

func TestDueIsWhatGoingDayByDayFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, m := world(t)
		base := days.Draw(t, "base")
		term := rulebook.Term{
			Amount: rapid.IntRange(0, 90).Draw(t, "amount"), Base: at(t, base),
			Unit: rapid.SampledFrom([]rulebook.Unit{rulebook.CalendarDay, rulebook.WorkingDay, rulebook.Month, rulebook.Year}).Draw(t, "unit"),
			Roll: rapid.SampledFrom([]string{rulebook.NoRoll, rulebook.RollNext}).Draw(t, "roll"),
		}
		if term.Unit == rulebook.Year {
			term.Amount %= 6
		} else if term.Unit == rulebook.Month {
			term.Amount %= 30
		}
		timer := rulebook.Timer{Begun: []rulebook.Term{term}}
		var pauses [][2]kernel.Date
		for range rapid.IntRange(0, 6).Draw(t, "pauses") {
			from := base.AddDays(rapid.IntRange(-10, 100).Draw(t, "from"))
			p := [2]kernel.Date{from, from.AddDays(rapid.IntRange(0, 40).Draw(t, "long"))}
			iv := rulebook.Interval{From: at(t, p[0]), Until: at(t, p[1])}
			if rapid.IntRange(0, 9).Draw(t, "lasts") == 0 {
				p[1], iv.Until = 0, time.Time{}
			}
			pauses = append(pauses, p)
			timer.Pauses = append(timer.Pauses, iv)
		}
		due, err := b.Due(timer)
		if err != nil {
			t.Fatal(err)
		}
		on, known, paused := m.due(base, term.Amount, term.Unit, term.Roll == rulebook.RollNext, pauses)
		if due.On != on || due.Paused != paused || due.Provisional != (!known && !paused) {
			t.Fatalf("due %+v, model: %s, known %t, paused %t", due, on, known, paused)
		}
		if !paused && !due.At.Equal(on.AddDays(1).In(shanghai)) {
			t.Fatalf("too late from %s, with the last day %s", due.At, on)
		}
	})
}

func TestHoursAreWhatGoingMinuteByMinuteFinds(t *testing.T) {
	t.Parallel()
	b, err := rulebook.New(rulebook.Source{})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		base := at(t, days.Draw(t, "base"))
		hours := rapid.IntRange(1, 8).Draw(t, "hours")
		timer := rulebook.Timer{Begun: []rulebook.Term{{Amount: hours, Unit: rulebook.Hour, Base: base}}}
		for range rapid.IntRange(0, 5).Draw(t, "pauses") {
			from := base.Add(time.Duration(rapid.IntRange(-100, 600).Draw(t, "from")) * time.Minute)
			timer.Pauses = append(timer.Pauses, rulebook.Interval{From: from, Until: from.Add(time.Duration(rapid.IntRange(0, 300).Draw(t, "long")) * time.Minute)})
		}
		want := base
		for left := hours * 60; left > 0; want = want.Add(time.Minute) {
			left--
			for _, p := range timer.Pauses {
				if !want.Before(p.From) && want.Before(p.Until) {
					left++
					break
				}
			}
		}
		due, err := b.Due(timer)
		if err != nil || !due.At.Equal(want) {
			t.Fatalf("due at %s, want %s (%v)", due.At, want, err)
		}
	})
}

// A pause never brings the end nearer, and one that is longer never less.
func TestAPauseNeverShortens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, _ := world(t)
		base := days.Draw(t, "base")
		timer := rulebook.Timer{Begun: []rulebook.Term{{Amount: rapid.IntRange(1, 60).Draw(t, "amount"), Unit: rulebook.WorkingDay, Base: at(t, base)}}}
		before, err := b.Due(timer)
		if err != nil {
			t.Fatal(err)
		}
		from := base.AddDays(rapid.IntRange(0, 60).Draw(t, "from"))
		for n, long := 0, 0; n < 5; n++ {
			long += rapid.IntRange(0, 20).Draw(t, "longer")
			timer.Pauses = []rulebook.Interval{{From: from.In(shanghai), Until: from.AddDays(long).In(shanghai)}}
			after, err := b.Due(timer)
			if err != nil || after.On < before.On {
				t.Fatalf("%s after %s (%v)", after.On, before.On, err)
			}
			before = after
		}
	})
}

func TestWorkingDaysAreWhatTheModelSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, m := world(t)
		d := days.Draw(t, "day")
		working, known := b.Calendar().Working(d)
		if working != m.working(d) || known != m.years[d.Time().Year()] {
			t.Fatalf("%s: %t, %t", d, working, known)
		}
	})
}
