package torture_test

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// TestVerifySpeed says how fast a journal with seals is read, and that it does not fill
// memory; and the same of sealing.
func TestVerifySpeed(t *testing.T) {
	a := newArchive(t, long(100_000))
	f := a.forge(t, a.file)
	a.file, a.early, a.relayed = nil, nil, nil // the heap may grow by as much as is in use
	s := place{"sqlite", f.path, a.keys}.open(t)
	defer func() { must(t, s.Close()) }()
	verify := measure(t, func() int64 {
		r, err := s.Verify(owner, a.seals...)
		if must(t, err); !r.OK() || r.Seals != 2 {
			t.Fatal(r.Seals, r.Faults)
		}
		return r.Entries
	})
	seal := measure(t, func() int64 {
		f.exec(t, "DELETE FROM crm_seals WHERE tenant = ''")
		made, err := s.Seal(owner)
		must(t, err)
		return made.Entries
	})
	t.Logf("%d entries: verified %s, sealed %s", chain*len(a.subjects), verify, seal)
	if most := max(verify.peak, seal.peak); most > 64<<20 {
		t.Errorf("%d MiB were in use", most>>20)
	}
}

// speed is entries a second, of the best of three runs, and bytes in use, of the worst.
type speed struct {
	best float64
	peak uint64
}

func (s speed) String() string {
	return fmt.Sprintf("%.0f a second, %d MiB at most", s.best, s.peak>>20)
}

// measure runs three times what goes through so many entries.
func measure(t *testing.T, run func() int64) (s speed) {
	t.Helper()
	for range 3 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		base, stop, watched := m.HeapAlloc, make(chan bool), make(chan uint64)
		go func() {
			most := uint64(0)
			for {
				select {
				case <-stop:
					watched <- most
					return
				case <-time.After(5 * time.Millisecond):
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					most = max(most, m.HeapAlloc)
				}
			}
		}()
		begun := time.Now()
		entries := run()
		took := time.Since(begun)
		close(stop)
		most := <-watched
		s.best = max(s.best, float64(entries)/took.Seconds())
		s.peak = max(s.peak, most-min(most, base))
	}
	return s
}
