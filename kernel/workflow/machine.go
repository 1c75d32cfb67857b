package workflow

import (
	"fmt"
	"slices"
	"sync"

	"github.com/looplab/fsm"
)

// Machine answers for one table. It is made by [New], never changes, and may be
// used by many goroutines at once.
type Machine[S, E ~string] struct {
	table  Table[S, E]
	states map[S]*State[S]
	events []E // in the table's order
	sorted []E // by name

	// What follows is worked out from the table once; the empty state stands for
	// a subject that does not exist yet.
	steps   map[step[S, E]]*Row[S, E]
	labels  map[E]Label
	allowed map[S][]string // names of events, sorted
	where   map[E]string   // the states that an event starts from, for people
	descs   []fsm.EventDesc

	pool sync.Pool // of *runner
}

// step is an event in a state.
type step[S, E ~string] struct {
	event E
	from  S
}

// New checks the table and builds its machine. All faults come back at once as
// [kernel.FieldErrors], which is a [kernel.ErrInvalid], with paths such as
// "rows[3].to". The table is copied: later changes to t change no machine.
func New[S, E ~string](t Table[S, E]) (*Machine[S, E], error) {
	t = t.clone()
	if err := lint(&t); err != nil {
		return nil, fmt.Errorf("workflow %s: %w", t.Name, err)
	}
	m := &Machine[S, E]{
		table:  t,
		states: make(map[S]*State[S], len(t.States)),
		steps:  make(map[step[S, E]]*Row[S, E]), labels: make(map[E]Label),
		allowed: make(map[S][]string), where: make(map[E]string),
	}
	for i := range m.table.States {
		m.states[m.table.States[i].Name] = &m.table.States[i]
	}
	for i := range m.table.Rows {
		m.add(&m.table.Rows[i])
	}
	m.sorted = slices.Sorted(slices.Values(m.events))
	m.summarise()
	return m, nil
}

// Must returns m, or panics when err is not nil. It is for package variables
// over constant tables, where a fault is a mistake of the program.
func Must[S, E ~string](m *Machine[S, E], err error) *Machine[S, E] {
	if err != nil {
		panic(err)
	}
	return m
}

// Table returns a copy of the table.
func (m *Machine[S, E]) Table() Table[S, E] { return m.table.clone() }

// Rows returns a copy of the rows as they were written.
func (m *Machine[S, E]) Rows() []Row[S, E] { return m.table.clone().Rows }

// Row returns the row that the event has in a state, and whether there is one;
// from the empty state it is the row that creates. Its slices are the machine's
// own and are for reading only.
func (m *Machine[S, E]) Row(event E, from S) (Row[S, E], bool) {
	r, ok := m.steps[step[S, E]{event, from}]
	if !ok {
		return Row[S, E]{}, false
	}
	return *r, true
}

// Events lists the events in the order in which the table first names them.
func (m *Machine[S, E]) Events() []E { return slices.Clone(m.events) }

// States lists the states in the table's order: all of them, or with classes
// only those of these classes.
func (m *Machine[S, E]) States(classes ...Class) []S {
	var out []S
	for _, s := range m.table.States {
		if len(classes) == 0 || slices.Contains(classes, s.Class) {
			out = append(out, s.Name)
		}
	}
	return out
}

// Guards lists the names of all guards of the table, sorted, each once.
func (m *Machine[S, E]) Guards() []string {
	var out []string
	for i := range m.table.Rows {
		out = append(out, m.table.Rows[i].Guards...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Class returns the state's class, or 0 for a state that the table does not know.
func (m *Machine[S, E]) Class(state S) Class {
	if s, ok := m.states[state]; ok {
		return s.Class
	}
	return 0
}

// Label returns the state's label; a state that the table does not know is
// called by its name.
func (m *Machine[S, E]) Label(state S) Label {
	if s, ok := m.states[state]; ok {
		return s.Label
	}
	return Label{EN: string(state), ZH: string(state)}
}

// EventLabel returns the event's label; an event that the table does not know is
// called by its name.
func (m *Machine[S, E]) EventLabel(event E) Label {
	if l, ok := m.labels[event]; ok {
		return l
	}
	return Label{EN: string(event), ZH: string(event)}
}
