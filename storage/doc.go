// Package storage is the seam between the library and a database: a [Store]
// runs units of work, a [Tx] loads, inserts, saves and deletes records, and
// counts and sums them. Another store is a day's work; package storagetest tells
// whether it is right.
//
// Records are plain structs. Their gorm tags name the columns, so a host's own
// GORM reads the same tables; [SchemaOf] reads the tags for everybody else. A zero
// key, time, date or document, no bytes and the empty secret are NULL; every other
// column is NOT NULL. See [Field.IsNull].
//
// [Guard] wraps every store before anything else touches it. It keeps tenants
// apart, seals personal data, digests rows for the journal and refuses to change
// what is written once. A store only moves rows.
package storage
