package rulebook_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
)

// step is one event of a case's history.
type step struct {
	event, at, to string
	facts         rulebook.Facts
}

// tale is a history and what stands at its end.
type tale struct {
	name   string
	kind   string
	facts  rulebook.Facts
	steps  []step
	clock  string // the one looked at
	on     string // its last day; "" when it stands still
	absent bool   // there is no such task
}

func (s tale) run(t *testing.T, b *rulebook.Book) {
	t.Helper()
	d := newDesk(t, b, s.kind, s.facts)
	for _, st := range s.steps {
		d.do(st.event, st.at, st.to, st.facts)
	}
	switch _, runs := d.tasks[s.clock]; {
	case s.absent && runs:
		t.Errorf("%s should not run", s.clock)
	case s.absent:
	case s.on == "":
		d.wantPaused(s.clock)
	default:
		d.wantDue(s.clock, s.on)
	}
}

var (
	own      = rulebook.Facts{"line": kernel.Life, "group": false}
	motor    = rulebook.Facts{"line": kernel.Motor, "group": false}
	filed    = step{event: "File", at: "2026-02-09", to: "filed"}
	asked    = step{event: "RequestDocuments", at: "2026-02-10", to: "documents_pending"}
	supplied = step{event: "SupplyDocuments", at: "2026-02-24", to: "filed"}
)

func arrived(known, at string) step {
	t, err := time.ParseInLocation("2006-01-02 15:04", at, shanghai)
	if err != nil {
		panic(err)
	}
	return step{event: "Notify", at: known, facts: rulebook.Facts{"kind": "missing", "arrived_at": t}}
}

const ordinary, complexCase = "cn.claim.assess-ordinary", "cn.claim.assess-complex"

func TestClaims(t *testing.T) {
	t.Parallel()
	again := []step{filed, asked, arrived("2026-02-11", "2026-02-11 15:00"), supplied,
		{event: "RequestDocuments", at: "2026-02-25", to: "documents_pending"}, arrived("2026-02-25", "2026-02-25 16:00")}
	for _, s := range []tale{
		{name: "five working days end on a Saturday that is worked", facts: own, steps: []step{filed}, clock: ordinary, on: "2026-02-14"},
		{name: "what was only sent stops nothing", facts: own, steps: []step{filed, asked}, clock: ordinary, on: "2026-02-14"},
		{name: "from the notice's arrival the clock stands still", facts: own,
			steps: []step{filed, asked, arrived("2026-02-11", "2026-02-11 15:00")}, clock: ordinary},
		{name: "a pause over Spring Festival", facts: own,
			steps: []step{filed, asked, arrived("2026-02-11", "2026-02-11 15:00"), supplied}, clock: ordinary, on: "2026-02-27"},
		{name: "a second request stops nothing", facts: own, steps: again, clock: ordinary, on: "2026-02-27"},
		{name: "the arrival becomes known only after the documents came", facts: own,
			steps: []step{filed, asked, supplied, arrived("2026-02-26", "2026-02-11 15:00")}, clock: ordinary, on: "2026-02-27"},
		{name: "a notice that arrived after the documents came stopped nothing", facts: own,
			steps: []step{filed, asked, supplied, arrived("2026-02-26", "2026-02-25 15:00")}, clock: ordinary, on: "2026-02-14"},
		{name: "a notice that arrives on the last day leaves no day to stop", facts: own,
			steps: []step{filed, asked, arrived("2026-02-14", "2026-02-14 08:00")}, clock: ordinary, on: "2026-02-14"},
		{name: "asked for more while assessing stops nothing", facts: own,
			steps: []step{filed, {event: "RequestMore", at: "2026-02-10"}, arrived("2026-02-11", "2026-02-11 15:00")}, clock: ordinary, on: "2026-02-14"},
		{name: "filed late in the evening, which is the same day in London and in Shanghai not", facts: own,
			steps: []step{{event: "File", at: "2026-02-10 00:30", to: "filed"}}, clock: ordinary, on: "2026-02-24"},
		{name: "a complex case takes the longer period from the same day", facts: own,
			steps: []step{{event: "File", at: "2026-09-01", to: "filed"}, {event: "MarkComplex", at: "2026-09-07"}}, clock: ordinary, on: "2026-10-08"},
		{name: "known to be complex before it was filed", facts: with(own, "complexity", "complex"), steps: []step{filed}, clock: ordinary, absent: true},
		{name: "then the long period holds, over National Day to the day after", facts: with(own, "complexity", "complex"),
			steps: []step{{event: "File", at: "2026-09-01", to: "filed"}}, clock: complexCase, on: "2026-10-08"},
		{name: "a group policy has only the long period", facts: with(own, "group", true),
			steps: []step{{event: "File", at: "2026-09-04", to: "filed"}}, clock: complexCase, on: "2026-10-08"},
		{name: "motor too, thirty days on a working Sunday", facts: motor,
			steps: []step{{event: "File", at: "2026-08-21", to: "filed"}}, clock: complexCase, on: "2026-09-20"},
		{name: "and it is paused for its first request too", facts: motor,
			steps: []step{filed, asked, arrived("2026-02-11", "2026-02-11 15:00"), supplied}, clock: complexCase, on: "2026-03-24"},
		{name: "travel is partly accident", facts: with(own, "line", kernel.Travel), steps: []step{filed}, clock: ordinary, on: "2026-02-14"},
		{name: "compulsory motor has five calendar days", facts: with(motor, "line", "compulsory_motor"), steps: []step{filed}, clock: "cn.mtpl.assess", on: "2026-02-14"},
		{name: "from the complete documents", facts: with(motor, "line", "compulsory_motor"),
			steps: []step{filed, asked, supplied}, clock: "cn.mtpl.assess", on: "2026-03-01"},
		{name: "which come before the general thirty", facts: with(motor, "line", "compulsory_motor"), steps: []step{filed}, clock: complexCase, absent: true},
		{name: "the contract may say otherwise", facts: with(own, "assess_days", 10), steps: []step{filed}, clock: ordinary, on: "2026-02-28"},
		{name: "sixty days for the advance", facts: own, steps: []step{{event: "File", at: "2026-01-31", to: "filed"}}, clock: "cn.claim.advance-payment", on: "2026-04-01"},
		{name: "ten days to pay", facts: own, steps: []step{{event: "Agree", at: "2026-04-29", to: "payable"}}, clock: "cn.claim.pay-after-agreement", on: "2026-05-09"},
		{name: "or as agreed", facts: with(own, "pay_days", int64(3)), steps: []step{{event: "Agree", at: "2026-04-29", to: "payable"}}, clock: "cn.claim.pay-after-agreement", on: "2026-05-06"},
		{name: "three days to refuse, after the feast", facts: own, steps: []step{{event: "Decline", at: "2026-02-13", to: "declined"}}, clock: "cn.claim.refusal-notice", on: "2026-02-24"},
		{name: "a refused line of an approved claim", facts: own,
			steps: []step{{event: "Approve", at: "2026-03-02", to: "approved", facts: rulebook.Facts{"partly_declined": true}}}, clock: "cn.claim.refusal-notice", on: "2026-03-05"},
		{name: "a claim approved in full needs no refusal", facts: own,
			steps: []step{{event: "Approve", at: "2026-03-02", to: "approved"}}, clock: "cn.claim.refusal-notice", absent: true},
		{name: "barred two years after 29 February", facts: with(motor, "known_at", time.Date(2024, 2, 29, 3, 0, 0, 0, time.UTC)),
			steps: []step{{event: "Report", at: "2024-05-01", to: "reported"}}, clock: "cn.claim.limitation-nonlife", on: "2026-02-28"},
		{name: "life has five years", facts: with(own, "known_at", kernel.NewDate(2024, 2, 29)),
			steps: []step{{event: "Report", at: "2024-05-01", to: "reported"}}, clock: "cn.claim.limitation-life", on: "2029-02-28"},
		{name: "how to claim is told within the company's own day", facts: own, steps: []step{{event: "Report", at: "2026-10-09", to: "reported"}}, clock: "cn.claim.guidance", on: "2026-10-10"},
		{name: "a small medical claim has a rule of its own", facts: rulebook.Facts{"line": "health", "group": false, "amount": decimal.RequireFromString("3000.00")},
			steps: []step{{event: "Report", at: "2026-10-09", to: "reported"}}, clock: "cn.claim.small.instruct", on: "2026-10-10"},
		{name: "which takes the place of the other", facts: rulebook.Facts{"line": "health", "amount": "2999"},
			steps: []step{{event: "Report", at: "2026-10-09", to: "reported"}}, clock: "cn.claim.guidance", absent: true},
		{name: "just above it is not small", facts: rulebook.Facts{"line": "health", "amount": decimal.RequireFromString("3000.01")},
			steps: []step{{event: "Report", at: "2026-10-09", to: "reported"}}, clock: "cn.claim.small.instruct", absent: true},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.kind = "claim"
			s.run(t, rulebook.Default())
		})
	}
}

func TestAClaimFromReportToPayment(t *testing.T) {
	t.Parallel()
	d := newDesk(t, rulebook.Default(), "claim", own)
	d.do("Report", "2026-03-02", "reported", nil)
	d.wantTasks("cn.claim.guidance", "cn.claim.limitation-life", "company.claim.contact")
	d.do("Notify", "2026-03-03", "", rulebook.Facts{"kind": "guidance", "dispatched_at": when(t, "2026-03-02 18:00")})
	if at := d.met["cn.claim.guidance"]; !at.Equal(when(t, "2026-03-02 18:00")) {
		t.Errorf("guidance was given when it was sent, not when that was written down: %s", at)
	}
	d.do("Contact", "2026-03-03", "", nil)
	d.wantTasks("cn.claim.limitation-life")
	d.facts = with(own, "contacted", true)
	d.do("File", "2026-03-04", "filed", nil)
	d.wantTasks("cn.claim.supplement-once", ordinary, "cn.claim.advance-payment")
	d.do("Accept", "2026-03-05", "accepted", nil)
	d.wantTasks(ordinary, "cn.claim.advance-payment")
	d.do("Assess", "2026-03-05", "assessing", nil)
	d.do("Approve", "2026-03-06", "approved", nil)
	d.wantTasks()
	d.do("Agree", "2026-03-06", "payable", nil)
	d.wantTasks("cn.claim.pay-after-agreement")
	d.wantDue("cn.claim.pay-after-agreement", "2026-03-16")
	d.do("Settle", "2026-03-09", "paid", nil)
	d.wantTasks()
}

func TestADeclinedClaim(t *testing.T) {
	t.Parallel()
	d := newDesk(t, rulebook.Default(), "claim", motor)
	d.do("File", "2026-03-04", "filed", nil)
	d.do("Decline", "2026-03-05", "declined", nil)
	d.wantTasks("cn.claim.refusal-notice")
	d.do("Notify", "2026-03-06", "", rulebook.Facts{"kind": "progress"})
	d.wantTasks("cn.claim.refusal-notice")
	d.do("Reassess", "2026-03-07", "assessing", nil)
	d.wantTasks()
	d.do("Decline", "2026-03-09", "declined", nil)
	d.do("Notify", "2026-03-10", "", rulebook.Facts{"kind": "refusal", "dispatched_at": when(t, "2026-03-10")})
	d.wantTasks()
}
