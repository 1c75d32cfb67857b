// Command replay drives a CSV file of motor claims through the library: each row
// becomes a customer, a policy, a claim and its decision. It uses the public API only
// and is written to be copied for importing data of one's own.
//
//	go run ./examples/replay -claims claims.csv
//	go run ./examples/replay -claims claims.csv -db crm.db -json
//	go run ./examples/replay -claims claims.csv -postgres "host=… dbname=…" -shift-years 10
//
// # What it shows
//
//   - A clock of one's own ([kernel.ManualClock]): what happened in 1990 is written down
//     as of 1990. The steps of all rows are done in the order of time.
//   - A rater of one's own (crm.Config.Rater): the premium is what the file says.
//   - Commands that can be given again (crm.Key): the key is made of the policy number.
//     A second run over the same file and database changes nothing and prints the same
//     figures; one that was interrupted goes on where it stopped.
//   - Several commands as one (crm.CRM.InTx), and the short way for a claim to which
//     nothing objects (claim.Service.SettleDirect).
//   - A branch: all rows of the replay belong to one, so that the figures, which are
//     read from the database, do not count what else is there.
//
// One step is done after the other: all rows share the clock, and hardly two steps fall on
// the same instant, so that several at once would gain nothing. A program that does not
// need the order of time opens the library once for each worker, with a clock for each.
//
// # The decision
//
// A loss outside the cover is declined, whatever else the row says. A claim reported as
// fraud is investigated and declined. Any other is approved for the total less the
// deductible and paid; where nothing is left it is closed without payment.
//
// # The file
//
// The header names the columns in any order; columns that are not needed are passed
// over. A row that cannot be used is reported with line, column and reason, and the rest
// goes on. Nothing is repaired silently. The file holds no names: customers get an
// artificial one, and an address at example.com. Each deductible has its own motor product,
// because a deductible is part of a product's design.
package main
