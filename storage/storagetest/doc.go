// Package storagetest tells whether a [storage.Store] is right. A store's test is
// one call:
//
//	func TestConformance(t *testing.T) {
//		storagetest.Exercise(t, func(t *testing.T) storage.Store {
//			db := openEmptyDatabase(t)       // and close it in t.Cleanup
//			createTables(t, db, storagetest.SQLite)
//			return mystore.New(db)
//		})
//	}
//
// The suite knows nothing of the store but the contract in package storage. Every
// case opens a store of its own, empty but for its tables, and all cases run in
// parallel. The store may come from a pool of databases as long as no two cases
// share rows.
//
// The tables are those of [Policy], [Entry], [Line] and [storage.DataKey]; they
// hold a column of every kind. A store with SQL creates them with [SQLite] or
// [PostgreSQL], any other as it likes.
//
// What the suite asks of values (amounts at the edge of what fits, days before
// 1970, NULL), of queries (against a plain model in Go, with random rows and
// conditions), of units of work (all or nothing, whatever happens in them) and of
// the guard (each case twice, with the tenants swapped) is listed in [Exercise]. All
// that does not itself say whose rows are whose is asked three times: of the store
// alone, of the store as a tenant sees it who is not alone there, and as another. A store
// that forgets the tenant in one place fails.
package storagetest
