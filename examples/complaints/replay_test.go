package main

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/examples/internal/show/showtest"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

const (
	small = "testdata/complaints.csv"
	// known is a public file of complaints that does not come with this module.
	known = "shared/data/tx_complaints/statefarm_complaints.csv"
)

// same compares figures, and what the analysis says beyond them.
func same(a, b figures) string {
	return cmp.Diff(a, b, cmp.AllowUnexported(figures{}), cmpopts.IgnoreFields(figures{}, "Seconds"))
}

// A small file with each oddity once has the same figures on every store, however often
// it is replayed; moved into years in which law sets fifteen days, fewer are in time.
func TestSmallFile(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s storage.Store) {
		r := &replay{file: parsed(t, content(t, small), 0), keys: newKeys(t)}
		once := told(t, s, r)
		golden(t, "complaints.json", once)
		before := entries(t, s, r.keys)
		if d := same(once, told(t, s, r)); d != "" {
			t.Errorf("the second replay changed something:\n%s", d)
		}
		if after := entries(t, s, r.keys); after != before {
			t.Errorf("the second replay wrote %d entries", after-before)
		}
		golden(t, "moved.json", told(t, s, &replay{file: parsed(t, content(t, small), 10), shift: 10, keys: r.keys}))
		if d := same(once, told(t, s, r)); d != "" {
			t.Errorf("a replay in other years changed something:\n%s", d)
		}
	})
}

// entries counts what the journal of the whole database holds.
func entries(t *testing.T, s storage.Store, keys privacy.Cipher) int64 {
	t.Helper()
	c, err := crm.Open(t.Context(), s, crm.Config{Keys: keys})
	if err != nil {
		t.Fatal(err)
	}
	report, err := c.Verify(crm.WithActor(t.Context(), crm.Owner))
	if err != nil {
		t.Fatal(err)
	}
	return report.Entries
}

// golden compares figures with a file.
func golden(t *testing.T, file string, f figures) {
	t.Helper()
	f.Seconds = 0
	line, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	showtest.Golden(t, file, line)
}

// The known file comes to the figures that were worked out without the library.
func TestKnownFile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	t.Parallel()
	f := told(t, onSQLite(t), &replay{file: parsed(t, content(t, above(t, known)), 0), keys: newKeys(t)})
	want := figures{
		Rows: 11173, Complaints: 11165, Respondents: 11173, Confirmed: 2007, Justified: 2006, OnTime: 4358, OnTimeRate: "0.3903",
		MedianDays: 72, P95Days: 163, Breaches: 6807, Verified: true, Rejected: []rejection{},
	}
	if d := cmp.Diff(want, f, cmpopts.IgnoreUnexported(figures{}), cmpopts.IgnoreFields(figures{}, "Seconds")); d != "" {
		t.Error(d)
	}
}

// A replay that was interrupted goes on where it stopped.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	file, keys := parsed(t, content(t, small), 0), newKeys(t)
	steps := 0
	want := told(t, memory.New(), &replay{file: file, keys: keys, tick: func(of int) { steps = of }})
	for stop := 1; stop < steps; stop += 7 {
		s := memory.New()
		ctx, cancel := context.WithCancel(t.Context())
		done := 0
		_, err := (&replay{file: file, keys: keys, tick: func(int) {
			if done++; done == stop {
				cancel()
			}
		}}).run(ctx, s)
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped after %d steps: %v", stop, err)
		}
		if d := same(want, told(t, s, &replay{file: file, keys: keys})); d != "" {
			t.Errorf("stopped after %d steps:\n%s", stop, d)
		}
	}
}

// A row that was mended comes in with the next replay. One that the library refuses is
// rejected, and the rest goes on.
func TestMendedAndRefused(t *testing.T) {
	t.Parallel()
	s, keys, text := memory.New(), newKeys(t), content(t, small)
	before := told(t, s, &replay{file: parsed(t, text, 0), keys: keys})
	mended := told(t, s, &replay{file: parsed(t, text, 0, "13/45/2024", "4/1/2024"), keys: keys})
	if mended.Complaints != before.Complaints+1 || len(mended.Rejected) != len(before.Rejected)-1 {
		t.Errorf("mended: %d complaints after %d, %d rejected after %d", mended.Complaints, before.Complaints, len(mended.Rejected), len(before.Rejected))
	}
	// Nobody complained of handles anything: here the replay itself is complained of.
	refused := told(t, memory.New(), &replay{file: parsed(t, text, 0, "9101", "replay"), keys: keys})
	if refused.Complaints != before.Complaints-1 || len(refused.Rejected) != len(before.Rejected)+1 || refused.Rejected[0].Line != 5 {
		t.Errorf("refused: %d complaints, rejected %v", refused.Complaints, refused.Rejected)
	}
}

// Sweeps are made on the mornings on which a complaint waits, and on no other.
func TestWaiting(t *testing.T) {
	t.Parallel()
	day := func(d int) kernel.Date { return kernel.NewDate(2024, 5, 1).AddDays(d) }
	got := waiting([]*matter{
		{received: day(20), closed: day(22)}, {received: day(1), closed: day(1)}, {received: day(2), closed: day(4)},
		{received: day(3), closed: day(5)}, {received: day(23)}, {received: day(25), closed: day(26)},
	})
	var want []kernel.Date
	for _, d := range []int{3, 4, 5, 21, 22, 24, 25, 26} {
		want = append(want, day(d))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
