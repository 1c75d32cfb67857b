// Package postgres keeps the library's records in PostgreSQL, from version 14.
//
//	store, err := postgres.Open("postgres://crm@db.example/insurer")
//	…
//	defer store.Close()
//	err = store.Migrate(ctx)
//
// The tables lie in the first schema of the connection's search_path; give it in the
// data source name to have them apart from others: ?search_path=crm. The login needs
// the right to create tables for Migrate only.
//
// A host that has the database open through GORM or database/sql already uses
// gormstore.New, gormstore.Join or [Join].
package postgres
