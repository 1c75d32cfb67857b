// Command complaints drives a public CSV file of complaints against insurers through the
// library: each complaint is received, accepted, classified and assigned on the day on
// which it came in, and concluded, resolved, answered and closed on the day on which it
// was closed. Then it prints the periodic analysis (投诉总结) and writes it as an HTML page.
// It uses the public API only and is written to be copied for importing data of one's own.
//
//	go run ./examples/complaints -file complaints.csv
//	go run ./examples/complaints -file complaints.csv -db crm.db -json
//	go run ./examples/complaints -file complaints.csv -postgres "host=… dbname=…" -shift-years 10
//
// # What it shows
//
//   - A rulebook of one's own (crm.Config.Rulebook): the company answers within 60 days, and
//     clocks of a law that does not hold for these complaints are switched off; see book.go.
//   - Deadlines that are met and missed. A clock of one's own ([kernel.ManualClock]) moves
//     from day to day; on each morning on which a complaint waits, task.Service.Sweep warns,
//     finds what is late and hands it up, on the day on which that happens.
//   - Numbers of one's own (crm.Config.Numbers): complaints keep the number that they have in
//     the file and are found again by it.
//   - A tree of root causes with a branch of one's own (crm.Config.Causes).
//   - Units of work that can be given again (crm.CRM.InTx with crm.Key): one for a complaint
//     and day. A second run over the same file and database changes nothing and prints the
//     same figures; one that was interrupted goes on where it stopped.
//   - A branch: all rows of the replay belong to one, so that the figures, which are read
//     from the database, do not count what else is there.
//
// # The law of which place
//
// The file comes from a state of the United States, so without -shift-years the complaints
// are what they were: nothing but the company's standard sets a day for the answer, and the
// duty to report progress is switched off, for the file has no such letters. Days begin
// and end in that state. With -shift-years all dates move, to show what the same work
// would mean under the law of mainland China: the rulebook is then the library's own with
// the company's 60 days, and the statutory period holds from the day on which its measure
// came into force. Everything happens at an hour at which both places have the same date.
//
// # The file
//
// The header names the columns in any order; columns that are not needed are passed over.
// Rows with the same number are one complaint against several respondents. A complaint that
// has no closing date is still waiting. A row that cannot be used is reported with line,
// column and reason, and the rest goes on. Nothing is repaired silently. The file holds no
// names, so the complainants stay anonymous here.
//
// A complaint that came in is not read from the file again: whoever corrects its rows
// afterwards starts with another database.
package main
