// Package engine is the stairs: the one pipeline that every command takes.
//
//	authorize → { load and lock → guard → fire the event → change → digest →
//	journal entry → save → reactions } → commit
//
// Because there is no other way, history, audit, idempotency, access and frozen time
// cannot be forgotten. An [Engine] carries out what package command describes.
package engine
