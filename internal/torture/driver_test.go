package torture_test

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/coverkit/crm/internal/torture"
)

// errDriver is what a faulty driver says; none of it may reach the caller.
var errDriver = errors.New("driver trouble at 192.168.7.7")

// mode is how a driver fails.
type mode string

// The modes.
const (
	once     mode = "once"      // one call fails
	forEver  mode = "for ever"  // so do all that follow
	applied  mode = "applied"   // the call is carried out, and its answer lost
	canceled mode = "cancelled" // the context is over just before the call
	panics   mode = "panics"
)

var modes = []mode{once, forEver, applied, canceled, panics}

// faults counts the calls that reach the driver, and lets one fail.
type faults struct {
	mu     sync.Mutex
	armed  bool
	mode   mode
	at     int // which call, from 1
	calls  int
	struck string             // the call that failed first
	cancel context.CancelFunc // of the command's context
}

// arm lets call k fail from now on. Calls of the driver are counted anew.
func (f *faults) arm(m mode, k int, cancel context.CancelFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed, f.mode, f.at, f.calls, f.struck, f.cancel = true, m, k, 0, "", cancel
}

// heal ends all faults and returns the call that failed; "" when the command had not so
// many.
func (f *faults) heal() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = false
	return f.struck
}

// strikes counts a call and says whether it fails now.
func (f *faults) strikes(what string) (m mode, strikes bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.armed {
		return "", false
	}
	f.calls++
	if f.calls != f.at && (f.mode != forEver || f.calls < f.at) {
		return "", false
	}
	if f.struck == "" {
		f.struck = what
	}
	return f.mode, true
}

// call makes a call of the driver, or fails in its place.
func (f *faults) call(c torture.Call, do func() error) error {
	what := c.What
	if c.SQL != "" {
		what, _, _ = strings.Cut(strings.TrimSpace(c.SQL), " ")
	}
	m, strikes := f.strikes(what)
	if !strikes {
		return do()
	}
	switch m {
	case canceled:
		f.cancel()
		return do()
	case panics:
		panic(errDriver)
	case applied:
		if err := do(); err != nil {
			return err
		}
	}
	return errDriver
}
