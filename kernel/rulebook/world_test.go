package rulebook_test

import (
	"encoding/json"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/rulebook"
)

var shanghai = time.FixedZone("Shanghai", 8*60*60)

// when reads "2026-02-12" as nine in the morning in Shanghai, or "2026-02-12 23:30".
func when(t testing.TB, s string) time.Time {
	t.Helper()
	if len(s) == len(time.DateOnly) {
		s += " 09:00"
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func day(t testing.TB, s string) kernel.Date {
	t.Helper()
	d, err := kernel.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// desk does for one case what the task list does: it keeps the timers that run.
type desk struct {
	t     testing.TB
	book  *rulebook.Book
	kind  string
	facts rulebook.Facts // of the case
	state string
	tasks map[string]rulebook.Timer
	met   map[string]time.Time
}

func newDesk(t testing.TB, b *rulebook.Book, kind string, facts rulebook.Facts) *desk {
	return &desk{t: t, book: b, kind: kind, facts: facts, tasks: map[string]rulebook.Timer{}, met: map[string]time.Time{}}
}

// do lets an event happen; to is the state afterwards, "" the same as before.
func (d *desk) do(event, at, to string, facts rulebook.Facts) {
	d.t.Helper()
	d.from(d.kind, event, at, to, facts, d.facts)
}

func (d *desk) from(kind, event, at, to string, facts, about rulebook.Facts) {
	d.t.Helper()
	if to == "" {
		to = d.state
	}
	h := rulebook.Happening{Kind: kind, Event: event, From: d.state, To: to, At: when(d.t, at), Facts: facts, Case: about}
	if d.state = to; kind != d.kind {
		h.From = "" // another case
	}
	for _, r := range d.book.Answer(h) {
		id := r.Clock.ID
		timer, runs := d.tasks[id]
		switch {
		case r.Act == rulebook.Open && !runs:
			d.begin(r, h)
		case !runs, r.Act == rulebook.Open:
		case r.Act == rulebook.Meet:
			delete(d.tasks, id)
			if d.met[id] = r.At; r.Clock.Repeat {
				d.begin(r, h)
			}
		case r.Act == rulebook.Cancel:
			delete(d.tasks, id)
		default:
			next, _, err := d.book.Apply(timer, r, h)
			if err != nil {
				d.t.Fatal(err)
			}
			d.tasks[id] = d.stored(next)
		}
	}
}

func (d *desk) begin(r rulebook.Reply, h rulebook.Happening) {
	d.t.Helper()
	timer, err := d.book.Begin(r, h)
	if err != nil {
		d.t.Fatal(err)
	}
	d.tasks[r.Clock.ID] = d.stored(timer)
}

// stored is the timer as it comes back from a row.
func (d *desk) stored(t rulebook.Timer) rulebook.Timer {
	d.t.Helper()
	raw, err := json.Marshal(t)
	if err != nil {
		d.t.Fatal(err)
	}
	var back rulebook.Timer
	if err := json.Unmarshal(raw, &back); err != nil {
		d.t.Fatal(err)
	}
	if diff := cmp.Diff(t, back); diff != "" {
		d.t.Errorf("a timer comes back otherwise: %s", diff)
	}
	return back
}

func (d *desk) due(clock string) rulebook.Due {
	d.t.Helper()
	timer, ok := d.tasks[clock]
	if !ok {
		d.t.Fatalf("no task %s; there are %v", clock, d.running())
	}
	due, err := d.book.Due(timer)
	if err != nil {
		d.t.Fatal(err)
	}
	return due
}

func (d *desk) wantDue(clock, on string) {
	d.t.Helper()
	if due := d.due(clock); due.On.String() != on || due.Paused {
		d.t.Errorf("%s is due on %q, want %q; %+v", clock, due.On, on, d.tasks[clock])
	}
}

func (d *desk) wantPaused(clock string) {
	d.t.Helper()
	if due := d.due(clock); !due.Paused || !due.At.IsZero() || !due.WarnAt.IsZero() || due.Steps != nil {
		d.t.Errorf("%s should stand still: %+v", clock, due)
	}
}

func (d *desk) wantTasks(ids ...string) {
	d.t.Helper()
	want := map[string]bool{}
	for _, id := range ids {
		want[id] = true
	}
	if diff := cmp.Diff(want, d.running()); diff != "" {
		d.t.Errorf("tasks: %s", diff)
	}
}

func (d *desk) running() map[string]bool {
	ids := map[string]bool{}
	for id := range d.tasks {
		ids[id] = true
	}
	return ids
}

func with(f rulebook.Facts, name string, v any) rulebook.Facts {
	f = maps.Clone(f)
	f[name] = v
	return f
}
