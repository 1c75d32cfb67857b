// Package member is the room in which an insurer serves the members of its loyalty
// programs (会员服务), and looks after the people who do so.
//
// A [Program] has [Tier]s in order, from the one that is open to everybody to the
// highest. Its [Rules] say how one qualifies - by premium in force, by years of
// membership, by points - and from which day they hold; rules of a day that has begun
// never change.
//
// A [Member] is a customer's membership of a program. Its tier on a day follows from the
// figures at the beginning of that day and at the last review before it, and from nothing
// else: [Members.EvaluateTiers] gives the same answer whenever it is asked for the same
// day, in whatever order days are asked for, and says why in words.
//
// Points are kept in [Lot]s: earned from a source once, spent by the lot that expires
// first, expired, or taken back. No sequence of commands makes a balance negative, and
// the balance is always the sum of what is left of the lots.
//
// [Staff] are the people who serve; the key of the person in the host's own system is the
// actor of their commands. A [Gate] refuses stated actions to those who lack a
// qualification or whose confidentiality agreement does not hold. [Course]s and
// [Training]s give qualifications, and an [Appraisal] ends in a reward or a plan to coach.
//
// A [Benefit] is what members of a tier enjoy. It starts and ends not before members have
// known it for the days that the program promises; a change is its next edition, which
// goes the same way. What a member has of it in a period is a [Grant], a row that no race
// overdraws: a [ServiceOrder] or a [SignUp] reserves from it and uses or gives back what
// it reserved, [Quotas.Redeem] uses at once. A [Partner] serves on the insurer's behalf
// and is rated by those whom it served. An [Activity] has seats, and a line for those who
// come later. [Benefits.SuperviseBenefits] holds what was granted against what was
// delivered, and [Benefits.EvaluateServices] says how good it was.
package member
