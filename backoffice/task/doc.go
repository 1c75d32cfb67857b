// Package task keeps what is due, for whom and until when: the deadlines that law and
// the company set for a case, and what people give each other to do.
//
// A task is a row in the chain of its case. A command of the case that opens, meets,
// pauses or moves a deadline does so in the same transaction ([Keeper.Follow]), and the
// case's journal entry names it; nobody can forget it, and it cannot be done twice. What
// only the passing of time brings - the warning, the breach, the escalation - is the work
// of [Service.Sweep], which a host calls as often as it likes, in as many processes as it
// likes: each step is taken once.
//
// Which event opens or meets what is not written here but in the rulebook; see package
// rulebook.
package task
