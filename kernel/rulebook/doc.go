// Package rulebook turns rules about time - statutes and the company's own standards -
// into due dates.
//
// Four words carry it:
//
//   - A [Rule] is one rule as a text of law has it: 15 calendar days, from this day on
//     to that, for these lines of business. Rules are data; rules-cn.json holds those of
//     mainland China with their articles.
//   - A [Clock] sets rules to work on a case: what opens, meets, stops, lengthens and
//     restarts the period. attach.json holds ours, standards.json the company standards
//     that hold where no statute does. Why a rule has no clock is written there too.
//   - A [Happening] is an entry of a case's history. [Book.Answer] tells which clocks it
//     moves, and how, as replies.
//   - A [Timer] is what the task of a clock remembers. [Book.Begin] makes it,
//     [Book.Apply] moves it on, [Book.Due] works out the day, [Book.Explain] says why.
//
// A [Book] holds them all with a [Calendar]. [Default] is mainland China; a host adds
// and overrides with [Book.With]. A book never changes and keeps nothing about cases, so
// a case keeps the version of a rule that was in force at its trigger: the timer
// carries it.
//
// # How it counts
//
// Days are counted in the rule's zone. The day of the event is not counted (Civil Code
// article 201), and a period ends with its last day, at 24:00. Months and years end on
// the corresponding day or, where there is none, on the month's last (article 202). A
// last day that is a day of rest moves to the next working day only where the rule says
// so (article 203). Hours run from the moment. A pause that begins on one day and ends
// on a later one takes out the days after the first, up to and with the last.
//
// A calendar is known year by year, as the authorities order it. Beyond, the week alone
// decides, and the day is marked provisional; work it out again when the year is known.
//
// Rules whose text was not verified open no clock. A rule that only says "promptly" may
// be given the company's own figure, and the explanation says whose it is.
package rulebook
