package rulebook_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
)

const decide, answer, progress = "cn.complaint.decide", "company.complaint.answer", "company.complaint.progress"

func received(at string) step { return step{event: "Receive", at: at, to: "received"} }

func moment(fact, s string) rulebook.Facts {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return rulebook.Facts{fact: t}
}

// owed is when the first of both came, and the day by which somebody was promised an answer.
func owed(since, day string) rulebook.Facts {
	facts := rulebook.Facts{}
	for name, s := range map[string]string{"received_at": since, "owed_by": day} {
		on, err := kernel.ParseDate(s)
		if err != nil {
			panic(err)
		}
		facts[name] = on
	}
	return facts
}

func TestComplaints(t *testing.T) {
	t.Parallel()
	first := rulebook.Facts{"line": "life", "group": false, "level": 1}
	for _, s := range []tale{
		{name: "fifteen days end on National Day all the same", facts: first, steps: []step{received("2026-09-16")}, clock: decide, on: "2026-10-01"},
		{name: "from the receipt, not from the day it was written down", facts: with(first, "received_at", kernel.NewDate(2026, 9, 14)),
			steps: []step{received("2026-09-16")}, clock: decide, on: "2026-09-29"},
		{name: "extended on the last day to thirty in all", facts: first,
			steps: []step{received("2026-09-16"), {event: "Extend", at: "2026-10-01"}}, clock: decide, on: "2026-10-16"},
		{name: "and again to sixty in all", facts: first,
			steps: []step{received("2026-09-16"), {event: "Extend", at: "2026-10-01"}, {event: "ExtendAgain", at: "2026-10-16"}}, clock: decide, on: "2026-11-15"},
		{name: "while an expert looks, nothing runs", facts: first,
			steps: []step{received("2026-09-16"), {event: "Suspend", at: "2026-09-20"}}, clock: decide},
		{name: "ten days of appraisal are ten days more", facts: first,
			steps: []step{received("2026-09-16"), {event: "Suspend", at: "2026-09-20"}, {event: "Continue", at: "2026-09-30"}}, clock: decide, on: "2026-10-11"},
		{name: "written down later than they were", facts: first,
			steps: []step{received("2026-09-16"), {event: "Suspend", at: "2026-09-22", facts: moment("at", "2026-09-20 09:00")},
				{event: "Continue", at: "2026-10-05", facts: moment("at", "2026-09-30 09:00")}}, clock: decide, on: "2026-10-11"},
		{name: "taken over from an older system in the middle", facts: with(first, "received_at", kernel.NewDate(2026, 9, 1)),
			steps: []step{{event: "Adopt", at: "2026-09-10", to: "investigating"}}, clock: decide, on: "2026-09-16"},
		{name: "extended there already", facts: with(with(first, "received_at", kernel.NewDate(2026, 9, 1)), "extensions", int64(1)),
			steps: []step{{event: "Adopt", at: "2026-09-20", to: "investigating"}}, clock: decide, on: "2026-10-01"},
		{name: "and twice", facts: with(with(first, "received_at", kernel.NewDate(2026, 9, 1)), "extensions", int64(2)),
			steps: []step{{event: "Adopt", at: "2026-09-20", to: "investigating"}}, clock: decide, on: "2026-10-31"},
		{name: "taken over when it was replied to", facts: first, steps: []step{{event: "Adopt", at: "2026-09-20", to: "replied"}}, clock: decide, absent: true},
		{name: "which the company's standard does not hold for either", facts: first, steps: []step{{event: "Adopt", at: "2026-09-20", to: "replied"}}, clock: answer, absent: true},
		{name: "every suspension counts", facts: first,
			steps: []step{received("2026-09-16"), {event: "Suspend", at: "2026-09-20"}, {event: "Continue", at: "2026-09-22"},
				{event: "Suspend", at: "2026-09-25"}, {event: "Continue", at: "2026-09-28"}}, clock: decide, on: "2026-10-06"},
		{name: "suspended and continued within a day costs nothing", facts: first,
			steps: []step{received("2026-09-16"), {event: "Suspend", at: "2026-09-20 09:00"}, {event: "Continue", at: "2026-09-20 17:00"}}, clock: decide, on: "2026-10-01"},
		{name: "a suspension moves an extended period too", facts: first,
			steps: []step{received("2026-09-16"), {event: "Suspend", at: "2026-09-20"}, {event: "Continue", at: "2026-09-30"}, {event: "Extend", at: "2026-10-11"}}, clock: decide, on: "2026-10-26"},
		{name: "new facts let the period begin anew", facts: first,
			steps: []step{received("2026-09-16"), {event: "AddFacts", at: "2026-09-25"}}, clock: decide, on: "2026-10-10"},
		{name: "from the day they came", facts: with(first, "received_at", kernel.NewDate(2026, 9, 14)),
			steps: []step{received("2026-09-16"), {event: "AddFacts", at: "2026-09-25", facts: moment("at", "2026-09-24 08:00")}}, clock: decide, on: "2026-10-09"},
		{name: "and forget the pause before them", facts: first,
			steps: []step{received("2026-09-16"), {event: "Suspend", at: "2026-09-18"}, {event: "Continue", at: "2026-09-21"}, {event: "AddFacts", at: "2026-09-25"}}, clock: decide, on: "2026-10-10"},
		{name: "but not the one that still lasts", facts: first,
			steps: []step{received("2026-09-16"), {event: "Suspend", at: "2026-09-20"}, {event: "AddFacts", at: "2026-09-25"}}, clock: decide},
		{name: "which then takes out what is left of it", facts: first,
			steps: []step{received("2026-09-16"), {event: "Suspend", at: "2026-09-20"}, {event: "AddFacts", at: "2026-09-25"}, {event: "Continue", at: "2026-09-28"}}, clock: decide, on: "2026-10-13"},
		{name: "a complaint absorbed with an earlier receipt", facts: first,
			steps: []step{received("2026-09-16"), {event: "Absorb", at: "2026-09-18", facts: moment("received_at", "2026-09-11 10:00")}}, clock: decide, on: "2026-09-26"},
		{name: "which does not take back the period that new facts began", facts: first,
			steps: []step{received("2026-09-16"), {event: "AddFacts", at: "2026-09-25"}, {event: "Absorb", at: "2026-09-26", facts: moment("received_at", "2026-09-11 10:00")}}, clock: decide, on: "2026-10-10"},
		{name: "new facts of before the pause, written down after it", facts: first,
			steps: []step{received("2026-09-16"), {event: "Suspend", at: "2026-09-23"}, {event: "Continue", at: "2026-09-26"},
				{event: "AddFacts", at: "2026-09-28", facts: moment("at", "2026-09-22 09:00")}}, clock: decide, on: "2026-10-10"},
		{name: "absorbed, and its earlier promise stands", facts: first,
			steps: []step{received("2026-09-16"), {event: "Absorb", at: "2026-09-18", facts: owed("2026-09-16", "2026-09-24")}}, clock: decide, on: "2026-09-24"},
		{name: "a later one does not", facts: first,
			steps: []step{received("2026-09-16"), {event: "Absorb", at: "2026-09-18", facts: owed("2026-09-16", "2026-10-24")}}, clock: decide, on: "2026-10-01"},
		{name: "an extension lengthens what was owed", facts: first,
			steps: []step{received("2026-09-16"), {event: "Absorb", at: "2026-09-18", facts: owed("2026-09-16", "2026-09-24")}, {event: "Extend", at: "2026-09-20"}}, clock: decide, on: "2026-10-09"},
		{name: "so does a pause that lasted when they were merged", facts: first,
			steps: []step{received("2026-09-16"), {event: "Suspend", at: "2026-09-17"}, {event: "Absorb", at: "2026-09-18", facts: owed("2026-09-16", "2026-09-24")}, {event: "Continue", at: "2026-09-20"}}, clock: decide, on: "2026-09-27"},
		{name: "new facts begin anew all the same", facts: first,
			steps: []step{received("2026-09-16"), {event: "Absorb", at: "2026-09-18", facts: owed("2026-09-16", "2026-09-24")}, {event: "AddFacts", at: "2026-09-20"}}, clock: decide, on: "2026-10-05"},
		{name: "of two reviews the earlier counts", facts: with(first, "level", 2),
			steps: []step{{event: "Escalated", at: "2026-10-20", to: "accepted"}, {event: "Absorb", at: "2026-10-21", facts: owed("2026-10-20", "2026-11-10")}}, clock: "cn.complaint.review-decide", on: "2026-11-10"},
		{name: "withdrawn", facts: first, steps: []step{received("2026-09-16"), {event: "Withdraw", at: "2026-09-18", to: "withdrawn"}}, clock: decide, absent: true},
		{name: "merged into another", facts: first, steps: []step{received("2026-09-16"), {event: "Merge", at: "2026-09-18", to: "merged"}}, clock: decide, absent: true},
		{name: "the review has thirty days", facts: with(first, "level", 2),
			steps: []step{{event: "Escalated", at: "2026-10-20", to: "accepted"}}, clock: "cn.complaint.review-decide", on: "2026-11-19"},
		{name: "and not the first period", facts: with(first, "level", 2),
			steps: []step{{event: "Escalated", at: "2026-10-20", to: "accepted"}}, clock: decide, absent: true},
		{name: "in 2015 no statute held for motor, so the company's standard does", facts: rulebook.Facts{"line": "motor"},
			steps: []step{received("2015-03-02")}, clock: answer, on: "2015-04-01"},
		{name: "it stops like the statute", facts: rulebook.Facts{"line": "motor"},
			steps: []step{received("2015-03-02"), {event: "Suspend", at: "2015-03-05"}}, clock: answer},
		{name: "in 2021 a statute held", facts: rulebook.Facts{"line": "motor"}, steps: []step{received("2021-03-02")}, clock: decide, on: "2021-03-17"},
		{name: "so the standard does not", facts: rulebook.Facts{"line": "motor"}, steps: []step{received("2021-03-02")}, clock: answer, absent: true},
		{name: "in 2015 life had ten working days from acceptance, with the feast of May inside", facts: rulebook.Facts{"line": "life"},
			steps: []step{received("2015-04-22"), {event: "Accept", at: "2015-04-23", to: "accepted"}}, clock: "cn.complaint.old-10wd", on: "2015-05-08"},
		{name: "where the standard does not hold either", facts: rulebook.Facts{"line": "life"}, steps: []step{received("2015-04-22")}, clock: answer, absent: true},
		{name: "the last day of the old rule", facts: rulebook.Facts{"line": "life"},
			steps: []step{received("2020-02-28"), {event: "Accept", at: "2020-02-29", to: "accepted"}}, clock: "cn.complaint.old-10wd", on: "2020-03-13"},
		{name: "the first day of the new one", facts: rulebook.Facts{"line": "life"}, steps: []step{received("2020-03-01")}, clock: decide, on: "2020-03-16"},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.kind = "complaint"
			s.run(t, rulebook.Default())
		})
	}
}

// News is due again and again until there is an answer.
func TestProgressIsDueAgain(t *testing.T) {
	t.Parallel()
	d := newDesk(t, rulebook.Default(), "complaint", rulebook.Facts{"line": "motor", "level": 1})
	d.do("Receive", "2026-03-02", "received", nil)
	d.do("Accept", "2026-03-03", "accepted", nil)
	d.wantDue(progress, "2026-03-10")
	d.do("Notify", "2026-03-09", "", rulebook.Facts{"kind": "acceptance"})
	d.wantDue(progress, "2026-03-10")
	d.do("Notify", "2026-03-09", "", rulebook.Facts{"kind": "progress", "sent": true})
	d.wantDue(progress, "2026-03-16")
	d.do("Notify", "2026-03-16", "", rulebook.Facts{"kind": "extension", "sent": true})
	d.wantDue(progress, "2026-03-23")
	d.wantTasks(decide, progress)
	d.do("Reply", "2026-03-17", "replied", nil)
	d.wantTasks()
}

func TestWhatIsPromisedWarnedAndEscalated(t *testing.T) {
	t.Parallel()
	d := newDesk(t, rulebook.Default(), "complaint", rulebook.Facts{"line": "motor"})
	d.do("Receive", "2026-09-16", "received", nil)
	want := rulebook.Due{
		On: day(t, "2026-10-01"), At: when(t, "2026-10-02 00:00"),
		WarnAt: when(t, "2026-09-29 00:00"), // three days are left: the 29th, the 30th, the 1st
		Steps:  []rulebook.Step{{At: when(t, "2026-10-03 00:00"), To: "manager"}},
		Rule:   decide, Version: day(t, "2020-03-01"),
	}
	if diff := cmp.Diff(want, d.due(decide)); diff != "" {
		t.Error(diff)
	}
	clock, _ := d.book.Clock(decide)
	if !clock.Promise || clock.Queue != "complaint_handler" {
		t.Errorf("%+v", clock)
	}
}

// The act of an event and that of a state it enters are the same thing once.
func TestAnswersComeInOrder(t *testing.T) {
	t.Parallel()
	b := rulebook.Default()
	replies := b.Answer(rulebook.Happening{Kind: "application", Event: "SupplyEvidence", From: "underwriting", To: "underwriting", At: when(t, "2026-03-02"), Case: own})
	var acts []string
	for _, r := range replies {
		acts = append(acts, r.Act.String()+" "+r.Clock.ID)
	}
	if diff := cmp.Diff([]string{"restart cn.uw.decision-after-exam", "open cn.uw.decision-after-exam"}, acts); diff != "" {
		t.Error(diff)
	}
	if got := rulebook.Act(99).String(); got != "unknown" {
		t.Error(got)
	}
}

func TestCasesAreAsWideAsAnswer(t *testing.T) {
	t.Parallel()
	b := rulebook.Default()
	for _, tt := range []struct {
		kind, event, to string
		want            bool
	}{
		{"claim", "File", "filed", true},
		{"claim", "Notify", "filed", true},
		{"claim", "Settle", "paid", true},       // by its state
		{"claim", "Reserve", "assessing", true}, // wide: a state that is kept could have been entered
		{"claim", "Reserve", "filed", false},
		{"claim", "file", "", false},
		{"customer", "File", "filed", false},
	} {
		if got := len(b.Cases(tt.kind, tt.event, tt.to)) > 0; got != tt.want {
			t.Errorf("%s.%s to %s: %t", tt.kind, tt.event, tt.to, got)
		}
	}
	for event, want := range map[string][]string{"Cancel": {"policy"}, "Renew": nil} {
		if diff := cmp.Diff(want, b.Cases("policy", event, "x")); diff != "" {
			t.Error(diff)
		}
	}
	if diff := cmp.Diff([]string{"policy", "visit"}, b.Cases("visit", "Complete", "completed")); diff != "" {
		t.Error("a visit is asked about by its policy and by itself:", diff)
	}
	if got := b.Answer(rulebook.Happening{Kind: "claim", Event: "Reserve", From: "approved", To: "approved"}); len(got) != 0 {
		t.Errorf("a state that is kept is not entered: %v", got)
	}
}
