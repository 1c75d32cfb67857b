package rulebook_test

import (
	"slices"
	"testing"

	"github.com/coverkit/crm/kernel/rulebook"
)

// Two things may stop a period at the same time: documents that are waited for, and an
// expert opinion. The days that they share are taken out of the count once.
func TestPausesThatOverlapStopOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pauses []string // from and until, by turns
		want   string
	}{
		"none":             {nil, "2026-03-11"},
		"one":              {[]string{"2026-03-03", "2026-03-06"}, "2026-03-14"},
		"one after it":     {[]string{"2026-03-03", "2026-03-06", "2026-03-08", "2026-03-10"}, "2026-03-16"},
		"one that follows": {[]string{"2026-03-03", "2026-03-06", "2026-03-06", "2026-03-08"}, "2026-03-16"},
		"they overlap":     {[]string{"2026-03-03", "2026-03-06", "2026-03-05", "2026-03-08"}, "2026-03-16"},
		"one in the other": {[]string{"2026-03-03", "2026-03-08", "2026-03-04", "2026-03-06"}, "2026-03-16"},
		"the same twice":   {[]string{"2026-03-03", "2026-03-06", "2026-03-03", "2026-03-06"}, "2026-03-14"},
	} {
		timer := rulebook.Timer{Begun: []rulebook.Term{{Amount: 10, Unit: rulebook.CalendarDay, Base: when(t, "2026-03-01")}}}
		for i := 0; i < len(c.pauses); i += 2 {
			timer.Pauses = append(timer.Pauses, rulebook.Interval{Part: i / 2, From: when(t, c.pauses[i]), Until: when(t, c.pauses[i+1])})
		}
		for range 2 { // in whatever order they became known
			due, err := rulebook.Default().Due(timer)
			if err != nil || due.On != day(t, c.want) {
				t.Errorf("%s: %s, %v, want %s", name, due.On, err, c.want)
			}
			slices.Reverse(timer.Pauses)
		}
	}
}
