package workflow

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/looplab/fsm"
)

// Machine answers for one table. It is made by [New], never changes, and may be
// used by many goroutines at once.
type Machine[S, E ~string] struct {
	table  Table[S, E]
	states map[S]*State[S]
	steps  map[step[S, E]]*Row[S, E] // from the empty state: creation
	events []E                       // in the table's order
	sorted []E                       // by name
	descs  []fsm.EventDesc
	pool   sync.Pool // of *runner[S, E]
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
		steps:  make(map[step[S, E]]*Row[S, E]),
	}
	for i := range m.table.States {
		m.states[m.table.States[i].Name] = &m.table.States[i]
	}
	for i := range m.table.Rows {
		m.add(&m.table.Rows[i])
	}
	m.sorted = slices.Sorted(slices.Values(m.events))
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

// add enters a row into the index and into the descriptions for looplab/fsm,
// in which the empty state stands for a subject that does not exist yet.
func (m *Machine[S, E]) add(r *Row[S, E]) {
	if !slices.Contains(m.events, r.Event) {
		m.events = append(m.events, r.Event)
	}
	if r.Create {
		m.steps[step[S, E]{r.Event, ""}] = r
		if !r.AnyState {
			m.describe(string(r.Event), "", r.To)
		}
		for i := 0; r.AnyState && i < len(m.table.States); i++ {
			to := m.table.States[i].Name
			m.describe(into(r.Event, to), "", to)
		}
		return
	}
	for _, from := range m.table.sources(r) {
		m.steps[step[S, E]{r.Event, from}] = r
		to := r.To
		if r.IsNote() {
			to = from
		}
		m.describe(string(r.Event), from, to)
	}
}

func (m *Machine[S, E]) describe(name string, from, to S) {
	m.descs = append(m.descs, fsm.EventDesc{Name: name, Src: []string{string(from)}, Dst: string(to)})
}

// into names, for looplab/fsm, the event that creates a subject in a chosen
// state. No event of a table can have such a name.
func into[S, E ~string](event E, to S) string { return string(event) + ">" + string(to) }

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
	for i := range m.table.Rows {
		if r := &m.table.Rows[i]; r.Event == event {
			return r.Label
		}
	}
	return Label{EN: string(event), ZH: string(event)}
}

// reason says in words why the table has no such event from this state.
func (m *Machine[S, E]) reason(event E, from S) string {
	var where []string
	for _, s := range m.table.States {
		if _, ok := m.steps[step[S, E]{event, s.Name}]; ok {
			where = append(where, string(s.Name))
		}
	}
	_, creates := m.steps[step[S, E]{event, ""}]
	switch {
	case len(where) > 0 && from == "":
		return "it creates nothing"
	case len(where) > 0:
		return "it is possible only in " + strings.Join(where, ", ")
	case creates:
		return "it only creates"
	}
	return "there is no such event"
}
