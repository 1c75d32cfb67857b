package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	small = "testdata/claims.csv"
	// known is a public file of a thousand claims that does not come with this module.
	known = "../../../shared/data/auto_claims/insurance_claims.csv"
)

// A small file with each oddity once has the same figures on every store, however often
// it is replayed.
func TestSmallFile(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s storage.Store) {
		r := &replay{file: parsed(t, content(t, small), 0), keys: newKeys(t)}
		once := told(t, s, r)
		golden(t, "testdata/claims.json", once)
		if d := cmp.Diff(once, told(t, s, r)); d != "" {
			t.Errorf("the second replay changed something:\n%s", d)
		}
		moved := told(t, s, &replay{file: parsed(t, content(t, small), 3), shift: 3, keys: r.keys})
		if moved.JournalEntries <= once.JournalEntries {
			t.Error("a replay in other years wrote nothing")
		}
		moved.JournalEntries = once.JournalEntries
		if d := cmp.Diff(once, moved); d != "" {
			t.Errorf("a replay in other years has other figures:\n%s", d)
		}
	})
}

// golden compares figures with a file. How many entries the journal needs for them is
// the library's to say.
func golden(t *testing.T, path string, f figures) {
	t.Helper()
	f.JournalEntries = 0
	got, err := json.MarshalIndent(f, "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, '\n')
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(string(content(t, path)), string(got)); d != "" {
		t.Errorf("other figures than in %s:\n%s", path, d)
	}
}

// The known file of a thousand claims comes to the sums that were worked out without the
// library, on every store.
func TestKnownFile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes its time")
	}
	t.Parallel()
	text := content(t, known)
	onAll(t, func(t *testing.T, s storage.Store) {
		r := &replay{file: parsed(t, text, 0), keys: newKeys(t)}
		once := told(t, s, r)
		want := map[string]any{
			"rows": 1000., "customers": 999., "policies": 999., "claims": 999., "claims_paid": 750., "claims_nil": 1.,
			"claims_declined": 248., "claims_flagged": 1., "premium_total": "1255067.61", "claimed_total": "52667780",
			"paid_total": "36873970", "verified": true,
			"rejected": []any{map[string]any{"line": 292., "column": "umbrella_limit", "reason": "an amount is not negative"}},
		}
		var got map[string]any
		line, err := json.Marshal(once)
		if err == nil {
			err = json.Unmarshal(line, &got)
		}
		if err != nil {
			t.Fatal(err)
		}
		delete(got, "journal_entries")
		delete(got, "seconds")
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		if d := cmp.Diff(once, told(t, s, r)); d != "" {
			t.Errorf("the second replay changed something:\n%s", d)
		}
	})
}

// A replay that was interrupted goes on where it stopped.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	file, keys := parsed(t, content(t, small), 0), newKeys(t)
	want := told(t, memory.New(), &replay{file: file, keys: keys})
	for stop := 1; stop < 4*len(file.rows); stop += 5 {
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
		if d := cmp.Diff(want, told(t, s, &replay{file: file, keys: keys})); d != "" {
			t.Errorf("stopped after %d steps:\n%s", stop, d)
		}
	}
}

// A row that was mended comes in with the next replay; one that was changed after it
// came in is rejected and changes nothing.
func TestMendedAndChanged(t *testing.T) {
	t.Parallel()
	s, keys, text := memory.New(), newKeys(t), content(t, small)
	before := told(t, s, &replay{file: parsed(t, text, 0), keys: keys})

	mended := told(t, s, &replay{file: parsed(t, text, 0, ",-1000000,", ",1000000,"), keys: keys})
	if mended.Claims != before.Claims+1 || len(mended.Rejected) != len(before.Rejected)-1 {
		t.Errorf("mended: %d claims after %d, %d rejected after %d", mended.Claims, before.Claims, len(mended.Rejected), len(before.Rejected))
	}
	changed := told(t, s, &replay{file: parsed(t, text, 0, ",-1000000,", ",1000000,", ",1000.05,", ",999.99,"), keys: keys})
	n := len(changed.Rejected) - len(mended.Rejected)
	if n != 1 || changed.Rejected[0].Line != 2 || !strings.HasPrefix(changed.Rejected[0].Reason, "apply: ") {
		t.Errorf("changed: rejected %+v", changed.Rejected)
	}
	changed.Rejected = mended.Rejected
	if d := cmp.Diff(mended, changed); d != "" {
		t.Errorf("a changed row changed the figures:\n%s", d)
	}
}
