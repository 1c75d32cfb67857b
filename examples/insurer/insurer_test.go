package main

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/examples/internal/show/showtest"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// One seed gives the same year on every store.
func TestSameYearOnEveryStore(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, store storage.Store) {
		_, f := lived(t, store, small)
		showtest.Golden(t, "year.json", f.json(t))
		f.holds(t)
	})
}

// Another seed gives another year, and the same seed the same one although customers are
// served at the same time.
func TestSeeds(t *testing.T) {
	t.Parallel()
	of := small
	_, first := lived(t, memory.New(), of)
	_, again := lived(t, memory.New(), of)
	of.seed = 2
	_, other := lived(t, memory.New(), of)
	if d := cmp.Diff(string(first.json(t)), string(again.json(t))); d != "" {
		t.Error("the same seed:", d)
	}
	if cmp.Equal(first.json(t), other.json(t)) {
		t.Error("another seed gives the same year")
	}
	other.holds(t)
}

// A longer time: customers renew, campaigns are closed, and what they propose is done.
func TestSeveralYears(t *testing.T) {
	t.Parallel()
	_, f := lived(t, memory.New(), size{years: 2, customers: 60, seed: 3})
	f.holds(t)
	if f.Policies < 120 || f.Claims == 0 || f.Complaints == 0 || f.Responses == 0 || f.improved.Done == 0 || f.TasksBreached == 0 {
		t.Errorf("little happened: %s", f.json(t))
	}
}

// A database that holds an insurer is left alone.
func TestTwice(t *testing.T) {
	t.Parallel()
	store := memory.New()
	lived(t, store, size{years: 1, customers: 1, seed: 1})
	keys, err := privacy.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(t.Context(), store, keys, small); err == nil {
		t.Error("a second insurer was founded in one database")
	}
}

// json is what the program prints, without what differs from run to run.
func (f *figures) json(t *testing.T) []byte {
	t.Helper()
	out := *f
	out.Seconds = 0
	doc, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// holds fails unless the figures are sound.
func (f *figures) holds(t *testing.T) {
	t.Helper()
	if !f.Verified {
		t.Error("the journal says something else than the rows")
	}
	if sum := f.TasksMet + f.TasksCancelled + f.TasksBreached + f.TasksOpen; sum != f.TasksOpened || sum == 0 {
		t.Errorf("%d tasks were opened, and %d came to something", f.TasksOpened, sum)
	}
}
