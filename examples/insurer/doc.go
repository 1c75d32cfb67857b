// Command insurer lives through years of a synthetic insurer, day by day, with all rooms of
// the library at once: customers come, buy, have losses, complain, are called on, join the
// club and say how they were served. At the end it prints a year-end report and writes it
// as an HTML page. It uses the public API only.
//
//	go run ./examples/insurer
//	go run ./examples/insurer -years 3 -customers 2000 -seed 7 -db crm.db -json
//	go run ./examples/insurer -postgres "host=… dbname=…"
//
// # How the rooms meet
//
// No room knows another. What the program sees of their meeting is this:
//
//   - crm.Open gives each room its neighbours: a claim asks the policies what they covered at
//     the loss, underwriting asks the archive for the age, the club asks the policies for the
//     premium in force. Each question is one method of a narrow interface, and a field of
//     crm.Config replaces who answers.
//   - Reactions follow in the transaction of what happened. The program clears a payment, and
//     the claim is paid; it closes a claim, and a visit is planned and an invitation to the
//     survey made; a customer scores low, and a visit is planned; a campaign is analysed, and
//     an improvement is proposed. So the program never plans those visits: it looks for them
//     by what they are about (see visits.go and surveys.go).
//   - The rulebook follows all entries: it opens, meets, pauses and cancels the deadlines. The
//     program only sweeps in the morning (morning.go), as a program of yours would do from
//     time to time.
//   - One journal holds what all of them did. crm.CRM.Verify holds it against every row.
//
// # How to read it
//
// day.go has the days and who works on them, chance.go decides. Each of the following is the
// life of one case, a method for each day on which something happens to it, which says when
// the next does: people.go, contracts.go, losses.go and settle.go (claims), money.go
// (payments), complaints.go, visits.go, members.go, surveys.go, improvements.go. A day's
// commands of one person to one case are one unit of work (step.go). figures.go reads the
// report from the database.
//
// # The same years again
//
// The clock is moved by hand ([kernel.ManualClock]) and chance comes from the seed, so the
// same flags give the same figures, on SQLite as on PostgreSQL; only keys and seconds differ.
// Customers are served at several desks at once, so that commits are shared. That changes
// nothing, because what happens to a customer depends on that customer alone. Everything is
// synthetic, the identity numbers too. How often losses, complaints and delays come is made
// up and says nothing about real insurers.
package main
