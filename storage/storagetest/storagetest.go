package storagetest

import (
	"context"
	"testing"

	"github.com/coverkit/crm/storage"
)

// Exercise runs the conformance suite. open returns a store whose tables are there
// and empty, and closes it when the test ends; it is called for every case, from
// many goroutines.
func Exercise(t *testing.T, open func(t *testing.T) storage.Store) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*world)
	}{
		// What a column keeps.
		{"RoundTrip", roundTrip},
		{"ZeroIsNull", zeroIsNull},
		{"EmptyIsNotNil", emptyIsNotNil},
		{"DaysAndTimes", daysAndTimes},
		{"Unstorable", unstorable},
		{"Copies", copies},
		{"AmountsAtTheEdge", amountsAtTheEdge},
		{"MisfitsAreRefused", misfitsAreRefused},
		{"AmountsCompare", amountsCompare},
		{"AmountsAddUp", amountsAddUp},
		// What a query finds.
		{"QueriesFollowTheModel", queriesFollowTheModel},
		{"PagesFollowTheModel", pagesFollowTheModel},
		{"TalliesFollowTheModel", talliesFollowTheModel},
		{"NullsSortFirst", nullsSortFirst},
		{"Prefixes", prefixes},
		{"BadQueries", badQueries},
		// What a write does.
		{"UniqueWithinATenant", uniqueWithinATenant},
		{"Versions", versions},
		{"Missing", missing},
		{"OwnWrites", ownWrites},
		{"Numbers", numbers},
		{"ManyRows", manyRows},
		// What a unit of work is.
		{"AllOrNothing", allOrNothing},
		{"Closed", closed},
		{"ReadOnly", readOnly},
		{"Snapshot", snapshot},
		// Many at once.
		{"OneWinner", oneWinner},
		{"OneInserts", oneInserts},
		{"LockNeverOverspends", lockNeverOverspends},
		{"NothingIsLost", nothingIsLost},
		{"Leaks", leaks},
		// Behind the guard.
		{"TenantsSeeNothing", twice(tenantsSeeNothing)},
		{"TenantsChangeNothing", twice(tenantsChangeNothing)},
		{"TenantsShareNumbers", twice(tenantsShareNumbers)},
		{"NobodyIsRefused", twice(nobodyIsRefused)},
		{"FrozenStays", twice(frozenStays)},
		{"NothingPlain", twice(nothingPlain)},
		{"SealedStays", twice(sealedStays)},
		{"SealsAreBound", twice(sealsAreBound)},
		{"LostKeysAreForgotten", twice(lostKeysAreForgotten)},
		{"FirstSight", twice(firstSight)},
		{"GiveWay", twice(giveWay)},
		{"Erased", twice(erased)},
		{"GoldenDigests", goldenDigests},
		{"DigestsHold", twice(digestsHold)},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(&world{T: t, ctx: context.Background(), store: open(t), open: open})
		})
	}
}
