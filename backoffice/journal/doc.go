// Package journal is the append-only record of all that happened: one table that
// serves as history, audit trail and outbox.
//
// Every command writes one [Entry] for each subject that it moves, in the same
// transaction as the change. An entry holds who did what, when, on whose authority
// and why, the digests of every row that the command wrote, and the hash of the
// entry before it on the same subject. So each subject has a chain of its own, and
// writers of different subjects never wait for each other.
//
// Three readings: [History] for people, [Verify] for auditors, [Relay] for other
// systems.
//
// Now and then [MakeSeal] puts a [Seal] under all entries since the last. Kept where nobody
// reaches it who can write to the database, it shows to [VerifySeals] what one database
// cannot show of itself: a tail cut off, a subject gone, a chain computed anew, an old
// backup in the place of the new one.
package journal
