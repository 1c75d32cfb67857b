// Package complaint takes a complaint from its receipt to a reply with which the
// complainant is satisfied, or which nobody asks to be reviewed (投诉).
//
// # The way of a complaint
//
//	Receive → Accept → Classify → Assign → Conclude → Resolve → Reply → Close
//
// Every event of [Lifecycle] is a method of [Service] with the same name, and each writes
// a journal entry. A general complaint may be put right at once, with
// [Service.ResolveOnTheSpot]; a major one takes two people: [Service.Refer] and
// [Service.Countersign]. [Service.Adopt] brings running cases of an older system in.
//
// # Who may not
//
// Nobody complained of has a part in the handling, not even by recording that the
// complaint was withdrawn (the measure of 2020, article 17): a respondent may take down
// what the complainant brings, and answer for the unit. A review is never handled or
// decided by somebody who handled or decided the first complaint.
//
// # Time
//
// The insurer decides within 15 days of the receipt; complex cases within 30, and 60 with
// the approval of the superior unit and a notice to the complainant (article 18). The
// periods stand in package rulebook, which also opens and meets the tasks; this package
// promises the complainant a day ([Complaint].PromisedBy) and moves it as law does: an
// extension takes the longer period, the days of an appraisal or mediation are not
// counted, new facts begin the period anew. Merging two complaints never buys time: the
// earlier receipt and the earlier promise count.
//
// # Never reopened silently
//
// Who is not satisfied complains again inside the review window, which runs from the
// arrival of the reply (article 20). That makes a linked complaint of level 2, for another
// handler and with a period of its own; the first one ends as escalated. After the
// review, the body outside that decides is named instead.
//
// # Whose data
//
// Names, contacts and every free text are [privacy.Secret], sealed under the key of the
// customer for whom is complained; where there is none, under a key of the complaint's
// own. So somebody who is in no archive can be forgotten too.
package complaint
