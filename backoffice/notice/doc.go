// Package notice keeps the letters of a case: who was told what, by which channel, in
// which wording, when it was sent and when it arrived.
//
// A letter belongs to a claim, a complaint or another case and has no life of its own:
// a room writes it inside a command of the case with [Send], and notes with [Arrived]
// when it is known to be there. It then stands in the journal of the case.
//
//	Notify: func(u *command.Unit, c *Claim) error {
//		if in.Sent != "" {
//			_, err := notice.Arrived(u, c.letters(), in)
//			return err
//		}
//		_, err := notice.Send(u, c.letters(), in)
//		return err
//	}
//
// Law counts an insurer's duty to tell as done by the dispatch, and what the other side
// has to do from the arrival. Both times are kept, and both are facts of the event
// ("dispatched_at", "arrived_at", beside "kind"), so that deadlines can run from them.
package notice
