package rulebook

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/coverkit/crm/kernel"
)

// YearData is what the authorities order for one year: the days of rest and the days of
// a weekend that are worked instead (调休). Weekends need not be named. The order for a
// year may speak of the last days of the year before; then it comes before that one's.
type YearData struct {
	Year   int    `json:"year"`
	Rest   []Span `json:"rest"`
	Work   []Span `json:"work"`
	Source string `json:"source,omitempty"` // the order
}

// Span is one day or several in a row, both ends included. In JSON it is "2026-10-01"
// or "2026-10-01/2026-10-07".
type Span struct{ First, Last kernel.Date }

// Days returns spans of single days.
func Days(days ...kernel.Date) []Span {
	spans := make([]Span, len(days))
	for i, d := range days {
		spans[i] = Span{d, d}
	}
	return spans
}

// MarshalText writes the span.
func (s Span) MarshalText() ([]byte, error) {
	if s.First == s.Last {
		return s.First.MarshalText()
	}
	return []byte(s.First.String() + "/" + s.Last.String()), nil
}

// UnmarshalText reads what [Span.MarshalText] wrote.
func (s *Span) UnmarshalText(b []byte) error {
	first, last, several := strings.Cut(string(b), "/")
	var err error
	if s.First, err = kernel.ParseDate(first); err != nil {
		return err
	}
	s.Last = s.First
	if several {
		s.Last, err = kernel.ParseDate(last)
	}
	return err
}

// Calendar knows which days are worked. Days of years that it was not given follow the
// week alone. It does not change, and any number of goroutines may ask it.
type Calendar struct {
	years []int         // in order
	days  []kernel.Date // that differ from the week, in order
	sums  []int32       // working days more (or, below 0, fewer) than the week has, up to and with days[i]
}

// NewCalendar joins years. Faults come back at once as [kernel.FieldErrors].
func NewCalendar(years ...YearData) (*Calendar, error) {
	var f kernel.FieldErrors
	c := newCalendar(&f, years)
	return c, f.Err()
}

func newCalendar(f *kernel.FieldErrors, years []YearData) *Calendar {
	years = slices.Clone(years)
	slices.SortStableFunc(years, func(a, b YearData) int { return a.Year - b.Year })
	c := &Calendar{}
	worked := map[kernel.Date]bool{}
	for i, y := range years {
		at := f.At(fmt.Sprintf("calendar[%d]", y.Year))
		if i > 0 && years[i-1].Year == y.Year {
			at.Add("year", "duplicate", "given twice")
		}
		if y.check(at) {
			c.years = append(c.years, y.Year)
			y.each(func(d kernel.Date, works bool) { worked[d] = works })
		}
	}
	for d, works := range worked {
		if works == weekend(d) {
			c.days = append(c.days, d)
		}
	}
	slices.Sort(c.days)
	sum := int32(0)
	for _, d := range c.days {
		if worked[d] {
			sum++
		} else {
			sum--
		}
		c.sums = append(c.sums, sum)
	}
	return c
}

// check notes faults and reports whether there are none.
func (y *YearData) check(f *kernel.FieldErrors) bool {
	if y.Year < 1900 || y.Year > 2999 {
		f.Add("year", "range", "from 1900 to 2999")
		return false
	}
	first, last := kernel.NewDate(y.Year-1, 12, 1), kernel.NewDate(y.Year, 12, 31)
	ok := true
	within := func(list string, spans []Span) {
		for i, s := range spans {
			if s.First < first || s.Last > last || s.First > s.Last {
				f.Index(list, i).Add("", "range", "days from %s to %s, in order", first, last)
				ok = false
			}
		}
	}
	within("rest", y.Rest)
	within("work", y.Work)
	if !ok {
		return false
	}
	seen := map[kernel.Date]bool{}
	y.each(func(d kernel.Date, works bool) {
		if before, twice := seen[d]; twice && before != works {
			f.Add("work", "conflict", "%s is named as rest and as work", d)
			ok = false
		}
		seen[d] = works
	})
	return ok
}

func (y *YearData) each(visit func(d kernel.Date, works bool)) {
	for _, s := range y.Rest {
		for d := s.First; d <= s.Last; d++ {
			visit(d, false)
		}
	}
	for _, s := range y.Work {
		for d := s.First; d <= s.Last; d++ {
			visit(d, true)
		}
	}
}

// Working reports whether the day is worked, and whether the calendar knows its year;
// otherwise only the week was looked at.
func (c *Calendar) Working(d kernel.Date) (working, known bool) {
	return c.upTo(d)-c.upTo(d-1) == 1, c.knows(d, d)
}

// Years returns the years that the calendar knows, in order.
func (c *Calendar) Years() []int { return slices.Clone(c.years) }

// knows reports whether all years from a to b are known.
func (c *Calendar) knows(a, b kernel.Date) bool {
	last := b.Time().Year()
	for y := a.Time().Year(); y <= last; y++ {
		if _, ok := slices.BinarySearch(c.years, y); !ok {
			return false
		}
	}
	return true
}

// 0001-01-01, which is day 1, was a Monday.
func weekend(d kernel.Date) bool { return (d-1)%7 >= 5 }

// upTo counts the working days from 0001-01-01 to d.
func (c *Calendar) upTo(d kernel.Date) int64 {
	n := int64(d)
	count := n/7*5 + min(n%7, 5)
	if i := sort.Search(len(c.days), func(i int) bool { return c.days[i] > d }); i > 0 {
		count += int64(c.sums[i-1])
	}
	return count
}

// count returns the working days after a up to and with b.
func (c *Calendar) count(a, b int64) int64 { return c.upTo(kernel.Date(b)) - c.upTo(kernel.Date(a)) }

// after returns the n-th working day after a; a itself for 0.
func (c *Calendar) after(a, n int64) int64 {
	// At most one working day comes with each day, so going ahead by what is still
	// missing never passes the day.
	for d, want := a, c.upTo(kernel.Date(a))+n; ; {
		missing := want - c.upTo(kernel.Date(d))
		if missing == 0 {
			return d
		}
		d += missing
	}
}

// roll returns d, or the next working day when d is a day of rest.
func (c *Calendar) roll(d int64) int64 { return c.after(d-1, 1) }

// before returns the n-th working day before a.
func (c *Calendar) before(a, n int64) int64 {
	for d, want := a-1, c.upTo(kernel.Date(a-1))-n; ; {
		over := c.upTo(kernel.Date(d)) - want
		if over == 0 {
			return d + 1
		}
		d -= over
	}
}
