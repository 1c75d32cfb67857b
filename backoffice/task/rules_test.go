package task_test

import "github.com/coverkit/crm/kernel/rulebook"

// rules are those of the letter box: a letter is answered within ten days, twenty when
// extended; on hold the clock stands still; once a week its sender hears how it goes. A
// complaint of it to the hotline is noted within a working day.
func rules() rulebook.Source {
	rule := func(id string, n int, unit rulebook.Unit) rulebook.Rule {
		return rulebook.Rule{
			ID: id, Instrument: "Letters Act", Article: "1", Kind: "deadline", Amount: n, Unit: unit,
			AppliesTo: []string{"all"}, Verified: true,
		}
	}
	on := func(t ...rulebook.Trigger) []rulebook.Trigger { return t }
	days := func(n int) rulebook.Period { return rulebook.Period{Amount: n, Unit: rulebook.CalendarDay} }
	warn := days(3)
	return rulebook.Source{
		Rules: []rulebook.Rule{
			rule("answer", 10, rulebook.CalendarDay), rule("answer-long", 20, rulebook.CalendarDay),
			rule("progress", 7, rulebook.CalendarDay), rule("hotline", 1, rulebook.WorkingDay), rule("keep", 2, rulebook.Year),
		},
		Clocks: []rulebook.Clock{
			{
				ID: "answer", Case: "letter", Rule: "answer", Opens: on("letter.Receive"), Base: "received_at",
				Meets: on("letter:answered"), MetAt: "sent_at", Rebases: on("letter.Antedate"),
				Stages: []rulebook.ClockStage{{On: on("letter.Extend"), Rule: "answer-long"}},
				Pauses: []rulebook.ClockPause{{From: on("letter.Hold"), At: "since", Until: on("letter.GoOn")}},
				Warn:   &warn, Queue: "agent", Promise: true,
				Escalate: []rulebook.Rung{{After: days(1), To: "manager"}, {After: days(5), To: "owner"}},
				Text:     rulebook.Label{EN: "Answer the letter", ZH: "答复来信"},
			},
			{
				ID: "progress", Case: "letter", Rule: "progress", Opens: on("letter.Receive"), Meets: on("letter.Report"), Repeat: true,
				Queue: "agent", Text: rulebook.Label{EN: "Say how it goes", ZH: "告知进展"},
			},
			{
				ID: "hotline", Case: "letter", Rule: "hotline", Opens: on("call.Make"), Meets: on("call:noted"),
				Queue: "agent", Text: rulebook.Label{EN: "Note the call", ZH: "登记来电"},
			},
			{
				ID: "keep", Case: "letter", Rule: "keep", Opens: on("letter:closed"), Survives: true,
				Queue: "archivist", Text: rulebook.Label{EN: "Keep the letter", ZH: "保存来信"},
			},
		},
		Calendar: []rulebook.YearData{{Year: 2026}},
	}
}
