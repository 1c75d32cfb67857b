package storagetest

import (
	"context"
	"testing"

	"github.com/coverkit/crm/storage"
)

// Exercise runs the conformance suite. Every case that does not itself say whose rows are
// whose is run behind the guard too, beside another tenant, and with the two tenants
// swapped. open returns a store whose tables are there
// and empty, and closes it when the test ends; it is called for every case, from
// many goroutines.
func Exercise(t *testing.T, open func(t *testing.T) storage.Store) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*world)
	}{
		// What a column keeps.
		{"RoundTrip", beside(roundTrip)},
		{"ZeroIsNull", beside(zeroIsNull)},
		{"EmptyIsNotNil", beside(emptyIsNotNil)},
		{"DaysAndTimes", beside(daysAndTimes)},
		{"Unstorable", unstorable},
		{"Copies", beside(copies)},
		{"AmountsAtTheEdge", beside(amountsAtTheEdge)},
		{"MisfitsAreRefused", beside(misfitsAreRefused)},
		{"AmountsCompare", beside(amountsCompare)},
		{"AmountsAddUp", beside(amountsAddUp)},
		// What a query finds.
		{"QueriesFollowTheModel", queriesFollowTheModel},
		{"PagesFollowTheModel", pagesFollowTheModel},
		{"TalliesFollowTheModel", talliesFollowTheModel},
		{"NullsSortFirst", beside(nullsSortFirst)},
		{"Prefixes", beside(prefixes)},
		{"BadQueries", beside(badQueries)},
		// What a write does.
		{"UniqueWithinATenant", uniqueWithinATenant},
		{"Versions", versions},
		{"Missing", beside(missing)},
		{"OwnWrites", beside(ownWrites)},
		{"Numbers", numbers},
		{"ManyRows", beside(manyRows)},
		// What a unit of work is.
		{"AllOrNothing", beside(allOrNothing)},
		{"Closed", beside(closed)},
		{"ReadOnly", beside(readOnly)},
		{"Snapshot", beside(snapshot)},
		// Many at once.
		{"OneWinner", beside(oneWinner)},
		{"OneInserts", beside(oneInserts)},
		{"LockNeverOverspends", beside(lockNeverOverspends)},
		{"LockHoldsUnsaved", beside(lockHoldsUnsaved)},
		{"NothingIsLost", beside(nothingIsLost)},
		{"Leaks", beside(leaks)},
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
