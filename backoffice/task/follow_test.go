package task_test

import (
	"testing"
	"time"

	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
)

// A letter of Monday, 2 March is to be answered by the 12th; it is, and the weekly
// report of progress ends with the case.
func TestAnsweredInTime(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{Handler: "anna"})
	tasks := w.of(t, l)
	a := tasks["answer"]
	if a.State != task.Open || a.DueOn != day(3, 12) || !a.DueAt.Equal(time.Date(2026, 3, 13, 0, 0, 0, 0, shanghai)) || a.Owner != "anna" || a.Queue != "agent" {
		t.Errorf("%+v", a)
	}
	if p := tasks["progress"]; p.DueOn != day(3, 9) {
		t.Errorf("progress %+v", p)
	}
	w.clock.Advance(10 * 24 * time.Hour)
	w.do(t, l, "Report", nil)
	w.do(t, l, "Answer", nil)
	w.do(t, l, "Close", nil)
	tasks = w.of(t, l)
	if a := tasks["answer"]; a.State != task.Met || a.EndedAt.IsZero() || a.EndedBy != "clerk" || !a.NextAt.IsZero() {
		t.Errorf("answer %+v", a)
	}
	if p := tasks["progress"]; p.State != task.MetLate || !p.BreachedAt.Equal(p.DueAt) {
		t.Errorf("the report of the 12th was due on the 9th: %+v", p)
	}
	if p := tasks["progress'"]; p.State != task.Cancelled || p.DueOn != day(3, 19) {
		t.Errorf("the next report %+v", p)
	}
	if k := tasks["keep"]; k.State != task.Open || k.DueOn != kernel.NewDate(2028, 3, 12) {
		t.Errorf("the letter is kept for two years: %+v", k)
	}
	w.sound(t)
}

// The history of the case tells what became due and when.
func TestHistoryTellsOfTasks(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	w.do(t, l, "Extend", nil)
	entries, err := command.History(clerk, w.engine, letters, l.ID)
	if err != nil || len(entries) != 2 {
		t.Fatal(entries, err)
	}
	opened, moved := entries[0].Facts["tasks"].([]any), entries[1].Facts["tasks"].([]any)
	if len(opened) != 2 || len(moved) != 1 {
		t.Fatalf("%v, %v", opened, moved)
	}
	if f := moved[0].(map[string]any); f["what"] != "answer" || f["event"] != "Retarget" || f["due"] != "2026-03-22" {
		t.Errorf("%v", f)
	}
}

// The clock stands still while a letter is on hold, also when it becomes known only later
// since when.
func TestHold(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	w.clock.Advance(2 * 24 * time.Hour) // the 4th
	w.do(t, l, "Hold", map[string]any{"since": w.clock.Now()})
	if a := w.of(t, l)["answer"]; a.State != task.Paused || !a.DueAt.IsZero() || a.PausedAt.IsZero() {
		t.Errorf("on hold: %+v", a)
	}
	w.clock.Advance(30 * 24 * time.Hour)
	if s := w.sweep(t); s.Breached != 1 { // the weekly report is not on hold
		t.Errorf("%+v", s)
	}
	w.do(t, l, "GoOn", nil)
	if a := w.of(t, l)["answer"]; a.State != task.Open || a.DueOn != kernel.NewDate(2026, 4, 11) || !a.PausedAt.IsZero() {
		t.Errorf("eight of ten days were left on 3 April: %+v", a)
	}
	w.sound(t)
}

func TestHoldThatBecomesKnownLate(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	since := w.clock.Now().Add(9 * 24 * time.Hour)
	w.clock.Advance(20 * 24 * time.Hour)
	w.sweep(t)
	if a := w.of(t, l)["answer"]; a.State != task.Breached {
		t.Fatalf("%+v", a)
	}
	w.do(t, l, "Hold", map[string]any{"since": since})
	if a := w.of(t, l)["answer"]; a.State != task.Paused || !a.BreachedAt.IsZero() {
		t.Errorf("the clock had stood still before it was late: %+v", a)
	}
	w.do(t, l, "GoOn", nil)
	if a := w.of(t, l)["answer"]; a.State != task.Open || a.DueOn != day(3, 23) {
		t.Errorf("%+v", a)
	}
	w.sound(t)
}

// An answer that was sent in time and recorded late is in time.
func TestSentInTimeRecordedLate(t *testing.T) {
	t.Parallel()
	for name, swept := range map[string]bool{"nobody had noticed": false, "a sweep had noticed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			l := w.receive(t, letter{})
			sent := w.clock.Now().Add(10 * 24 * time.Hour)
			w.clock.Advance(12 * 24 * time.Hour)
			if swept {
				w.sweep(t)
			}
			w.do(t, l, "Answer", map[string]any{"sent_at": sent})
			if a := w.of(t, l)["answer"]; a.State != task.Met || !a.BreachedAt.IsZero() {
				t.Errorf("%+v", a)
			}
			w.sound(t)
		})
	}
}

// An extension after the last day does not undo that it was late; on the last day it is
// in time.
func TestExtension(t *testing.T) {
	t.Parallel()
	for days, want := range map[int]task.State{10: task.Open, 11: task.Breached} {
		w := open(t)
		l := w.receive(t, letter{})
		w.clock.Advance(time.Duration(days) * 24 * time.Hour)
		w.do(t, l, "Extend", nil)
		if a := w.of(t, l)["answer"]; a.State != want || a.DueOn != day(3, 22) {
			t.Errorf("extended after %d days: %+v", days, a)
		}
	}
}

// When it turns out that a letter was on hold, the manager who had heard that it was late is
// rid of it.
func TestExcusedTasksGoBack(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	w.clock.Advance(12 * 24 * time.Hour)
	w.sweep(t)
	if a := w.of(t, l)["answer"]; a.State != task.Breached || a.Queue != "manager" {
		t.Fatalf("%+v", a)
	}
	w.do(t, l, "Hold", map[string]any{"since": monday.Add(2 * 24 * time.Hour)})
	if a := w.of(t, l)["answer"]; a.State != task.Paused || a.Level != 0 || a.Queue != "agent" || !a.BreachedAt.IsZero() {
		t.Errorf("%+v", a)
	}
	w.sound(t)
}

// An earlier receipt makes what is late later still, and never excuses it.
func TestAntedateWhatIsLate(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	w.clock.Advance(12 * 24 * time.Hour)
	w.sweep(t)
	w.do(t, l, "Antedate", map[string]any{"received_at": monday.Add(-4 * 24 * time.Hour)})
	if a := w.of(t, l)["answer"]; a.State != task.Breached || a.DueOn != day(3, 8) || !a.BreachedAt.Equal(a.DueAt) {
		t.Errorf("%+v", a)
	}
	w.do(t, l, "Extend", nil) // too late
	w.do(t, l, "Antedate", map[string]any{"received_at": monday.Add(-3 * 24 * time.Hour)})
	if a := w.of(t, l)["answer"]; a.State != task.Breached || a.DueOn != day(3, 19) || !a.BreachedAt.Equal(day(3, 9).In(shanghai)) {
		t.Errorf("%+v", a)
	}
	w.do(t, l, "Answer", nil)
	if a := w.of(t, l)["answer"]; a.State != task.MetLate {
		t.Errorf("%+v", a)
	}
	w.sound(t)
}

// Who holds a letter for an hour is not warned of its day twice.
func TestWarnedOnceOfADay(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	w.do(t, l, "Report", nil)
	w.clock.Advance(8 * 24 * time.Hour)
	if got := w.sweep(t); got.Warned != 1 {
		t.Errorf("%+v", got)
	}
	w.do(t, l, "Hold", map[string]any{"since": w.clock.Now()})
	w.clock.Advance(time.Hour)
	w.do(t, l, "GoOn", nil)
	if got := w.sweep(t); got.Warned != 0 {
		t.Errorf("warned again: %+v", got)
	}
	w.do(t, l, "Extend", nil)
	w.clock.Advance(10 * 24 * time.Hour)
	if got := w.sweep(t); got.Warned != 1 {
		t.Errorf("not warned of the new day: %+v", got)
	}
	w.sound(t)
}

// An earlier receipt moves the date back and buys no time.
func TestAntedate(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	w.do(t, l, "Antedate", map[string]any{"received_at": w.clock.Now().Add(-4 * 24 * time.Hour)})
	if a := w.of(t, l)["answer"]; a.DueOn != day(3, 8) || a.State != task.Open {
		t.Errorf("%+v", a)
	}
	w.do(t, l, "Antedate", map[string]any{"received_at": w.clock.Now().Add(-40 * 24 * time.Hour)})
	w.sweep(t)
	if a := w.of(t, l)["answer"]; a.State != task.Breached {
		t.Errorf("%+v", a)
	}
	w.sound(t)
}

// Tasks follow the case's handler, but for what was given to somebody by hand.
func TestTasksFollowTheHandler(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	p := w.of(t, l)["progress"]
	if _, err := w.tasks.Assign(manager, p.ID, "peter"); err != nil {
		t.Fatal(err)
	}
	w.do(t, l, "Assign", map[string]any{"to": "berta"})
	tasks := w.of(t, l)
	if tasks["answer"].Owner != "berta" || tasks["progress"].Owner != "peter" {
		t.Errorf("answer: %q, progress: %q", tasks["answer"].Owner, tasks["progress"].Owner)
	}
	if _, err := w.tasks.Assign(manager, p.ID, ""); err != nil {
		t.Fatal(err)
	}
	w.do(t, l, "Assign", map[string]any{"to": "carl"})
	if tk := w.of(t, l)["progress"]; tk.Owner != "carl" {
		t.Errorf("%+v", tk)
	}
	w.sound(t)
}

// What happens to a call about a letter opens and meets a task of the letter.
func TestTasksOfAnotherKind(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	make := func(about kernel.ID) (call, error) {
		return command.Create(clerk, w.engine, calls, command.Creation[call, event]{
			Event: "Make", Build: func(*command.Unit) (*call, error) { return &call{Letter: about}, nil },
		})
	}
	c, err := make(l.ID)
	if err != nil {
		t.Fatal(err)
	}
	if h := w.of(t, l)["hotline"]; h.State != task.Open || h.DueOn != day(3, 3) {
		t.Errorf("%+v", h)
	}
	if _, err := command.Fire(clerk, w.engine, calls, c.ID, command.Call[call, event]{Event: "Note"}); err != nil {
		t.Fatal(err)
	}
	if h := w.of(t, l)["hotline"]; h.State != task.Met {
		t.Errorf("%+v", h)
	}
	entries, err := command.History(clerk, w.engine, letters, l.ID)
	if err != nil || len(entries) != 3 || entries[2].Facts["because"] != "call.Note" || entries[2].From != "received" || entries[2].To != "received" {
		t.Errorf("%+v, %v", entries, err)
	}
	if _, err := make(kernel.NewID()); err != nil {
		t.Errorf("a call about a letter that is not ours: %v", err)
	}
	w.sound(t)
}

// Of a letter that is closed nothing is left to do.
func TestNothingLeftOfAClosedCase(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	_, err := w.tasks.Open(manager, task.Assignment{Kind: "letter", Case: l.ID, Code: "call back", Owner: "anna"})
	if err != nil {
		t.Fatal(err)
	}
	w.do(t, l, "Close", nil)
	for name, tk := range w.of(t, l) {
		if tk.Live() != (name == "keep") {
			t.Errorf("%s: %+v", name, tk)
		}
	}
	w.sound(t)
}

// The case always knows the day that its sender may rely on.
func TestPromise(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	if l.Until != day(3, 12) {
		t.Errorf("promised by %s", l.Until)
	}
	if l = w.do(t, l, "Extend", nil); l.Until != day(3, 22) {
		t.Errorf("extended to %s", l.Until)
	}
	if l = w.do(t, l, "Hold", map[string]any{"since": w.clock.Now()}); l.Until != day(3, 22) {
		t.Errorf("on hold: %s", l.Until)
	}
	w.clock.Advance(3 * 24 * time.Hour)
	if l = w.do(t, l, "GoOn", nil); l.Until != day(3, 25) {
		t.Errorf("it goes on: %s", l.Until)
	}
	if l = w.do(t, l, "Answer", nil); l.Until != day(3, 25) {
		t.Errorf("answered: %s", l.Until)
	}
	w.sound(t)
}
