package journal_test

import (
	"context"
	"testing"

	"github.com/coverkit/crm/backoffice/journal"
	"github.com/coverkit/crm/kernel/privacy"
	"github.com/coverkit/crm/storage"
	"github.com/coverkit/crm/storage/memory"
)

// busy is a store in which somebody's transaction is open until it is over, as on
// PostgreSQL, where numbers are taken before the commit.
type busy struct {
	*memory.Store
	over bool
}

func (s *busy) Horizon(context.Context) (oldest, next uint64, err error) {
	if s.over {
		return 9, 9, nil
	}
	return 7, 9, nil
}

// What was written before everybody's transaction has ended is not handed on: an entry with
// a lower number may yet appear, and would be left out for good.
func TestRelayWaitsForWhoeverStillWrites(t *testing.T) {
	t.Parallel()
	o := newOffice()
	o.fill(t, 2)
	keys, err := privacy.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	store := &busy{Store: o.raw}
	relay := func() int {
		t.Helper()
		none := func(context.Context, journal.Entry) error { return nil }
		n, err := journal.Relay(owner, storage.Guard(store, keys), "mail", noon, none)
		if err != nil {
			t.Error(err)
		}
		return n
	}
	if n := relay(); n != 0 {
		t.Errorf("%d entries were handed on past an open transaction", n)
	}
	store.over = true
	if n := relay(); n != 4 {
		t.Errorf("%d entries when it was over, want 4", n)
	}
}
