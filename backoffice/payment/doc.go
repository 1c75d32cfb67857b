// Package payment is the life of money that goes out: an indemnity, an advance, an
// expense, a refund of premium.
//
// A room that owes money opens a payment inside its own command with [Open]; it then
// belongs to that claim, application or policy and lives on as a record of its own:
//
//	pending –Request→ requested –Issue→ issued –Clear→ cleared –Bounce→ bounced –Request→ requested
//	requested, issued –Fail→ failed –Request→ requested
//	pending, requested –Stop→ stopped
//	issued –Void→ voided
//
// The library moves no money. [Service.Dispatch] hands each pending payment to the
// host's [Payer], at least once, with a business key by which the host drops repeats.
// What the bank then says comes back as [Service.Issue], [Service.Clear],
// [Service.Fail] and [Service.Bounce].
//
// The payee's account is sealed under the payee's own data key. It is opened for the
// Payer only, and the payment's history says so.
package payment
