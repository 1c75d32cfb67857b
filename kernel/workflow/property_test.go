package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// legal draws a table that keeps all rules: a tree of moves reaches every state,
// every live state has a way out, and more rows go where there is room.
func legal(t *rapid.T) table {
	label := workflow.Label{EN: "x", ZH: "某"}
	tab := table{Name: "random", Label: label}
	count := rapid.IntRange(1, 7).Draw(t, "states")
	for i := range count {
		class := workflow.Class(rapid.IntRange(1, 3).Draw(t, "class"))
		if count == 1 {
			class = workflow.Ended
		}
		tab.States = append(tab.States, workflow.State[State]{Name: State(fmt.Sprintf("s%d", i)), Class: class, Label: label})
	}
	at := func(i int) State { return tab.States[i].Name }
	add := func(r workflow.Row[State, Event]) {
		r.Who, r.Label, r.Note = []kernel.Role{"adjuster"}, label, "n"
		r.Guards = rapid.SampledFrom([][]string{nil, {"a"}, {"b"}, {"a", "b"}}).Draw(t, "guards")
		for _, s := range r.From {
			ended := slices.ContainsFunc(tab.States, func(x workflow.State[State]) bool { return x.Name == s && x.Class == workflow.Ended })
			r.Reopens = r.Reopens || r.To != "" && s != r.To && ended
		}
		tab.Rows = append(tab.Rows, r)
	}
	add(workflow.Row[State, Event]{Event: "Begin", Create: true, To: at(0)})
	for i := 1; i < count; i++ {
		parent := rapid.IntRange(0, i-1).Draw(t, "parent")
		add(workflow.Row[State, Event]{Event: Event(fmt.Sprintf("Reach%d", i)), From: []State{at(parent)}, To: at(i)})
	}
	for i := 0; count > 1 && i < count; i++ {
		add(workflow.Row[State, Event]{Event: Event(fmt.Sprintf("Out%d", i)), From: []State{at(i)}, To: at((i + 1) % count)})
	}
	taken := map[string]bool{}
	for range rapid.IntRange(0, 8).Draw(t, "more") {
		event := rapid.SampledFrom([]Event{"A", "B", "C", "Begin"}).Draw(t, "event")
		r := workflow.Row[State, Event]{Event: event, AnyOpen: rapid.Bool().Draw(t, "any open")}
		free := func(s workflow.State[State]) bool {
			return !taken[string(event)+string(s.Name)]
		}
		for _, s := range tab.States {
			live := s.Class != workflow.Ended
			r.AnyOpen = r.AnyOpen && (!live || free(s))
		}
		for _, s := range tab.States {
			if live := s.Class != workflow.Ended; free(s) && !(live && r.AnyOpen) && rapid.Bool().Draw(t, "from") {
				r.From = append(r.From, s.Name)
			}
		}
		if len(r.From) == 0 && !r.AnyOpen {
			continue
		}
		if !rapid.Bool().Draw(t, "note") {
			r.To = at(rapid.IntRange(0, count-1).Draw(t, "to"))
		}
		for _, s := range tab.States {
			if slices.Contains(r.From, s.Name) || r.AnyOpen && s.Class != workflow.Ended {
				taken[string(event)+string(s.Name)] = true
			}
		}
		add(r)
	}
	return tab
}

// read finds out by plain reading what the table says.
func read(tab table, from State, event Event, guard func(string) error) (State, bool) {
	live := false
	for _, s := range tab.States {
		live = live || s.Name == from && s.Class != workflow.Ended
	}
	for _, r := range tab.Rows {
		starts := slices.Contains(r.From, from) || r.AnyOpen && live
		if r.Create {
			starts = from == ""
		}
		if r.Event != event || !starts {
			continue
		}
		if slices.ContainsFunc(r.Guards, func(g string) bool { return guard(g) != nil }) {
			return "", false
		}
		if r.To == "" {
			return from, true
		}
		return r.To, true
	}
	return "", false
}

// For every legal table Fire does what the table says, in every state for every
// event, and Moves says what Fire does.
func TestFireAndMovesAgreeWithTheTable(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		tab := legal(t)
		m, err := workflow.New(tab)
		if err != nil {
			t.Fatalf("a legal table is refused: %v", err)
		}
		objects := rapid.MapOf(rapid.SampledFrom([]string{"a", "b"}), rapid.Bool()).Draw(t, "objects")
		guard := func(name string) error {
			if objects[name] {
				return kernel.ErrForbidden
			}
			return nil
		}
		for _, e := range m.Events() {
			want, ok := read(tab, "", e, guard)
			if to, err := m.Create(ctx, e, guard); to != want || ok != (err == nil) {
				t.Fatalf("Create(%s) = %q, %v; the table says %q, %v", e, to, err, want, ok)
			}
		}
		for _, s := range m.States() {
			moves := m.Moves(s, nil, guard)
			var seen []Event
			for _, mv := range moves.Allowed {
				seen = append(seen, mv.Event)
				if want, ok := read(tab, s, mv.Event, guard); !ok || mv.To != want {
					t.Fatalf("Moves(%s) allows %s to %q; the table says %q, %v", s, mv.Event, mv.To, want, ok)
				}
			}
			for _, why := range moves.WhyNot {
				seen = append(seen, why.Event)
				if want, ok := read(tab, s, why.Event, guard); ok || why.Reason == "" || why.Err == nil {
					t.Fatalf("Moves(%s) refuses %s (%q); the table says %q", s, why.Event, why.Reason, want)
				}
			}
			all := append(m.Events(), "Shred")
			slices.Sort(seen)
			if sorted := slices.Sorted(slices.Values(m.Events())); !slices.Equal(seen, sorted) {
				t.Fatalf("Moves(%s) has %q, want each of %q once", s, seen, sorted)
			}
			for _, e := range all {
				want, ok := read(tab, s, e, guard)
				to, err := m.Fire(ctx, s, e, guard)
				if to != want || ok != (err == nil) || !ok && !errors.Is(err, kernel.ErrState) {
					t.Fatalf("Fire(%s, %s) = %q, %v; the table says %q, %v", s, e, to, err, want, ok)
				}
			}
		}
	})
}
