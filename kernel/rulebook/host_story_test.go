package rulebook_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
)

// extended is the default book with what a host writes as JSON.
func extended(t testing.TB, js string) *rulebook.Book {
	t.Helper()
	e, err := rulebook.ReadExtension([]byte(js))
	if err != nil {
		t.Fatal(err)
	}
	b, err := rulebook.Default().With(e)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const grace = `{"clocks": [{"id": "grace", "case": "policy", "rule": "cn.premium.grace-after-due", "base": "due_on",
	"opens": ["policy.MissPremium"], "also": [{"on": ["policy.Demand"], "rule": "cn.premium.grace-after-demand", "base": "arrived_at"}],
	"meets": ["policy.ReceivePremium"], "text": {"en": "Wait for the premium", "zh": "等待缴费"}, "drive": "` // earliest or latest

func TestTheEarlierEndOfGraceCounts(t *testing.T) {
	t.Parallel()
	due := with(own, "due_on", kernel.NewDate(2026, 3, 1))
	missed := step{event: "MissPremium", at: "2026-03-02", to: "grace"}
	demand := func(at string) step { return step{event: "Demand", at: at} }
	for _, s := range []tale{
		{name: "sixty days after the due day", steps: []step{missed}, on: "2026-04-30"},
		{name: "demanded on day 29: thirty days after the demand", steps: []step{missed, demand("2026-03-30")}, on: "2026-04-29"},
		{name: "demanded on day 30: both end on the same day", steps: []step{missed, demand("2026-03-31")}, on: "2026-04-30"},
		{name: "demanded on day 31: the demand changes nothing", steps: []step{missed, demand("2026-04-01")}, on: "2026-04-30"},
		{name: "of two demands the first counts", steps: []step{missed, demand("2026-03-20"), demand("2026-03-30")}, on: "2026-04-19"},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.kind, s.facts, s.clock = "policy", due, "grace"
			s.run(t, extended(t, grace+`earliest"}]}`))
		})
	}
	t.Run("unless the later is to count", func(t *testing.T) {
		t.Parallel()
		tale{kind: "policy", facts: due, clock: "grace", steps: []step{missed, demand("2026-04-20")}, on: "2026-05-20"}.run(t, extended(t, grace+`latest"}]}`))
	})
}

const incident = `{"clocks": [{"id": "report", "case": "incident", "rule": "cn.cyber.report", "opens": ["incident.Grade"], "meets": ["incident.Tell"],
	"pauses": [{"from": ["incident.Hold"], "until": ["incident.Release"]}],
	"warn": {"amount": 1, "unit": "hour"}, "escalate": [{"after": {"amount": 2, "unit": "hour"}, "to": "privacy_officer"}],
	"text": {"en": "Report the incident", "zh": "报告网络安全事件"}}]}`

func TestFourHoursAcrossMidnight(t *testing.T) {
	t.Parallel()
	d := newDesk(t, extended(t, incident), "incident", nil)
	d.do("Grade", "2026-12-31 23:15", "open", nil)
	want := rulebook.Due{
		On: day(t, "2027-01-01"), At: when(t, "2027-01-01 03:15").UTC(), WarnAt: when(t, "2027-01-01 02:15").UTC(),
		Steps: []rulebook.Step{{At: when(t, "2027-01-01 05:15").UTC(), To: "privacy_officer"}},
		Rule:  "cn.cyber.report", Version: day(t, "2025-11-01"), // hours need no calendar: not provisional
	}
	if diff := cmp.Diff(want, d.due("report")); diff != "" {
		t.Error(diff)
	}
	d.do("Hold", "2027-01-01 01:00", "", nil)
	d.wantPaused("report")
	d.do("Release", "2027-01-01 01:30", "", nil)
	if at := d.due("report").At; !at.Equal(when(t, "2027-01-01 03:45")) {
		t.Errorf("half an hour of hold is half an hour more: %s", at)
	}
}

func TestHoursThatEndAtMidnightEndOnTheDayBefore(t *testing.T) {
	t.Parallel()
	d := newDesk(t, extended(t, incident), "incident", nil)
	d.do("Grade", "2026-03-10 20:00", "open", nil)
	d.wantDue("report", "2026-03-10")
}

// The order for the next year is published in November. Until then the week decides.
func TestADayBeyondTheCalendarIsProvisional(t *testing.T) {
	t.Parallel()
	d := newDesk(t, rulebook.Default(), "claim", own)
	d.do("File", "2026-12-28", "filed", nil)
	if due := d.due(ordinary); due.On != day(t, "2027-01-04") || !due.Provisional {
		t.Errorf("%+v", due)
	}
	d.book = extended(t, `{"calendar": [{"year": 2027, "rest": ["2027-01-01/2027-01-03", "2027-02-05/2027-02-11"], "work": ["2027-02-20"]}]}`)
	if due := d.due(ordinary); due.On != day(t, "2027-01-05") || due.Provisional {
		t.Errorf("with the year: %+v", due)
	}
	if due, _ := rulebook.Default().Period("cn.complaint.decide", when(t, "2026-12-28")); due.Provisional {
		t.Error("calendar days need no calendar")
	}
	if due, _ := rulebook.Default().Period("cn.claim.pay-after-agreement", when(t, "2026-12-28")); !due.Provisional {
		t.Error("whether the last day is a day of rest is not known")
	}
}

// A new year's order may change the end of the old one.
func TestAnOrderMaySpeakOfTheYearBefore(t *testing.T) {
	t.Parallel()
	b := extended(t, `{"calendar": [{"year": 2027, "rest": ["2026-12-31/2027-01-02"], "work": ["2026-12-27"]}]}`)
	for d, want := range map[string]bool{"2026-12-27": true, "2026-12-30": true, "2026-12-31": false, "2027-01-01": false, "2027-01-04": true} {
		if working, known := b.Calendar().Working(day(t, d)); working != want || !known {
			t.Errorf("%s: %t, known %t", d, working, known)
		}
	}
}

func TestACaseKeepsTheVersionAtItsTrigger(t *testing.T) {
	t.Parallel()
	before := newDesk(t, rulebook.Default(), "complaint", rulebook.Facts{"line": "motor"})
	before.do("Receive", "2026-09-16", "received", nil)
	b := extended(t, `{"rules": [
		{"id": "cn.complaint.decide", "instrument": "2027 measure", "article": "9", "kind": "deadline", "amount": 10, "unit": "working_day",
		 "applies_to": ["all"], "effective_from": "2026-09-20", "verified": true},
		{"id": "cn.complaint.decide-complex", "instrument": "2027 measure", "article": "9", "kind": "deadline", "amount": 40, "unit": "calendar_day",
		 "applies_to": ["all"], "effective_from": "2026-09-20", "verified": true}]}`)
	before.book = b
	before.wantDue(decide, "2026-10-01")
	before.do("Extend", "2026-09-25", "", nil)
	before.wantDue(decide, "2026-10-16") // also when it goes on to the next stage
	after := newDesk(t, b, "complaint", before.facts)
	after.do("Receive", "2026-09-19", "received", nil)
	after.wantDue(decide, "2026-10-04")
	after = newDesk(t, b, "complaint", before.facts)
	after.do("Receive", "2026-09-20", "received", nil) // a Sunday that is worked
	after.wantDue(decide, "2026-10-10")
	if old, ok := b.Rule("cn.complaint.decide", day(t, "2026-09-19")); !ok || old.To != day(t, "2026-09-19") {
		t.Errorf("the version before ends the day before: %+v", old)
	}
}

func TestWhatIsNotVerifiedStaysOff(t *testing.T) {
	t.Parallel()
	clock := `"clocks": [{"id": "answer", "case": "request", "rule": "cn.pipl.request-30", "opens": ["request.Receive"], "text": {"en": "Answer", "zh": "答复"}}]`
	d := newDesk(t, extended(t, `{`+clock+`}`), "request", nil)
	d.do("Receive", "2026-03-02", "open", nil)
	d.wantTasks()
	if _, ok := d.book.Period("cn.pipl.request-30", when(t, "2026-03-02")); ok {
		t.Error("nor may a guard build on it")
	}
	d = newDesk(t, extended(t, `{"rules": [{"id": "cn.pipl.request-30", "instrument": "GB/T 35273-2020", "article": "8.7", "kind": "deadline", "amount": 30,
		"unit": "calendar_day", "applies_to": ["all"], "effective_from": "2020-10-01", "verified": true}], `+clock+`}`), "request", nil)
	d.do("Receive", "2026-03-02", "open", nil)
	d.wantDue("answer", "2026-04-01")
}

func TestAHostHasItsOwnStandards(t *testing.T) {
	t.Parallel()
	b := extended(t, `{"rules": [{"id": "company.claim.contact", "instrument": "Service promise 2026", "kind": "deadline", "amount": 4, "unit": "hour", "applies_to": ["all"], "standard": true}],
		"clocks": [{"id": "company.complaint.progress", "case": "complaint", "rule": "company.complaint.progress", "opens": ["complaint.Accept"], "off": true, "text": {"en": "-", "zh": "-"}}],
		"lines": {"life": ["pension"]}}`)
	d := newDesk(t, b, "claim", rulebook.Facts{"line": "pension"})
	d.do("Report", "2026-03-02 21:00", "reported", nil)
	if at := d.due("company.claim.contact").At; !at.Equal(when(t, "2026-03-03 01:00")) {
		t.Error(at)
	}
	d.wantTasks("cn.claim.guidance", "cn.claim.limitation-life", "company.claim.contact") // a pension is life
	c := newDesk(t, b, "complaint", rulebook.Facts{"line": "motor"})
	c.do("Receive", "2026-03-02", "received", nil)
	c.do("Accept", "2026-03-02", "accepted", nil)
	c.wantTasks(decide)
}

// A host elsewhere: its own rule, its own zone, a contract that may only be better.
const tokyo = `{"rules": [{"id": "jp.pay", "instrument": "Insurance Act", "article": "21", "kind": "deadline", "amount": 30, "unit": "calendar_day",
		"applies_to": ["property"], "zone": "Asia/Tokyo", "verified": true},
	{"id": "jp.long", "instrument": "Terms", "kind": "deadline", "amount": 1, "unit": "month", "applies_to": ["all"], "zone": "Asia/Tokyo", "verified": true}],
	"clocks": [{"id": "pay", "case": "case", "rule": "jp.pay", "opens": ["case.File"], "base": "filed_on", "agreed": "days", "bound": "at_most",
		"stages": [{"on": ["case.Police"], "rule": "jp.long", "from": "event"}], "rebases": ["case.Correct"],
		"when": [{"fact": "size", "in": ["small", "middle"]}, {"fact": "sum", "below": "100"}, {"fact": "sum", "at_least": "1"}, {"fact": "land", "not_in": ["x"]}],
		"text": {"en": "Pay", "zh": "支付"}}]}`

func TestAHostElsewhere(t *testing.T) {
	t.Parallel()
	b := extended(t, tokyo)
	type Size string
	facts := rulebook.Facts{"line": "travel", "size": Size("small"), "sum": 99, "filed_on": kernel.NewDate(2026, 3, 1)}
	file := step{event: "File", at: "2026-03-02", to: "filed"}
	for _, s := range []tale{
		{name: "thirty days in Tokyo", facts: facts, steps: []step{file}, on: "2026-03-31"},
		{name: "a shorter period by contract", facts: with(facts, "days", 20), steps: []step{file}, on: "2026-03-21"},
		{name: "no longer one", facts: with(facts, "days", 40), steps: []step{file}, on: "2026-03-31"},
		{name: "no period at all", facts: with(facts, "days", "soon"), steps: []step{file}, on: "2026-03-31"},
		{name: "a month from the police's word, from the last of January to the last of February", facts: with(facts, "filed_on", nil),
			steps: []step{{event: "File", at: "2026-01-20", to: "filed"}, {event: "Police", at: "2026-01-31"}}, on: "2026-02-28"},
		{name: "which a corrected date of filing does not move", facts: facts,
			steps: []step{file, {event: "Police", at: "2026-03-15"}, {event: "Correct", at: "2026-03-16", facts: rulebook.Facts{"filed_on": kernel.NewDate(2026, 2, 20)}}}, on: "2026-04-15"},
		{name: "a corrected date moves the first period", facts: facts,
			steps: []step{file, {event: "Correct", at: "2026-03-16", facts: rulebook.Facts{"filed_on": kernel.NewDate(2026, 2, 20)}}}, on: "2026-03-22"},
		{name: "too large", facts: with(facts, "sum", 100), steps: []step{file}, absent: true},
		{name: "the wrong size", facts: with(facts, "size", "large"), steps: []step{file}, absent: true},
		{name: "not known how large", facts: with(facts, "sum", nil), steps: []step{file}, absent: true},
		{name: "not an amount", facts: with(facts, "sum", 3.5), steps: []step{file}, absent: true},
		{name: "an amount that would fill the memory", facts: with(facts, "sum", "1e-999999999"), steps: []step{file}, absent: true},
		{name: "another land", facts: with(facts, "land", "x"), steps: []step{file}, absent: true},
		{name: "another line", facts: with(facts, "line", "life"), steps: []step{file}, absent: true},
	} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.kind, s.clock = "case", "pay"
			s.run(t, b)
		})
	}
	due, ok := b.Period("jp.pay", time.Date(2026, 3, 1, 15, 30, 0, 0, time.UTC)) // the 2nd in Tokyo, the 1st in Shanghai
	if !ok || due.On != day(t, "2026-04-01") || !due.At.Equal(time.Date(2026, 4, 1, 15, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", due)
	}
}

func TestPeriodIsForWindows(t *testing.T) {
	t.Parallel()
	b := rulebook.Default()
	for _, tt := range []struct {
		rule, from, on string
	}{
		{"cn.complaint.review-apply", "2026-03-02", "2026-04-01"},
		{"cn.disclosure.incontestable", "2024-02-29", "2026-02-28"}, // a Saturday that is worked
		{"cn.disclosure.rescission-knowledge", "2026-09-01", "2026-10-08"},
		{"cn.suit.risk-assessment-validity", "2026-03-31", "2027-03-31"},
		{"cn.csl.logs", "2026-08-31", "2027-02-28"},
		{"cn.complaint.review-apply", "2020-02-29", ""}, // before it was in force
		{"cn.claim.notice", "2026-03-02", ""},           // promptly
		{"cn.nothing", "2026-03-02", ""},
	} {
		due, ok := b.Period(tt.rule, when(t, tt.from))
		if due.On.String() != tt.on || ok != (tt.on != "") {
			t.Errorf("%s from %s ends on %q", tt.rule, tt.from, due.On)
		}
	}
}
