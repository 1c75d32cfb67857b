// Package policy is the room in which insurance is sold and kept: products, the
// applications for them, and the policies that come of these.
//
// A [Product] is what may be sold. A version (edition) that is on sale never changes;
// what changes is drafted as the next edition of the same code. [Products.Publish] takes
// a design from the draft to the shelf at once.
//
// An [Application] (投保单) is a customer's wish. It is submitted, reviewed in four
// layers, underwritten within an authority, signed, paid and issued. Rules raise an
// [Objection] where law or product ask for a person's decision, and an open one blocks
// its step. [Applications.IssueDirect] goes all the way in one unit of work for cases
// to which nothing objects (自动核保).
//
// A [Policy] is the contract. Its content is in [Terms], which are never changed: every
// change of the contract adds terms that say from which instant on they hold and when
// they were recorded. Whether somebody is covered at an instant is read from terms and
// time, never from the policy's state; see [Policies.CoverAt].
//
// Premiums come from a [Rater]: the product's own table, or whatever the host plugs in.
// Amounts are rounded half-even to the currency's minor unit at the end of each item
// and nowhere before.
package policy
