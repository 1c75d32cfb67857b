package task_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/backoffice/task"
	"github.com/coverkit/crm/internal/command"
	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/kernel/workflow"
)

// Time warns three days before, finds it late, and tells the manager a day later, then
// the owner; each once, however often it is swept.
func TestWhatTimeBrings(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	w.do(t, l, "Report", nil) // on the first day; the next is due on the 9th too
	steps := []struct {
		days int
		want task.Swept
	}{
		{6, task.Swept{}},
		{7, task.Swept{}},                       // the last day of the report
		{8, task.Swept{Warned: 1, Breached: 1}}, // the 10th: the report is late, and three days are left to answer
		{10, task.Swept{}},
		{11, task.Swept{Breached: 1}},
		{12, task.Swept{Escalated: 1}},
		{15, task.Swept{}},
		{16, task.Swept{Escalated: 1}},
		{500, task.Swept{}},
	}
	for _, s := range steps {
		w.clock.Set(monday.Add(time.Duration(s.days) * 24 * time.Hour))
		if got := w.sweep(t); got != s.want {
			t.Errorf("after %d days: %+v, want %+v", s.days, got, s.want)
		}
		if again := w.sweep(t); again.Sum() != 0 {
			t.Errorf("after %d days, once more: %+v", s.days, again)
		}
	}
	a := w.of(t, l)["answer"]
	if a.State != task.Breached || a.Level != 2 || a.Queue != "owner" || !a.NextAt.IsZero() || !a.BreachedAt.Equal(a.DueAt) || !a.WarnedAt.Equal(a.WarnAt) {
		t.Errorf("%+v", a)
	}
	entries, err := command.History(clerk, w.engine, letters, l.ID)
	if err != nil || len(entries) != 7 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	last := entries[6]
	if last.Command != "task.Escalate" || last.From != "received" || last.To != "received" || last.Actor != "sweeper" {
		t.Errorf("%+v", last)
	}
	w.sound(t)
}

// A sweep that comes years late takes all steps that it missed, in their order.
func TestLateSweep(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	w.clock.Advance(400 * 24 * time.Hour)
	if got, want := w.sweep(t), (task.Swept{Breached: 2, Escalated: 2}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if a := w.of(t, l)["answer"]; !a.WarnedAt.IsZero() || !a.BreachedAt.Equal(a.DueAt) {
		t.Errorf("nobody is warned of what is late: %+v", a)
	}
	w.sound(t)
}

// Many sweep at once; each step is taken once.
func TestManySweep(t *testing.T) {
	t.Parallel()
	w := open(t)
	const n = 60
	for range n {
		w.receive(t, letter{})
	}
	w.clock.Advance(30 * 24 * time.Hour)
	var wg sync.WaitGroup
	var sum task.Swept
	var mu sync.Mutex
	for range 8 {
		wg.Go(func() {
			s, err := w.tasks.Sweep(sweeper)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			sum.Breached, sum.Escalated = sum.Breached+s.Breached, sum.Escalated+s.Escalated
		})
	}
	wg.Wait()
	if sum.Breached != 2*n || sum.Escalated != 2*n {
		t.Errorf("%+v", sum)
	}
	w.sound(t)
}

// What a person sees of a case does not change because a deadline was noticed.
func TestSweepIsNoConflict(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	w.clock.Advance(30 * 24 * time.Hour)
	w.sweep(t)
	extend := func(version int64) error {
		_, err := command.Fire(clerk, w.engine, letters, l.ID, command.Call[letter, event]{Event: "Extend"}, kernel.IfVersion(version))
		return err
	}
	if err := extend(l.Version); err != nil {
		t.Errorf("only the clock moved on: %v", err)
	}
	if err := extend(l.Version); !errors.Is(err, kernel.ErrConflict) {
		t.Errorf("somebody extended it: %v", err)
	}
	if err := extend(l.Version + 100); !errors.Is(err, kernel.ErrConflict) {
		t.Errorf("a version of the future: %v", err)
	}
}

// A date in a year whose calendar has not been ordered yet is provisional; when the year
// comes, with a rest day in it, the date moves.
func TestTheCalendarComes(t *testing.T) {
	t.Parallel()
	s := rules()
	s.Rules[0].Unit = rulebook.WorkingDay
	s.Calendar = []rulebook.YearData{{Year: 2026}}
	w := openWith(t, s)
	w.clock.Set(time.Date(2026, 12, 21, 9, 0, 0, 0, shanghai))
	l := w.receive(t, letter{})
	a := w.of(t, l)["answer"]
	if !a.Provisional || a.DueOn != kernel.NewDate(2027, 1, 4) {
		t.Fatalf("%+v", a)
	}
	if got := w.sweep(t); got.Sum() != 0 {
		t.Errorf("nothing is known yet: %+v", got)
	}
	s.Calendar = append(s.Calendar, rulebook.YearData{Year: 2027, Rest: rulebook.Days(kernel.NewDate(2027, 1, 1))})
	book, err := rulebook.New(s)
	if err != nil {
		t.Fatal(err)
	}
	w.with(t, book)
	if got, want := w.sweep(t), (task.Swept{Recomputed: 1}); got != want {
		t.Errorf("%+v", got)
	}
	if a := w.of(t, l)["answer"]; a.Provisional || a.DueOn != kernel.NewDate(2027, 1, 5) {
		t.Errorf("%+v", a)
	}
	w.sound(t)
}

// What was given by hand: done, dropped, reminded of, and never taken for a rule's.
func TestGivenByHand(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	in := task.Assignment{Kind: "letter", Case: l.ID, Code: "call back", Queue: "agent", DueAt: w.clock.Now().Add(48 * time.Hour)}
	c, err := w.tasks.Open(manager, in, kernel.Key("k1"))
	if err != nil || c.State != task.Open || c.Code != "call back" {
		t.Fatal(c, err)
	}
	if again, err := w.tasks.Open(manager, in, kernel.Key("k1")); err != nil || again.ID != c.ID {
		t.Errorf("the same order again: %+v, %v", again, err)
	}
	at := w.clock.Now().Add(time.Hour)
	if _, err := w.tasks.Remind(clerk, c.ID, at); err != nil {
		t.Fatal(err)
	}
	w.clock.Set(at)
	if got, want := w.sweep(t), (task.Swept{Reminded: 1}); got != want {
		t.Errorf("%+v", got)
	}
	w.clock.Advance(72 * time.Hour)
	if late, err := w.tasks.Overdue(clerk, kernel.List{}); err != nil || len(late.Items) != 1 || late.Items[0].ID != c.ID {
		t.Errorf("%+v, %v", late, err)
	}
	if done, err := w.tasks.Complete(clerk, c.ID, none); err != nil || done.State != task.MetLate {
		t.Errorf("%+v, %v", done, err)
	}
	var te *workflow.TransitionError
	if _, err := w.tasks.Complete(clerk, c.ID, none); !errors.As(err, &te) {
		t.Errorf("done twice: %v", err)
	}
	if _, err := w.tasks.Complete(clerk, w.of(t, l)["answer"].ID, none); !errors.As(err, &te) {
		t.Errorf("a rule's task done by hand: %v", err)
	}
	if _, err := w.tasks.Cancel(clerk, w.of(t, l)["answer"].ID, none); !errors.Is(err, kernel.ErrForbidden) {
		t.Errorf("dropped by a clerk: %v", err)
	}
	w.sound(t)
}

// Of two orders in the same words each is found again under its own key.
func TestTheSameWordsTwice(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	in := task.Assignment{Kind: "letter", Case: l.ID, Code: "call back", Queue: "agent"}
	var ids []kernel.ID
	for _, key := range []string{"k1", "k2", "k1", "k2"} {
		tk, err := w.tasks.Open(manager, in, kernel.Key(key))
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, tk.ID)
	}
	if ids[0] == ids[1] || ids[2] != ids[0] || ids[3] != ids[1] {
		t.Errorf("%v", ids)
	}
}

func TestBadAssignments(t *testing.T) {
	t.Parallel()
	w := open(t)
	l := w.receive(t, letter{})
	_, err := w.tasks.Open(manager, task.Assignment{Kind: "letter", Case: l.ID, DueAt: w.clock.Now().Add(-time.Hour), WarnAt: w.clock.Now()})
	var f *kernel.FieldErrors
	if !errors.As(err, &f) || len(f.Faults) != 4 {
		t.Errorf("%v", err)
	}
	for _, in := range []task.Assignment{{Kind: "letter", Case: kernel.NewID(), Code: "x", Owner: "u"}, {Kind: "nothing", Case: l.ID, Code: "x", Owner: "u"}} {
		if _, err := w.tasks.Open(manager, in); !errors.Is(err, kernel.ErrNotFound) {
			t.Errorf("%+v: %v", in, err)
		}
	}
	if n := len(w.of(t, l)); n != 2 {
		t.Errorf("%d tasks", n)
	}
}

// In whatever order a letter is extended, held, reported on and swept, a task that was
// late says so, one that is open is not late, and the journal agrees with the rows.
func TestAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := open(t)
		l := w.receive(t, letter{})
		events := []event{"Extend", "Hold", "GoOn", "Report"}
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			w.clock.Advance(time.Duration(rapid.IntRange(0, 100).Draw(rt, "hours")) * time.Hour)
			if rapid.Bool().Draw(rt, "sweep") {
				w.sweep(t)
			}
			e := rapid.SampledFrom(events).Draw(rt, "event")
			w.do(t, l, e, map[string]any{"since": w.clock.Now()})
			for name, tk := range w.of(t, l) {
				late := !tk.BreachedAt.IsZero()
				switch {
				case tk.State == task.Paused && !tk.DueAt.IsZero(), late != (tk.State == task.Breached || tk.State == task.MetLate):
					rt.Fatalf("%s: %+v", name, tk)
				case tk.Live() && tk.State != task.Paused && tk.DueAt.IsZero():
					rt.Fatalf("%s has no date: %+v", name, tk)
				case !tk.Live() && !tk.NextAt.IsZero():
					rt.Fatalf("%s is over and time still comes for it: %+v", name, tk)
				}
			}
		}
		w.clock.Advance(1000 * 24 * time.Hour)
		w.sweep(t)
		for name, tk := range w.of(t, l) {
			if tk.State == task.Open {
				rt.Fatalf("%s is open after a thousand days: %+v", name, tk)
			}
		}
		w.sound(t)
	})
}
