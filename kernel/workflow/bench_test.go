package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

// large is a ring of twenty states with forty rows, the size of a real workflow.
func large() *workflow.Machine[State, Event] {
	label := workflow.Label{EN: "x", ZH: "某"}
	tab := table{Name: "large", Label: label}
	add := func(r workflow.Row[State, Event]) {
		r.Who, r.Label, r.Note = []kernel.Role{"adjuster"}, label, "n"
		tab.Rows = append(tab.Rows, r)
	}
	name := func(i int) State { return State(fmt.Sprintf("state%d", i%20)) }
	add(workflow.Row[State, Event]{Event: "Begin", Create: true, To: name(0)})
	for i := range 20 {
		tab.States = append(tab.States, workflow.State[State]{Name: name(i), Class: workflow.Open, Label: label})
		add(workflow.Row[State, Event]{Event: Event(fmt.Sprintf("Next%d", i)), From: []State{name(i)}, To: name(i + 1), Guards: []string{"g"}})
		add(workflow.Row[State, Event]{Event: Event(fmt.Sprintf("Note%d", i)), AnyOpen: true})
	}
	return workflow.Must(workflow.New(tab))
}

// The library may cost no more than this beside the storage of a command.
const mostAllocs = 10

func TestFireStaysCheap(t *testing.T) { // not parallel: it counts
	if raceEnabled {
		t.Skip("the race detector empties pools at random")
	}
	m, ctx := large(), context.Background()
	for _, e := range []Event{"Next7", "Note7"} {
		allocs := testing.AllocsPerRun(1000, func() {
			if _, err := m.Fire(ctx, "state7", e, workflow.Pass); err != nil {
				t.Fatal(err)
			}
		})
		if allocs > mostAllocs {
			t.Errorf("Fire(%s) allocates %v times, at most %d", e, allocs, mostAllocs)
		}
	}
}

func BenchmarkFire(b *testing.B) {
	m, ctx := large(), context.Background()
	b.Run("move", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Fire(ctx, "state7", "Next7", workflow.Pass); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("note", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Fire(ctx, "state7", "Note3", workflow.Pass); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("refused", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Fire(ctx, "state7", "Next8", workflow.Pass); !errors.Is(err, kernel.ErrState) {
				b.Fatal(err)
			}
		}
	})
	b.Run("parallel", func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := m.Fire(ctx, "state7", "Next7", workflow.Pass); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

func BenchmarkMoves(b *testing.B) {
	m := large()
	b.ReportAllocs()
	for b.Loop() {
		m.Moves("state7", nil, workflow.Pass)
	}
}
