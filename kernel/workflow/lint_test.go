package workflow_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/coverkit/crm/kernel"
	"github.com/coverkit/crm/kernel/workflow"
)

type table = workflow.Table[State, Event]

// Each case spoils the small claim in one way; New must name exactly that.
func TestNewNamesTheFault(t *testing.T) {
	t.Parallel()
	lost := workflow.State[State]{Name: "lost", Class: workflow.Ended, Label: workflow.Label{EN: "Lost", ZH: "遗失"}}
	tests := []struct {
		name  string
		spoil func(*table)
		want  []string // path and code of every fault
	}{
		{"nothing", func(*table) {}, nil},
		{"no name", func(t *table) { t.Name = "" }, []string{"name format"}},
		{"no label of the table", func(t *table) { t.Label = workflow.Label{} }, []string{"label.en required", "label.zh required"}},
		{"a state's name with a space", func(t *table) { lost.Name = "lost case"; t.States = append(t.States, lost) },
			[]string{"states[6].name format", "states[6] unreachable"}},
		{"a state without a class", func(t *table) { t.States[1].Class = 0 },
			[]string{"states[1].class required"}},
		{"a state without an English label", func(t *table) { t.States[1].Label.EN = " " }, []string{"states[1].label.en required"}},
		{"a state listed twice", func(t *table) { t.States = append(t.States, t.States[5]) }, []string{"states[6].name duplicate"}},
		{"an open state listed twice", func(t *table) { t.States = append(t.States, t.States[0]) }, []string{"states[6].name duplicate"}},
		{"a source named twice", func(t *table) { t.Rows[4].From = []State{filed, filed} }, []string{"rows[4].from duplicate"}},
		{"a state that is both", func(t *table) {
			both := t.States[5]
			both.Class = workflow.Waiting
			t.States = append(t.States, both)
		}, []string{"states[6].class conflict"}},
		{"a row twice", func(t *table) { t.Rows = append(t.Rows, t.Rows[4]) }, []string{"rows[11].from duplicate"}},
		{"an event twice from one state", func(t *table) {
			r := t.Rows[4]
			r.To = declined
			t.Rows = append(t.Rows, r)
		}, []string{"rows[11].from duplicate"}},
		{"any open and an open state by name", func(t *table) { t.Rows[2].From = []State{filed} }, []string{"rows[2].from duplicate"}},
		{"two creations by one event", func(t *table) { t.Rows = append(t.Rows, t.Rows[0]) }, []string{"rows[11].create duplicate"}},
		{"a source nobody knows", func(t *table) { t.Rows[4].From = []State{filed, "field"} }, []string{"rows[4].from[1] unknown"}},
		{"a destination nobody knows", func(t *table) { t.Rows[0].To = "report" },
			[]string{"rows[0].to unknown", "states[0] unreachable", "states[1] unreachable", "states[2] unreachable",
				"states[3] unreachable", "states[4] unreachable", "states[5] unreachable"}},
		{"no source", func(t *table) { t.Rows[2].AnyOpen = false }, []string{"rows[2].from required"}},
		{"a creation with a source", func(t *table) { t.Rows[0].From = []State{filed} }, []string{"rows[0].from conflict"}},
		{"a creation in nothing", func(t *table) { t.Rows[1].AnyState = false }, []string{"rows[1].to required"}},
		{"a creation in one and in any state", func(t *table) { t.Rows[1].To = filed }, []string{"rows[1].to conflict"}},
		{"any state without a creation", func(t *table) { t.Rows[2].AnyState = true }, []string{"rows[2].any_state conflict"}},
		{"no creation but adoption", func(t *table) { t.Rows = t.Rows[1:] }, []string{"rows required"}},
		{"an unreachable state", func(t *table) { lost.Name = "lost"; t.States = append(t.States, lost) },
			[]string{"states[6] unreachable"}},
		{"an island that only reaches itself", func(t *table) {
			lost.Name = "lost"
			t.States = append(t.States, lost)
			r := t.Rows[9]
			r.Event, r.From, r.To, r.Label = "Find", []State{"lost"}, "lost", workflow.Label{EN: "f", ZH: "f"}
			r.Reopens = false
			t.Rows = append(t.Rows, r)
		}, []string{"states[6] unreachable"}},
		{"a dead end of class open", func(t *table) {
			t.Rows[8].AnyOpen, t.Rows[8].From = false, []State{filed, declined}
			t.Rows[9].From = t.Rows[9].From[1:]
		},
			[]string{"states[3] dead_end"}},
		{"a dead end of class waiting", func(t *table) {
			t.Rows[8].AnyOpen, t.Rows[8].From = false, []State{filed}
			t.Rows[7].From = []State{filed}
			t.Rows[5].To = pending // a move to itself is no way out
		}, []string{"states[2] dead_end"}},
		{"an ended state left without Reopens", func(t *table) { t.Rows[9].Reopens = false }, []string{"rows[9].reopens reopens"}},
		{"Reopens that leaves only live states", func(t *table) { t.Rows[9].From = []State{approved, declined} },
			[]string{"rows[9].reopens reopens"}},
		{"Reopens on a note", func(t *table) { t.Rows[10].Reopens = true }, []string{"rows[10].reopens reopens"}},
		{"Reopens on a creation", func(t *table) { t.Rows[0].Reopens = true }, []string{"rows[0].reopens reopens"}},
		{"an event's name with a dash", func(t *table) { t.Rows[4].Event = "Request-Documents" }, []string{"rows[4].event format"}},
		{"an event without a Chinese label", func(t *table) { t.Rows[4].Label.ZH = "" }, []string{"rows[4].label.zh required"}},
		{"one event, two labels", func(t *table) {
			r := t.Rows[10]
			r.Event = assign
			t.Rows = append(t.Rows, r)
		}, []string{"rows[11].label conflict"}},
		{"no sentence", func(t *table) { t.Rows[4].Note = "" }, []string{"rows[4].note required"}},
		{"nobody", func(t *table) { t.Rows[4].Who = nil }, []string{"rows[4].who required"}},
		{"a nameless role", func(t *table) { t.Rows[4].Who = []kernel.Role{""} }, []string{"rows[4].who required"}},
		{"a nameless guard", func(t *table) { t.Rows[4].Guards = []string{""} }, []string{"rows[4].guards[0] required"}},
		{"a guard twice", func(t *table) { t.Rows[4].Guards = []string{"g", "h", "g"} }, []string{"rows[4].guards[2] duplicate"}},
		{"two faults at once", func(t *table) { t.Rows[4].Note, t.States[0].Label.ZH = "", "" },
			[]string{"states[0].label.zh required", "rows[4].note required"}},
	}
	for _, tt := range tests {
		spoiled := small()
		tt.spoil(&spoiled)
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m, err := workflow.New(spoiled)
			if tt.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var faults *kernel.FieldErrors
			if m != nil || !errors.Is(err, kernel.ErrInvalid) || !errors.As(err, &faults) {
				t.Fatalf("machine %v, error %v; want none and field errors", m, err)
			}
			var got []string
			for _, f := range faults.Faults {
				got = append(got, f.Path+" "+f.Code)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("faults\n got %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestMustPanicsOverAFaultyTable(t *testing.T) {
	t.Parallel()
	defer func() {
		if err, ok := recover().(error); !ok || !errors.Is(err, kernel.ErrInvalid) {
			t.Errorf("panic %v, want the faults", err)
		}
	}()
	workflow.Must(workflow.New(table{}))
}
