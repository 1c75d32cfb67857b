// Package memory is a [storage.Store] for unit tests: it opens at once, leaves
// nothing behind and answers as a database does.
//
//	store := memory.New()
//	err := store.Update(ctx, func(tx storage.Tx) error { return tx.Insert(&claim) })
//
// Rows are kept column by column in the form that a database would keep, not as
// the structs that came in. So amounts that do not fit are refused, times lose
// what is finer than a microsecond, NULL behaves as in SQL, and no change to a
// record reaches the store without a Save.
//
// One Update runs at a time and no View runs beside it; Views run beside each
// other. A unit of work that opens another on the same store waits for itself
// forever. A query looks at every row of its table: for thousands of rows, take
// SQLite.
package memory
