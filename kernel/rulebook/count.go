package rulebook

import (
	"cmp"
	"math"
	"slices"
)

// scale counts along a line of days, or of microseconds. A unit with the number x lies
// after x-1; count tells how many lie after a up to b, after finds the n-th after a.
type scale interface {
	count(a, b int64) int64
	after(a, n int64) int64
}

// plain is a scale on which everything counts.
type plain struct{}

func (plain) count(a, b int64) int64 { return b - a }
func (plain) after(a, n int64) int64 { return a + n }

// stop takes the units after from, up to and with until, out of the count.
type stop struct{ from, until int64 }

// running marks a stop that has not ended.
const running = math.MaxInt64

// end returns where a period of n units that begins after start ends; false while it
// stands still. Stops may overlap and come in any order; they are sorted in place.
func end(s scale, start, n int64, stops []stop) (int64, bool) {
	if len(stops) > 1 {
		slices.SortFunc(stops, func(a, b stop) int { return cmp.Compare(a.from, b.from) })
	}
	for _, p := range stops {
		if p.until <= start || p.until <= p.from {
			continue
		}
		if p.from > start {
			free := s.count(start, p.from)
			if n <= free {
				break
			}
			n -= free
		} else if n == 0 {
			break
		}
		if p.until == running {
			return 0, false
		}
		start = p.until
	}
	return s.after(start, n), true
}
