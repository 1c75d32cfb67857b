package kernel_test

import (
	"sync"
	"testing"
	"time"

	"github.com/coverkit/crm/kernel"
)

func TestInstantIsWhatIsStored(t *testing.T) {
	t.Parallel()
	shanghai := time.FixedZone("CST", 8*3600)
	for _, c := range []struct{ in, want time.Time }{
		{time.Date(2026, 11, 22, 8, 0, 0, 1999, shanghai), time.Date(2026, 11, 22, 0, 0, 0, 1000, time.UTC)},
		{time.Date(1901, 1, 1, 0, 0, 0, 999_999_999, time.UTC), time.Date(1901, 1, 1, 0, 0, 0, 999_999_000, time.UTC)},
		{time.Time{}, time.Time{}},
	} {
		if got := kernel.Instant(c.in); got != c.want {
			t.Errorf("Instant(%v) = %v", c.in, got)
		}
	}
}

func TestSystemClock(t *testing.T) {
	t.Parallel()
	var clock kernel.Clock = kernel.SystemClock{}
	before := time.Now().Truncate(time.Microsecond)
	now := clock.Now()
	if now.Before(before) || now.After(time.Now()) {
		t.Errorf("%v is not now", now)
	}
	if now != kernel.Instant(now) {
		t.Errorf("%v is not an instant", now)
	}
}

func TestManualClockStandsStill(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 1, 9, 0, 0, 1500, time.FixedZone("CST", 8*3600))
	c := kernel.NewManualClock(start)
	check := func(what string, got time.Time, want time.Time) {
		t.Helper()
		if got != want {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	first := time.Date(2026, 3, 1, 1, 0, 0, 1000, time.UTC)
	check("start", c.Now(), first)
	check("later", c.Now(), first)
	check("a day on", c.Advance(24*time.Hour), first.AddDate(0, 0, 1))
	check("after", c.Now(), first.AddDate(0, 0, 1))
	check("an hour back", c.Advance(-time.Hour), first.Add(23*time.Hour))
	c.Set(start)
	check("set back", c.Now(), first)
	var zero kernel.ManualClock
	check("zero value", zero.Now(), time.Time{})
}

func TestManualClockIsShared(t *testing.T) {
	t.Parallel()
	const hands, steps = 8, 500
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	c := kernel.NewManualClock(start)
	var wg sync.WaitGroup
	for range hands {
		wg.Go(func() {
			last := start
			for range steps {
				moved := c.Advance(time.Microsecond)
				now := c.Now()
				if !moved.After(last) || now.Before(moved) {
					t.Errorf("%v after %v, then %v", moved, last, now)
					return
				}
				last = moved
			}
		})
	}
	wg.Wait()
	if got, want := c.Now().Sub(start), hands*steps*time.Microsecond; got != want {
		t.Errorf("moved by %v, want %v", got, want)
	}
	wg.Go(func() { c.Set(start) })
	wg.Go(func() { c.Now() })
	wg.Wait()
}
