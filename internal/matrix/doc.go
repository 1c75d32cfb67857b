// Package matrix compares a workflow with what was written down about it by
// hand.
//
// The table of a workflow is data, and a test that repeats the table proves
// nothing. A matrix is written from the specification instead, state by state,
// and [Compare] tries every event in every state on the real machine:
//
//	# a claim                 everything after # is a comment
//	-:                        # creation
//	  Report -> reported
//	  Adopt  -> *             # in any state, as the caller names it
//	reported:
//	  File   -> filed
//	  Assign =                # a note: keeps the state
//	closed:                   # nothing listed: everything is refused
//
// A state begins a line and ends with a colon. What is possible in it follows,
// indented, one event a line. Whatever is not listed must be refused, and every
// state of the table must have its heading.
package matrix
