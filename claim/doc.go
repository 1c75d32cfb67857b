// Package claim takes a claim from the notice of loss to an archived file: paid,
// declined, withdrawn or lapsed (理赔).
//
// # The way of a claim
//
//	Report → File → Check … → Accept → Assess → Approve → Notify → Agree → RequestPayment → (money arrives) → Settle → Close
//
// Every event of [Lifecycle] is a method of [Service] with the same name, and each
// writes a journal entry. [Service.SettleDirect] takes the small and simple claim from
// File to RequestPayment at once. Nobody settles by hand: when a payment clears,
// [OnPaymentCleared] looks whether everything approved has arrived.
//
// # Cover
//
// What a policy covers comes from [Policies], an interface that a host with policies of
// its own implements in one method. The answer is a snapshot, stored with the claim: a
// later change of the policy changes no claim. A loss outside the cover's time is
// flagged, not refused: the insurer has to say no with reasons, and only a claim can
// carry them (Insurance Law article 24).
//
// # Money
//
// Each [Line] is one coverage and keeps its trace: every step of its calculation with
// clause, input, formula and result, in the order
//
//	offset → deductible → average → copay → sub-limit → limit → unpaid premium
//
// Calculators are named by the cover; a host may bring its own. What a coverage has used
// of its limit in a period stands in an [Accumulator], the row that two claims race for:
// the later of them finds what the earlier has left. Before a decision at most the
// recorded undisputed minimum is paid, after it at most what was approved; what had been
// paid beyond is shown in Claim.Overpaid.
//
// # Wiring
//
// Three reactions join claims and payments; package crm wires them. When a payment of a
// claim enters cleared, and when a claim enters payable (advances may have paid all),
// [OnPaymentCleared]; when a payment enters bounced, [OnPaymentBounced].
//
// # Not yet
//
// Appeals (so [Service.Reassess] takes a reason by somebody who may), recoveries,
// referrals to the police, interest for late payment, fraud indicators (so Assess asks
// for none), expense payments, adopting running cases, and tasks with statutory
// deadlines, for which the instants are recorded already: reported, filed, decided,
// agreed, and of each notice when it was dispatched and when it arrived.
package claim
