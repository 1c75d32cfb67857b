// Package kernel holds the words that every other package shares: who acts
// ([Actor]), when ([Clock], [Date]), on what ([ID], [Ref]), how much
// ([CheckAmount], [Round], [Split]), how a command is qualified ([Option]) and
// how it is refused ([FieldErrors] and the sentinel errors).
//
// It is the ground floor. It knows no storage and no insurance process, and it
// imports nothing of this module, so anything may import it.
package kernel
