// Package command is the shape of a command, seen from the rooms: a room says what
// is checked, guarded and changed ([Call], [Creation]), on which record with which
// workflow ([Life]); a [Runner] does the rest - authorize, load and lock, fire the
// event, save, write the journal, react, commit - in one transaction.
//
// The rooms and the back office know this shape only. Package engine is the one
// Runner; it stands above the back office, so no arrow runs up.
package command
