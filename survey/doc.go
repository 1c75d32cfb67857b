// Package survey asks customers how they were served, and watches how they are served
// (满意度调查、服务质量监控).
//
// A [Questionnaire] is what is asked. An edition that is published never changes; what
// changes is drafted as the next edition of the same code. A [Campaign] (调查方案) says
// who is asked, how, when and how often: people that the host names, those that a query
// finds ([Audience]), or whoever something happened to ([OnTrigger]). An [Invitation]
// asks one customer once, about one thing. Of a service process itself, calls and cases
// are drawn and scored on a sheet: an [Inspection] (服务过程监控).
//
// # The way of an invitation
//
//	Create → Send (gives the key, once) → Open → Submit
//
// On line the customer answers with a key. It is random, works for one invitation and is
// stored only as a keyed digest, so that nobody can read it out of the database. Whoever
// sends the same answers again gets the same [Response]; other answers under a used key
// are [ErrUsed]. The host's public endpoint acts in role [Respondent], which may do
// nothing but what a key allows. On the telephone, in an interview and from paper, staff
// give the answers with [Invitations.Enter], on the same questionnaire and under the same
// rules.
//
// Answers are held against the frozen questionnaire, its branching included: a question
// that does not exist, a score off the scale, something required that is missing, an
// answer to a question that was not shown. All faults come back at once, and then nothing
// is stored. Free text and dates are sealed; [Invitations.Reveal] opens them.
//
// # Not too often
//
// A customer is invited at most once in so many days, over all campaigns: the later of
// two that race is refused ([ErrRested]). Whether somebody may be asked at all says
// [Customers], before the invitation is made and again before it is sent.
//
// # What becomes of it
//
// [Analysis] gives net promoter score, satisfaction and effort with the number of answers
// and an interval of 95 %, by product, branch, handler, channel and month, and a score of
// service quality for a unit and period. The formulas stand in stats.go.
//
// A score under the campaign's threshold is seen by [Low] in the same unit of work, and
// an improvement that an inspection or an analysis proposes by [Proposed]; what follows
// in other rooms is wired in package crm.
//
// Sources: service process 1.1.30, 1.1.31, 1.1.37 to 1.1.39 (survey), member service
// rules chapter 8 (monitoring, assessment, improvement).
package survey
