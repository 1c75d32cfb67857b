package main

import (
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/claim"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/storage/memory"
)

// What became of each row of the small file, read from its claim.
func TestDecisions(t *testing.T) {
	t.Parallel()
	s := memory.New()
	r := &replay{file: parsed(t, content(t, small), 0), keys: newKeys(t)}
	told(t, s, r)
	c, err := crm.Open(t.Context(), s, crm.Config{Keys: r.keys})
	if err != nil {
		t.Fatal(err)
	}
	ctx := crm.WithActor(t.Context(), crm.Owner)
	for _, want := range []struct {
		about, policy    string
		flagged          bool
		reason, approved string
		last             claim.Event
	}{
		{"a loss within the cover", "A-01", false, "", "4500", claim.EventClose},
		{"fraud", "A-03", false, "fraud", "0", claim.EventClose},
		{"bound the day after the loss", "A-04", true, "not_in_force", "0", claim.EventClose},
		{"fraud before the cover begins is not covered at all", "A-05", true, "not_in_force", "0", claim.EventClose},
		{"as much as the deductible", "A-06", false, "", "0", claim.EventCloseNil},
		{"more than the limit", "A-07", false, "", "20000", claim.EventClose},
		{"in the first hour of the cover", "A-08", false, "", "4500", claim.EventClose},
	} {
		t.Run(want.about, func(t *testing.T) {
			n := slices.IndexFunc(r.file.rows, func(x row) bool { return x.policy == want.policy })
			row := r.file.rows[n]
			st := &story{row: row, crm: c, branch: r.branch()}
			// The commands of the row, given again, return what they made.
			if err := first(func() error { return st.apply(ctx) }, func() error { return st.report(ctx) }); err != nil {
				t.Fatal(err)
			}
			got, err := c.Claims.Get(ctx, st.claim.ID)
			if err != nil {
				t.Fatal(err)
			}
			if !st.claim.Replayed || got.State != claim.Closed || got.NotInForce != want.flagged || got.Reason != want.reason ||
				!got.Approved.Equal(decimal.RequireFromString(want.approved)) {
				t.Errorf("replayed %v, %s, flagged %v, reason %q, approved %s", st.claim.Replayed, got.State, got.NotInForce, got.Reason, got.Approved)
			}
			history, err := c.Claims.History(ctx, got.ID)
			if err != nil {
				t.Fatal(err)
			}
			if last := history[len(history)-1]; last.Event != string(want.last) {
				t.Errorf("ended with %s", last.Event)
			}
			if at := history[0].At; !at.Equal(kernel.Instant(st.reported())) {
				t.Errorf("reported at %s instead of %s", at, st.reported())
			}
		})
	}
}
