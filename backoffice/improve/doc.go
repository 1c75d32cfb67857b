// Package improve is the life of a corrective action: what is done so that a complaint,
// a bad survey or a failed inspection does not come again, and whether it helped
// (SP 1.1.39, 1.1.43; MR 八).
//
//	proposed –Approve→ approved –Start→ in_progress –Finish→ done –Verify→ verified
//	                                    done –Reopen→ in_progress
//	proposed –Reject→ rejected
//
// A proposal names its source, the cause that was found and the measure against it. With
// its approval it has a responsible unit and person, a due day and the figures by which
// its effect is measured, each with the value before. Somebody other than the
// responsible person then measures again: the improvement is effective when every
// figure has moved in the direction that was stated.
//
// Rooms propose with [Propose] inside a command or a reaction of their own, and ask with
// [Of] and [BySource] what has become of it. Cause, measure and evidence are free text and
// sealed; codes and figures are not, so they can be counted.
package improve
