// Package sqlite keeps the library's records in a SQLite file.
//
//	store, err := sqlite.Open("crm.db")
//	…
//	defer store.Close()
//	err = store.Migrate(ctx)
//
// This is the default for a program on one machine. The file is opened with a
// write-ahead log and full synchronisation, so that what was acknowledged survives a
// loss of power, and with one writer beside several readers: those of Views, and those
// of commands that get ready while another one writes. Beside the file lie crm.db-wal
// and crm.db-shm while it is open; a network file system will not do.
//
// A host that has the database open through GORM or database/sql already uses
// gormstore.New, gormstore.Join or [Join].
//
// There are two drivers. With cgo, which needs a C compiler, it is mattn's over SQLite
// itself. Without, or with the build tag purego, it is modernc's: the same SQLite,
// translated to Go, which takes about half as long again. Files are the same; see
// [DriverName] and [Dialector] for what a host opens beside the store.
package sqlite
