package kernel

import (
	"sync"
	"time"
)

// Clock tells the time. One unit of work reads it once, so everything that the
// unit writes carries the same instant.
type Clock interface{ Now() time.Time }

// Instant is t as it is stored: UTC, whole microseconds.
func Instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// SystemClock is the machine's clock.
type SystemClock struct{}

// Now returns the current [Instant].
func (SystemClock) Now() time.Time { return Instant(time.Now()) }

// ManualClock stands still until it is moved; for tests and simulations. It may
// be shared between goroutines.
type ManualClock struct {
	mu  sync.Mutex
	now time.Time
}

// NewManualClock returns a clock that shows t.
func NewManualClock(t time.Time) *ManualClock { return &ManualClock{now: Instant(t)} }

// Now returns the instant that the clock was last set to.
func (c *ManualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Set moves the clock to t, forward or back.
func (c *ManualClock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = Instant(t)
}

// Advance moves the clock by d and returns the new instant.
func (c *ManualClock) Advance(d time.Duration) time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = Instant(c.now.Add(d))
	return c.now
}
