package main

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/coverkit/crm"
	"github.com/coverkit/crm/kernel/rulebook"
	"github.com/coverkit/crm/storage/memory"
)

// An independent count: what the journal tells of tasks comes to the program's figures.
func TestTasksByTheJournal(t *testing.T) {
	t.Parallel()
	w, f := lived(t, memory.New(), size{years: 1, customers: 80, seed: 4})
	entries := w.journal(t)
	if int64(len(entries)) != f.Commands {
		t.Errorf("%d entries, %d commands", len(entries), f.Commands)
	}
	type fate struct{ opened, late, met, cancelled bool }
	tasks := map[string]*fate{}
	for _, e := range entries {
		for _, m := range moves(t, e) {
			if tasks[m.Task] == nil {
				tasks[m.Task] = &fate{}
			}
			task := tasks[m.Task]
			switch m.Event {
			case "Open":
				if task.opened {
					t.Errorf("%s of %s was opened twice", m.What, e.Kind)
				}
				task.opened = true
			case "Breach":
				task.late = true
			case "Excuse", "Prove": // it was in time after all
				task.late = false
				task.met = m.Event == "Prove"
			case "Meet", "Complete":
				task.met = true
			case "Cancel":
				task.cancelled = true
			}
		}
	}
	got := figures{}
	for id, task := range tasks {
		if !task.opened || task.met && task.cancelled {
			t.Errorf("task %s: %+v", id, *task)
		}
		switch got.TasksOpened++; {
		case task.late:
			got.TasksBreached++
		case task.met:
			got.TasksMet++
		case task.cancelled:
			got.TasksCancelled++
		default:
			got.TasksOpen++
		}
	}
	type counts struct{ Opened, Met, Cancelled, Breached, Open int }
	want := counts{f.TasksOpened, f.TasksMet, f.TasksCancelled, f.TasksBreached, f.TasksOpen}
	if d := cmp.Diff(want, counts{got.TasksOpened, got.TasksMet, got.TasksCancelled, got.TasksBreached, got.TasksOpen}); d != "" {
		t.Error("program and journal:", d)
	}
	if want.Breached == 0 || want.Cancelled == 0 || want.Open == 0 {
		t.Errorf("a dull year: %+v", want)
	}
}

// What the rulebook asks for when a case begins is what was opened: for every claim that
// was reported, every complaint that was received and every policy that was issued.
func TestClocksByTheRulebook(t *testing.T) {
	t.Parallel()
	w, _ := lived(t, memory.New(), size{years: 1, customers: 80, seed: 5})
	book, seen := w.crm.Rulebook(), map[string]int{}
	for _, e := range w.journal(t) {
		circumstances := w.atBirth(t, e)
		if circumstances == nil {
			continue
		}
		var want, got []string
		for _, r := range book.Answer(rulebook.Happening{Kind: e.Kind, Event: e.Event, To: e.To, At: e.At, Facts: rulebook.Facts(e.Facts), Case: circumstances}) {
			if r.Act == rulebook.Open && r.Clock.Case == e.Kind {
				want = append(want, r.Clock.ID)
			}
		}
		for _, m := range moves(t, e) {
			if m.Event == "Open" {
				got = append(got, m.What)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s %s:\n%s", e.Command, e.SubjectID, d)
		}
		seen[e.Command] += len(got)
	}
	for _, command := range []string{"claim.Report", "complaint.Receive"} {
		if seen[command] == 0 {
			t.Errorf("%s opened nothing: %v", command, seen)
		}
	}
}

// atBirth returns what a case was when it began, from what the record says and the entry
// tells; nil for entries that begin no case of the sample.
func (w *insurer) atBirth(t *testing.T, e crm.Entry) rulebook.Facts {
	t.Helper()
	ctx := w.as(crm.Owner)
	switch e.Command {
	case "claim.Report":
		c, err := w.crm.Claims.Get(ctx, e.SubjectID)
		if err != nil {
			t.Fatal(err)
		}
		return rulebook.Facts{"line": c.Cover.Line, "group": c.Cover.Group, "amount": c.Claimed, "contacted": false, "known_at": c.KnownAt}
	case "complaint.Receive":
		c, err := w.crm.Complaints.Get(ctx, e.SubjectID)
		if err != nil {
			t.Fatal(err)
		}
		return rulebook.Facts{"line": c.Line, "group": c.Group, "level": 1, "received_at": c.ReceivedAt, "anonymous": c.Anonymous, "via": string(c.Via)}
	case "policy.Issue":
		p, err := w.crm.Policies.Get(ctx, e.SubjectID)
		if err != nil {
			t.Fatal(err)
		}
		return p.Circumstances()
	}
	return nil
}

// journal returns all entries, in the order in which they were written.
func (w *insurer) journal(t *testing.T) (all []crm.Entry) {
	t.Helper()
	for {
		n, err := w.crm.Relay(w.as(machine), "test", func(_ context.Context, e crm.Entry) error {
			all = append(all, e)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return all
		}
	}
}

// move is what an entry tells of a task.
type move struct{ Task, What, Event string }

func moves(t *testing.T, e crm.Entry) (out []move) {
	t.Helper()
	doc, err := json.Marshal(e.Facts["tasks"])
	if err == nil {
		err = json.Unmarshal(doc, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}
